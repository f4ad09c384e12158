-- A new date is listed when its event is, and its SEQUENCE begins at nothing.
-- It is in the database because what it writes must follow every change, in the same transaction,
-- whoever makes it.
create or replace function occurrence_before_insert() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  new.listed := coalesce((select e.listed from event e where e.id = new.event_id), false);
  new.sequence := 0;
  return new;
end
$$;
alter function occurrence_before_insert() owner to tnm_ledger;

create trigger occurrence_before_insert before insert on occurrence
  for each row execute function occurrence_before_insert();
