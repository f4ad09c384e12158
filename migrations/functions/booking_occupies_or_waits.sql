-- Which states are not over: they take the room or wait for it.
-- It is in the database because constraints, policies or other functions share the rule.
create or replace function booking_occupies_or_waits(status text) returns boolean
  language sql immutable parallel safe
  return status in ('waiting', 'held', 'requested', 'approved', 'confirmed');
grant execute on function booking_occupies_or_waits(text) to tnm_staff, tnm_worker, tnm_ledger;
