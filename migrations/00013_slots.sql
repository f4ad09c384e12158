-- +goose Up
-- Slots: bookable times at a booth's table. A slot is a quota of its own (channel slot, one place a party) with a time and one or several booths. A ticket may
-- hold several slots of one date; the part's own quota counts such tickets, each slot's counter counts who sits in it.
-- Exclusion constraints on uuid and time together; stays when this migration is undone only if a later one needs it too.
create extension if not exists btree_gist;

-- Parts of a date that are the same thing held several times over, each for other people (入替制), share a name.
alter table part
  add column sitting text,
  add constraint part_sitting_length check (length(sitting) between 1 and 100);
grant update (sitting) on part to tnm_staff;

alter table booth add constraint booth_part_key unique (part_id, id);

-- What holds for all slots of a part. quota_id counts the tickets of the part, one party each; its capacity is no limit, the slots' are.
create table slot_rule (
  organization_id uuid not null,
  event_id        uuid not null,
  occurrence_id   uuid not null,
  part_id         uuid not null,
  quota_id        uuid not null,
  max_slots       smallint not null default 3,
  -- Minutes to walk from one table to the next: a ticket's slots lie at least so far apart.
  gap_minutes     smallint not null default 5,
  constraint slot_rule_pkey primary key (part_id),
  constraint slot_rule_quota_key unique (quota_id),
  constraint slot_rule_part_fkey foreign key (organization_id, event_id, occurrence_id, part_id) references part (organization_id, event_id, occurrence_id, id) on delete cascade,
  constraint slot_rule_quota_fkey foreign key (organization_id, quota_id) references quota (organization_id, id) on delete cascade,
  constraint slot_rule_max_slots_range check (max_slots between 1 and 10),
  constraint slot_rule_gap_range check (gap_minutes between 0 and 120)
);
create index slot_rule_event_idx on slot_rule (event_id);

-- walk_in: kept for those who come without booking; its counter has no place at all, the door marks who sits there (at_door).
create table slot (
  organization_id uuid not null,
  event_id        uuid not null,
  occurrence_id   uuid not null,
  part_id         uuid not null,
  quota_id        uuid not null,
  starts_at       timestamptz not null,
  ends_at         timestamptz not null,
  parties         smallint not null default 1,
  walk_in         boolean not null default false,
  closed          boolean not null default false,
  at_door         smallint not null default 0,
  -- The same rule as a quota's (event.Quota.Band); the public may read this and not at_door.
  door_band       text generated always as (case
    when not walk_in then null
    when at_door >= parties then 'full'
    when at_door > 0 and parties - at_door <= greatest(2, parties / 5) then 'few'
    else 'available'
  end) stored,
  constraint slot_pkey primary key (quota_id),
  constraint slot_organization_key unique (organization_id, quota_id),
  constraint slot_part_key unique (part_id, quota_id),
  constraint slot_quota_fkey foreign key (organization_id, quota_id) references quota (organization_id, id) on delete cascade,
  constraint slot_part_fkey foreign key (organization_id, event_id, occurrence_id, part_id) references part (organization_id, event_id, occurrence_id, id) on delete cascade,
  constraint slot_span check (ends_at > starts_at and ends_at <= starts_at + interval '12 hours'),
  constraint slot_parties_range check (parties between 1 and 20),
  constraint slot_at_door_range check (at_door between 0 and parties),
  constraint slot_at_door_walk_in check (at_door = 0 or walk_in)
);
create index slot_event_idx on slot (event_id, starts_at);
create index slot_occurrence_idx on slot (occurrence_id);

-- A booth never sits in two slots at once; in a joint slot two or more booths sit together and all are occupied.
-- Deferrable, so that one statement may move many slots through each other's places; each statement is checked at its end all the same.
create table slot_booth (
  organization_id uuid not null,
  event_id        uuid not null,
  part_id         uuid not null,
  slot_id         uuid not null,
  booth_id        uuid not null,
  during          tstzrange not null,
  constraint slot_booth_pkey primary key (slot_id, booth_id),
  constraint slot_booth_slot_fkey foreign key (part_id, slot_id) references slot (part_id, quota_id) on delete cascade,
  constraint slot_booth_booth_fkey foreign key (part_id, booth_id) references booth (part_id, id),
  constraint slot_booth_during_bounds check (not isempty(during) and lower_inc(during) and not upper_inc(during)),
  constraint slot_booth_one_at_a_time exclude using gist (booth_id with =, during with &&) deferrable initially immediate
);

