-- A date that was moved, put off or cancelled is told of to those who left a contact.
-- It is in the database because what it writes must follow every change, in the same transaction,
-- whoever makes it.
create or replace function occurrence_moved_notices() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  if new.ends_at <= app_now()
    or not exists (select from event e where e.id = new.event_id and e.status = 'published') then
    return null;
  end if;
  if new.status <> 'cancelled' then
    perform notice_fan(new.id, null, 'change', new.sequence);
  elsif old.status <> 'cancelled' then
    perform notice_fan(new.id, null, 'cancellation', new.sequence);
  end if;
  return null;
end
$$;
alter function occurrence_moved_notices() owner to tnm_ledger;

create trigger occurrence_moved_notices after update on occurrence for each row
  when (old.listed and new.listed
    and (old.status, old.starts_at, old.ends_at, old.place_kind, old.place_name, old.place_address)
      is distinct from (new.status, new.starts_at, new.ends_at, new.place_kind, new.place_name, new.place_address))
  execute function occurrence_moved_notices();
