-- How many applications an own round has: the lender knows no more of them than that. It is in the
-- database because of privacy: the caller may not read the rows, and this is all it is told.
create or replace function booking_round_count(round uuid) returns integer
  language sql stable security definer set search_path = public, pg_temp
as $$
  select count(*)::integer from booking_application a
  join booking_round r on r.id = a.round_id
  where r.id = $1 and r.organization_id = app_organization()
$$;
alter function booking_round_count(uuid) owner to tnm_ledger;
grant execute on function booking_round_count(uuid) to tnm_staff;
