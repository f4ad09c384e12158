-- Ends a round.
-- It is in the database because a job's step reads and writes the same rows under one lock.
create or replace function booking_round_finish(round uuid) returns void
  language sql security definer set search_path = public, pg_temp
as $$
  update booking_round r set state = 'finished' where r.id = $1 and r.state = 'drawn' and app_now() >= r.accept_until
$$;
alter function booking_round_finish(uuid) owner to tnm_ledger;
grant execute on function booking_round_finish(uuid) to tnm_worker;
