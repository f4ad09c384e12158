-- Notes why a wish can't be had.
-- It is in the database because a job's step reads and writes the same rows under one lock.
create or replace function booking_round_drop(application uuid, rank integer, reason text) returns void
  language sql security definer set search_path = public, pg_temp
as $$
  update booking_wish w set dropped = $3 where w.application_id = $1 and w.rank = $2
$$;
alter function booking_round_drop(uuid, integer, text) owner to tnm_ledger;
grant execute on function booking_round_drop(uuid, integer, text) to tnm_worker;
