-- +goose Up
-- How somebody likes to be told of what happens to their date: a mail address or a push subscription, if they gave one. Sealed by serve for the key of a date,
-- readable by the worker alone, which keeps the private half outside the database (docs/adr/0011). One row a ticket, of one size, without a time.

-- What the worker can send, and which key store it has: one row once a worker has run. push_key is the public half of VAPID (RFC 8292).
create table contact_store (
  single   boolean not null default true,
  id       uuid not null,
  mail     boolean not null,
  push_key bytea,
  constraint contact_store_pkey primary key (single),
  constraint contact_store_one check (single),
  constraint contact_store_push_key_length check (octet_length(push_key) = 65)
);

-- The public half (MLKEM768-X25519) of a date's key; null once the private half was destroyed. A row outlives the key, so that no second one is made.
create table contact_key (
  organization_id uuid not null,
  event_id        uuid not null,
  occurrence_id   uuid not null,
  public_key      bytea,
  destroyed_on    date,
  constraint contact_key_pkey primary key (occurrence_id),
  constraint contact_key_occurrence_fkey foreign key (organization_id, event_id, occurrence_id) references occurrence (organization_id, event_id, id) on delete cascade,
  constraint contact_key_public_key_length check (octet_length(public_key) = 1216),
  constraint contact_key_destroyed check ((public_key is null) = (destroyed_on is not null))
);

-- key_id is the date whose key seals it: that of the ticket or, while it waits, the last date that it may come to.
create table ticket_contact (
  organization_id uuid not null,
  event_id        uuid not null,
  ticket_id       uuid not null,
  key_id          uuid not null,
  sealed          bytea not null,
  constraint ticket_contact_pkey primary key (ticket_id),
  constraint ticket_contact_ticket_fkey foreign key (ticket_id) references ticket (id) on delete cascade,
  constraint ticket_contact_key_fkey foreign key (key_id) references contact_key (occurrence_id) on delete cascade,
  -- 1120 of the key exchange, 1024 of padded text, 16 of the tag: a mail address and a subscription look the same.
  constraint ticket_contact_sealed_length check (octet_length(sealed) = 2160)
);
create index ticket_contact_event_idx on ticket_contact (event_id);
create index ticket_contact_key_idx on ticket_contact (key_id);

-- What is to be told, once for each kind and revision; written in the transaction of its cause. state: due, sent, dropped (no longer true, or nobody to tell),
-- refused (the address takes nothing), failed (tried for a day). handovers counts how often the message was about to leave, tries how often
-- a server asked us to come again. No time stands beside a ticket: when to try again is the queue's to know, and it knows the event alone.
create table notice (
  organization_id uuid not null,
  event_id        uuid not null,
  ticket_id       uuid not null,
  kind            text not null,
  revision        integer not null,
  state           text not null default 'due',
  tries           smallint not null default 0,
  handovers       smallint not null default 0,
  constraint notice_pkey primary key (ticket_id, kind, revision),
  constraint notice_ticket_fkey foreign key (ticket_id) references ticket (id) on delete cascade,
  constraint notice_kind_known check (kind in ('reminder', 'change', 'cancellation', 'promotion', 'offer', 'still_coming', 'result')),
  constraint notice_state_known check (state in ('due', 'sent', 'dropped', 'refused', 'failed')),
  constraint notice_counts check (tries between 0 and 20 and handovers between 0 and 20)
);
create index notice_due_idx on notice (event_id, tries) where state = 'due';

