-- The transaction's one frozen Now (Go's clock); the server's own clock when nobody set it.
-- It is in the database because policies and column defaults read it.
create or replace function app_now() returns timestamptz
  language sql stable parallel safe
  return coalesce(nullif(current_setting('app.now', true), '')::timestamptz, now());
grant execute on function app_now() to tnm_public, tnm_staff, tnm_worker, tnm_operator, tnm_ledger;
