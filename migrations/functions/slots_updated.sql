-- A moved slot takes its booths and its holders along.
-- It is in the database because what it writes must follow every change, in the same transaction,
-- whoever makes it.
create or replace function slots_updated() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  if exists (
    select from new_rows n join old_rows o using (quota_id)
    where (n.starts_at, n.ends_at) is distinct from (o.starts_at, o.ends_at)) then
    update slot_booth b set during = tstzrange(n.starts_at, n.ends_at)
    from new_rows n where b.slot_id = n.quota_id and b.during <> tstzrange(n.starts_at, n.ends_at);
    update ticket_slot k set starts_at = n.starts_at, ends_at = n.ends_at,
      span = tstzrange(n.starts_at, n.ends_at + make_interval(mins => coalesce(r.gap_minutes, 0)))
    from new_rows n left join slot_rule r on r.part_id = n.part_id
    where k.slot_id = n.quota_id and (k.starts_at, k.ends_at) is distinct from (n.starts_at, n.ends_at);
  end if;
  perform event_touch(d.event_id, d.occurrence_id) from (
    select distinct n.event_id, n.occurrence_id from new_rows n join old_rows o using (quota_id)
    where (n.starts_at, n.ends_at, n.parties, n.walk_in, n.closed)
      is distinct from (o.starts_at, o.ends_at, o.parties, o.walk_in, o.closed)) d;
  return null;
end
$$;
alter function slots_updated() owner to tnm_ledger;

create trigger slots_updated after update on slot
  referencing old table as old_rows new table as new_rows for each statement execute function slots_updated();
