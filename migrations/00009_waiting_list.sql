-- +goose Up
-- The waiting list of an event. A waiting ticket wishes for one or several quotas; whichever has room first, counting from the head of the line, takes it.
-- A group that is larger than the room keeps its place while smaller ones behind it are served (the skip rule told at registration).
alter table part
  add column waiting_list  boolean not null default false,
  -- The last moment of a promotion, so that nobody learns of a seat too late; null: see part_waits_until.
  add column waiting_until timestamptz,
  add constraint part_waiting_until_end check (waiting_until <= ends_at);
grant update (waiting_list, waiting_until) on part to tnm_staff;

-- A day before the start, or when registration closes if that is earlier.
create function part_waits_until(p part) returns timestamptz
  language sql immutable parallel safe
  return coalesce(p.waiting_until, least(coalesce(p.closes_at, p.starts_at), p.starts_at - interval '24 hours'));
grant execute on function part_waits_until(part) to tnm_public, tnm_staff, tnm_worker, tnm_ledger;

-- position is the same in all wishes of a ticket and goes with them when the ticket stops waiting: no order outlives the line.
create sequence ticket_wish_position;
create table ticket_wish (
  organization_id uuid not null,
  event_id        uuid not null,
  quota_id        uuid not null,
  ticket_id       uuid not null,
  position        bigint not null,
  constraint ticket_wish_pkey primary key (ticket_id, quota_id),
  constraint ticket_wish_ticket_fkey foreign key (ticket_id) references ticket (id) on delete cascade,
  constraint ticket_wish_quota_fkey foreign key (organization_id, quota_id) references quota (organization_id, id)
);
create index ticket_wish_line_idx on ticket_wish (quota_id, position);

alter table ticket_wish enable row level security;
alter table ticket_wish force row level security;
create policy ticket_wish_ledger on ticket_wish to tnm_ledger using (true) with check (true);
create policy ticket_wish_holder on ticket_wish for select to tnm_public using (ticket_id = (select t.id from ticket t where t.secret_mac = app_ticket()));
grant select, insert, delete on ticket_wish to tnm_ledger;
grant select (quota_id, ticket_id) on ticket_wish to tnm_public;
grant usage on sequence ticket_wish_position to tnm_ledger;

-- +goose StatementBegin
-- As before, but a waiting ticket may be given a seat in another quota than the one it asked for first.
create or replace function ticket_count_updated() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  if exists (select from new_rows n join old_rows o using (id)
             where (n.organization_id, n.event_id) is distinct from (o.organization_id, o.event_id)
                or (o.status <> 'waiting' and (n.occurrence_id, n.part_id, n.quota_id) is distinct from (o.occurrence_id, o.part_id, o.quota_id))) then
    raise exception using errcode = 'check_violation', constraint = 'ticket_stays_in_quota', message = 'a ticket does not change its quota';
  end if;
  update quota_counter c set taken = c.taken + d.seats
  from (select n.quota_id,
          (coalesce(sum(n.seats) filter (where n.status in ('confirmed', 'offered')), 0)
         - coalesce(sum(o.seats) filter (where o.status in ('confirmed', 'offered')), 0))::int as seats
        from new_rows n join old_rows o using (id) group by 1) d
  where c.quota_id = d.quota_id and d.seats <> 0;
  return null;
end
$$;

create function ticket_left_the_line() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  delete from ticket_wish w where w.ticket_id = new.id;
  return null;
end
$$;

-- Seats that come free go to the line in the same transaction, whichever path freed them: a cancellation, a larger capacity, a date that opens again.
-- The counter's row is locked by the statement that brought us here; tickets are locked after it, as everywhere.
create function quota_counter_promote() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare
  room integer := new.capacity - new.taken;
  t record;
