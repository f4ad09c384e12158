-- A neighbour sees what is listed, what it was asked to join, and what a partner shows to partner
-- groups.
-- It is in the database because constraints, policies or other functions share the rule.
create or replace function event_shared_with(event uuid, organization uuid) returns boolean
  language sql stable security definer set search_path = public, pg_temp
as $$
  select exists (
    select from public.event e
    where e.id = $1 and (
      e.listed
      or exists (select from event_organiser o where o.event_id = e.id and o.organiser_id = $2)
      or (e.visibility = 'partners' and e.status in ('published', 'cancelled') and (
        exists (select from organization g where g.id = $2 and g.registered_by = e.organization_id)
        or exists (select from partnership_member a join partnership_member b using (partnership_id)
                   where a.organization_id = e.organization_id and b.organization_id = $2)))))
$$;
alter function event_shared_with(uuid, uuid) owner to tnm_ledger;
grant execute on function event_shared_with(uuid, uuid) to tnm_staff;
