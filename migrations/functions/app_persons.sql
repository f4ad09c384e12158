-- needs: app_actor, app_token_issuers
-- Everybody who may be behind what is done in this transaction: they count as one person where a
-- second one is asked for.
-- It is in the database because policies and column defaults read it.
create or replace function app_persons() returns uuid[]
  language sql stable
  return array_remove(array[app_actor()], null) || coalesce(app_token_issuers(), '{}');
grant execute on function app_persons() to tnm_public, tnm_staff, tnm_worker, tnm_operator, tnm_ledger;
