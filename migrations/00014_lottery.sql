-- +goose Up
-- Lotteries: people apply for a quota until registration closes, then lots are drawn so that anyone can draw them again (docs/lottery.md). An application
-- is a ticket that holds no seat.
alter table ticket
  drop constraint ticket_status_known,
  add constraint ticket_status_known check (status in ('confirmed', 'waiting', 'offered', 'lapsed', 'cancelled', 'applied', 'not_drawn'));

alter table part
  -- When lots are drawn; null: as soon as registration has closed.
  add column draws_at timestamptz,
  add constraint part_draws_after_closing check (draws_at >= closes_at),
  add constraint part_draws_end check (draws_at <= ends_at);
grant update (draws_at) on part to tnm_staff;

-- As before; but the line of a lottery begins with the draw, after registration has closed.
create or replace function part_waits_until(p part) returns timestamptz
  language sql immutable parallel safe
  return coalesce(p.waiting_until, least(case when p.reservation <> 'lottery' then coalesce(p.closes_at, p.starts_at) end, p.starts_at - interval '24 hours'));

create function lottery_commitment(draw uuid, seed bytea) returns bytea
  language sql immutable parallel safe
  return sha256(convert_to(format(E'tonarimachi lottery commitment v1\n%s\n%s\n', draw, encode(seed, 'hex')), 'UTF8'));
grant execute on function lottery_commitment(uuid, bytea) to tnm_ledger;

-- The draw of a part. state: open, closed (the list is fixed and its digest told), drawn (the seed is told). The seed is drawn in here, and no role of the
-- program may read it before the list is fixed.
create table lottery_draw (
  organization_id uuid not null,
  event_id        uuid not null,
  occurrence_id   uuid not null,
  part_id         uuid not null,
  state           text not null default 'open',
  commitment      bytea not null,
  seed            bytea not null,
  revealed        bytea,
  list_digest     bytea,
  entries         integer,
  -- The room there was when the list was fixed.
  pool_quotas     uuid[],
  pool_seats      integer[],
  closed_at       timestamptz,
  drawn_at        timestamptz,
  constraint lottery_draw_pkey primary key (part_id),
  constraint lottery_draw_organization_key unique (organization_id, part_id),
  constraint lottery_draw_part_fkey foreign key (organization_id, event_id, occurrence_id, part_id) references part (organization_id, event_id, occurrence_id, id) on delete cascade,
  constraint lottery_draw_state_known check (state in ('open', 'closed', 'drawn')),
  constraint lottery_draw_seed_length check (octet_length(seed) = 32),
  constraint lottery_draw_commits check (commitment = lottery_commitment(part_id, seed)),
  constraint lottery_draw_list_fixed check ((state = 'open') = (list_digest is null) and (state = 'open') = (entries is null)
    and (state = 'open') = (pool_quotas is null) and (state = 'open') = (pool_seats is null) and (state = 'open') = (closed_at is null)),
  constraint lottery_draw_seed_told check ((state = 'drawn') = (revealed is not null) and (state = 'drawn') = (drawn_at is not null) and revealed = seed)
);
create index lottery_draw_event_idx on lottery_draw (event_id);
create index lottery_draw_due_idx on lottery_draw (part_id) where state <> 'drawn';

-- Who applied, by the number that the ticket's secret gives. What is published of it is number, seats, quota and outcome; the order is that of the numbers.
create table lottery_entry (
  organization_id uuid not null,
  part_id         uuid not null,
  quota_id        uuid not null,
  ticket_id       uuid not null,
  number          text not null,
  seats           smallint not null,
  outcome         text,
  constraint lottery_entry_pkey primary key (ticket_id),
  constraint lottery_entry_number_key unique (part_id, number),
  constraint lottery_entry_ticket_fkey foreign key (ticket_id) references ticket (id) on delete cascade,
  constraint lottery_entry_draw_fkey foreign key (organization_id, part_id) references lottery_draw (organization_id, part_id),
  constraint lottery_entry_number_form check (number ~ '^[0-9A-HJKMNP-TV-Z]{16}$'),
  constraint lottery_entry_seats_range check (seats between 1 and 20),
  constraint lottery_entry_outcome_known check (outcome in ('confirmed', 'waiting', 'not_drawn', 'withdrawn'))
);