-- Which slots a ticket holds. span is the slot's time widened by the walking gap behind it, so that no two of a ticket's slots overlap or lie too close.
create table ticket_slot (
  organization_id uuid not null,
  event_id        uuid not null,
  part_id         uuid not null,
  slot_id         uuid not null,
  ticket_id       uuid not null,
  starts_at       timestamptz not null,
  ends_at         timestamptz not null,
  span            tstzrange not null,
  constraint ticket_slot_pkey primary key (ticket_id, slot_id),
  constraint ticket_slot_ticket_fkey foreign key (ticket_id) references ticket (id) on delete cascade,
  constraint ticket_slot_slot_fkey foreign key (organization_id, slot_id) references slot (organization_id, quota_id),
  constraint ticket_slot_span_covers check (lower(span) = starts_at and upper(span) >= ends_at and ends_at > starts_at),
  constraint ticket_slot_apart exclude using gist (ticket_id with =, span with &&) deferrable initially immediate
);
create index ticket_slot_slot_idx on ticket_slot (slot_id);

-- +goose StatementBegin
do $$
declare t text;
begin
  foreach t in array array['slot_rule', 'slot', 'slot_booth'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy %I on %I to tnm_staff using (organization_id = app_organization()) with check (organization_id = app_organization())', t || '_own', t);
    execute format('create policy %I on %I for select to tnm_staff using (event_shared_with(event_id, app_organization()))', t || '_shared', t);
    execute format('create policy %I on %I for select to tnm_public using (exists (select from event e where e.id = event_id and e.listed))', t || '_listed', t);
    execute format('create policy %I on %I for select to tnm_worker using (true)', t || '_seen_by_jobs', t);
    execute format('create policy %I on %I to tnm_ledger using (true) with check (true)', t || '_ledger', t);
    execute format('grant select on %I to tnm_staff, tnm_worker, tnm_ledger', t);
    execute format('grant insert, delete on %I to tnm_staff', t);
  end loop;
end
$$;
-- +goose StatementEnd
alter table ticket_slot enable row level security;
alter table ticket_slot force row level security;
create policy ticket_slot_ledger on ticket_slot to tnm_ledger using (true) with check (true);
create policy ticket_slot_holder on ticket_slot for select to tnm_public using (ticket_id = (select t.id from ticket t where t.secret_mac = app_ticket()));
grant select on slot_rule, slot_booth to tnm_public;
grant select (organization_id, event_id, occurrence_id, part_id, quota_id, starts_at, ends_at, parties, walk_in, closed, door_band) on slot to tnm_public;
revoke insert on slot from tnm_staff;
grant insert (organization_id, event_id, occurrence_id, part_id, quota_id, starts_at, ends_at, parties, walk_in) on slot to tnm_staff;
grant update (starts_at, ends_at, parties, walk_in, closed) on slot to tnm_staff;
grant update (max_slots, gap_minutes) on slot_rule to tnm_staff;
grant update (at_door) on slot to tnm_ledger;
grant update (during) on slot_booth to tnm_ledger;
grant select (part_id, slot_id, ticket_id, starts_at, ends_at) on ticket_slot to tnm_public;
grant select, insert, delete, update (starts_at, ends_at, span) on ticket_slot to tnm_ledger;
grant update (capacity) on quota_counter to tnm_ledger;

-- +goose StatementBegin
-- A slot kept for walk-ins has no place that could be booked, so nothing can book it.
create function slot_sets_capacity() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  update quota_counter c set capacity = case when new.walk_in then 0 else new.parties end
  where c.quota_id = new.quota_id and c.capacity <> case when new.walk_in then 0 else new.parties end;
  return null;
end
$$;

create function slots_inserted() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  perform event_touch(d.event_id, d.occurrence_id) from (select distinct n.event_id, n.occurrence_id from new_rows n) d;
  return null;
end
$$;

create function slots_deleted() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  perform event_touch(d.event_id, d.occurrence_id) from (select distinct o.event_id, o.occurrence_id from old_rows o) d;
  return null;
end
$$;

-- A moved slot takes its booths and its holders along.
create function slots_updated() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  if exists (select from new_rows n join old_rows o using (quota_id) where (n.starts_at, n.ends_at) is distinct from (o.starts_at, o.ends_at)) then
    update slot_booth b set during = tstzrange(n.starts_at, n.ends_at)
    from new_rows n where b.slot_id = n.quota_id and b.during <> tstzrange(n.starts_at, n.ends_at);
    update ticket_slot k set starts_at = n.starts_at, ends_at = n.ends_at,
      span = tstzrange(n.starts_at, n.ends_at + make_interval(mins => coalesce(r.gap_minutes, 0)))
    from new_rows n left join slot_rule r on r.part_id = n.part_id
    where k.slot_id = n.quota_id and (k.starts_at, k.ends_at) is distinct from (n.starts_at, n.ends_at);
  end if;
  perform event_touch(d.event_id, d.occurrence_id) from (
    select distinct n.event_id, n.occurrence_id from new_rows n join old_rows o using (quota_id)
    where (n.starts_at, n.ends_at, n.parties, n.walk_in, n.closed) is distinct from (o.starts_at, o.ends_at, o.parties, o.walk_in, o.closed)) d;
  return null;
end
$$;

-- Judged at the end of a transaction, or when it asks: a date moves its part first and its slots after it.
create function slot_stays_within_part() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare part uuid := to_jsonb(new) ->> case when tg_table_name = 'part' then 'id' else 'part_id' end;
begin
  if exists (select from slot s join part p on p.id = s.part_id where p.id = part and (s.starts_at < p.starts_at or s.ends_at > p.ends_at)) then
    raise exception using errcode = 'check_violation', constraint = 'slot_within_part', message = 'a slot lies outside its part';
  end if;
  return null;
end
$$;

-- As before, but a slot's quota is told by its slot, once for a whole plan.
create or replace function occurrence_child_changed() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  if tg_op = 'UPDATE' and to_jsonb(new) is not distinct from to_jsonb(old) then
    return null;
  end if;
  if tg_table_name = 'booth' then
    perform event_touch(coalesce(new.event_id, old.event_id), (select p.occurrence_id from part p where p.id = coalesce(new.part_id, old.part_id)));
    return null;
  end if;
  if tg_table_name = 'quota' then
    if coalesce(new.channel, old.channel) = 'slot' then
      return null;
    end if;
  end if;
  perform event_touch(coalesce(new.event_id, old.event_id), coalesce(new.occurrence_id, old.occurrence_id));
  return null;
end
$$;

-- As before; erased tickets leave their count behind, and such a quota stays too.
create or replace function quota_counter_before_delete() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  if old.taken > 0 or exists (select from ticket t where t.quota_id = old.quota_id) then
    raise exception using errcode = 'foreign_key_violation', constraint = 'ticket_quota_fkey', message = 'tickets hold this quota';
  end if;
  return old;
end
$$;

-- The only movers of a slot's count.
create function ticket_slot_taken() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  if exists (select from new_rows n join ticket t on t.id = n.ticket_id join slot s on s.quota_id = n.slot_id
             where s.occurrence_id <> t.occurrence_id or s.event_id <> n.event_id or t.status <> 'confirmed') then
    raise exception using errcode = 'check_violation', constraint = 'ticket_slot_one_date', message = 'a ticket holds slots of its own date only';
  end if;
  update quota_counter c set taken = c.taken + d.parties
  from (select n.slot_id, count(*)::int as parties from new_rows n group by 1) d where c.quota_id = d.slot_id;
  return null;
end
$$;

-- What an erased ticket held stays counted.
create function ticket_slot_given_back() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  update quota_counter c set taken = c.taken - d.parties
  from (select o.slot_id, count(*)::int as parties from old_rows o
        where not exists (select from ticket t where t.id = o.ticket_id and t.secret_mac is null) group by 1) d
  where c.quota_id = d.slot_id;
  return null;
end
$$;

-- A ticket that is given up, or whose holder is forgotten, holds no slot any more.
create function ticket_leaves_slots() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  delete from ticket_slot k where k.ticket_id = new.id;
  return null;
end
$$;

-- Why these slots can't be had together by a ticket (held, or null for a new one), which of them, and the most a ticket may hold. outcome is null when they
-- can: unknown, other_way, walk_in, not_accepting, not_open, slot_closed, slot_past, closed, two_dates, too_many, overlap, full.
create function slot_verdict(event uuid, slots uuid[], held uuid, out outcome text, out at uuid[], out most smallint)
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
    left join slot s on s.quota_id = w.id left join part p on p.id = s.part_id left join quota_counter c on c.quota_id = w.id) f
  where f.refusal is not null
  group by 1
  order by array_position(array['unknown', 'other_way', 'walk_in', 'not_accepting', 'not_open', 'slot_closed', 'slot_past', 'closed'], f.refusal) limit 1;
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
  where c.quota_id = any ($2) and c.taken >= c.capacity and not exists (select from ticket_slot k where k.ticket_id = $3 and k.slot_id = c.quota_id);
  if $5 is not null then
    $4 := 'full';
  end if;
