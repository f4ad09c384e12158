-- Check digit of 全国地方公共団体コード: 11 minus (sum of digits 1..5 times weights 6..2) modulo
-- 11, last digit of it.
-- It is in the database because constraints, policies or other functions share the rule.
create or replace function municipality_code_valid(code text) returns boolean
  language sql immutable strict parallel safe
  return code ~ '^[0-9]{6}$' and right(code, 1)::int = (
    11 - (substr(code, 1, 1)::int * 6 + substr(code, 2, 1)::int * 5 + substr(code, 3, 1)::int * 4
        + substr(code, 4, 1)::int * 3 + substr(code, 5, 1)::int * 2) % 11) % 10;
grant execute on function municipality_code_valid(text) to tnm_public, tnm_staff, tnm_worker, tnm_operator, tnm_ledger;
