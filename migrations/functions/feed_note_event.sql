-- Names the feeds that show an event of this visibility and kind.
-- It is in the database because triggers call it, in the transaction of the change.
create or replace function feed_note_event(event uuid, visibility text, kind text) returns void
  language sql security definer set search_path = public, pg_temp
as $$
  insert into feed_due (feed)
  select 'any'
  union select 'all' where $2 = 'public'
  union select 'kind:' || $3
  union select 'event:' || $1
  union select 'series:' || s.id from series s where s.event_id = $1
  union select 'organization:' || o.organiser_id from event_organiser o
    where o.event_id = $1 and o.approval = 'approved'
  union select 'partnership:' || m.partnership_id from event_organiser o
    join partnership_member m on m.organization_id = o.organiser_id
    where o.event_id = $1 and o.approval = 'approved' and o.role = 'host' and $2 = 'public'
  on conflict do nothing
$$;
alter function feed_note_event(uuid, text, text) owner to tnm_ledger;
