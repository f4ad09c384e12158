-- Changes an own round: its words until it is over, its days and numbers until applications open.
-- outcome: changed, unknown, over, begun.
-- It is in the database because it decides under locks, which are taken in one order and held for
-- one round trip.
create or replace function booking_round_change(round uuid, name text, note text, opens_at timestamptz,
  closes_at timestamptz, draws_at timestamptz, accept_until timestamptz, applications_max integer, wishes_max integer)
  returns text
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare r booking_round;
begin
  select k.* into r from booking_round k where k.id = $1 and k.organization_id = app_organization() for update;
  if not found then
    return 'unknown';
  elsif r.state in ('finished', 'cancelled') then
    return 'over';
  elsif (r.opens_at, r.closes_at, r.draws_at, r.accept_until, r.applications_max, r.wishes_max)
      <> ($4, $5, $6, $7, $8::smallint, $9::smallint)
    and (r.state <> 'open' or app_now() >= r.opens_at) then
    return 'begun';
  end if;
  update booking_round k
  set name = $2, note = $3, opens_at = $4, closes_at = $5, draws_at = $6, accept_until = $7, applications_max = $8,
    wishes_max = $9
  where k.id = $1;
  return 'changed';
end
$$;
alter function booking_round_change(uuid, text, text, timestamp with time zone, timestamp with time zone,
  timestamp with time zone, timestamp with time zone, integer, integer)
  owner to tnm_ledger;
grant execute on function booking_round_change(uuid, text, text, timestamp with time zone, timestamp with time zone,
  timestamp with time zone, timestamp with time zone, integer, integer)
  to tnm_staff;
