-- The feeds that showed a deleted event hear of it.
-- It is in the database because what it writes must follow every change, in the same transaction,
-- whoever makes it.
create or replace function event_before_delete() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  if old.listed then
    perform feed_note_event(old.id, old.visibility, old.kind);
  end if;
  return old;
end
$$;
alter function event_before_delete() owner to tnm_ledger;

create trigger event_before_delete before delete on event for each row execute function event_before_delete();
