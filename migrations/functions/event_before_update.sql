-- Moves the stamp of an event that changed. An update that changes nothing is no change.
-- It is in the database because what it writes must follow every change, in the same transaction,
-- whoever makes it.
create or replace function event_before_update() returns trigger
  language plpgsql set search_path = public, pg_temp
as $$
declare computed constant text[] := array['modified_at', 'listed', 'search_text']; -- generated columns are empty here
begin
  if to_jsonb(new) - computed is distinct from to_jsonb(old) - computed then
    new.modified_at := greatest(app_now(), old.modified_at);
  else
    new.modified_at := old.modified_at;
  end if;
  return new;
end
$$;

create trigger event_before_update before update on event for each row execute function event_before_update();
