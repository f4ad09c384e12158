-- What was published gets its keys at once; the task comes round by itself too.
-- It is in the database because what it writes must follow every change, in the same transaction,
-- whoever makes it.
create or replace function event_published_keys() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  insert into river.river_job (kind, queue, state, max_attempts, args)
  values ('task', 'default', 'available', 25, '{"task": "make_contact_keys"}');
  return null;
end
$$;
alter function event_published_keys() owner to tnm_ledger;

create trigger event_published_keys after update on event for each row
  when (old.status <> 'published' and new.status = 'published') execute function event_published_keys();
