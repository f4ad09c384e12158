-- +goose Up
-- A ticket may come to stand for another quota than it was asked for: who waits is given a seat elsewhere, slots are exchanged. A request that is sent again asks for
-- what it asked for the first time, and must be told of the same ticket. null: it still stands for what was asked.
alter table ticket add column asked uuid[], add constraint ticket_asked_few check (cardinality(asked) between 1 and 20);
grant select (asked) on ticket to tnm_public;

-- +goose StatementBegin
create function ticket_keeps_asked() returns trigger
  language plpgsql set search_path = public, pg_temp
as $$
begin
  if new.secret_mac is null then
    new.asked := null;
  elsif new.quota_id <> old.quota_id then
    new.asked := coalesce(old.asked, array[old.quota_id]);
  end if;
  return new;
end
$$;

-- As before; a seat that is free elsewhere is given at once.
create or replace function ticket_wait(event uuid, quota uuid, reach text, id uuid, mac bytea, seats smallint, nickname text) returns text
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
  insert into ticket (organization_id, event_id, occurrence_id, part_id, quota_id, id, secret_mac, status, seats, nickname, asked)
  select k.organization_id, k.event_id, k.occurrence_id, k.part_id, k.id, $4, $5, case when chosen is null then 'waiting' else 'confirmed' end, $6, $7,
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

-- As before, and what was asked for is kept when it is exchanged for the first time.
create or replace function ticket_change_slots(mac bytea, take uuid[], give_back uuid[], out outcome text, out at uuid[], out most smallint)
  language plpgsql security definer set search_path = public, pg_temp
as $$
#variable_conflict use_column
declare
  t record;
  v record;
  fresh uuid[];
  gone uuid[];
begin
  select k.id, k.event_id, k.quota_id, r.part_id as ruled into t from ticket k left join slot_rule r on r.quota_id = k.quota_id where k.secret_mac = $1;
  if not found then
    $4 := 'unknown_ticket';
    return;
  elsif t.ruled is null then
    $4 := 'no_slots';
    return;
  end if;
  perform from quota_counter c where c.quota_id = t.quota_id for update;
  perform from quota_counter c where c.quota_id = any ($2 || $3) order by c.quota_id for update;
  perform from ticket k where k.id = t.id and k.secret_mac = $1 for update;
  if not found then
    $4 := 'unknown_ticket';
    return;
  elsif not exists (select from ticket k where k.id = t.id and k.status = 'confirmed') then
    $4 := 'not_confirmed';
    return;
  end if;
  select array_agg(w.id) into fresh from (select distinct u.id from unnest($2) u (id)) w
  where not exists (select from ticket_slot k where k.ticket_id = t.id and k.slot_id = w.id);
  select array_agg(k.slot_id) into gone from ticket_slot k where k.ticket_id = t.id and k.slot_id = any ($3) and k.slot_id <> all ($2);
  if fresh is null and cardinality($2) > 0 and gone is null then
    $4 := 'changed'; -- sent a second time
    return;
  elsif exists (select from unnest($3) u (id) where not exists (select from ticket_slot k where k.ticket_id = t.id and k.slot_id = u.id)) then
    $4 := 'not_held';
    return;
  end if;
  select array_agg(k.slot_id) into $5 from ticket_slot k where k.ticket_id = t.id and k.slot_id = any (gone) and k.starts_at <= app_now();
  if $5 is not null then
    $4 := 'slot_past';
    return;
  end if;
  -- An exception block undoes the giving back when the taking is refused.
  begin
    update ticket k set asked = (select array_agg(h.slot_id) from ticket_slot h where h.ticket_id = k.id) where k.id = t.id and k.asked is null;
    delete from ticket_slot k where k.ticket_id = t.id and k.slot_id = any (gone);
    if fresh is null and not exists (select from ticket_slot k where k.ticket_id = t.id) then
      $4 := 'last';
      raise exception using errcode = 'TNM01';
    end if;
    if fresh is not null then
      select * into v from slot_verdict(t.event_id, fresh, t.id);
      if v.outcome is not null then
        $4 := v.outcome;
        $5 := v.at;
        $6 := v.most;
        raise exception using errcode = 'TNM01';
      end if;
      perform ticket_slot_insert(t.id, fresh);
    end if;
    $4 := 'changed';
  exception when sqlstate 'TNM01' then
    null;
  end;
