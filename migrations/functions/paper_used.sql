-- How many codes of a sheet have become tickets.
-- It is in the database because of privacy: the caller may not read the rows, and this is all it is
-- told.
create or replace function paper_used(sheets uuid[]) returns table (sheet_id uuid, used integer)
  language sql stable security definer set search_path = public, pg_temp
as $$
  select k.sheet_id, count(u.mac)::int from paper_sheet s
  join paper_code k on k.sheet_id = s.id
  left join paper_claim u on u.mac = k.mac
  where s.id = any ($1) and s.organization_id = app_organization() group by 1
$$;
alter function paper_used(uuid[]) owner to tnm_ledger;
grant execute on function paper_used(uuid[]) to tnm_staff;
