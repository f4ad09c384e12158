-- Keeps what was sealed for that key, in place of what was kept before. outcome: kept, unknown,
-- over (cancelled, lapsed or past), no_key.
-- It is in the database because only the ledger's role may write these rows, and callers no more of
-- them than this.
create or replace function ticket_contact_put(mac bytea, key_id uuid, sealed bytea) returns text
  language plpgsql security definer set search_path = public, pg_temp
as $$
#variable_conflict use_column
declare t record;
begin
  -- The ticket first, so that a cancellation at this moment is seen or waits.
  select k.organization_id, k.event_id, k.id,
    k.status in ('confirmed', 'waiting', 'offered', 'applied') and app_now() < p.ends_at as active into t
  from ticket k join part p on p.id = k.part_id where k.secret_mac = $1 for no key update of k;
  if not found then
    return 'unknown';
  elsif not t.active then
    return 'over';
  end if;
  perform from contact_key c
  where c.occurrence_id = $2 and c.event_id = t.event_id and c.public_key is not null for share;
  if not found then
    return 'no_key';
  end if;
  delete from ticket_contact c where c.ticket_id = t.id;
  insert into ticket_contact (organization_id, event_id, ticket_id, key_id, sealed)
  values (t.organization_id, t.event_id, t.id, $2, $3);
  return 'kept';
end
$$;
alter function ticket_contact_put(bytea, uuid, bytea) owner to tnm_ledger;
grant execute on function ticket_contact_put(bytea, uuid, bytea) to tnm_public;