end
$$;

-- Puts slots on a ticket; the counters are locked.
create function ticket_slot_insert(ticket uuid, slots uuid[]) returns void
  language sql set search_path = public, pg_temp
as $$
  insert into ticket_slot (organization_id, event_id, part_id, slot_id, ticket_id, starts_at, ends_at, span)
  select s.organization_id, s.event_id, s.part_id, s.quota_id, $1, s.starts_at, s.ends_at,
    tstzrange(s.starts_at, s.ends_at + make_interval(mins => r.gap_minutes))
  from slot s join slot_rule r on r.part_id = s.part_id where s.quota_id = any ($2)
  on conflict on constraint ticket_slot_pkey do nothing
$$;

-- Takes one or several slots, all or none. The part's own counter is locked before those of the slots, and those in id order: whoever changes a ticket's slots
-- waits at the first, so that what it holds stays as read.
-- outcome: granted, duplicate, and those of slot_verdict.
create function ticket_take_slots(event uuid, slots uuid[], id uuid, mac bytea, nickname text, out outcome text, out at uuid[], out most smallint)
  language plpgsql security definer set search_path = public, pg_temp
as $$
#variable_conflict use_column
declare
  part record;
  v record;
begin
  if exists (select from ticket t where t.secret_mac = $4) then
    $6 := 'duplicate';
    return;
  end if;
  select * into v from slot_verdict($1, $2, null); -- refusals take no lock
  if v.outcome is null then
    select s.organization_id, s.event_id, s.occurrence_id, s.part_id, r.quota_id into part
    from slot s join slot_rule r on r.part_id = s.part_id where s.quota_id = any ($2) order by s.starts_at, s.quota_id limit 1;
    perform from quota_counter c where c.quota_id = part.quota_id for update;
    perform from quota_counter c where c.quota_id = any ($2) order by c.quota_id for update;
    if exists (select from ticket t where t.secret_mac = $4) then
      $6 := 'duplicate';
      return;
    end if;
    select * into v from slot_verdict($1, $2, null);
  end if;
  if v.outcome is not null then
    $6 := v.outcome;
    $7 := v.at;
    $8 := v.most;
    return;
  end if;
  insert into ticket (organization_id, event_id, occurrence_id, part_id, quota_id, id, secret_mac, status, seats, nickname)
  values (part.organization_id, part.event_id, part.occurrence_id, part.part_id, part.quota_id, $3, $4, 'confirmed', 1, $5)
  on conflict (secret_mac) do nothing;
  if not found then
    $6 := 'duplicate';
    return;
  end if;
  perform ticket_slot_insert($3, $2);
  $6 := 'granted';
