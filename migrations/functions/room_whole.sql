-- A room is made of one space at least, and not of shared ones alone; a room for partners names at
-- least one partnership.
-- It is in the database because it is an invariant: it holds whichever statement makes the change.
create or replace function room_whole() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare r record;
begin
  for r in select x.id, x.open_to from room x
    where x.id = case when tg_table_name = 'room' then to_jsonb(new) ->> 'id'
      else to_jsonb(coalesce(new, old)) ->> 'room_id' end::uuid loop
    if not exists (select from room_space s where s.room_id = r.id and s.exclusive) then
      raise exception using errcode = 'check_violation', constraint = 'room_has_space', table = 'room',
        message = 'a room without a space of its own';
    end if;
    if r.open_to = 'partners' and not exists (select from room_partnership p where p.room_id = r.id) then
      raise exception using errcode = 'check_violation', constraint = 'room_has_partnership', table = 'room',
        message = 'a room for partners that names no partnership';
    end if;
  end loop;
  return null;
end
$$;
alter function room_whole() owner to tnm_ledger;

create constraint trigger room_whole after insert or update on room deferrable initially deferred
  for each row execute function room_whole();
create constraint trigger room_whole after update or delete on room_space deferrable initially deferred
  for each row execute function room_whole();
create constraint trigger room_whole after delete on room_partnership deferrable initially deferred
  for each row execute function room_whole();
