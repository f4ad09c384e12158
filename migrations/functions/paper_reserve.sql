-- Sets seats aside for codes. outcome: made, unknown (no such quota of the organization), other_way
-- (no seats are taken there in person), over (cancelled, or begun), early (returns_at is not
-- between now and the start), full (fewer seats are free).
-- It is in the database because it decides under locks, which are taken in one order and held for
-- one round trip.
create or replace function paper_reserve(event uuid, occurrence uuid, part uuid, quota uuid, seats_each smallint,
  returns_at timestamptz, macs bytea[],
  out outcome text, out sheet uuid, out free integer)
  language plpgsql security definer set search_path = public, pg_temp
as $$
#variable_conflict use_column
declare
  q record;
  paper uuid := md5('paper pool of ' || $4::text)::uuid;
  wanted constant integer := cardinality($7) * $5;
  until timestamptz;
begin
  select k.channel, k.organization_id, p.reservation, p.starts_at,
    e.status <> 'cancelled' and o.status <> 'cancelled' as on, part_waits_until(p) as waits_until into q
  from quota k
  join part p on p.id = k.part_id
  join occurrence o on o.id = k.occurrence_id
  join event e on e.id = k.event_id
  where k.id = $4 and k.part_id = $3 and k.occurrence_id = $2 and k.event_id = $1
    and k.organization_id = app_organization();
  if not found then
    outcome := 'unknown';
    return;
  elsif q.reservation <> 'seat' or q.channel <> 'in_person' then
    outcome := 'other_way';
    return;
  elsif not q.on or app_now() >= q.starts_at then
    outcome := 'over';
    return;
  end if;
  until := coalesce($6, case when q.waits_until > app_now() then q.waits_until else q.starts_at end);
  if until <= app_now() or until > q.starts_at then
    outcome := 'early';
    return;
  end if;
  insert into quota (organization_id, event_id, occurrence_id, part_id, id, position, channel, max_seats)
    values (q.organization_id, $1, $2, $3, paper, 1000, 'paper', 20) on conflict on constraint quota_pkey do nothing;
  insert into quota_counter (organization_id, event_id, occurrence_id, quota_id, capacity)
    values (q.organization_id, $1, $2, paper, 0) on conflict on constraint quota_counter_pkey do nothing;
  insert into paper_pool (organization_id, event_id, occurrence_id, part_id, open_quota_id, paper_quota_id)
    values (q.organization_id, $1, $2, $3, $4, paper) on conflict on constraint paper_pool_pkey do nothing;
  perform from quota_counter c where c.quota_id in ($4, paper) order by c.quota_id for update;
  select c.capacity - c.taken into free from quota_counter c where c.quota_id = $4;
  if free < wanted then
    outcome := 'full';
    return;
  end if;
  update quota_counter c set capacity = c.capacity - wanted where c.quota_id = $4;
  update quota_counter c set capacity = c.capacity + wanted where c.quota_id = paper;
  insert into paper_sheet (organization_id, open_quota_id, codes, seats_each, returns_at)
    values (q.organization_id, $4, cardinality($7), $5, until) returning id into sheet;
  insert into paper_code (organization_id, sheet_id, mac) select q.organization_id, sheet, m from unnest($7) as m;
  outcome := 'made';
end
$$;
alter function paper_reserve(uuid, uuid, uuid, uuid, smallint, timestamp with time zone, bytea[]) owner to tnm_ledger;
grant execute on function paper_reserve(uuid, uuid, uuid, uuid, smallint, timestamp with time zone, bytea[])
  to tnm_staff;
