-- Keeps the most people who were counted at once.
-- It is in the database because what it writes must follow every change, in the same transaction,
-- whoever makes it.
create or replace function door_counter_peaked() returns trigger
  language plpgsql set search_path = public, pg_temp
as $$
begin
  new.peak := greatest(old.peak, new.count);
  return new;
end
$$;

create trigger door_counter_peaked before update of count on door_counter
  for each row execute function door_counter_peaked();
