-- A part that was moved is told of to the holders of its tickets who left a contact.
-- It is in the database because what it writes must follow every change, in the same transaction,
-- whoever makes it.
create or replace function part_moved_notices() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare o record;
begin
  select x.sequence into o from occurrence x join event e on e.id = x.event_id
  where x.id = new.occurrence_id and x.listed and x.status <> 'cancelled' and e.status = 'published'
    and new.ends_at > app_now();
  if found then
    perform notice_fan(new.occurrence_id, new.id, 'change', o.sequence);
  end if;
  return null;
end
$$;
alter function part_moved_notices() owner to tnm_ledger;

create trigger part_moved_notices after update on part for each row
  when ((old.starts_at, old.ends_at, old.place_note) is distinct from (new.starts_at, new.ends_at, new.place_note))
    execute function part_moved_notices();
