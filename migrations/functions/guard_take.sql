-- Counts seats for a network, known by its names under the keys of this hour and the last, unless
-- that would be more than at_most within ten minutes. slot is where they were counted; when they
-- were not, free_at is when there is room for them.
-- It is in the database because it decides under locks, which are taken in one order and held for
-- one round trip.
create or replace function guard_take(networks bytea[], quota uuid, seats integer, at_most integer, out granted boolean,
  out slot timestamptz, out free_at timestamptz)
  language plpgsql security definer set search_path = public, pg_temp
as $$
#variable_conflict use_column
declare
  network bytea;
  used integer;
  taken_at timestamptz;
begin
  foreach network in array array(select distinct n from unnest($1) n order by n) loop
    perform pg_advisory_xact_lock(hashtextextended(encode(network, 'hex') || $2::text, 17));
  end loop;
  select coalesce(sum(s.seats), 0) into used from guard_share s
  where s.network = any ($1) and s.quota_id = $2 and s.slot > app_now() - interval '10 minutes';
  granted := used + $3 <= $4;
  if granted then
    -- Rounded up, so that seats are never counted for less than ten minutes.
    taken_at := date_bin('10 seconds', app_now(), 'epoch') + interval '10 seconds';
    insert into guard_share as g (network, quota_id, slot, seats) values ($1[1], $2, taken_at, $3)
      on conflict on constraint guard_share_pkey do update set seats = g.seats + excluded.seats;
    $6 := taken_at;
    return;
  end if;
  select min(w.slot) + interval '10 minutes' into free_at
  from (select s.slot, sum(s.seats) over (order by s.slot) as gone from guard_share s
        where s.network = any ($1) and s.quota_id = $2 and s.slot > app_now() - interval '10 minutes') w
  where used - w.gone + $3 <= $4;
end
$$;
alter function guard_take(bytea[], uuid, integer, integer) owner to tnm_ledger;
grant execute on function guard_take(bytea[], uuid, integer, integer) to tnm_public;
