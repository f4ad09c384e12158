-- Two-sided geometric noise: k with the probability 2^-|k| / 3, so that no count comes out more
-- than twice as likely as its neighbour, and none is impossible. Rounding alone tells who knows
-- everybody else what the last one answered, whenever the sum stands at an edge (ADR 0012).
-- gen_random_uuid is the server's cryptographic source; the bytes taken have no fixed bits.
-- It is in the database because constraints, policies or other functions share the rule.
create or replace function report_noise() returns integer
  language plpgsql volatile set search_path = public, pg_temp
as $$
declare b constant text := encode(uuid_send(gen_random_uuid()), 'hex');
begin
  return length(substring(('x' || left(b, 12))::bit(48)::text from '^0*'))
    - length(substring(('x' || right(b, 12))::bit(48)::text from '^0*'));
end
$$;
grant execute on function report_noise() to tnm_ledger;