end
$$;

-- Takes further slots and gives others back, all or none.
-- outcome: changed, unknown_ticket, no_slots (a ticket of another kind), not_confirmed, not_held, slot_past (has begun), last (cancel the ticket instead), and
-- those of slot_verdict.
create function ticket_change_slots(mac bytea, take uuid[], give_back uuid[], out outcome text, out at uuid[], out most smallint)
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

-- As before; a ticket with slots gives all of them back (ticket_leaves_slots), their counters locked in order.
create or replace function ticket_cancel(mac bytea) returns text
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare t record;
begin
  select k.id, k.quota_id, p.ends_at into t from ticket k join part p on p.id = k.part_id where k.secret_mac = $1;
  if not found then
    return 'unknown';
  end if;
  -- Same order as ticket_grant and ticket_take_slots: the counters first, the ticket after them.
  perform from quota_counter c where c.quota_id = t.quota_id for update;
  perform from quota_counter c where c.quota_id = any (array(select h.slot_id from ticket_slot h where h.ticket_id = t.id)) order by c.quota_id for update;
  update ticket k set status = 'cancelled', nickname = null
  where k.secret_mac = $1 and k.status in ('confirmed', 'waiting', 'offered') and app_now() < t.ends_at;
  return case
    when found then 'cancelled'
    when not exists (select from ticket k where k.secret_mac = $1) then 'unknown' -- rotated meanwhile
    when exists (select from ticket k where k.secret_mac = $1 and k.status in ('confirmed', 'waiting', 'offered')) then 'over'
    else 'already'
  end;
