-- When the last registration of a date closes, its lots drawn; null when it takes none.
-- It is in the database because constraints, policies or other functions share the rule.
create or replace function report_closes(occurrence uuid) returns timestamptz
  language sql stable set search_path = public, pg_temp
as $$
  select max(coalesce(p.draws_at, p.closes_at, p.starts_at)) from part p
  where p.occurrence_id = $1 and p.reservation <> 'none'
$$;
alter function report_closes(uuid) owner to tnm_ledger;
