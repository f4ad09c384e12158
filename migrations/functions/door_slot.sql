-- Says how many parties sit in a slot that is kept for walk-ins; the same again changes nothing.
-- outcome: as door_of; no_slot (no such slot on that date), booked_ahead (not kept for walk-ins),
-- too_many.
-- It is in the database because it decides under locks, which are taken in one order and held for
-- one round trip.
create or replace function door_slot(macs bytea[], slot uuid, at_door integer, out outcome text, out parties integer,
  out taken integer)
  language plpgsql security definer set search_path = public, pg_temp
as $$
#variable_conflict use_column
declare
  d record;
  s record;
begin
  select x.* into d from door_of($1) x;
  if not found then
    $4 := 'unknown';
    return;
  end if;
  $4 := d.state;
  if d.state <> 'open' then
    return;
  end if;
  select k.quota_id, k.walk_in, k.parties into s from slot k
  where k.quota_id = $2 and k.occurrence_id = d.occurrence_id for no key update;
  if not found then
    $4 := 'no_slot';
  elsif not s.walk_in then
    $4 := 'booked_ahead';
  elsif $3 > s.parties then
    $4 := 'too_many';
    $5 := s.parties;
  else
    update slot k set at_door = $3 where k.quota_id = $2 and k.at_door <> $3;
    $5 := s.parties;
    $6 := $3;
  end if;
end
$$;
alter function door_slot(bytea[], uuid, integer) owner to tnm_ledger;
grant execute on function door_slot(bytea[], uuid, integer) to tnm_public;
