-- Whether the member who acts in this transaction may speak for the organization: the roles of
-- internal/staff that have events.publish.
-- It is in the database because policies and column defaults read it.
create or replace function app_publishes() returns boolean
  language sql stable security definer set search_path = public, pg_temp
as $$
  select exists (select from staff s
    where s.organization_id = app_organization() and s.id = app_actor() and s.disabled_at is null
      and s.role in ('publisher', 'admin'))
$$;
alter function app_publishes() owner to tnm_ledger;
grant execute on function app_publishes() to tnm_staff;