-- +goose StatementBegin
do $$
declare t text;
begin
  foreach t in array array['lottery_draw', 'lottery_entry'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy %I on %I to tnm_ledger using (true) with check (true)', t || '_ledger', t);
    execute format('grant select, insert, update, delete on %I to tnm_ledger', t);
  end loop;
end
$$;
-- +goose StatementEnd
create policy lottery_draw_listed on lottery_draw for select to tnm_public using (exists (select from event e where e.id = event_id and e.listed));
create policy lottery_draw_own on lottery_draw for select to tnm_staff using (organization_id = app_organization());
create policy lottery_draw_shared on lottery_draw for select to tnm_staff using (event_shared_with(event_id, app_organization()));
grant select (organization_id, event_id, occurrence_id, part_id, state, commitment, revealed, list_digest, entries, pool_quotas, pool_seats, closed_at, drawn_at)
  on lottery_draw to tnm_public, tnm_staff;
create policy lottery_entry_holder on lottery_entry for select to tnm_public using (ticket_id = (select t.id from ticket t where t.secret_mac = app_ticket()));
grant select (ticket_id, part_id, number) on lottery_entry to tnm_public;
-- The event's row is locked before counters and dates, as staff's writes do.
create policy event_ledger on event for update to tnm_ledger using (true) with check (true);

-- +goose StatementBegin
-- A part that is drawn by lot has its draw from the first moment on, whichever path made it so.
create function part_lottery() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare drawn bytea;
begin
  if new.reservation <> 'lottery' then
    delete from lottery_draw d where d.part_id = new.id; -- lottery_entry_draw_fkey refuses when somebody has applied
  elsif not exists (select from lottery_draw d where d.part_id = new.id) then
    drawn := sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())); -- 366 random bits
    insert into lottery_draw (organization_id, event_id, occurrence_id, part_id, commitment, seed)
    values (new.organization_id, new.event_id, new.occurrence_id, new.id, lottery_commitment(new.id, drawn), drawn);
  end if;
  return null;
end
$$;

-- What was promised or published is never changed.
create function lottery_draw_goes_forward() returns trigger
  language plpgsql set search_path = public, pg_temp
as $$
begin
  if (new.part_id, new.commitment, new.seed) is distinct from (old.part_id, old.commitment, old.seed)
     or array_position(array['open', 'closed', 'drawn'], new.state) <> array_position(array['open', 'closed', 'drawn'], old.state) + 1
     or old.state = 'closed' and (new.list_digest, new.entries, new.pool_quotas, new.pool_seats, new.closed_at)
          is distinct from (old.list_digest, old.entries, old.pool_quotas, old.pool_seats, old.closed_at) then
    raise exception using errcode = 'check_violation', constraint = 'lottery_draw_goes_forward', message = 'a draw only goes forward';
  end if;
  return new;
end
$$;

create function lottery_entry_fixed() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  if exists (select from lottery_draw d where d.part_id = new.part_id and d.state <> 'open') then
    raise exception using errcode = 'check_violation', constraint = 'lottery_list_fixed', message = 'the list is fixed';
  end if;
  return new;
end
$$;

-- Between list and draw the room is as published.
create function quota_counter_published() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  if exists (select from lottery_draw d where d.state = 'closed' and new.quota_id = any (d.pool_quotas)
             and d.part_id = (select q.part_id from quota q where q.id = new.quota_id)) then
    raise exception using errcode = 'check_violation', constraint = 'lottery_list_fixed', message = 'the list is fixed';
  end if;
  return new;
end
$$;

