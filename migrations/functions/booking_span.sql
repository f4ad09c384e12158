-- The time of use with all set-up and clearing around it.
-- It is in the database because constraints, policies or other functions share the rule.
create or replace function booking_span(starts_at timestamptz, ends_at timestamptz, setup integer, clearing integer)
  returns tstzrange
  language sql immutable parallel safe
  return tstzrange(starts_at - setup * interval '1 minute', ends_at + clearing * interval '1 minute', '[)');
grant execute on function booking_span(timestamp with time zone, timestamp with time zone, integer, integer)
  to tnm_staff, tnm_worker, tnm_ledger;
