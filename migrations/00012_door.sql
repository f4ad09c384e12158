-- +goose Up
-- The door: a day link for the phones at the entrance of one date, a head count a part, and tickets that are marked as arrived. No list of names or
-- tickets comes out of any of it.
create table door_link (
  organization_id uuid not null,
  event_id        uuid not null,
  occurrence_id   uuid not null,
  id              uuid not null default gen_random_uuid(),
  mac             bytea not null,
  created_at      timestamptz not null default app_now(),
  revoked_at      timestamptz,
  constraint door_link_pkey primary key (id),
  constraint door_link_mac_key unique (mac),
  constraint door_link_mac_length check (octet_length(mac) = 32),
  constraint door_link_occurrence_fkey foreign key (organization_id, event_id, occurrence_id) references occurrence (organization_id, event_id, id) on delete cascade
);
create index door_link_occurrence_idx on door_link (occurrence_id, created_at desc);

-- How many are inside. capacity is null where nobody said how many fit. The public may read the band and neither number.
create table door_counter (
  organization_id uuid not null,
  event_id        uuid not null,
  occurrence_id   uuid not null,
  part_id         uuid not null,
  count           integer not null default 0,
  capacity        integer,
  -- The same rule as a quota's (event.Quota.Band).
  band            text generated always as (case
    when capacity is null then null
    when count >= capacity then 'full'
    when count > 0 and capacity - count <= greatest(2, capacity / 5) then 'few'
    else 'available'
  end) stored,
  constraint door_counter_pkey primary key (part_id),
  constraint door_counter_part_fkey foreign key (organization_id, event_id, occurrence_id, part_id) references part (organization_id, event_id, occurrence_id, id) on delete cascade,
  constraint door_counter_count_range check (count between 0 and 1000000),
  constraint door_counter_capacity_range check (capacity between 1 and 100000)
) with (fillfactor = 50);
create index door_counter_occurrence_idx on door_counter (occurrence_id);

-- Taps that were counted, so that a phone that was offline may send them late, and twice. The phone makes the ids.
create table door_tap (
  organization_id uuid not null,
  event_id        uuid not null,
  occurrence_id   uuid not null,
  part_id         uuid not null,
  id              uuid not null,
  delta           smallint not null,
  tapped_on       date not null default (app_now() at time zone 'Asia/Tokyo')::date,
  constraint door_tap_pkey primary key (part_id, id),
  constraint door_tap_part_fkey foreign key (organization_id, event_id, occurrence_id, part_id) references part (organization_id, event_id, occurrence_id, id) on delete cascade,
  constraint door_tap_delta_range check (delta between -20 and 20 and delta <> 0)
);
create index door_tap_day_idx on door_tap (tapped_on);

-- Seats of tickets whose holders have come, by quota; moved by a trigger on the ticket alone.
create table door_arrival (
  organization_id uuid not null,
  event_id        uuid not null,
  occurrence_id   uuid not null,
  quota_id        uuid not null,
  seats           integer not null default 0,
  constraint door_arrival_pkey primary key (quota_id),
  constraint door_arrival_quota_fkey foreign key (organization_id, quota_id) references quota (organization_id, id) on delete cascade,
  constraint door_arrival_occurrence_fkey foreign key (organization_id, event_id, occurrence_id) references occurrence (organization_id, event_id, id) on delete cascade,
  constraint door_arrival_seats_positive check (seats >= 0)
) with (fillfactor = 50);
create index door_arrival_occurrence_idx on door_arrival (occurrence_id);

-- The day code is six digits derived from the secret and a turn; of it, too, only a MAC is kept, and that goes with the secret.
alter table ticket
  add column arrived       boolean not null default false,
  add column day_code_mac  bytea,
  add column day_code_turn smallint not null default 0,
  add constraint ticket_arrived_confirmed check (not arrived or status = 'confirmed'),
  add constraint ticket_day_code_mac_length check (octet_length(day_code_mac) = 32),
  add constraint ticket_day_code_goes_with_secret check (day_code_mac is null or secret_mac is not null),
  add constraint ticket_day_code_key unique (occurrence_id, day_code_mac);

