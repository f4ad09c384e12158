-- Writes the rows of one booking, or none when something stands in the way. The look before serves
-- those who hold the lock; the constraint stands behind it.
-- It is in the database because it decides under locks, which are taken in one order and held for
-- one round trip.
create or replace function booking_occupy(booking uuid, room uuid, span tstzrange) returns boolean
  language plpgsql set search_path = public, pg_temp
as $$
declare
  wanted integer;
  written integer;
begin
  if room_taken($2, $3, array[$1]) then
    return false;
  end if;
  insert into occupancy (booking_id, space_id, span, taker)
  select $1, s.space_id, $3, case when s.exclusive then $1 else '00000000-0000-0000-0000-000000000000' end
  from room_space s
  where s.room_id = $2
  on conflict do nothing;
  get diagnostics written = row_count;
  select count(*) into wanted from room_space s where s.room_id = $2;
  if written < wanted then
    delete from occupancy o where o.booking_id = $1;
  end if;
  return written = wanted;
end
$$;
alter function booking_occupy(uuid, uuid, tstzrange) owner to tnm_ledger;
