-- The counter takes the seats of new tickets. These three triggers are the only movers of seats:
-- whatever path changes tickets, the counter follows in the same statement. A ticket whose quota is
-- not there, or another event's, is refused.
-- It is in the database because it is an invariant: it holds whichever statement makes the change.
create or replace function ticket_count_inserted() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare wanted integer; moved integer;
begin
  with d as (
    select n.quota_id, n.organization_id, n.event_id, n.occurrence_id,
           coalesce(sum(n.seats) filter (where n.status in ('confirmed', 'offered')), 0)::int as seats
    from new_rows n group by 1, 2, 3, 4
  ), u as (
    update quota_counter c set taken = c.taken + d.seats from d
    where c.quota_id = d.quota_id
      and row (c.organization_id, c.event_id, c.occurrence_id)
        is not distinct from row (d.organization_id, d.event_id, d.occurrence_id)
    returning 1
  )
  select (select count(*) from d), (select count(*) from u) into wanted, moved;
  if wanted <> moved then
    raise exception using errcode = 'foreign_key_violation', constraint = 'ticket_quota_fkey',
      message = 'ticket without its quota';
  end if;
  return null;
end
$$;
alter function ticket_count_inserted() owner to tnm_ledger;

create trigger ticket_count_inserted after insert on ticket
  referencing new table as new_rows for each statement execute function ticket_count_inserted();
