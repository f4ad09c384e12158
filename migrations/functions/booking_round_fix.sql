-- Fixes the list; applications of which no wish was kept are out. The caller holds
-- booking_round_lock.
-- It is in the database because a job's step reads and writes the same rows under one lock.
create or replace function booking_round_fix(round uuid, list text) returns void
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  update booking_application a set outcome = 'not_valid'
  where a.round_id = $1 and not exists (select from booking_wish w where w.application_id = a.id and w.dropped is null);
  update booking_round r
  set state = 'closed', list = $2, list_digest = sha256(convert_to($2, 'UTF8')), closed_at = app_now()
  where r.id = $1;
end
$$;
alter function booking_round_fix(uuid, text) owner to tnm_ledger;
grant execute on function booking_round_fix(uuid, text) to tnm_worker;
