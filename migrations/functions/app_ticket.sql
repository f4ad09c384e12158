-- MAC of the ticket secret that the caller presented, 32 bytes.
-- It is in the database because policies and column defaults read it.
create or replace function app_ticket() returns bytea
  language sql stable parallel safe
  return decode(nullif(current_setting('app.ticket', true), ''), 'hex');
grant execute on function app_ticket() to tnm_public, tnm_staff, tnm_worker, tnm_operator, tnm_ledger;
