-- Marks a confirmed ticket of the door's date as arrived, or takes that back. The ticket is named
-- by its secret or by its day code. The link's row is held while a day code is judged, so that as
-- many misses are counted as there are.
-- outcome: arrived, already; with undo: undone, not_counted; none (no confirmed ticket of this date
-- has it). state: as door_of; paused while no day code is judged.
-- It is in the database because it decides under locks, which are taken in one order and held for
-- one round trip.
create or replace function door_check_in(macs bytea[], secrets bytea[], codes bytea[], undo boolean,
                              out state text, out outcome text, out seats integer, out part_id uuid, out channel text)
  language plpgsql security definer set search_path = public, pg_temp
as $$
#variable_conflict use_column
declare
  d record;
  k record;
  l record;
begin
  select x.* into d from door_of($1) x;
  if not found then
    $5 := 'unknown';
    return;
  end if;
  $5 := d.state;
  if d.state <> 'open' then
    return;
  end if;
  if cardinality($3) > 0 then
    select x.id, x.paused_until into l from door_link x
    where x.mac = any ($1) and x.revoked_at is null for no key update;
    if not found then
      $5 := 'unknown'; -- revoked at this moment
      return;
    elsif l.paused_until > app_now() then
      $5 := 'paused';
      return;
    end if;
  end if;
  select t.id, t.seats, t.part_id, t.arrived, q.channel into k
  from ticket t join quota q on q.id = t.quota_id
  where (t.secret_mac = any ($2) or t.day_code_mac = any ($3) and t.secret_mac is not null)
    and t.occurrence_id = d.occurrence_id and t.status = 'confirmed'
  for update of t;
  if not found then
    $6 := 'none';
    if cardinality($3) > 0 then
      perform door_miss(l.id);
    end if;
    return;
  end if;
  $6 := case when k.arrived <> $4 then case when $4 then 'not_counted' else 'already' end when $4 then 'undone'
    else 'arrived' end;
  $7 := k.seats;
  $8 := k.part_id;
  $9 := k.channel;
  if k.arrived = $4 then
    update ticket t set arrived = not $4 where t.id = k.id;
  end if;
end
$$;
alter function door_check_in(bytea[], bytea[], bytea[], boolean) owner to tnm_ledger;
grant execute on function door_check_in(bytea[], bytea[], bytea[], boolean) to tnm_public;
