-- The municipalities that can be answered for an event: those of its hosts, and whom they have an
-- agreement with.
-- It is in the database because of privacy: the caller may not read the rows, and this is all it is
-- told.
create or replace function report_homes(event uuid) returns setof text
  language sql stable security definer set search_path = public, pg_temp
as $$
  with host as (
    select case when o.kind = 'municipality' then o.id else o.registered_by end as id
    from event_organiser x join organization o on o.id = x.organiser_id
    where x.event_id = $1 and x.role in ('host', 'co_host') and x.approval = 'approved'
  )
  select o.code from organization o
  where o.kind = 'municipality' and (o.id in (select h.id from host h) or exists (
    select from host h
    join partnership_member a on a.organization_id = h.id
    join partnership_member b using (partnership_id)
    where b.organization_id = o.id))
$$;
alter function report_homes(uuid) owner to tnm_ledger;
grant execute on function report_homes(uuid) to tnm_public;
