-- Rounds with something to do.
-- It is in the database because a job's step reads and writes the same rows under one lock.
create or replace function booking_round_due() returns table (round_id uuid, state text)
  language sql stable security definer set search_path = public, pg_temp
as $$
  select r.id, r.state from booking_round r
  where r.state in ('open', 'closed', 'drawn')
    and app_now() >= case r.state when 'open' then r.closes_at when 'closed' then r.draws_at else r.accept_until end
  order by r.id
$$;
alter function booking_round_due() owner to tnm_ledger;
grant execute on function booking_round_due() to tnm_worker;
