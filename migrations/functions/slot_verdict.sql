-- Why these slots can't be had together by a ticket (held, or null for a new one), which of them,
-- and the most a ticket may hold. outcome is null when they
-- can: unknown, other_way, walk_in, not_accepting, not_open, slot_closed, slot_past, closed,
-- two_dates, too_many, overlap, full.
-- It is in the database because it decides under locks, which are taken in one order and held for
-- one round trip.
create or replace function slot_verdict(event uuid, slots uuid[], held uuid, out outcome text, out at uuid[],
  out most smallint)
  language plpgsql stable set search_path = public, pg_temp
as $$
#variable_conflict use_column
declare
  dates integer;
  many integer;
begin
  select f.refusal, array_agg(f.id order by f.starts_at, f.id) into $4, $5
  from (
    select w.id, s.starts_at, case
        when s.quota_id is null or s.event_id <> $1 then 'unknown'
        when p.reservation <> 'slot' then 'other_way'
        when s.walk_in then 'walk_in'
        when not c.accepting then 'not_accepting'
        when app_now() < p.opens_at then 'not_open'
        when s.closed then 'slot_closed'
        when app_now() >= s.starts_at then 'slot_past'
        when app_now() >= coalesce(p.closes_at, p.starts_at) then 'closed'
      end as refusal
    from (select distinct u.id from unnest($2) u (id)) w
    left join slot s on s.quota_id = w.id
    left join part p on p.id = s.part_id
    left join quota_counter c on c.quota_id = w.id) f
  where f.refusal is not null
  group by 1
  order by array_position(array['unknown', 'other_way', 'walk_in', 'not_accepting', 'not_open', 'slot_closed',
    'slot_past', 'closed'], f.refusal)
  limit 1;
  if $4 is not null then
    return;
  end if;
  select count(distinct s.occurrence_id), count(*), min(r.max_slots) into dates, many, $6
  from slot s join slot_rule r on r.part_id = s.part_id
  where s.quota_id = any ($2) or s.quota_id in (select k.slot_id from ticket_slot k where k.ticket_id = $3);
  if dates <> 1 then
    $4 := 'two_dates';
    return;
  elsif many > $6 then
    $4 := 'too_many';
    return;
  end if;
  select array_agg(distinct x.id) into $5
  from (
    select unnest(array[a.quota_id, b.quota_id]) as id
    from slot a join slot_rule r on r.part_id = a.part_id join slot b on b.quota_id <> a.quota_id
    where (a.quota_id = any ($2) or a.quota_id in (select k.slot_id from ticket_slot k where k.ticket_id = $3))
      and (b.quota_id = any ($2) or b.quota_id in (select k.slot_id from ticket_slot k where k.ticket_id = $3))
      and b.starts_at >= a.starts_at and b.starts_at < a.ends_at + make_interval(mins => r.gap_minutes)) x;
  if $5 is not null then
    $4 := 'overlap';
    return;
  end if;
  select array_agg(c.quota_id) into $5 from quota_counter c
  where c.quota_id = any ($2) and c.taken >= c.capacity
    and not exists (select from ticket_slot k where k.ticket_id = $3 and k.slot_id = c.quota_id);
  if $5 is not null then
    $4 := 'full';
  end if;
end
$$;
alter function slot_verdict(uuid, uuid[], uuid) owner to tnm_ledger;
