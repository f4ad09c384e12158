-- Moves the stamp and the version of a booking that changes.
-- It is in the database because what it writes must follow every change, in the same transaction,
-- whoever makes it.
create or replace function booking_modified() returns trigger
  language plpgsql set search_path = public, pg_temp
as $$
begin
  new.modified_at := greatest(app_now(), old.modified_at);
  new.version := old.version + 1;
  return new;
end
$$;

create trigger booking_modified before update on booking for each row execute function booking_modified();
