-- What may be said of a number: nothing finer than the band 0 to 7, else the nearest multiple of
-- five.
-- It is in the database because constraints, policies or other functions share the rule.
create or replace function report_rounded(count integer) returns integer
  language sql immutable parallel safe
  return case when $1 <= 7 then 0 else ($1 + 2) / 5 * 5 end;
grant execute on function report_rounded(integer) to tnm_ledger;
