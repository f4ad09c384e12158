-- Counts taps, each id once for ever. The counter's row is locked first, so that repeated taps of
-- two phones can't wait for each other. Nothing is cut off the sum.
-- state: as door_of; unknown (no such link), no_part (no such part on that date).
-- It is in the database because it decides under locks, which are taken in one order and held for
-- one round trip.
create or replace function door_tap(macs bytea[], part uuid, taps uuid[], deltas smallint[], out state text,
  out now_count integer, out now_capacity integer)
  language plpgsql security definer set search_path = public, pg_temp
as $$
#variable_conflict use_column
declare
  d record;
  moved integer;
begin
  select x.* into d from door_of($1) x;
  if not found then
    $5 := 'unknown';
    return;
  elsif d.state <> 'open' then
    $5 := d.state;
    return;
  elsif not exists (select from part p where p.id = $2 and p.occurrence_id = d.occurrence_id) then
    $5 := 'no_part';
    return;
  end if;
  insert into door_counter (organization_id, event_id, occurrence_id, part_id)
  values (d.organization_id, d.event_id, d.occurrence_id, $2)
    on conflict (part_id) do nothing;
  perform from door_counter c where c.part_id = $2 for update;
  with fresh as (
    insert into door_tap (organization_id, event_id, occurrence_id, part_id, id, delta)
    select d.organization_id, d.event_id, d.occurrence_id, $2, q.id, q.delta from unnest($3, $4) as q (id, delta)
    on conflict (part_id, id) do nothing
    returning delta
  )
  select coalesce(sum(f.delta), 0) into moved from fresh f;
  update door_counter c
  set count = least(1000000, greatest(0, n.sum)), beyond = n.sum - least(1000000, greatest(0, n.sum))
  from (select least(1000000000, greatest(-1000000000, k.count + k.beyond + moved)) as sum
    from door_counter k
    where k.part_id = $2) n
  where c.part_id = $2
    returning c.count, c.capacity into $6, $7;
  $5 := 'open';
end
$$;
alter function door_tap(bytea[], uuid, uuid[], smallint[]) owner to tnm_ledger;
grant execute on function door_tap(bytea[], uuid, uuid[], smallint[]) to tnm_public;