end
$$;
-- +goose StatementEnd

create trigger ticket_keeps_asked before update of quota_id, secret_mac on ticket for each row execute function ticket_keeps_asked();

-- +goose Down
drop trigger ticket_keeps_asked on ticket;
drop function ticket_keeps_asked();
-- +goose StatementBegin
create or replace function ticket_wait(event uuid, quota uuid, reach text, id uuid, mac bytea, seats smallint, nickname text) returns text
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
  insert into ticket (organization_id, event_id, occurrence_id, part_id, quota_id, id, secret_mac, status, seats, nickname)
  select k.organization_id, k.event_id, k.occurrence_id, k.part_id, k.id, $4, $5, case when chosen is null then 'waiting' else 'confirmed' end, $6, $7
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
create or replace function ticket_change_slots(mac bytea, take uuid[], give_back uuid[], out outcome text, out at uuid[], out most smallint)
  language plpgsql security definer set search_path = public, pg_temp
as $$
#variable_conflict use_column
declare
  t record;
  v record;
  fresh uuid[];
  gone uuid[];
begin
  select k.id, k.event_id, k.quota_id, r.part_id as ruled into t from ticket k left join slot_rule r on r.quota_id = k.quota_id where k.secret_mac = $1;
  if not found then
    $4 := 'unknown_ticket';
    return;
  elsif t.ruled is null then
    $4 := 'no_slots';
    return;
  end if;
  perform from quota_counter c where c.quota_id = t.quota_id for update;
  perform from quota_counter c where c.quota_id = any ($2 || $3) order by c.quota_id for update;
  perform from ticket k where k.id = t.id and k.secret_mac = $1 for update;
  if not found then
    $4 := 'unknown_ticket';
    return;
  elsif not exists (select from ticket k where k.id = t.id and k.status = 'confirmed') then
    $4 := 'not_confirmed';
    return;
  end if;
  select array_agg(w.id) into fresh from (select distinct u.id from unnest($2) u (id)) w
  where not exists (select from ticket_slot k where k.ticket_id = t.id and k.slot_id = w.id);
  select array_agg(k.slot_id) into gone from ticket_slot k where k.ticket_id = t.id and k.slot_id = any ($3) and k.slot_id <> all ($2);
  if fresh is null and cardinality($2) > 0 and gone is null then
    $4 := 'changed'; -- sent a second time
    return;
  elsif exists (select from unnest($3) u (id) where not exists (select from ticket_slot k where k.ticket_id = t.id and k.slot_id = u.id)) then
    $4 := 'not_held';
    return;
  end if;
  select array_agg(k.slot_id) into $5 from ticket_slot k where k.ticket_id = t.id and k.slot_id = any (gone) and k.starts_at <= app_now();
  if $5 is not null then
    $4 := 'slot_past';
    return;
  end if;
  -- An exception block undoes the giving back when the taking is refused.
  begin
    delete from ticket_slot k where k.ticket_id = t.id and k.slot_id = any (gone);
    if fresh is null and not exists (select from ticket_slot k where k.ticket_id = t.id) then
      $4 := 'last';
      raise exception using errcode = 'TNM01';
    end if;
    if fresh is not null then
      select * into v from slot_verdict(t.event_id, fresh, t.id);
      if v.outcome is not null then
        $4 := v.outcome;
        $5 := v.at;
        $6 := v.most;
        raise exception using errcode = 'TNM01';
      end if;
      perform ticket_slot_insert(t.id, fresh);
    end if;
    $4 := 'changed';
  exception when sqlstate 'TNM01' then
    null;
  end;
end
$$;
-- +goose StatementEnd
alter table ticket drop column asked;
