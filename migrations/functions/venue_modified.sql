-- Moves the stamp of a room or a facility that changes.
-- It is in the database because what it writes must follow every change, in the same transaction,
-- whoever makes it.
create or replace function venue_modified() returns trigger
  language plpgsql set search_path = public, pg_temp
as $$
begin
  new.modified_at := greatest(app_now(), old.modified_at);
  return new;
end
$$;

create trigger facility_modified before update on facility for each row execute function venue_modified();
create trigger room_modified before update on room for each row execute function venue_modified();
