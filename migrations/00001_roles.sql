-- +goose Up
-- Roles belong to the cluster, not to one database, so several databases share them and Down leaves them in place.
-- tnm_public   reads what is published, holds tickets        tnm_staff    works for one organization a transaction
-- tnm_worker   runs jobs                                      tnm_operator sets up organizations and first staff (CLI only)
-- tnm_ledger   owns the functions that move seats and stamps; nobody logs in as it
-- +goose StatementBegin
do $$
declare wanted text;
begin
  foreach wanted in array array['tnm_public', 'tnm_staff', 'tnm_worker', 'tnm_operator', 'tnm_ledger'] loop
    begin
      if not exists (select from pg_roles where rolname = wanted) then
        execute format('create role %I nologin nosuperuser nocreatedb nocreaterole noinherit nobypassrls', wanted);
      end if;
    exception when duplicate_object or unique_violation then
      null; -- another database of the cluster was migrated at the same moment
    end;
  end loop;
  -- The migration hands functions over to tnm_ledger and runs operator commands as tnm_operator.
  if not pg_has_role(current_user, 'tnm_ledger', 'member') then
    execute format('grant tnm_ledger to %I', current_user);
  end if;
  if not pg_has_role(current_user, 'tnm_operator', 'member') then
    execute format('grant tnm_operator to %I', current_user);
  end if;
end
$$;
-- +goose StatementEnd

create extension if not exists pg_trgm;

revoke all on schema public from public;
grant usage on schema public to tnm_public, tnm_staff, tnm_worker, tnm_operator, tnm_ledger;
alter default privileges revoke execute on functions from public;

-- After a local set the setting reads '' and not NULL, hence nullif; unset means nobody: policies fail closed.
create function app_organization() returns uuid
  language sql stable parallel safe
  return nullif(current_setting('app.organization', true), '')::uuid;
create function app_actor() returns uuid
  language sql stable parallel safe
  return nullif(current_setting('app.actor', true), '')::uuid;
-- MAC of the ticket secret that the caller presented, 32 bytes.
create function app_ticket() returns bytea
  language sql stable parallel safe
  return decode(nullif(current_setting('app.ticket', true), ''), 'hex');
-- The transaction's one frozen Now (Go's clock); the server's own clock when nobody set it.
create function app_now() returns timestamptz
  language sql stable parallel safe
  return coalesce(nullif(current_setting('app.now', true), '')::timestamptz, now());

grant execute on function app_organization(), app_actor(), app_ticket(), app_now()
  to tnm_public, tnm_staff, tnm_worker, tnm_operator, tnm_ledger;

-- +goose Down
drop function app_now();
drop function app_ticket();
drop function app_actor();
drop function app_organization();
alter default privileges grant execute on functions to public;
revoke usage on schema public from tnm_public, tnm_staff, tnm_worker, tnm_operator, tnm_ledger;
grant usage on schema public to public;
drop extension pg_trgm;
