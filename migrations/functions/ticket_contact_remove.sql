-- Forgets it, and what was to be told. outcome: forgotten, none, unknown.
-- It is in the database because only the ledger's role may write these rows, and callers no more of
-- them than this.
create or replace function ticket_contact_remove(mac bytea) returns text
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare t uuid;
begin
  select k.id into t from ticket k where k.secret_mac = $1 for no key update;
  if not found then
    return 'unknown';
  end if;
  update notice n set state = 'dropped' where n.ticket_id = t and n.state = 'due';
  delete from ticket_contact c where c.ticket_id = t;
  return case when found then 'forgotten' else 'none' end;
end
$$;
alter function ticket_contact_remove(bytea) owner to tnm_ledger;
grant execute on function ticket_contact_remove(bytea) to tnm_public;