-- Before the list is fixed an application simply leaves; after it the number stays, marked. With the secret's MAC the number goes as well.
create function ticket_leaves_lottery() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  if new.secret_mac is null or not exists (
    select from lottery_entry e join lottery_draw d on d.part_id = e.part_id where e.ticket_id = new.id and d.state <> 'open') then
    delete from lottery_entry e where e.ticket_id = new.id;
  else
    update lottery_entry e set outcome = 'withdrawn' where e.ticket_id = new.id;
  end if;
  return null;
end
$$;

-- Applies for seats of a quota. The counter's row orders applications, cancellations and the draw among each other.
-- outcome: applied, duplicate, draw_full, too_large (more than there will ever be), and the refusals of ticket_grant. most: seats a ticket may ask for.
create function ticket_apply(event uuid, quota uuid, id uuid, mac bytea, number text, seats smallint, nickname text, out outcome text, out most integer)
  language plpgsql security definer set search_path = public, pg_temp
as $$
#variable_conflict use_column
declare
  asked record;
  state text;
begin
  if exists (select from ticket t where t.secret_mac = $4) then
    $8 := 'duplicate';
    return;
  end if;
  select k.organization_id, k.occurrence_id, k.part_id, k.channel, k.max_seats, c.accepting, c.capacity, p.reservation, p.opens_at,
    coalesce(p.closes_at, p.starts_at) as closes_at into asked
  from quota_counter c join quota k on k.id = c.quota_id join part p on p.id = k.part_id
  where c.quota_id = $2 and c.event_id = $1;
  $9 := least(asked.max_seats, asked.capacity);
  $8 := case
    when asked.part_id is null then 'unknown'
    when asked.reservation = 'none' then 'not_needed'
    when asked.reservation <> 'lottery' or asked.channel not in ('in_person', 'online') then 'other_way'
    when not asked.accepting then 'not_accepting'
    when app_now() < asked.opens_at then 'not_open'
    when app_now() >= asked.closes_at then 'closed'
    when $6 > asked.max_seats then 'too_many'
    when $6 > asked.capacity then 'too_large'
  end;
  if $8 is not null then
    return;
  end if;
  perform from quota_counter c where c.quota_id = $2 for update;
  -- What the lock waited for is seen from here on: the list may have been fixed, the date put off.
  select d.state into state from quota_counter c join lottery_draw d on d.part_id = asked.part_id where c.quota_id = $2 and c.accepting;
  if not found then
    $8 := 'not_accepting';
    return;
  elsif state <> 'open' then
    $8 := 'closed';
    return;
  elsif (select count(*) from (select from lottery_entry e where e.part_id = asked.part_id limit 10000) e) >= 10000 then
    $8 := 'draw_full';
    return;
  end if;
  insert into ticket (organization_id, event_id, occurrence_id, part_id, quota_id, id, secret_mac, status, seats, nickname)
  values (asked.organization_id, $1, asked.occurrence_id, asked.part_id, $2, $3, $4, 'applied', $6, $7)
  on conflict (secret_mac) do nothing;
  if not found then
    $8 := 'duplicate';
    return;
  end if;
  insert into lottery_entry (organization_id, part_id, quota_id, ticket_id, number, seats) values (asked.organization_id, asked.part_id, $2, $3, $5, $6);
  $8 := 'applied';
end
$$;

-- Takes an application back. outcome as of ticket_cancel; null when the ticket is no application (any more).
create function ticket_withdraw(mac bytea) returns text
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare t record;
begin
  select k.quota_id, p.ends_at into t from ticket k join part p on p.id = k.part_id where k.secret_mac = $1 and k.status = 'applied';
  if not found then
    return null;
  end if;
  perform from quota_counter c where c.quota_id = t.quota_id for update;
  update ticket k set status = 'cancelled', nickname = null where k.secret_mac = $1 and k.status = 'applied' and app_now() < t.ends_at;
  if found then
    return 'cancelled';
  end if;
  return (select 'over' from ticket k where k.secret_mac = $1 and k.status = 'applied');
end
$$;

