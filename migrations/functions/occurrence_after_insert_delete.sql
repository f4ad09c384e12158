-- A date that comes or goes moves its event, for calendars and mirrors.
-- It is in the database because what it writes must follow every change, in the same transaction,
-- whoever makes it.
create or replace function occurrence_after_insert_delete() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  perform event_record_change(coalesce(new.event_id, old.event_id));
  perform feed_note_events(array[coalesce(new.event_id, old.event_id)]);
  return null;
end
$$;
alter function occurrence_after_insert_delete() owner to tnm_ledger;

create trigger occurrence_after_insert_delete after insert or delete on occurrence
  for each row execute function occurrence_after_insert_delete();
