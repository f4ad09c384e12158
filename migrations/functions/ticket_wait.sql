-- Stands in line for the event: reach says for which quotas of the same channel, 'quota' this one
-- alone, 'occurrence' any part of the date, 'event' any date. A seat that is free in one of them is
-- given at once.
-- outcome: waiting, granted, duplicate, no_list, list_full, and the refusals of ticket_grant.
-- It is in the database because it decides under locks, which are taken in one order and held for
-- one round trip.
create or replace function ticket_wait(event uuid, quota uuid, reach text, id uuid, mac bytea, seats smallint,
  nickname text)
  returns text
  language plpgsql security definer set search_path = public, pg_temp
as $$
#variable_conflict use_column
declare
  asked record;
  wishes uuid[];
  chosen uuid;
  place bigint;
begin
  if exists (select from ticket t where t.secret_mac = $5) then
    return 'duplicate';
  end if;
  select k.organization_id, k.occurrence_id, k.channel, k.max_seats, c.accepting, c.capacity, p as part into asked
  from quota_counter c join quota k on k.id = c.quota_id join part p on p.id = k.part_id
  where c.quota_id = $2 and c.event_id = $1;
  if not found then
    return 'unknown';
  elsif (asked.part).reservation = 'none' then
    return 'not_needed';
  elsif (asked.part).reservation <> 'seat' or asked.channel not in ('in_person', 'online') then
    return 'other_way';
  elsif not asked.accepting then
    return 'not_accepting';
  elsif app_now() < (asked.part).opens_at then
    return 'not_open';
  elsif app_now() >= coalesce((asked.part).closes_at, (asked.part).starts_at) then
    return 'closed';
  elsif $6 > asked.max_seats then
    return 'too_many';
  elsif not (asked.part).waiting_list or app_now() >= part_waits_until(asked.part) then
    return 'no_list';
  end if;
  select array_agg(k.id order by k.id) into wishes
  from quota k join part p on p.id = k.part_id join quota_counter c on c.quota_id = k.id
  where k.event_id = $1 and k.channel = asked.channel and p.reservation = 'seat' and p.waiting_list and c.accepting
    and app_now() < part_waits_until(p) and k.max_seats >= $6 and c.capacity >= $6
    and (k.id = $2 or $3 = 'event' or ($3 = 'occurrence' and k.occurrence_id = asked.occurrence_id));
  if wishes is null then
    return 'full'; -- a group larger than the whole quota would wait for ever
  end if;
  perform from quota_counter c where c.quota_id = any (wishes) order by c.quota_id for update;
  if exists (select from ticket t where t.secret_mac = $5) then
    return 'duplicate';
  end if;
  select c.quota_id into chosen from quota_counter c
  where c.quota_id = any (wishes) and c.accepting and c.capacity - c.taken >= $6
  order by (c.quota_id = $2) desc, c.quota_id limit 1;
  if chosen is null and (select count(*) from ticket_wish w where w.quota_id = $2) >= 200 then
    return 'list_full';
  end if;
  insert into ticket (organization_id, event_id, occurrence_id, part_id, quota_id, id, secret_mac, status, seats,
    nickname, asked)
  select k.organization_id, k.event_id, k.occurrence_id, k.part_id, k.id, $4, $5,
    case when chosen is null then 'waiting' else 'confirmed' end, $6, $7,
    case when chosen <> $2 then array[$2] end
  from quota k where k.id = coalesce(chosen, $2)
  on conflict (secret_mac) do nothing;
  if not found then
    return 'duplicate';
  elsif chosen is not null then
    return 'granted';
  end if;
  place := nextval('ticket_wish_position');
  insert into ticket_wish (organization_id, event_id, quota_id, ticket_id, position)
  select asked.organization_id, $1, w, $4, place from unnest(wishes) as w;
  return 'waiting';
end
$$;
alter function ticket_wait(uuid, uuid, text, uuid, bytea, smallint, text) owner to tnm_ledger;
grant execute on function ticket_wait(uuid, uuid, text, uuid, bytea, smallint, text) to tnm_public;