-- Gives an application that is not on a fixed list yet the number of its new secret.
create function lottery_renumber(mac bytea, new_number text) returns boolean
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare quota uuid;
begin
  select k.quota_id into quota from ticket k where k.secret_mac = $1 and k.status = 'applied';
  if found then
    perform from quota_counter c where c.quota_id = quota for update;
    update lottery_entry e set number = $2
    from ticket k, lottery_draw d
    where k.secret_mac = $1 and k.status = 'applied' and e.ticket_id = k.id and d.part_id = e.part_id and d.state = 'open';
  end if;
  return $1 is not null;
end
$$;

-- Draws with something to do: fix the list, or draw. Nothing is drawn for what is not held, and a date that was put off waits for its new times.
create function lottery_due() returns table (part_id uuid, state text)
  language sql stable security definer set search_path = public, pg_temp
as $$
  select d.part_id, d.state
  from lottery_draw d join part p on p.id = d.part_id join occurrence o on o.id = d.occurrence_id join event e on e.id = d.event_id
  where d.state <> 'drawn' and e.status = 'published' and o.status = 'scheduled' and app_now() < p.ends_at
    and app_now() >= coalesce(case when d.state = 'closed' then p.draws_at end, p.closes_at, p.starts_at)
  order by d.part_id
$$;

-- Locks everything that a step of the draw touches, in the order in which staff's writes do; false when the step is not due (any more).
create function lottery_lock(part uuid, state text) returns boolean
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  perform from event e where e.id = (select d.event_id from lottery_draw d where d.part_id = $1) for update;
  perform from quota_counter c where c.quota_id in (select q.id from quota q where q.part_id = $1) order by c.quota_id for update;
  perform from lottery_draw d where d.part_id = $1 for update;
  return exists (select from lottery_due() u where u.part_id = $1 and u.state = $2);
end
$$;

-- The list as everybody can write it from what is published; lottery.List.Text writes the same.
create function lottery_list(part uuid, quotas uuid[], seats integer[]) returns text
  language sql stable security definer set search_path = public, pg_temp
as $$
  select format(E'tonarimachi lottery list v1\ndraw %s\n', $1)
    || coalesce((select string_agg(format(E'pool %s %s\n', q.id, q.seats), '' order by q.id::text collate "C") from unnest($2, $3) as q (id, seats)), '')
    || coalesce((select string_agg(format(E'entry %s %s %s\n', e.number, e.seats, e.quota_id), '' order by e.number collate "C")
                 from lottery_entry e where e.part_id = $1), '')
$$;

-- Fixes the list and tells its digest. False when that is not due.
create function lottery_close(part uuid) returns boolean
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare
  d record;
  pools record;
begin
  if not lottery_lock($1, 'open') then
    return false;
  end if;
  select k.event_id, k.occurrence_id into d from lottery_draw k where k.part_id = $1;
  select coalesce(array_agg(q.id order by q.id), '{}') as quotas, coalesce(array_agg(c.capacity - c.taken order by q.id), '{}') as seats into pools
  from quota q join quota_counter c on c.quota_id = q.id where q.part_id = $1 and q.channel in ('in_person', 'online');
  update lottery_draw k set state = 'closed', pool_quotas = pools.quotas, pool_seats = pools.seats, closed_at = app_now(),
    list_digest = sha256(convert_to(lottery_list($1, pools.quotas, pools.seats), 'UTF8')),
    entries = (select count(*) from lottery_entry e where e.part_id = $1)
  where k.part_id = $1;
  perform event_touch(d.event_id, d.occurrence_id);
  return true;
end
$$;

-- What the draw is made from, for the transaction that goes on to settle it. No row when it is not due.
create function lottery_open(part uuid) returns table (seed bytea, list_digest bytea, pool_quotas uuid[], pool_seats integer[])
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  if lottery_lock($1, 'closed') then
    return query select d.seed, d.list_digest, d.pool_quotas, d.pool_seats from lottery_draw d where d.part_id = $1;
  end if;
