-- Gives the ticket another secret, and its nickname sealed under that; the old one is worth nothing
-- from then on. The calendar of the ticket ends too, for whoever knew the one knows the other.
-- False when there is no such ticket.
-- It is in the database because row-level security would want the new secret to be the one that the
-- caller presented.
create or replace function ticket_rotate(mac bytea, new_mac bytea, new_nickname text) returns boolean
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  update ticket k
  set secret_mac = new_mac, calendar_mac = null, nickname = case when k.nickname is not null then new_nickname end
  where k.secret_mac = mac;
  return found;
end
$$;
alter function ticket_rotate(bytea, bytea, text) owner to tnm_ledger;
grant execute on function ticket_rotate(bytea, bytea, text) to tnm_public;
