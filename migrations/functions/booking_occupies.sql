-- Which states take the room.
-- It is in the database because constraints, policies or other functions share the rule.
create or replace function booking_occupies(status text) returns boolean
  language sql immutable parallel safe
  return status in ('held', 'requested', 'approved', 'confirmed', 'done');
grant execute on function booking_occupies(text) to tnm_staff, tnm_worker, tnm_ledger;
