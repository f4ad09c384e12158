-- Slots that are taken away move their date.
-- It is in the database because what it writes must follow every change, in the same transaction,
-- whoever makes it.
create or replace function slots_deleted() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  perform event_touch(d.event_id, d.occurrence_id) from (select distinct o.event_id, o.occurrence_id from old_rows o) d;
  return null;
end
$$;
alter function slots_deleted() owner to tnm_ledger;

create trigger slots_deleted after delete on slot
  referencing old table as old_rows for each statement execute function slots_deleted();