end
$$;

-- As before; a ticket with slots is there from its first to its last.
create or replace function ticket_followed(calendar_mac bytea)
  returns table (ticket_id uuid, status text, starts_at timestamptz, ends_at timestamptz, moved boolean, off boolean, postponed boolean, sequence integer, modified_at timestamptz)
  language sql stable security definer set search_path = public, pg_temp
as $$
  select t.id, t.status, coalesce(h.starts_at, p.starts_at), coalesce(h.ends_at, p.ends_at), o.moved_from is not null,
    e.status = 'cancelled' or o.status = 'cancelled', o.status = 'postponed', o.sequence, o.modified_at
  from ticket t join part p on p.id = t.part_id join occurrence o on o.id = t.occurrence_id join event e on e.id = t.event_id
  cross join lateral (select min(k.starts_at) as starts_at, max(k.ends_at) as ends_at from ticket_slot k where k.ticket_id = t.id) h
  where t.calendar_mac = $1 and (app_now() < p.ends_at + interval '1 day' or o.status = 'postponed')
$$;

-- As before; parties with slots are counted once, not once a slot.
create or replace function door_open(macs bytea[])
  returns table (state text, title text, occurrence_id uuid, starts_at timestamptz, ends_at timestamptz, opens_at timestamptz, closes_at timestamptz,
                 part_id uuid, name text, part_starts_at timestamptz, part_ends_at timestamptz, reservation text,
                 count integer, capacity integer, band text, taken integer, arrived integer)
  language sql stable security definer set search_path = public, pg_temp
as $$
  select d.state, e.title, o.id, o.starts_at, o.ends_at, d.opens_at, d.closes_at,
    p.id, p.name, p.starts_at, p.ends_at, p.reservation, coalesce(c.count, 0), c.capacity, c.band,
    coalesce((select sum(k.taken) from quota q join quota_counter k on k.quota_id = q.id
              where q.part_id = p.id and q.channel <> 'online' and not exists (select from slot s where s.quota_id = q.id)), 0)::int,
    coalesce((select sum(a.seats) from quota q join door_arrival a on a.quota_id = q.id where q.part_id = p.id), 0)::int
  from door_of($1) d join occurrence o on o.id = d.occurrence_id join event e on e.id = d.event_id join part p on p.occurrence_id = o.id
  left join door_counter c on c.part_id = p.id
  order by p.position
$$;

-- The tables of a door's date: who sits where is not told, only whether somebody does. One row without a slot when the date has none.
create function door_slots(macs bytea[])
  returns table (state text, slot_id uuid, part_id uuid, starts_at timestamptz, ends_at timestamptz, booths text[], walk_in boolean, closed boolean,
                 parties integer, taken integer)
  language sql stable security definer set search_path = public, pg_temp
