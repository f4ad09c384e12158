-- Others may have judged a room before its town was closed, and waited for the floor since. No
-- lock: they hold the floor, which organization_close takes first.
-- It is in the database because it is an invariant: it holds whichever statement makes the change.
create or replace function booking_lender_takes_part() returns trigger
  language plpgsql set search_path = public, pg_temp
as $$
begin
  perform from organization o where o.id = new.organization_id and o.closed_at is null;
  if not found then
    raise exception using errcode = 'insufficient_privilege', constraint = 'organization_takes_part',
      table = 'organization', message = 'this organization no longer takes part';
  end if;
  return null;
end
$$;

create trigger booking_lender_takes_part after insert on booking
  for each row execute function booking_lender_takes_part();
