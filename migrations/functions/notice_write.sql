-- One more notice of a kind for a ticket that left a contact; nothing for one that did not.
-- It is in the database because triggers call it, in the transaction of the change.
create or replace function notice_write(ticket uuid, kind text) returns void
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare e uuid;
begin
  insert into notice as n (organization_id, event_id, ticket_id, kind, revision)
  select c.organization_id, c.event_id, c.ticket_id, $2,
    (select coalesce(max(o.revision) + 1, 0) from notice o where o.ticket_id = c.ticket_id and o.kind = $2)
  from ticket_contact c where c.ticket_id = $1
  on conflict on constraint notice_pkey do nothing
  returning n.event_id into e;
  if found then
    perform notice_wake(e);
  end if;
end
$$;
alter function notice_write(uuid, text) owner to tnm_ledger;
