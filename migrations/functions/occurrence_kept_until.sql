-- Until when the tickets of a date, its codes on paper and the key of its contacts are kept.
-- It is in the database because constraints, policies or other functions share the rule.
create or replace function occurrence_kept_until(o occurrence, after_date interval, after_put_off interval)
  returns timestamptz
  language sql stable
  return greatest(o.ends_at, o.reached_until) + case when o.status = 'postponed' then $3 else $2 end;
grant execute on function occurrence_kept_until(occurrence, interval, interval) to tnm_worker, tnm_ledger;