end
$$;

create function lottery_entries(part uuid) returns table (ticket_id uuid, number text, quota_id uuid, seats smallint, outcome text)
  language sql stable security definer set search_path = public, pg_temp
as $$
  select e.ticket_id, e.number, e.quota_id, e.seats, e.outcome from lottery_entry e where e.part_id = $1
$$;

-- Gives the seats and tells the seed: winners and others are all that stand on the list and did not withdraw, both in the order in which they were drawn.
-- The others wait in that order when the part keeps a line that has not ended. The counters' CHECK judges the sum.
create function lottery_settle(part uuid, winners uuid[], others uuid[]) returns void
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare
  d record;
  moved integer;
  n integer;
  lost text;
begin
  if not lottery_lock($1, 'closed') then
    raise exception using errcode = 'check_violation', constraint = 'lottery_draw_goes_forward', message = 'nothing to settle';
  end if;
  select k.organization_id, k.event_id, k.occurrence_id, p.waiting_list and app_now() < part_waits_until(p) as waits,
    (select count(*) from lottery_entry e where e.part_id = $1 and e.outcome is null) as pending into d
  from lottery_draw k join part p on p.id = k.part_id where k.part_id = $1;
  lost := case when d.waits then 'waiting' else 'not_drawn' end;
  update lottery_entry e set outcome = case when e.ticket_id = any ($2) then 'confirmed' else lost end
  where e.part_id = $1 and e.outcome is null and (e.ticket_id = any ($2) or e.ticket_id = any ($3));
  get diagnostics moved = row_count;
  if moved <> d.pending or moved <> cardinality($2) + cardinality($3) then
    raise exception using errcode = 'check_violation', constraint = 'lottery_list_fixed', message = 'the draw is of another list';
  end if;
  update ticket k set status = 'confirmed' where k.id = any ($2) and k.part_id = $1 and k.status = 'applied';
  get diagnostics moved = row_count;
  update ticket k set status = lost, nickname = case when d.waits then k.nickname end where k.id = any ($3) and k.part_id = $1 and k.status = 'applied';
  get diagnostics n = row_count;
  if moved <> cardinality($2) or n <> cardinality($3) then
    raise exception using errcode = 'check_violation', constraint = 'lottery_list_fixed', message = 'a ticket of the list is no application';
  end if;
  if d.waits then
    insert into ticket_wish (organization_id, event_id, quota_id, ticket_id, position)
    select d.organization_id, d.event_id, e.quota_id, e.ticket_id, nextval('ticket_wish_position')
    from (select x.id from unnest($3) with ordinality as x (id, place) order by x.place) o join lottery_entry e on e.ticket_id = o.id
    order by array_position($3, e.ticket_id);
  end if;
  update lottery_draw k set state = 'drawn', revealed = k.seed, drawn_at = app_now() where k.part_id = $1;
  perform event_touch(d.event_id, d.occurrence_id);
end
$$;

-- The list of a listed event once it is fixed. Nothing of it leads to a ticket.
create function lottery_published(event uuid, part uuid) returns table (number text, quota_id uuid, seats smallint, outcome text)
  language sql stable security definer set search_path = public, pg_temp
as $$
  select e.number, e.quota_id, e.seats, e.outcome
  from lottery_draw d join event v on v.id = d.event_id join lottery_entry e on e.part_id = d.part_id
  where d.event_id = $1 and d.part_id = $2 and d.state <> 'open' and v.listed
  order by e.number
$$;
-- +goose StatementEnd

create trigger part_lottery_made after insert on part for each row when (new.reservation = 'lottery') execute function part_lottery();
create trigger part_lottery_changed after update of reservation on part for each row when (new.reservation <> old.reservation) execute function part_lottery();
create trigger lottery_draw_goes_forward before update on lottery_draw for each row execute function lottery_draw_goes_forward();
create trigger lottery_entry_fixed before insert or update of number, seats, quota_id, part_id on lottery_entry for each row execute function lottery_entry_fixed();
create trigger quota_counter_published before update of capacity on quota_counter for each row
  when (new.capacity <> old.capacity) execute function quota_counter_published();