-- +goose StatementBegin
do $$
declare t text;
begin
  foreach t in array array['contact_store', 'contact_key', 'ticket_contact', 'notice'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy %I on %I to tnm_worker using (true) with check (true)', t || '_jobs', t);
    execute format('create policy %I on %I to tnm_ledger using (true) with check (true)', t || '_ledger', t);
  end loop;
end
$$;
-- +goose StatementEnd
create policy contact_store_public on contact_store for select to tnm_public using (true);
create policy contact_key_listed on contact_key for select to tnm_public using (exists (select from event e where e.id = event_id and e.listed));
create policy ticket_contact_holder on ticket_contact for select to tnm_public using (ticket_id = (select t.id from ticket t where t.secret_mac = app_ticket()));
grant select (mail, push_key) on contact_store to tnm_public;
grant select (occurrence_id, event_id, destroyed_on) on contact_key to tnm_public;
-- A holder sees that something is kept, not what.
grant select (ticket_id) on ticket_contact to tnm_public;
grant select, insert, update, delete on contact_store to tnm_worker;
grant select, insert, update (public_key, destroyed_on), delete on contact_key to tnm_worker;
grant select, delete on ticket_contact to tnm_worker;
grant select, update (state, tries, handovers) on notice to tnm_worker;
grant select, update (destroyed_on) on contact_key to tnm_ledger; -- the update is for the lock
grant select (organization_id, event_id, ticket_id, key_id), insert, delete on ticket_contact to tnm_ledger;
grant select, insert, update (state), delete on notice to tnm_ledger;

-- +goose StatementBegin
-- Queues a delivery for the event, once a transaction. The job holds the event's id and nothing of a ticket. River's tables are younger than these (docs/adr/0005), so
-- postgres.Migrate grants the insert.
create function notice_wake(event uuid) returns void
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  if current_setting('app.notice_woken', true) is distinct from $1::text then
    insert into river.river_job (kind, queue, state, max_attempts, args)
    values ('duty', 'duties', 'available', 25, jsonb_build_object('duty', 'deliver_notices', 'event_id', $1, 'round', 0));
    perform set_config('app.notice_woken', $1::text, true);
  end if;
end
$$;

-- What was published gets its keys at once; the task comes round by itself too.
create function event_published_keys() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  insert into river.river_job (kind, queue, state, max_attempts, args)
  values ('task', 'default', 'available', 25, '{"task": "make_contact_keys"}');
  return null;
end
$$;

-- One more notice of a kind for a ticket that left a contact; nothing for one that did not.
create function notice_write(ticket uuid, kind text) returns void
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare e uuid;
begin
  insert into notice as n (organization_id, event_id, ticket_id, kind, revision)
  select c.organization_id, c.event_id, c.ticket_id, $2,
    (select coalesce(max(o.revision) + 1, 0) from notice o where o.ticket_id = c.ticket_id and o.kind = $2)
  from ticket_contact c where c.ticket_id = $1
  on conflict on constraint notice_pkey do nothing
  returning n.event_id into e;
  if found then
    perform notice_wake(e);
  end if;
end
$$;

-- The same for all tickets of a date, or of one part of it. What was to be told of an earlier change and has not left yet is not told any more.
create function notice_fan(occurrence uuid, part uuid, kind text, revision integer) returns void
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare e uuid;
begin
  update notice n set state = 'dropped'
  from ticket t
  where t.occurrence_id = $1 and ($2 is null or t.part_id = $2) and t.secret_mac is not null and t.seats > 0
    and n.ticket_id = t.id and n.kind = 'change' and n.state = 'due';
  with written as (
    insert into notice as n (organization_id, event_id, ticket_id, kind, revision)
    select t.organization_id, t.event_id, t.id, $3, $4
    from ticket t join ticket_contact c on c.ticket_id = t.id
    where t.occurrence_id = $1 and ($2 is null or t.part_id = $2) and t.secret_mac is not null and t.seats > 0
      and t.status in ('confirmed', 'waiting', 'offered', 'applied')
    on conflict on constraint notice_pkey do nothing
    returning n.event_id
  )
  select w.event_id into e from written w limit 1;
  if found then
    perform notice_wake(e);
  end if;
end
$$;

-- A word on the day before, for all that begins on that day (Asia/Tokyo): once a day on which it stands, so that a date that was moved is told of again. Not for
-- those who asked for their seat today and know. Gives how many. For the worker.
create function notice_remind(day date) returns integer
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare
  n integer := 0;
  r record;
begin
  for r in
    with written as (
      insert into notice as x (organization_id, event_id, ticket_id, kind, revision)
      select t.organization_id, t.event_id, t.id, 'reminder', $1 - date '2000-01-01'
      from occurrence o
      join event e on e.id = o.event_id
      join part p on p.occurrence_id = o.id
      join ticket t on t.part_id = p.id and t.occurrence_id = o.id
      join ticket_contact c on c.ticket_id = t.id
      where o.starts_at >= ($1 - 31)::timestamp at time zone 'Asia/Tokyo' and o.starts_at < ($1 + 1)::timestamp at time zone 'Asia/Tokyo'
        and p.starts_at >= $1::timestamp at time zone 'Asia/Tokyo' and p.starts_at < ($1 + 1)::timestamp at time zone 'Asia/Tokyo'
        and e.status = 'published' and o.status = 'scheduled' and t.status = 'confirmed' and t.secret_mac is not null and t.seats > 0
        and t.taken_on < (app_now() at time zone 'Asia/Tokyo')::date
      on conflict on constraint notice_pkey do nothing
      returning x.event_id
    )
    select w.event_id, count(*)::int as many from written w group by 1
  loop
    perform notice_wake(r.event_id);
    n := n + r.many;
  end loop;
  return n;
end
$$;

-- A contact ends with what it was given for. A changed secret changes nothing: the ticket is the same.
create function ticket_moved_notices() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  if new.secret_mac is null or new.status in ('cancelled', 'lapsed') then
    delete from ticket_contact c where c.ticket_id = new.id;
    delete from notice n where n.ticket_id = new.id;
  elsif old.status = 'waiting' and new.status = 'confirmed' then
    perform notice_write(new.id, 'promotion');
  elsif old.status = 'waiting' and new.status = 'offered' then
    perform notice_write(new.id, 'offer');
  elsif old.status = 'applied' then
    perform notice_write(new.id, 'result');
  end if;
  return null;
end
$$;

create function occurrence_moved_notices() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  if new.ends_at <= app_now() or not exists (select from event e where e.id = new.event_id and e.status = 'published') then
    return null;
  end if;
  if new.status <> 'cancelled' then
    perform notice_fan(new.id, null, 'change', new.sequence);
  elsif old.status <> 'cancelled' then
    perform notice_fan(new.id, null, 'cancellation', new.sequence);
  end if;
  return null;
end
$$;

create function part_moved_notices() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare o record;
begin
  select x.sequence into o from occurrence x join event e on e.id = x.event_id
  where x.id = new.occurrence_id and x.listed and x.status <> 'cancelled' and e.status = 'published' and new.ends_at > app_now();
  if found then
    perform notice_fan(new.occurrence_id, new.id, 'change', o.sequence);
  end if;
  return null;
end
$$;

create function event_cancelled_notices() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  -- Whoever heard that their date is cancelled need not hear it again.
  perform notice_fan(o.id, null, 'cancellation', o.sequence) from occurrence o
  where o.event_id = new.id and o.status <> 'cancelled' and o.ends_at > app_now();
  return null;
end
$$;

-- For which key the contact of a ticket is to be sealed; key is null where none is there (yet, or any more). No row when there is no such ticket.
create function ticket_contact_key(mac bytea) returns table (ticket_id uuid, active boolean, key_id uuid, key bytea)
  language sql stable security definer set search_path = public, pg_temp
as $$
  select t.id, t.status in ('confirmed', 'waiting', 'offered', 'applied') and app_now() < p.ends_at, k.occurrence_id, k.public_key
  from ticket t
  join part p on p.id = t.part_id
  left join contact_key k on k.occurrence_id = case when t.status <> 'waiting' then t.occurrence_id else coalesce(
    (select q.occurrence_id from ticket_wish w join quota q on q.id = w.quota_id join occurrence o on o.id = q.occurrence_id
     where w.ticket_id = t.id order by o.ends_at desc, o.id limit 1), t.occurrence_id) end
  where t.secret_mac = $1
$$;

-- Keeps what was sealed for that key, in place of what was kept before. outcome: kept, unknown, over (cancelled, lapsed or past), no_key.
create function ticket_contact_put(mac bytea, key_id uuid, sealed bytea) returns text
  language plpgsql security definer set search_path = public, pg_temp
as $$
#variable_conflict use_column
declare t record;
begin
  -- The ticket first, so that a cancellation at this moment is seen or waits.
  select k.organization_id, k.event_id, k.id, k.status in ('confirmed', 'waiting', 'offered', 'applied') and app_now() < p.ends_at as active into t
  from ticket k join part p on p.id = k.part_id where k.secret_mac = $1 for no key update of k;
  if not found then
    return 'unknown';
  elsif not t.active then
    return 'over';
  end if;
  perform from contact_key c where c.occurrence_id = $2 and c.event_id = t.event_id and c.public_key is not null for share;
  if not found then
    return 'no_key';
  end if;
  delete from ticket_contact c where c.ticket_id = t.id;
  insert into ticket_contact (organization_id, event_id, ticket_id, key_id, sealed) values (t.organization_id, t.event_id, t.id, $2, $3);
  return 'kept';
end
$$;

-- Forgets it, and what was to be told. outcome: forgotten, none, unknown.
create function ticket_contact_remove(mac bytea) returns text
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare t uuid;
begin
  select k.id into t from ticket k where k.secret_mac = $1 for no key update;
  if not found then
    return 'unknown';
  end if;
  update notice n set state = 'dropped' where n.ticket_id = t and n.state = 'due';
  delete from ticket_contact c where c.ticket_id = t;
  return case when found then 'forgotten' else 'none' end;
end
$$;
-- +goose StatementEnd

create trigger ticket_moved_notices after update on ticket for each row
  when (old.status is distinct from new.status or old.secret_mac is not null and new.secret_mac is null) execute function ticket_moved_notices();
create trigger occurrence_moved_notices after update on occurrence for each row
  when (old.listed and new.listed and (old.status, old.starts_at, old.ends_at, old.place_kind, old.place_name, old.place_address)
    is distinct from (new.status, new.starts_at, new.ends_at, new.place_kind, new.place_name, new.place_address)) execute function occurrence_moved_notices();
create trigger part_moved_notices after update on part for each row
  when ((old.starts_at, old.ends_at, old.place_note) is distinct from (new.starts_at, new.ends_at, new.place_note)) execute function part_moved_notices();
create trigger event_published_keys after update on event for each row
  when (old.status <> 'published' and new.status = 'published') execute function event_published_keys();
create trigger event_cancelled_notices after update on event for each row
  when (old.status = 'published' and new.status = 'cancelled') execute function event_cancelled_notices();

grant create on schema public to tnm_ledger;
alter function notice_wake(uuid) owner to tnm_ledger;
alter function event_published_keys() owner to tnm_ledger;
alter function notice_write(uuid, text) owner to tnm_ledger;
alter function notice_fan(uuid, uuid, text, integer) owner to tnm_ledger;
alter function notice_remind(date) owner to tnm_ledger;
alter function ticket_moved_notices() owner to tnm_ledger;
alter function occurrence_moved_notices() owner to tnm_ledger;
alter function part_moved_notices() owner to tnm_ledger;
alter function event_cancelled_notices() owner to tnm_ledger;
alter function ticket_contact_key(bytea) owner to tnm_ledger;
alter function ticket_contact_put(bytea, uuid, bytea) owner to tnm_ledger;
alter function ticket_contact_remove(bytea) owner to tnm_ledger;
revoke create on schema public from tnm_ledger;
grant execute on function ticket_contact_key(bytea), ticket_contact_put(bytea, uuid, bytea), ticket_contact_remove(bytea) to tnm_public;
grant execute on function notice_remind(date) to tnm_worker;

-- +goose Down
drop trigger event_cancelled_notices on event;
drop trigger event_published_keys on event;
drop trigger part_moved_notices on part;
drop trigger occurrence_moved_notices on occurrence;
drop trigger ticket_moved_notices on ticket;
drop function ticket_contact_remove(bytea);
drop function ticket_contact_put(bytea, uuid, bytea);
drop function ticket_contact_key(bytea);
drop function event_cancelled_notices();
drop function part_moved_notices();
drop function occurrence_moved_notices();
drop function ticket_moved_notices();
drop function notice_remind(date);
drop function notice_fan(uuid, uuid, text, integer);
drop function notice_write(uuid, text);
drop function event_published_keys();
drop function notice_wake(uuid);
drop table notice;
drop table ticket_contact;
drop table contact_key;
drop table contact_store;
