-- Who acts in this transaction: a member of staff; null for a job, the operator and the public.
-- It is in the database because policies and column defaults read it.
create or replace function app_actor() returns uuid
  language sql stable parallel safe
  return nullif(current_setting('app.actor', true), '')::uuid;
grant execute on function app_actor() to tnm_public, tnm_staff, tnm_worker, tnm_operator, tnm_ledger;
