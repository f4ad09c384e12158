-- Until when a part's waiting list is served: what staff set, else a day before the start, or when
-- registration closes if that is earlier. The line of a lottery begins with the draw, after
-- registration has closed.
-- It is in the database because constraints, policies or other functions share the rule.
create or replace function part_waits_until(p part) returns timestamptz
  language sql immutable parallel safe
  return coalesce(p.waiting_until,
    least(case when p.reservation <> 'lottery' then coalesce(p.closes_at, p.starts_at) end,
      p.starts_at - interval '24 hours'));
grant execute on function part_waits_until(part) to tnm_public, tnm_staff, tnm_worker, tnm_ledger;
