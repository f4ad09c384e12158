-- After a local set the setting reads '' and not NULL, hence nullif; unset means nobody: policies
-- fail closed.
-- It is in the database because policies and column defaults read it.
create or replace function app_organization() returns uuid
  language sql stable parallel safe
  return nullif(current_setting('app.organization', true), '')::uuid;
grant execute on function app_organization() to tnm_public, tnm_staff, tnm_worker, tnm_operator, tnm_ledger;
