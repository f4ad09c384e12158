-- Names the feeds that show these listed events, as they stand now.
-- It is in the database because triggers call it, in the transaction of the change.
create or replace function feed_note_events(events uuid[]) returns void
  language sql security definer set search_path = public, pg_temp
as $$
  with shown as (select e.id, e.visibility, e.kind from event e where e.id = any ($1) and e.listed)
  insert into feed_due (feed)
  select 'any' from shown
  union select 'all' from shown e where e.visibility = 'public'
  union select 'kind:' || e.kind from shown e
  union select 'event:' || e.id from shown e
  union select 'series:' || s.id from shown e join series s on s.event_id = e.id
  union select 'organization:' || o.organiser_id from shown e
    join event_organiser o on o.event_id = e.id and o.approval = 'approved'
  union select 'partnership:' || m.partnership_id from shown e
    join event_organiser o on o.event_id = e.id and o.approval = 'approved' and o.role = 'host'
    join partnership_member m on m.organization_id = o.organiser_id where e.visibility = 'public'
  on conflict do nothing
$$;
alter function feed_note_events(uuid[]) owner to tnm_ledger;