create trigger ticket_leaves_lottery after update on ticket for each row
  when (old.status = 'applied' and new.status = 'cancelled' or old.secret_mac is not null and new.secret_mac is null) execute function ticket_leaves_lottery();

grant create on schema public to tnm_ledger;
alter function part_lottery() owner to tnm_ledger;
alter function lottery_entry_fixed() owner to tnm_ledger;
alter function quota_counter_published() owner to tnm_ledger;
alter function ticket_leaves_lottery() owner to tnm_ledger;
alter function ticket_apply(uuid, uuid, uuid, bytea, text, smallint, text) owner to tnm_ledger;
alter function ticket_withdraw(bytea) owner to tnm_ledger;
alter function lottery_renumber(bytea, text) owner to tnm_ledger;
alter function lottery_due() owner to tnm_ledger;
alter function lottery_lock(uuid, text) owner to tnm_ledger;
alter function lottery_list(uuid, uuid[], integer[]) owner to tnm_ledger;
alter function lottery_close(uuid) owner to tnm_ledger;
alter function lottery_open(uuid) owner to tnm_ledger;
alter function lottery_entries(uuid) owner to tnm_ledger;
alter function lottery_settle(uuid, uuid[], uuid[]) owner to tnm_ledger;
alter function lottery_published(uuid, uuid) owner to tnm_ledger;
revoke create on schema public from tnm_ledger;
grant execute on function ticket_apply(uuid, uuid, uuid, bytea, text, smallint, text), ticket_withdraw(bytea), lottery_renumber(bytea, text),
  lottery_published(uuid, uuid) to tnm_public;
grant execute on function lottery_due(), lottery_close(uuid), lottery_open(uuid), lottery_entries(uuid), lottery_settle(uuid, uuid[], uuid[]) to tnm_worker;

-- Parts that were announced as drawn by lot before there was a draw.
insert into lottery_draw (organization_id, event_id, occurrence_id, part_id, commitment, seed)
select p.organization_id, p.event_id, p.occurrence_id, p.id, lottery_commitment(p.id, s.seed), s.seed
from part p cross join lateral (select sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(p.id)) as seed) s
where p.reservation = 'lottery';

-- +goose Down
drop trigger ticket_leaves_lottery on ticket;
drop trigger quota_counter_published on quota_counter;
drop trigger part_lottery_changed on part;
drop trigger part_lottery_made on part;
drop function lottery_published(uuid, uuid);
drop function lottery_settle(uuid, uuid[], uuid[]);
drop function lottery_entries(uuid);
drop function lottery_open(uuid);
drop function lottery_close(uuid);
drop function lottery_list(uuid, uuid[], integer[]);
drop function lottery_lock(uuid, text);
drop function lottery_due();
drop function lottery_renumber(bytea, text);
drop function ticket_withdraw(bytea);
drop function ticket_apply(uuid, uuid, uuid, bytea, text, smallint, text);
drop function ticket_leaves_lottery();
drop function quota_counter_published();
drop policy event_ledger on event;
drop table lottery_entry;
drop table lottery_draw;
drop function lottery_entry_fixed();
drop function lottery_draw_goes_forward();
drop function part_lottery();
drop function lottery_commitment(uuid, bytea);
create or replace function part_waits_until(p part) returns timestamptz
  language sql immutable parallel safe
  return coalesce(p.waiting_until, least(coalesce(p.closes_at, p.starts_at), p.starts_at - interval '24 hours'));
alter table part drop constraint part_draws_end, drop constraint part_draws_after_closing, drop column draws_at;
update ticket set status = 'cancelled', nickname = null where status in ('applied', 'not_drawn');
alter table ticket
  drop constraint ticket_status_known,
  add constraint ticket_status_known check (status in ('confirmed', 'waiting', 'offered', 'lapsed', 'cancelled'));
