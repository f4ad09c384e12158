-- The counters follow what tickets hold. A waiting ticket may be given a seat in another quota than
-- the one it asked for first; any other stays in its own.
-- It is in the database because it is an invariant: it holds whichever statement makes the change.
create or replace function ticket_count_updated() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  if exists (select from new_rows n join old_rows o using (id)
             where (n.organization_id, n.event_id) is distinct from (o.organization_id, o.event_id)
                or o.status <> 'waiting'
                  and (n.occurrence_id, n.part_id, n.quota_id)
                    is distinct from (o.occurrence_id, o.part_id, o.quota_id)) then
    raise exception using errcode = 'check_violation', constraint = 'ticket_stays_in_quota',
      message = 'a ticket does not change its quota';
  end if;
  update quota_counter c set taken = c.taken + d.seats
  from (select n.quota_id,
          (coalesce(sum(n.seats) filter (where n.status in ('confirmed', 'offered')), 0)
         - coalesce(sum(o.seats) filter (where o.status in ('confirmed', 'offered')), 0))::int as seats
        from new_rows n join old_rows o using (id) group by 1) d
  where c.quota_id = d.quota_id and d.seats <> 0;
  return null;
end
$$;
alter function ticket_count_updated() owner to tnm_ledger;

create trigger ticket_count_updated after update on ticket
  referencing old table as old_rows new table as new_rows for each statement execute function ticket_count_updated();