as $$
  select d.state, s.quota_id, s.part_id, s.starts_at, s.ends_at,
    array(select coalesce(nullif(b.name, ''), g.name) from slot_booth k join booth b on b.id = k.booth_id left join organization g on g.id = b.by_organization_id
          where k.slot_id = s.quota_id order by b.position),
    s.walk_in, s.closed, s.parties::int, (case when s.walk_in then s.at_door else c.taken end)::int
  from door_of($1) d left join slot s on s.occurrence_id = d.occurrence_id left join quota_counter c on c.quota_id = s.quota_id
  order by s.starts_at, s.quota_id
$$;

-- Says how many parties sit in a slot that is kept for walk-ins; the same again changes nothing.
-- outcome: as door_of; no_slot (no such slot on that date), booked_ahead (not kept for walk-ins), too_many.
create function door_slot(macs bytea[], slot uuid, at_door integer, out outcome text, out parties integer, out taken integer)
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
  select k.quota_id, k.walk_in, k.parties into s from slot k where k.quota_id = $2 and k.occurrence_id = d.occurrence_id for no key update;
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
-- +goose StatementEnd

create trigger slot_sets_capacity after insert or update of parties, walk_in on slot for each row execute function slot_sets_capacity();
create trigger slots_inserted after insert on slot referencing new table as new_rows for each statement execute function slots_inserted();
create trigger slots_updated after update on slot referencing old table as old_rows new table as new_rows for each statement execute function slots_updated();
create trigger slots_deleted after delete on slot referencing old table as old_rows for each statement execute function slots_deleted();
create constraint trigger slot_within_part after insert or update of starts_at, ends_at on slot deferrable initially deferred
  for each row execute function slot_stays_within_part();
create constraint trigger part_keeps_slots after update of starts_at, ends_at on part deferrable initially deferred
  for each row when (old.starts_at <> new.starts_at or old.ends_at <> new.ends_at) execute function slot_stays_within_part();
create trigger slot_rule_changed after insert or update or delete on slot_rule for each row execute function occurrence_child_changed();
create trigger ticket_slot_taken after insert on ticket_slot referencing new table as new_rows for each statement execute function ticket_slot_taken();
create trigger ticket_slot_given_back after delete on ticket_slot referencing old table as old_rows for each statement execute function ticket_slot_given_back();
create trigger ticket_leaves_slots after update on ticket for each row
  when (old.status = 'confirmed' and new.status <> 'confirmed' or old.secret_mac is not null and new.secret_mac is null) execute function ticket_leaves_slots();

grant create on schema public to tnm_ledger;
alter function slot_sets_capacity() owner to tnm_ledger;
alter function slots_inserted() owner to tnm_ledger;
alter function slots_updated() owner to tnm_ledger;
alter function slots_deleted() owner to tnm_ledger;
alter function slot_stays_within_part() owner to tnm_ledger;
alter function ticket_slot_taken() owner to tnm_ledger;
alter function ticket_slot_given_back() owner to tnm_ledger;
alter function ticket_leaves_slots() owner to tnm_ledger;
alter function slot_verdict(uuid, uuid[], uuid) owner to tnm_ledger;
alter function ticket_slot_insert(uuid, uuid[]) owner to tnm_ledger;
alter function ticket_take_slots(uuid, uuid[], uuid, bytea, text) owner to tnm_ledger;
alter function ticket_change_slots(bytea, uuid[], uuid[]) owner to tnm_ledger;
alter function door_slots(bytea[]) owner to tnm_ledger;
alter function door_slot(bytea[], uuid, integer) owner to tnm_ledger;
revoke create on schema public from tnm_ledger;
grant execute on function ticket_take_slots(uuid, uuid[], uuid, bytea, text), ticket_change_slots(bytea, uuid[], uuid[]), door_slots(bytea[]),
  door_slot(bytea[], uuid, integer) to tnm_public;

