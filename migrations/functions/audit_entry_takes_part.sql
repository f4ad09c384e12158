-- Whatever staff do leaves an entry in the ledger, so this is where an organization that left is
-- told no. The lock makes organization_close wait for what is on its way.
-- It is in the database because it is an invariant: it holds whichever statement makes the change.
create or replace function audit_entry_takes_part() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  perform from organization o where o.id = new.organization_id and o.closed_at is null for key share;
  if not found then
    raise exception using errcode = 'insufficient_privilege', constraint = 'organization_takes_part',
      table = 'organization', message = 'this organization no longer takes part';
  end if;
  return null;
end
$$;
alter function audit_entry_takes_part() owner to tnm_ledger;

create trigger audit_entry_takes_part after insert on audit_entry
  for each row when (new.actor_kind = 'staff') execute function audit_entry_takes_part();
