-- Notes that a day code shown with this link was nobody's; the caller holds the link's row. The
-- tenth miss that is not forgiven begins a pause of 1, 2, 4, then 5 minutes; half an hour without a
-- pause makes the next one a step shorter.
-- It is in the database because it decides under locks, which are taken in one order and held for
-- one round trip.
create or replace function door_miss(link uuid) returns void
  language plpgsql set search_path = public, pg_temp
as $$
declare
  l record;
  forgiven integer;
  calm integer;
begin
  select k.misses, k.missed_at, k.pauses, k.paused_until into strict l from door_link k where k.id = $1;
  forgiven := greatest(0, floor(extract(epoch from app_now() - l.missed_at) / 60));
  if l.missed_at is null or forgiven >= l.misses then
    l.misses := 0;
    l.missed_at := app_now();
  else
    l.misses := l.misses - forgiven;
    l.missed_at := l.missed_at + forgiven * interval '1 minute';
  end if;
  l.misses := l.misses + 1;
  if l.misses >= 10 then
    calm := greatest(0, floor(extract(epoch from app_now() - coalesce(l.paused_until, app_now())) / 1800));
    l.pauses := least(4, greatest(0, l.pauses - calm) + 1);
    l.paused_until := app_now() + (array[1, 2, 4, 5])[l.pauses] * interval '1 minute';
  end if;
  update door_link k
  set misses = least(10, l.misses), missed_at = l.missed_at, pauses = l.pauses, paused_until = l.paused_until
  where k.id = $1;
end
$$;
alter function door_miss(uuid) owner to tnm_ledger;