-- +goose Down
drop function door_slot(bytea[], uuid, integer);
drop function door_slots(bytea[]);
drop function ticket_change_slots(bytea, uuid[], uuid[]);
drop function ticket_take_slots(uuid, uuid[], uuid, bytea, text);
drop function ticket_slot_insert(uuid, uuid[]);
drop function slot_verdict(uuid, uuid[], uuid);
drop trigger ticket_leaves_slots on ticket;
drop function ticket_leaves_slots();
drop trigger part_keeps_slots on part;
drop table ticket_slot;
drop function ticket_slot_taken();
drop function ticket_slot_given_back();
drop table slot_booth;
drop table slot;
drop table slot_rule;
drop function slot_stays_within_part();
drop function slots_updated();
drop function slots_deleted();
drop function slots_inserted();
drop function slot_sets_capacity();
revoke update (capacity) on quota_counter from tnm_ledger;
-- +goose StatementBegin
create or replace function door_open(macs bytea[])
  returns table (state text, title text, occurrence_id uuid, starts_at timestamptz, ends_at timestamptz, opens_at timestamptz, closes_at timestamptz,
                 part_id uuid, name text, part_starts_at timestamptz, part_ends_at timestamptz, reservation text,
                 count integer, capacity integer, band text, taken integer, arrived integer)
  language sql stable security definer set search_path = public, pg_temp
as $$
  select d.state, e.title, o.id, o.starts_at, o.ends_at, d.opens_at, d.closes_at,
    p.id, p.name, p.starts_at, p.ends_at, p.reservation, coalesce(c.count, 0), c.capacity, c.band,
    coalesce((select sum(k.taken) from quota q join quota_counter k on k.quota_id = q.id where q.part_id = p.id and q.channel <> 'online'), 0)::int,
    coalesce((select sum(a.seats) from quota q join door_arrival a on a.quota_id = q.id where q.part_id = p.id), 0)::int
  from door_of($1) d join occurrence o on o.id = d.occurrence_id join event e on e.id = d.event_id join part p on p.occurrence_id = o.id
  left join door_counter c on c.part_id = p.id
  order by p.position
$$;

create or replace function ticket_followed(calendar_mac bytea)
  returns table (ticket_id uuid, status text, starts_at timestamptz, ends_at timestamptz, moved boolean, off boolean, postponed boolean, sequence integer, modified_at timestamptz)
  language sql stable security definer set search_path = public, pg_temp
as $$
  select t.id, t.status, p.starts_at, p.ends_at, o.moved_from is not null, e.status = 'cancelled' or o.status = 'cancelled', o.status = 'postponed', o.sequence, o.modified_at
  from ticket t join part p on p.id = t.part_id join occurrence o on o.id = t.occurrence_id join event e on e.id = t.event_id
  where t.calendar_mac = $1 and (app_now() < p.ends_at + interval '1 day' or o.status = 'postponed')
$$;

create or replace function ticket_cancel(mac bytea) returns text
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare t record;
begin
  select k.quota_id, p.ends_at into t from ticket k join part p on p.id = k.part_id where k.secret_mac = $1;
  if not found then
    return 'unknown';
  end if;
  -- Same order as ticket_grant: the counter first, the ticket after it.
  perform from quota_counter c where c.quota_id = t.quota_id for update;
  update ticket k set status = 'cancelled', nickname = null
  where k.secret_mac = $1 and k.status in ('confirmed', 'waiting', 'offered') and app_now() < t.ends_at;
  return case
    when found then 'cancelled'
    when not exists (select from ticket k where k.secret_mac = $1) then 'unknown' -- rotated meanwhile
    when exists (select from ticket k where k.secret_mac = $1 and k.status in ('confirmed', 'waiting', 'offered')) then 'over'
    else 'already'
  end;
end
$$;

create or replace function quota_counter_before_delete() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  if exists (select from ticket t where t.quota_id = old.quota_id) then
    raise exception using errcode = 'foreign_key_violation', constraint = 'ticket_quota_fkey', message = 'tickets hold this quota';
  end if;
  return old;
end
$$;

create or replace function occurrence_child_changed() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  if tg_op = 'UPDATE' and to_jsonb(new) is not distinct from to_jsonb(old) then
    return null;
  end if;
  if tg_table_name = 'booth' then
    perform event_touch(coalesce(new.event_id, old.event_id), (select p.occurrence_id from part p where p.id = coalesce(new.part_id, old.part_id)));
  else
    perform event_touch(coalesce(new.event_id, old.event_id), coalesce(new.occurrence_id, old.occurrence_id));
  end if;
  return null;
end
$$;
-- +goose StatementEnd
alter table booth drop constraint booth_part_key;
alter table part drop constraint part_sitting_length, drop column sitting;
drop extension btree_gist;