begin
  for t in
    select k.id, k.seats
    from ticket_wish w
    join ticket k on k.id = w.ticket_id
    join quota q on q.id = w.quota_id
    join part p on p.id = q.part_id
    where w.quota_id = new.quota_id and k.status = 'waiting' and app_now() < part_waits_until(p)
    order by w.position
    for update of k
  loop
    exit when room = 0;
    continue when t.seats > room;
    update ticket k set status = 'confirmed', quota_id = q.id, part_id = q.part_id, occurrence_id = q.occurrence_id
    from quota q where k.id = t.id and k.status = 'waiting' and q.id = new.quota_id;
    if found then
      room := room - t.seats;
    end if;
  end loop;
  return null;
end
$$;

-- Stands in line for the event: reach says for which quotas of the same channel, 'quota' this one alone, 'occurrence' any part of the date, 'event' any
-- date. When a seat came free meanwhile, it is given at once.
-- outcome: waiting, granted, duplicate, no_list, list_full, and the refusals of ticket_grant.
create function ticket_wait(event uuid, quota uuid, reach text, id uuid, mac bytea, seats smallint, nickname text) returns text
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

-- Ends the wait of those whose last wish has passed its moment; gives how many. For the worker.
create function ticket_lapse(at_most integer) returns integer
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare n integer;
begin
  update ticket k set status = 'lapsed', nickname = null
  where k.status = 'waiting' and k.id in (
    select w.ticket_id from ticket_wish w join quota q on q.id = w.quota_id join part p on p.id = q.part_id
    group by w.ticket_id having max(part_waits_until(p)) <= app_now() limit $1);
  get diagnostics n = row_count;
  return n;
end
$$;
-- +goose StatementEnd

create trigger ticket_left_the_line after update on ticket for each row
  when (old.status = 'waiting' and new.status <> 'waiting') execute function ticket_left_the_line();
create trigger quota_counter_promote after update on quota_counter for each row
  when (new.accepting and new.capacity > new.taken and (new.capacity - new.taken > old.capacity - old.taken or not old.accepting))
  execute function quota_counter_promote();

grant create on schema public to tnm_ledger;
alter function ticket_left_the_line() owner to tnm_ledger;
alter function quota_counter_promote() owner to tnm_ledger;
alter function ticket_wait(uuid, uuid, text, uuid, bytea, smallint, text) owner to tnm_ledger;
alter function ticket_lapse(integer) owner to tnm_ledger;
revoke create on schema public from tnm_ledger;
grant execute on function ticket_wait(uuid, uuid, text, uuid, bytea, smallint, text) to tnm_public;
grant execute on function ticket_lapse(integer) to tnm_worker;

-- +goose Down
drop trigger quota_counter_promote on quota_counter;
drop trigger ticket_left_the_line on ticket;
drop function ticket_lapse(integer);
drop function ticket_wait(uuid, uuid, text, uuid, bytea, smallint, text);
drop function quota_counter_promote();
drop function ticket_left_the_line();
-- +goose StatementBegin
create or replace function ticket_count_updated() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  if exists (select from new_rows n join old_rows o using (id)
             where (n.organization_id, n.event_id, n.occurrence_id, n.part_id, n.quota_id) is distinct from (o.organization_id, o.event_id, o.occurrence_id, o.part_id, o.quota_id)) then
    raise exception using errcode = 'check_violation', constraint = 'ticket_stays_in_quota', message = 'a ticket does not change its quota';
  end if;
  update quota_counter c set taken = c.taken + d.seats
  from (select n.quota_id,
          (coalesce(sum(n.seats) filter (where n.status in ('confirmed', 'offered')), 0)
         - coalesce(sum(o.seats) filter (where o.status in ('confirmed', 'offered')), 0))::int as seats
        from new_rows n join old_rows o using (id) group by 1) d
  where c.quota_id = d.quota_id and d.seats <> 0;
  return null;
end
$$;
-- +goose StatementEnd
drop table ticket_wish;
drop sequence ticket_wish_position;
drop function part_waits_until(part);
alter table part drop column waiting_until, drop column waiting_list;
