-- Counts the seats of those who were checked in, for each quota.
-- It is in the database because what it writes must follow every change, in the same transaction,
-- whoever makes it.
create or replace function ticket_arrived() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  insert into door_arrival as a (organization_id, event_id, occurrence_id, quota_id, seats)
  values (new.organization_id, new.event_id, new.occurrence_id, new.quota_id,
    case when new.arrived then new.seats else 0 end)
  on conflict (quota_id) do update set seats = a.seats + case when new.arrived then new.seats else -old.seats end;
  return null;
end
$$;
alter function ticket_arrived() owner to tnm_ledger;

create trigger ticket_arrived after update on ticket for each row
  when (new.arrived is distinct from old.arrived) execute function ticket_arrived();
