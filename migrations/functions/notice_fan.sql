-- One more notice of a kind for all tickets with a contact of a date, or of one part of it. What
-- was to be said of an earlier change and has not left yet is not said any more.
-- It is in the database because triggers call it, in the transaction of the change.
create or replace function notice_fan(occurrence uuid, part uuid, kind text, revision integer) returns void
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare e uuid;
begin
  update notice n set state = 'dropped'
  from ticket t
  where t.occurrence_id = $1 and ($2 is null or t.part_id = $2) and t.secret_mac is not null and t.seats > 0
    and n.ticket_id = t.id and n.kind = 'change' and n.state = 'due';
  with written as (
    insert into notice as n (organization_id, event_id, ticket_id, kind, revision)
    select t.organization_id, t.event_id, t.id, $3, $4
    from ticket t join ticket_contact c on c.ticket_id = t.id
    where t.occurrence_id = $1 and ($2 is null or t.part_id = $2) and t.secret_mac is not null and t.seats > 0
      and t.status in ('confirmed', 'waiting', 'offered', 'applied')
    on conflict on constraint notice_pkey do nothing
    returning n.event_id
  )
  select w.event_id into e from written w limit 1;
  if found then
    perform notice_wake(e);
  end if;
end
$$;
alter function notice_fan(uuid, uuid, text, integer) owner to tnm_ledger;
