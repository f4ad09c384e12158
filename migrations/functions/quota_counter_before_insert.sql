-- A new counter is empty, and accepts tickets when its event is published and its date scheduled.
-- It is in the database because it is an invariant: it holds whichever statement makes the change.
create or replace function quota_counter_before_insert() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  new.taken := 0;
  new.accepting := coalesce((select e.status = 'published' and o.status = 'scheduled'
    from occurrence o join event e on e.id = o.event_id where o.id = new.occurrence_id), false);
  return new;
end
$$;
alter function quota_counter_before_insert() owner to tnm_ledger;

create trigger quota_counter_before_insert before insert on quota_counter
  for each row execute function quota_counter_before_insert();