-- +goose StatementBegin
do $$
declare t text;
begin
  foreach t in array array['door_link', 'door_counter', 'door_tap', 'door_arrival'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy %I on %I to tnm_ledger using (true) with check (true)', t || '_ledger', t);
  end loop;
  foreach t in array array['door_link', 'door_counter', 'door_arrival'] loop
    execute format('create policy %I on %I to tnm_staff using (organization_id = app_organization()) with check (organization_id = app_organization())', t || '_own', t);
  end loop;
end
$$;
-- +goose StatementEnd
create policy door_counter_listed on door_counter for select to tnm_public using (exists (select from event e where e.id = event_id and e.listed));
create policy door_counter_jobs on door_counter for select to tnm_worker using (true);
grant select (part_id, band) on door_counter to tnm_public, tnm_worker;
create policy door_tap_forgotten on door_tap to tnm_worker using (true);
grant select (organization_id, event_id, occurrence_id, id, created_at, revoked_at), insert (organization_id, event_id, occurrence_id, id, mac),
  update (revoked_at) on door_link to tnm_staff;
grant select, insert (organization_id, event_id, occurrence_id, part_id, capacity), update (capacity) on door_counter to tnm_staff;
grant select on door_arrival to tnm_staff;
grant select (part_id, id, occurrence_id, tapped_on), delete on door_tap to tnm_worker;
grant select on door_link to tnm_ledger;
grant select, insert, update on door_counter, door_arrival to tnm_ledger;
grant select, insert on door_tap to tnm_ledger;

-- +goose StatementBegin
-- The date that a link opens, by any of the MACs under which its token may be stored. state: open, early, over. No row for a link that is unknown or revoked.
create function door_of(macs bytea[])
  returns table (organization_id uuid, event_id uuid, occurrence_id uuid, state text, opens_at timestamptz, closes_at timestamptz)
  language sql stable set search_path = public, pg_temp
as $$
  select l.organization_id, l.event_id, l.occurrence_id,
    case
      when e.status <> 'published' or o.status <> 'scheduled' or app_now() >= o.ends_at + interval '6 hours' then 'over'
      when app_now() < o.starts_at - interval '6 hours' then 'early'
      else 'open'
    end,
    o.starts_at - interval '6 hours', o.ends_at + interval '6 hours'
  from door_link l join occurrence o on o.id = l.occurrence_id join event e on e.id = l.event_id
  where l.mac = any ($1) and l.revoked_at is null
$$;

-- What the phone at the door shows when it opens: one row a part, numbers only.
create function door_open(macs bytea[])
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

-- Counts taps, each id once for ever. The counter's row is locked first, so that repeated taps of two phones can't wait for each other.
-- state: as door_of; unknown (no such link), no_part (no such part on that date).
create function door_tap(macs bytea[], part uuid, taps uuid[], deltas smallint[], out state text, out now_count integer, out now_capacity integer)
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
  insert into door_counter (organization_id, event_id, occurrence_id, part_id) values (d.organization_id, d.event_id, d.occurrence_id, $2)
    on conflict (part_id) do nothing;
  perform from door_counter c where c.part_id = $2 for update;
  with fresh as (
    insert into door_tap (organization_id, event_id, occurrence_id, part_id, id, delta)
    select d.organization_id, d.event_id, d.occurrence_id, $2, q.id, q.delta from unnest($3, $4) as q (id, delta)
    on conflict (part_id, id) do nothing
    returning delta
  )
  select coalesce(sum(f.delta), 0) into moved from fresh f;
  update door_counter c set count = least(1000000, greatest(0, c.count + moved)) where c.part_id = $2
    returning c.count, c.capacity into $6, $7;
  $5 := 'open';
end
$$;

-- Marks a confirmed ticket of the door's date as arrived, or takes that back. The ticket is named by its secret or by its day code.
-- outcome: arrived, already; with undo: undone, not_counted; none (no confirmed ticket of this date has it).
create function door_check_in(macs bytea[], secrets bytea[], codes bytea[], undo boolean,
                              out state text, out outcome text, out seats integer, out part_id uuid, out channel text)
  language plpgsql security definer set search_path = public, pg_temp
as $$
#variable_conflict use_column
declare
  d record;
  k record;
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
  select t.id, t.seats, t.part_id, t.arrived, q.channel into k
  from ticket t join quota q on q.id = t.quota_id
  where (t.secret_mac = any ($2) or t.day_code_mac = any ($3) and t.secret_mac is not null) and t.occurrence_id = d.occurrence_id and t.status = 'confirmed'
  for update of t;
  if not found then
    $6 := 'none';
    return;
  end if;
  $6 := case when k.arrived <> $4 then case when $4 then 'not_counted' else 'already' end when $4 then 'undone' else 'arrived' end;
  $7 := k.seats;
  $8 := k.part_id;
  $9 := k.channel;
  if k.arrived = $4 then
    update ticket t set arrived = not $4 where t.id = k.id;
  end if;
end
$$;

-- Gives the ticket its day code for the first time, or tells which turn it has. codes: the MACs of the digits of that turn, the one to store first.
-- outcome: set, taken (another ticket of the date has these digits), early, over, not_confirmed, unknown.
create function ticket_day_code(mac bytea, turn smallint, codes bytea[], out outcome text, out now_turn smallint)
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare t record;
begin
  select k.id, k.status, k.occurrence_id, k.day_code_mac, k.day_code_turn, p.starts_at, p.ends_at into t
  from ticket k join part p on p.id = k.part_id where k.secret_mac = $1 for update of k;
  if not found then
    outcome := 'unknown';
  elsif t.status <> 'confirmed' then
    outcome := 'not_confirmed';
  elsif app_now() >= t.ends_at + interval '6 hours' then
    outcome := 'over';
  elsif app_now() < (date_trunc('day', t.starts_at at time zone 'Asia/Tokyo') - interval '1 day') at time zone 'Asia/Tokyo' then
    outcome := 'early';
  elsif t.day_code_mac is not null then
    outcome := 'set';
    now_turn := t.day_code_turn;
  elsif exists (select from ticket k where k.occurrence_id = t.occurrence_id and k.day_code_mac = any ($3)) then
    outcome := 'taken';
  else
    update ticket k set day_code_mac = $3[1], day_code_turn = $2 where k.id = t.id;
    outcome := 'set';
    now_turn := $2;
  end if;
exception when unique_violation then
  outcome := 'taken'; -- another ticket got these digits at this moment
end
$$;

-- What is known at the door does not outlive the secret or the seat.
create function ticket_leaves_door() returns trigger
  language plpgsql set search_path = public, pg_temp
as $$
begin
  if new.secret_mac is distinct from old.secret_mac or new.status <> 'confirmed' then
    new.day_code_mac := null;
  end if;
  new.arrived := new.arrived and new.status = 'confirmed';
  return new;
end
$$;

create function ticket_arrived() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  insert into door_arrival as a (organization_id, event_id, occurrence_id, quota_id, seats)
  values (new.organization_id, new.event_id, new.occurrence_id, new.quota_id, case when new.arrived then new.seats else 0 end)
  on conflict (quota_id) do update set seats = a.seats + case when new.arrived then new.seats else -old.seats end;
  return null;
end
$$;

-- +goose StatementEnd

create trigger ticket_leaves_door before update on ticket for each row
  when (new.secret_mac is distinct from old.secret_mac or new.status is distinct from old.status) execute function ticket_leaves_door();
create trigger ticket_arrived after update on ticket for each row
  when (new.arrived is distinct from old.arrived) execute function ticket_arrived();

grant create on schema public to tnm_ledger;
alter function door_of(bytea[]) owner to tnm_ledger;
alter function door_open(bytea[]) owner to tnm_ledger;
alter function door_tap(bytea[], uuid, uuid[], smallint[]) owner to tnm_ledger;
alter function door_check_in(bytea[], bytea[], bytea[], boolean) owner to tnm_ledger;
alter function ticket_day_code(bytea, smallint, bytea[]) owner to tnm_ledger;
alter function ticket_leaves_door() owner to tnm_ledger;
alter function ticket_arrived() owner to tnm_ledger;
revoke create on schema public from tnm_ledger;
grant execute on function door_open(bytea[]), door_tap(bytea[], uuid, uuid[], smallint[]), door_check_in(bytea[], bytea[], bytea[], boolean),
  ticket_day_code(bytea, smallint, bytea[]) to tnm_public;

-- +goose Down
drop trigger ticket_arrived on ticket;
drop trigger ticket_leaves_door on ticket;
drop function ticket_arrived();
drop function ticket_leaves_door();
drop function ticket_day_code(bytea, smallint, bytea[]);
drop function door_check_in(bytea[], bytea[], bytea[], boolean);
drop function door_tap(bytea[], uuid, uuid[], smallint[]);
drop function door_open(bytea[]);
drop function door_of(bytea[]);
alter table ticket drop constraint ticket_day_code_key, drop constraint ticket_day_code_goes_with_secret, drop constraint ticket_day_code_mac_length,
  drop constraint ticket_arrived_confirmed, drop column day_code_turn, drop column day_code_mac, drop column arrived;
drop table door_arrival;
drop table door_tap;
drop table door_counter;
drop table door_link;
