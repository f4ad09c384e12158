-- Tells the seed, which choices were struck, and until when results are to be accepted.
-- It is in the database because a job's step reads and writes the same rows under one lock.
create or replace function booking_round_tell(round uuid, lost uuid[], struck text[], accept_until timestamptz)
  returns void
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  update booking_application a
  set outcome = case when a.id = any ($2) then 'lost' else 'not_drawn' end
  where a.round_id = $1 and a.outcome is null;
  update booking_round r
  set state = 'drawn', revealed = r.seed, drawn_at = app_now(), struck = $3, accept_until = $4
  where r.id = $1;
end
$$;
alter function booking_round_tell(uuid, uuid[], text[], timestamp with time zone) owner to tnm_ledger;
grant execute on function booking_round_tell(uuid, uuid[], text[], timestamp with time zone) to tnm_worker;
