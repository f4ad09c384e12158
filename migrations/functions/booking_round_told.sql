-- Tells the seed. Whom nothing was given is not drawn, or has lost the room that was drawn.
-- It is in the database because a job's step reads and writes the same rows under one lock.
create or replace function booking_round_told(round uuid, lost uuid[]) returns void
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  update booking_application a
  set outcome = case when a.id = any ($2) then 'lost' else 'not_drawn' end
  where a.round_id = $1 and a.outcome is null;
  update booking_round r set state = 'drawn', revealed = r.seed, drawn_at = app_now() where r.id = $1;
end
$$;
alter function booking_round_told(uuid, uuid[]) owner to tnm_ledger;
grant execute on function booking_round_told(uuid, uuid[]) to tnm_worker;
