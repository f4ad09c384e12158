-- The Japanese fiscal year of a moment, named by the year in which its April lies.
-- It is in the database because constraints, policies or other functions share the rule.
create or replace function fiscal_year(at timestamptz) returns integer
  language sql immutable parallel safe
  return extract(year from (at at time zone 'Asia/Tokyo') - interval '3 months')::integer;
grant execute on function fiscal_year(timestamp with time zone) to tnm_staff, tnm_ledger;
