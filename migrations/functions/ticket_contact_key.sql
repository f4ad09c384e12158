-- For which key the contact of a ticket is to be sealed; key is null where none is there (yet, or
-- any more). No row when there is no such ticket.
-- It is in the database because of privacy: the caller may not read the rows, and this is all it is
-- told.
create or replace function ticket_contact_key(mac bytea)
  returns table (ticket_id uuid, active boolean, key_id uuid, key bytea)
  language sql stable security definer set search_path = public, pg_temp
as $$
  select t.id, t.status in ('confirmed', 'waiting', 'offered', 'applied') and app_now() < p.ends_at, k.occurrence_id,
    k.public_key
  from ticket t
  join part p on p.id = t.part_id
  left join contact_key k on k.occurrence_id = case when t.status <> 'waiting' then t.occurrence_id else coalesce(
    (select q.occurrence_id from ticket_wish w
      join quota q on q.id = w.quota_id
      join occurrence o on o.id = q.occurrence_id
     where w.ticket_id = t.id order by o.ends_at desc, o.id limit 1), t.occurrence_id) end
  where t.secret_mac = $1
$$;
alter function ticket_contact_key(bytea) owner to tnm_ledger;
grant execute on function ticket_contact_key(bytea) to tnm_public;
