-- Tells mirrors that something of an event changed: its row in event_change, which outlives the
-- event's listing.
-- It is in the database because triggers call it, in the transaction of the change.
create or replace function event_record_change(event uuid) returns void
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare now_listed boolean;
begin
  select e.listed into now_listed from event e where e.id = $1;
  if now_listed is null or (not now_listed and not exists (select from event_change c where c.event_id = $1)) then
    return; -- gone, or a draft that nobody outside ever saw
  end if;
  insert into event_change (event_id, removed) values ($1, not now_listed)
    on conflict (xid, event_id) do update set changed_at = excluded.changed_at, removed = excluded.removed;
  perform pg_notify('tnm_event', $1::text);
end
$$;
alter function event_record_change(uuid) owner to tnm_ledger;
