-- Puts slots on a ticket; the counters are locked.
-- It is in the database because it decides under locks, which are taken in one order and held for
-- one round trip.
create or replace function ticket_slot_insert(ticket uuid, slots uuid[]) returns void
  language sql set search_path = public, pg_temp
as $$
  insert into ticket_slot (organization_id, event_id, part_id, slot_id, ticket_id, starts_at, ends_at, span)
  select s.organization_id, s.event_id, s.part_id, s.quota_id, $1, s.starts_at, s.ends_at,
    tstzrange(s.starts_at, s.ends_at + make_interval(mins => r.gap_minutes))
  from slot s join slot_rule r on r.part_id = s.part_id where s.quota_id = any ($2)
  on conflict on constraint ticket_slot_pkey do nothing
$$;
alter function ticket_slot_insert(uuid, uuid[]) owner to tnm_ledger;
