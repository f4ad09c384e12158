-- Gives the seed of a round that is to be drawn. The caller holds booking_round_lock.
-- It is in the database because a job's step reads and writes the same rows under one lock.
create or replace function booking_round_seed(round uuid) returns bytea
  language sql stable security definer set search_path = public, pg_temp
as $$
  select r.seed from booking_round r where r.id = $1 and r.state = 'closed' and app_now() >= r.draws_at
$$;
alter function booking_round_seed(uuid) owner to tnm_ledger;
grant execute on function booking_round_seed(uuid) to tnm_worker;
