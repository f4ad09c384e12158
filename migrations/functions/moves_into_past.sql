-- needs: app_now
-- Says whether other times lie in the past: a start that is over, or an end that has come. What
-- doesn't change may lie there.
-- It is in the database because constraints, policies or other functions share the rule.
create or replace function moves_into_past(starts_before timestamptz, ends_before timestamptz, starts_at timestamptz,
  ends_at timestamptz)
  returns boolean
  language sql stable
  return $3 <> $1 and $3 < app_now() or $4 <> $2 and $4 <= app_now();
grant execute on function moves_into_past(timestamp with time zone, timestamp with time zone, timestamp with time zone,
  timestamp with time zone)
  to tnm_ledger;
