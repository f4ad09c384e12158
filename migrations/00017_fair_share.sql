-- +goose Up
-- Fair shares when many want the same seats (ADR 0014): challenges that were spent, what a network took lately, and codes on paper.

-- A challenge is signed and kept nowhere; what is kept is that it was spent, until it would have expired anyway.
create table guard_spent (
  id         bytea not null,
  expires_at timestamptz not null,
  constraint guard_spent_pkey primary key (id),
  constraint guard_spent_id_length check (octet_length(id) = 16)
);
create index guard_spent_expires_idx on guard_spent (expires_at);

-- What several processes must know of each other. Unlogged: nothing of it reaches the write-ahead log or a backup, and a crash forgets it.
-- One random key an hour; with the program's own key it turns a network into what stands in guard_share.network. Gone after two hours.
create unlogged table guard_key (
  hour timestamptz not null,
  key  bytea not null,
  constraint guard_key_pkey primary key (hour),
  constraint guard_key_length check (octet_length(key) = 32)
);
create unlogged table guard_process (
  id      uuid not null,
  seen_at timestamptz not null,
  constraint guard_process_pkey primary key (id)
);
-- Seats that a network took of a quota, by ten seconds, for ten minutes; used only while more than one process serves.
create unlogged table guard_share (
  network  bytea not null,
  quota_id uuid not null,
  slot     timestamptz not null,
  seats    integer not null,
  constraint guard_share_pkey primary key (network, quota_id, slot),
  constraint guard_share_network_length check (octet_length(network) = 16),
  constraint guard_share_seats_positive check (seats >= 0)
);
create index guard_share_slot_idx on guard_share (slot);

-- Paper codes. The seats set aside are a quota of their own, which belongs to the one they came from and which nobody but the functions below can see.
alter table quota drop constraint quota_channel_known,
  add constraint quota_channel_known check (channel in ('in_person', 'online', 'walk_in', 'slot', 'paper'));
create policy quota_paper_hidden on quota as restrictive to tnm_public, tnm_staff using (channel <> 'paper');

create table paper_pool (
  organization_id uuid not null,
  event_id        uuid not null,
  occurrence_id   uuid not null,
  part_id         uuid not null,
  open_quota_id   uuid not null,
  paper_quota_id  uuid not null,
  constraint paper_pool_pkey primary key (open_quota_id),
  constraint paper_pool_organization_key unique (organization_id, open_quota_id),
  constraint paper_pool_paper_key unique (paper_quota_id),
  constraint paper_pool_part_fkey foreign key (organization_id, event_id, occurrence_id, part_id) references part (organization_id, event_id, occurrence_id, id) on delete cascade,
  constraint paper_pool_open_fkey foreign key (organization_id, open_quota_id) references quota (organization_id, id) on delete cascade,
  constraint paper_pool_paper_fkey foreign key (organization_id, paper_quota_id) references quota (organization_id, id) on delete cascade
);
create index paper_pool_occurrence_idx on paper_pool (occurrence_id);

create table paper_sheet (
  organization_id uuid not null,
  open_quota_id   uuid not null,
  id              uuid not null default gen_random_uuid(),
  codes           smallint not null,
  seats_each      smallint not null,
  returns_at      timestamptz not null,
  created_at      timestamptz not null default app_now(),
  revoked_at      timestamptz,
  constraint paper_sheet_pkey primary key (id),
  constraint paper_sheet_organization_key unique (organization_id, id),
  constraint paper_sheet_pool_fkey foreign key (organization_id, open_quota_id) references paper_pool (organization_id, open_quota_id) on delete cascade,
  constraint paper_sheet_codes_range check (codes between 1 and 200),
  constraint paper_sheet_seats_range check (seats_each between 1 and 20)
);
create index paper_sheet_pool_idx on paper_sheet (open_quota_id, created_at desc);

-- Only the MAC of a code is kept, and nothing leads from it to the ticket it became.
create table paper_code (
  organization_id uuid not null,
  sheet_id        uuid not null,
  mac             bytea not null,
  constraint paper_code_pkey primary key (mac),
  constraint paper_code_sheet_fkey foreign key (organization_id, sheet_id) references paper_sheet (organization_id, id) on delete cascade,
  constraint paper_code_mac_length check (octet_length(mac) = 32)
);
create index paper_code_sheet_idx on paper_code (sheet_id);

