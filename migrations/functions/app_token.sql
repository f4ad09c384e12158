-- With which token the member acts in this transaction; null for who logged in.
-- It is in the database because policies and column defaults read it.
create or replace function app_token() returns uuid
  language sql stable parallel safe
  return nullif(current_setting('app.token', true), '')::uuid;
grant execute on function app_token() to tnm_public, tnm_staff, tnm_worker, tnm_operator, tnm_ledger;
