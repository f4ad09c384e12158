-- The date that a link opens, by any of the MACs under which its token may be stored. state: open,
-- early, over. No row for a link that is unknown or revoked.
-- It is in the database because of privacy: the caller may not read the rows, and this is all it is
-- told.
create or replace function door_of(macs bytea[])
  returns table (organization_id uuid, event_id uuid, occurrence_id uuid, state text, opens_at timestamptz,
    closes_at timestamptz)
  language sql stable set search_path = public, pg_temp
as $$
  select l.organization_id, l.event_id, l.occurrence_id,
    case
      when e.status <> 'published' or o.status <> 'scheduled' or app_now() >= o.ends_at + interval '6 hours' then 'over'
      when app_now() < o.starts_at - interval '6 hours' then 'early'
      else 'open'
    end,
    o.starts_at - interval '6 hours', o.ends_at + interval '6 hours'
  from door_link l join occurrence o on o.id = l.occurrence_id join event e on e.id = l.event_id
  where l.mac = any ($1) and l.revoked_at is null
$$;
alter function door_of(bytea[]) owner to tnm_ledger;