-- One code, one ticket.
create table paper_claim (
  organization_id uuid not null,
  mac             bytea not null,
  constraint paper_claim_pkey primary key (mac),
  constraint paper_claim_code_fkey foreign key (mac) references paper_code (mac) on delete cascade
);

-- +goose StatementBegin
do $$
declare t text;
begin
  foreach t in array array['guard_spent', 'guard_key', 'guard_process', 'guard_share', 'paper_pool', 'paper_sheet', 'paper_code', 'paper_claim'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy %I on %I to tnm_ledger using (true) with check (true)', t || '_ledger', t);
    execute format('grant select, insert, update, delete on %I to tnm_ledger', t);
  end loop;
  foreach t in array array['paper_pool', 'paper_sheet'] loop
    execute format('create policy %I on %I for select to tnm_staff using (organization_id = app_organization())', t || '_own', t);
  end loop;
end
$$;
-- +goose StatementEnd
grant select on paper_pool, paper_sheet to tnm_staff;
grant insert on quota, quota_counter to tnm_ledger;
grant update (capacity) on quota_counter to tnm_ledger;
create policy quota_paper_ledger on quota for insert to tnm_ledger with check (channel = 'paper');
create policy quota_counter_paper_ledger on quota_counter for insert to tnm_ledger with check (true);

-- +goose StatementBegin
-- False when the challenge was spent before.
create function guard_spend(id bytea, expires_at timestamptz) returns boolean
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  insert into guard_spent (id, expires_at) values ($1, $2) on conflict on constraint guard_spent_pkey do nothing;
  return found;
end
$$;

-- A process says that it serves and hears how many do, and the keys of this hour, the one before and the next, so that all change at one moment. fresh are keys for
-- this hour and the next if nobody made them yet.
create function guard_beat(process uuid, fresh bytea[], out processes integer, out last_key bytea, out now_key bytea, out next_key bytea)
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare this constant timestamptz := date_trunc('hour', app_now());
begin
  insert into guard_process (id, seen_at) values ($1, app_now()) on conflict on constraint guard_process_pkey do update set seen_at = excluded.seen_at;
  insert into guard_key (hour, key) values (this, $2[1]), (this + interval '1 hour', $2[2]) on conflict on constraint guard_key_pkey do nothing;
  select count(*) into processes from guard_process p where p.seen_at > app_now() - interval '30 seconds';
  select k.key into now_key from guard_key k where k.hour = this;
  select k.key into last_key from guard_key k where k.hour = this - interval '1 hour';
  select k.key into next_key from guard_key k where k.hour = this + interval '1 hour';
end
$$;

create function guard_leave(process uuid) returns void
  language sql security definer set search_path = public, pg_temp
as $$ delete from guard_process p where p.id = $1 $$;

-- Counts seats for a network, known by its names under the keys of this hour and the last, unless that would be more than at_most within ten minutes.
-- slot is where they were counted; when they were not, free_at is when there is room for them.
create function guard_take(networks bytea[], quota uuid, seats integer, at_most integer, out granted boolean, out slot timestamptz, out free_at timestamptz)
  language plpgsql security definer set search_path = public, pg_temp
as $$
#variable_conflict use_column
declare
  network bytea;
  used integer;
  taken_at timestamptz;
begin
  foreach network in array array(select distinct n from unnest($1) n order by n) loop
    perform pg_advisory_xact_lock(hashtextextended(encode(network, 'hex') || $2::text, 17));
  end loop;
  select coalesce(sum(s.seats), 0) into used from guard_share s
  where s.network = any ($1) and s.quota_id = $2 and s.slot > app_now() - interval '10 minutes';
  granted := used + $3 <= $4;
  if granted then
    taken_at := date_bin('10 seconds', app_now(), 'epoch') + interval '10 seconds'; -- never counted for less than ten minutes
    insert into guard_share as g (network, quota_id, slot, seats) values ($1[1], $2, taken_at, $3)
      on conflict on constraint guard_share_pkey do update set seats = g.seats + excluded.seats;
    $6 := taken_at;
    return;
  end if;
  select min(w.slot) + interval '10 minutes' into free_at
  from (select s.slot, sum(s.seats) over (order by s.slot) as gone from guard_share s
        where s.network = any ($1) and s.quota_id = $2 and s.slot > app_now() - interval '10 minutes') w
  where used - w.gone + $3 <= $4;
end
$$;

create function guard_give_back(network bytea, quota uuid, slot timestamptz, seats integer) returns void
  language sql security definer set search_path = public, pg_temp
as $$ update guard_share s set seats = greatest(0, s.seats - $4) where s.network = $1 and s.quota_id = $2 and s.slot = $3 $$;

-- What a process counted by itself while it served alone.
create function guard_tell(networks bytea[], quotas uuid[], slots timestamptz[], seats integer[]) returns void
  language sql security definer set search_path = public, pg_temp
as $$
  insert into guard_share as g (network, quota_id, slot, seats)
  select q.network, q.quota, q.slot, sum(q.seats)::int from unnest($1, $2, $3, $4) as q (network, quota, slot, seats) group by 1, 2, 3 order by 1, 2, 3
  on conflict on constraint guard_share_pkey do update set seats = g.seats + excluded.seats
$$;

create function guard_forget() returns integer
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare n integer; total integer;
begin
  delete from guard_spent s where s.expires_at < app_now() - interval '1 hour';
  get diagnostics total = row_count;
  delete from guard_share s where s.slot < app_now() - interval '10 minutes';
  get diagnostics n = row_count;
  total := total + n;
  delete from guard_key k where k.hour < app_now() - interval '2 hours';
  get diagnostics n = row_count;
  total := total + n;
  delete from guard_process p where p.seen_at < app_now() - interval '5 minutes';
  get diagnostics n = row_count;
  return total + n;
end
$$;

-- Moves what no code of a pool claims any more back to where it came from, in both counters' order; the waiting list is served in the same transaction.
create function paper_settle(open_quota uuid) returns integer
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare
  paper uuid;
  surplus integer;
begin
  select p.paper_quota_id into paper from paper_pool p where p.open_quota_id = $1;
  perform from quota_counter c where c.quota_id in ($1, paper) order by c.quota_id for update;
  select c.capacity - c.taken - coalesce((
      select sum(s.seats_each) from paper_sheet s join paper_code k on k.sheet_id = s.id
      where s.open_quota_id = $1 and s.revoked_at is null and app_now() < s.returns_at and not exists (select from paper_claim u where u.mac = k.mac)), 0)
    into surplus from quota_counter c where c.quota_id = paper;
  if coalesce(surplus, 0) <= 0 then
    return 0;
  end if;
  update quota_counter c set capacity = c.capacity - surplus where c.quota_id = paper;
  update quota_counter c set capacity = c.capacity + surplus where c.quota_id = $1;
  return surplus;
end
$$;

-- Sets seats aside for codes. outcome: made, unknown (no such quota of the organization), other_way (no seats are taken there in person), over (cancelled, or
-- begun), early (returns_at is not between now and the start), full (fewer seats are free).
create function paper_reserve(event uuid, occurrence uuid, part uuid, quota uuid, seats_each smallint, returns_at timestamptz, macs bytea[],
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
  select k.channel, k.organization_id, p.reservation, p.starts_at, e.status <> 'cancelled' and o.status <> 'cancelled' as on, part_waits_until(p) as waits_until into q
  from quota k join part p on p.id = k.part_id join occurrence o on o.id = k.occurrence_id join event e on e.id = k.event_id
  where k.id = $4 and k.part_id = $3 and k.occurrence_id = $2 and k.event_id = $1 and k.organization_id = app_organization();
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

-- outcome: revoked, already, unknown.
create function paper_revoke(event uuid, sheet uuid) returns text
  language plpgsql security definer set search_path = public, pg_temp
as $$
#variable_conflict use_column
declare open uuid;
begin
  select s.open_quota_id into open from paper_sheet s join paper_pool p on p.open_quota_id = s.open_quota_id
  where s.id = $2 and p.event_id = $1 and s.organization_id = app_organization();
  if not found then
    return 'unknown';
  end if;
  perform from quota_counter c join paper_pool p on c.quota_id in (p.open_quota_id, p.paper_quota_id) where p.open_quota_id = open order by c.quota_id for update of c;
  update paper_sheet s set revoked_at = app_now() where s.id = $2 and s.revoked_at is null;
  if not found then
    return 'already';
  end if;
  perform paper_settle(open);
  return 'revoked';
end
$$;

-- How many codes of a sheet have become tickets.
create function paper_used(sheets uuid[]) returns table (sheet_id uuid, used integer)
  language sql stable security definer set search_path = public, pg_temp
as $$
  select k.sheet_id, count(u.mac)::int from paper_sheet s join paper_code k on k.sheet_id = s.id left join paper_claim u on u.mac = k.mac
  where s.id = any ($1) and s.organization_id = app_organization() group by 1
$$;

-- What a code is good for. outcome: good, used, over (revoked, or its seats have gone back), not_accepting; no row for a code that nobody printed.
create function paper_look(macs bytea[]) returns table (outcome text, event_id uuid, occurrence_id uuid, part_id uuid, quota_id uuid, seats integer, returns_at timestamptz)
  language sql stable security definer set search_path = public, pg_temp
as $$
  select case
      when exists (select from paper_claim u where u.mac = k.mac) then 'used'
      when s.revoked_at is not null or app_now() >= least(s.returns_at, t.starts_at) then 'over'
      when not c.accepting then 'not_accepting'
      else 'good'
    end, p.event_id, p.occurrence_id, p.part_id, p.paper_quota_id, s.seats_each::int, s.returns_at
  from paper_code k join paper_sheet s on s.id = k.sheet_id join paper_pool p on p.open_quota_id = s.open_quota_id
  join part t on t.id = p.part_id join quota_counter c on c.quota_id = p.paper_quota_id
  where k.mac = any ($1)
$$;

-- A ticket for a code. outcome: granted, duplicate (the secret has a ticket), unknown, too_many, and those of paper_look. quota and most: of the code.
create function paper_take(codes bytea[], id uuid, mac bytea, seats smallint, nickname text, out outcome text, out quota uuid, out most integer)
  language plpgsql security definer set search_path = public, pg_temp
as $$
#variable_conflict use_column
declare
  code bytea;
  k record;
begin
  select c.mac, p.paper_quota_id into code, quota from paper_code c join paper_sheet s on s.id = c.sheet_id join paper_pool p on p.open_quota_id = s.open_quota_id
  where c.mac = any ($1);
  if not found then
    outcome := 'unknown';
    return;
  end if;
  -- The counter before any ticket; what the lock waited for is seen by the next statement.
  perform from quota_counter c where c.quota_id = $7 for update;
  if exists (select from ticket t where t.secret_mac = $3) then
    outcome := 'duplicate';
    return;
  end if;
  select l.* into k from paper_look(array[code]) l;
  most := k.seats;
  outcome := k.outcome;
  if k.outcome <> 'good' then
    return;
  elsif $4 > k.seats then
    outcome := 'too_many';
    return;
  end if;
  insert into paper_claim (organization_id, mac) select c.organization_id, c.mac from paper_code c where c.mac = code on conflict do nothing;
  if not found then
    outcome := 'used';
    return;
  end if;
  insert into ticket (organization_id, event_id, occurrence_id, part_id, quota_id, id, secret_mac, status, seats, nickname)
  select q.organization_id, q.event_id, q.occurrence_id, q.part_id, q.id, $2, $3, 'confirmed', $4, $5 from quota q where q.id = k.quota_id;
  outcome := 'granted';
end
$$;

-- Seats of codes whose moment has passed, of revoked sheets and of cancelled tickets go back; codes of dates that ended long ago are deleted. For the worker.
create function paper_return(after_date interval, out returned integer, out deleted integer)
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare open uuid;
begin
  returned := 0;
  for open in
    select p.open_quota_id from paper_pool p join quota_counter c on c.quota_id = p.paper_quota_id join occurrence o on o.id = p.occurrence_id
    where c.capacity > c.taken and o.ends_at > app_now() order by p.open_quota_id
  loop
    returned := returned + paper_settle(open);
  end loop;
  delete from paper_code k using paper_sheet s join paper_pool p on p.open_quota_id = s.open_quota_id join occurrence o on o.id = p.occurrence_id
  where s.id = k.sheet_id and o.ends_at < app_now() - $1;
  get diagnostics deleted = row_count;
end
$$;
-- +goose StatementEnd

grant create on schema public to tnm_ledger;
alter function guard_spend(bytea, timestamptz) owner to tnm_ledger;
alter function guard_beat(uuid, bytea[]) owner to tnm_ledger;
alter function guard_leave(uuid) owner to tnm_ledger;
alter function guard_take(bytea[], uuid, integer, integer) owner to tnm_ledger;
alter function guard_give_back(bytea, uuid, timestamptz, integer) owner to tnm_ledger;
alter function guard_tell(bytea[], uuid[], timestamptz[], integer[]) owner to tnm_ledger;
alter function guard_forget() owner to tnm_ledger;
alter function paper_settle(uuid) owner to tnm_ledger;
alter function paper_reserve(uuid, uuid, uuid, uuid, smallint, timestamptz, bytea[]) owner to tnm_ledger;
alter function paper_revoke(uuid, uuid) owner to tnm_ledger;
alter function paper_used(uuid[]) owner to tnm_ledger;
alter function paper_look(bytea[]) owner to tnm_ledger;
alter function paper_take(bytea[], uuid, bytea, smallint, text) owner to tnm_ledger;
alter function paper_return(interval) owner to tnm_ledger;
revoke create on schema public from tnm_ledger;
grant execute on function guard_spend(bytea, timestamptz), guard_beat(uuid, bytea[]), guard_leave(uuid), guard_take(bytea[], uuid, integer, integer),
  guard_give_back(bytea, uuid, timestamptz, integer), guard_tell(bytea[], uuid[], timestamptz[], integer[]),
  paper_look(bytea[]), paper_take(bytea[], uuid, bytea, smallint, text) to tnm_public;
grant execute on function paper_reserve(uuid, uuid, uuid, uuid, smallint, timestamptz, bytea[]), paper_revoke(uuid, uuid), paper_used(uuid[]) to tnm_staff;
grant execute on function guard_forget(), paper_return(interval) to tnm_worker;

-- +goose Down
drop function paper_return(interval);
drop function paper_take(bytea[], uuid, bytea, smallint, text);
drop function paper_look(bytea[]);
drop function paper_used(uuid[]);
drop function paper_revoke(uuid, uuid);
drop function paper_reserve(uuid, uuid, uuid, uuid, smallint, timestamptz, bytea[]);
drop function paper_settle(uuid);
drop function guard_forget();
drop function guard_tell(bytea[], uuid[], timestamptz[], integer[]);
drop function guard_give_back(bytea, uuid, timestamptz, integer);
drop function guard_take(bytea[], uuid, integer, integer);
drop function guard_leave(uuid);
drop function guard_beat(uuid, bytea[]);
drop function guard_spend(bytea, timestamptz);
drop policy quota_counter_paper_ledger on quota_counter;
drop policy quota_paper_ledger on quota;
revoke update (capacity) on quota_counter from tnm_ledger;
revoke insert on quota, quota_counter from tnm_ledger;
drop table paper_claim;
drop table paper_code;
drop table paper_sheet;
drop table paper_pool;
drop policy quota_paper_hidden on quota;
-- The program before this one takes them for seats kept for the door. The owner is under row-level security like everybody.
alter table quota no force row level security;
update quota set channel = 'walk_in' where channel = 'paper';
alter table quota force row level security;
alter table quota drop constraint quota_channel_known,
  add constraint quota_channel_known check (channel in ('in_person', 'online', 'walk_in', 'slot'));
drop table guard_share;
drop table guard_process;
drop table guard_key;
drop table guard_spent;
