-- A slot kept for walk-ins has no place that could be booked, so nothing can book it.
-- It is in the database because it is an invariant: it holds whichever statement makes the change.
create or replace function slot_sets_capacity() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  update quota_counter c set capacity = case when new.walk_in then 0 else new.parties end
  where c.quota_id = new.quota_id and c.capacity <> case when new.walk_in then 0 else new.parties end;
  return null;
end
$$;
alter function slot_sets_capacity() owner to tnm_ledger;

create trigger slot_sets_capacity after insert or update of parties, walk_in on slot
  for each row execute function slot_sets_capacity();
