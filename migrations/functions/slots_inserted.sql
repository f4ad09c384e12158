-- New slots move their date.
-- It is in the database because what it writes must follow every change, in the same transaction,
-- whoever makes it.
create or replace function slots_inserted() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  perform event_touch(d.event_id, d.occurrence_id) from (select distinct n.event_id, n.occurrence_id from new_rows n) d;
  return null;
end
$$;
alter function slots_inserted() owner to tnm_ledger;

create trigger slots_inserted after insert on slot
  referencing new table as new_rows for each statement execute function slots_inserted();
