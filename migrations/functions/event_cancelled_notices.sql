-- A cancelled event is told of to those who left a contact.
-- It is in the database because what it writes must follow every change, in the same transaction,
-- whoever makes it.
create or replace function event_cancelled_notices() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  -- Whoever heard that their date is cancelled need not hear it again.
  perform notice_fan(o.id, null, 'cancellation', o.sequence) from occurrence o
  where o.event_id = new.id and o.status <> 'cancelled' and o.ends_at > app_now();
  return null;
end
$$;
alter function event_cancelled_notices() owner to tnm_ledger;

create trigger event_cancelled_notices after update on event for each row
  when (old.status = 'published' and new.status = 'cancelled') execute function event_cancelled_notices();
