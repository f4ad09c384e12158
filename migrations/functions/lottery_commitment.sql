-- The public promise of a seed before the draw: its hash, with the draw's id (docs/lottery.md).
-- It is in the database because constraints, policies or other functions share the rule.
create or replace function lottery_commitment(draw uuid, seed bytea) returns bytea
  language sql immutable parallel safe
  return sha256(convert_to(format(E'tonarimachi lottery commitment v1\n%s\n%s\n', draw, encode(seed, 'hex')), 'UTF8'));
grant execute on function lottery_commitment(uuid, bytea) to tnm_staff, tnm_ledger;
