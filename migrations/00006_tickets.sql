-- +goose Up
-- One anonymous registration. Ids are random, there is no serial and no time finer than the day.
-- secret_mac is null once the ticket was erased; what is left then is a count.
-- There is no foreign key to quota: its key-share lock on a hot row costs 1.2 to 4 times, and the ledger trigger below checks the same in one
-- statement (quota, organization and event must fit) and stops a quota with tickets from being deleted.
create table ticket (
  organization_id uuid not null,
  event_id        uuid not null,
  occurrence_id   uuid not null,
  part_id         uuid not null,
  quota_id        uuid not null,
  id              uuid not null,
  secret_mac      bytea,
  status          text not null,
  seats           smallint not null,
  nickname        text,
  taken_on        date not null default (app_now() at time zone 'Asia/Tokyo')::date,
  constraint ticket_pkey primary key (id),
  constraint ticket_secret_mac_key unique (secret_mac),
  constraint ticket_secret_mac_length check (octet_length(secret_mac) = 32),
  constraint ticket_status_known check (status in ('confirmed', 'waiting', 'offered', 'lapsed', 'cancelled')),
  constraint ticket_seats_range check (seats between 1 and 20),
  constraint ticket_nickname_length check (length(nickname) between 1 and 40)
);
create index ticket_quota_idx on ticket (quota_id, status);
-- For erasing. seats > 0 is always so; it keeps this index from looking fit for a search by secret_mac, which the planner once preferred on an empty table.
create index ticket_occurrence_idx on ticket (occurrence_id) where secret_mac is not null and seats > 0;

alter table ticket enable row level security;
alter table ticket force row level security;
-- Only the holder of the secret sees a ticket. Staff see no ticket at all, only counters.
create policy ticket_holder on ticket for select to tnm_public using (secret_mac = app_ticket());
create policy ticket_ledger on ticket to tnm_ledger using (true) with check (true);
create policy ticket_seen_by_jobs on ticket for select to tnm_worker using (true);
create policy ticket_erased_by_jobs on ticket for update to tnm_worker using (true) with check (secret_mac is null and nickname is null);
grant select (organization_id, event_id, occurrence_id, part_id, quota_id, id, status, seats, nickname, taken_on, secret_mac) on ticket to tnm_public;
grant select (organization_id, event_id, occurrence_id, part_id, quota_id, id, status, seats, secret_mac) on ticket to tnm_worker;
grant update (secret_mac, nickname) on ticket to tnm_worker;
grant select, insert, update on ticket to tnm_ledger;

create policy joining_link_holder on joining_link for select to tnm_public using (exists (
  select from ticket t join quota q on q.id = t.quota_id join part p on p.id = t.part_id
  where t.secret_mac = app_ticket() and t.part_id = joining_link.part_id and t.status = 'confirmed' and q.channel = 'online'
    and app_now() >= p.starts_at - joining_link.opens_before and app_now() < p.ends_at + interval '1 day'));
grant select on joining_link to tnm_public;

-- The only mover of seats: whatever path changes tickets, the counter follows in the same statement.
-- +goose StatementBegin
create function ticket_count_inserted() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare wanted integer; moved integer;
begin
  with d as (
    select n.quota_id, n.organization_id, n.event_id, n.occurrence_id,
           coalesce(sum(n.seats) filter (where n.status in ('confirmed', 'offered')), 0)::int as seats
    from new_rows n group by 1, 2, 3, 4
  ), u as (
    update quota_counter c set taken = c.taken + d.seats from d
    where c.quota_id = d.quota_id
      and row (c.organization_id, c.event_id, c.occurrence_id) is not distinct from row (d.organization_id, d.event_id, d.occurrence_id)
    returning 1
  )
  select (select count(*) from d), (select count(*) from u) into wanted, moved;
  if wanted <> moved then
    raise exception using errcode = 'foreign_key_violation', constraint = 'ticket_quota_fkey', message = 'ticket without its quota';
  end if;
  return null;
end
$$;

create function ticket_count_updated() returns trigger
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

create function ticket_count_deleted() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  update quota_counter c set taken = c.taken - d.seats
  from (select o.quota_id, sum(o.seats)::int as seats from old_rows o where o.status in ('confirmed', 'offered') group by 1) d
  where c.quota_id = d.quota_id;
  return null;
end
$$;

create function quota_counter_before_delete() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  if exists (select from ticket t where t.quota_id = old.quota_id) then
    raise exception using errcode = 'foreign_key_violation', constraint = 'ticket_quota_fkey', message = 'tickets hold this quota';
  end if;
  return old;
end
$$;

-- Grants many requests in one statement, in the order given, each judged alone. The secrets of one call should differ: a repeated one is a
-- duplicate, but holds its seats until the call ends.
-- outcome: granted, duplicate (that secret already has a ticket), full, unknown, not_needed, other_way, not_accepting, not_open, closed, too_many.
-- free: seats left in the quota as seen by the verdict; most: seats one ticket may hold; both null when unknown.
-- links: whether the ticket, once confirmed, shows a joining link already.
create function ticket_grant(events uuid[], quotas uuid[], ids uuid[], macs bytea[], seats smallint[], nicknames text[],
                             out outcomes text[], out free integer[], out most smallint[],
                             out organizations uuid[], out occurrences uuid[], out parts uuid[], out links boolean[])
  language plpgsql security definer set search_path = public, pg_temp
  -- One plan for every batch size: planning afresh for each array cost 0.6 ms a call. A hash join would read whole tables, so would the hashed
  -- subplan of an exists () and, planned while ticket was empty, a merge over its index: hence one look-up for each secret.
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  n constant integer := cardinality(quotas);
  r record;
  current uuid;
  room integer;
  candidates uuid[] := '{}';
  granted integer := 0;
  inserted bytea[];
begin
  outcomes := array_fill('unknown'::text, array[n]);
  free := array_fill(null::integer, array[n]);
  most := array_fill(null::smallint, array[n]);
  organizations := array_fill(null::uuid, array[n]);
  occurrences := organizations;
  parts := organizations;
  links := array_fill(false, array[n]);
  -- Refusals take no lock.
  for r in
    select q.ord, c.quota_id, c.capacity - c.taken as room, k.max_seats, k.organization_id, k.occurrence_id, k.part_id,
      coalesce(k.channel = 'online' and app_now() >= p.starts_at - l.opens_before, false) as link,
      case
        when t.id is not null then 'duplicate'
        when c.quota_id is null or c.event_id <> q.event_id then 'unknown'
        when p.reservation = 'none' then 'not_needed'
        when p.reservation <> 'seat' or k.channel not in ('in_person', 'online') then 'other_way'
        when not c.accepting then 'not_accepting'
        when app_now() < p.opens_at then 'not_open'
        when app_now() >= coalesce(p.closes_at, p.starts_at) then 'closed'
        when q.seats > k.max_seats then 'too_many'
        when c.taken + q.seats > c.capacity then 'full'
        else 'candidate'
      end as verdict
    from unnest(events, quotas, macs, seats) with ordinality as q (event_id, quota_id, mac, seats, ord)
    left join quota_counter c on c.quota_id = q.quota_id
    left join quota k on k.id = c.quota_id
    left join part p on p.id = k.part_id
    left join joining_link l on l.part_id = p.id
    left join lateral (select x.id from ticket x where x.secret_mac = q.mac limit 1) t on true
  loop
    outcomes[r.ord] := r.verdict;
    continue when r.quota_id is null or r.verdict = 'unknown';
    free[r.ord] := r.room;
    most[r.ord] := r.max_seats;
    if r.verdict = 'candidate' then
      candidates := candidates || r.quota_id;
      organizations[r.ord] := r.organization_id;
      occurrences[r.ord] := r.occurrence_id;
      parts[r.ord] := r.part_id;
      links[r.ord] := r.link;
    end if;
  end loop;
  if candidates = '{}' then
    return;
  end if;
  -- Counters are always locked in id order, before any ticket row, and in a statement of their own: the next one then sees what the lock waited
  -- for, the seats as well as a ticket that the same secret got meanwhile.
  perform from quota_counter c where c.quota_id = any (candidates) order by c.quota_id for update;
  for r in
    select q.ord, q.seats, c.quota_id, c.capacity - c.taken as room, c.accepting,
      t.id is not null as known
    from unnest(quotas, macs, seats, outcomes) with ordinality as q (quota_id, mac, seats, outcome, ord)
    join quota_counter c on c.quota_id = q.quota_id
    left join lateral (select x.id from ticket x where x.secret_mac = q.mac limit 1) t on true
    where q.outcome = 'candidate'
    order by c.quota_id, q.ord
  loop
    if current is distinct from r.quota_id then
      current := r.quota_id;
      room := r.room;
    end if;
    if r.known then
      outcomes[r.ord] := 'duplicate';
    elsif not r.accepting then
      outcomes[r.ord] := 'not_accepting';
    elsif r.seats > room then
      outcomes[r.ord] := 'full';
    else
      outcomes[r.ord] := 'granted';
      room := room - r.seats;
      granted := granted + 1;
    end if;
    free[r.ord] := room;
  end loop;
  if granted = 0 then
    return;
  end if;
  with i as (
    insert into ticket (organization_id, event_id, occurrence_id, part_id, quota_id, id, secret_mac, status, seats, nickname)
    select q.organization_id, q.event_id, q.occurrence_id, q.part_id, q.quota_id, q.id, q.mac, 'confirmed', q.seats, q.nickname
    from unnest(organizations, events, occurrences, parts, quotas, ids, macs, seats, nicknames, outcomes)
      as q (organization_id, event_id, occurrence_id, part_id, quota_id, id, mac, seats, nickname, outcome)
    where q.outcome = 'granted'
    order by q.mac
    on conflict (secret_mac) do nothing
    returning secret_mac
  )
  select array_agg(i.secret_mac) into inserted from i;
  if coalesce(cardinality(inserted), 0) < granted then
    -- The same secret in another quota at the same moment, or twice in this call.
    for r in
      select q.ord, q.mac, row_number() over (partition by q.mac order by q.ord) as nth
      from unnest(macs, outcomes) with ordinality as q (mac, outcome, ord) where q.outcome = 'granted'
    loop
      if r.nth > 1 or not r.mac = any (coalesce(inserted, '{}')) then
        outcomes[r.ord] := 'duplicate';
      end if;
    end loop;
  end if;
end
$$;

-- outcome: cancelled, already (was no longer active), over (the part has ended), unknown.
create function ticket_cancel(mac bytea) returns text
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

-- Gives the ticket another secret; the old one is worth nothing from then on. False when there is no such ticket.
-- A function, because row-level security would want the new secret to be the one that the caller presented.
create function ticket_rotate(mac bytea, new_mac bytea) returns boolean
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  update ticket k set secret_mac = $2 where k.secret_mac = $1;
  return found;
end
$$;
-- +goose StatementEnd

create trigger ticket_count_inserted after insert on ticket referencing new table as new_rows for each statement execute function ticket_count_inserted();
create trigger ticket_count_updated after update on ticket referencing old table as old_rows new table as new_rows for each statement execute function ticket_count_updated();
create trigger ticket_count_deleted after delete on ticket referencing old table as old_rows for each statement execute function ticket_count_deleted();
create trigger quota_counter_before_delete before delete on quota_counter for each row execute function quota_counter_before_delete();

grant create on schema public to tnm_ledger;
alter function ticket_count_inserted() owner to tnm_ledger;
alter function ticket_count_updated() owner to tnm_ledger;
alter function ticket_count_deleted() owner to tnm_ledger;
alter function quota_counter_before_delete() owner to tnm_ledger;
alter function ticket_grant(uuid[], uuid[], uuid[], bytea[], smallint[], text[]) owner to tnm_ledger;
alter function ticket_cancel(bytea) owner to tnm_ledger;
alter function ticket_rotate(bytea, bytea) owner to tnm_ledger;
revoke create on schema public from tnm_ledger;
grant execute on function ticket_grant(uuid[], uuid[], uuid[], bytea[], smallint[], text[]), ticket_cancel(bytea), ticket_rotate(bytea, bytea) to tnm_public;

-- +goose Down
drop policy joining_link_holder on joining_link;
revoke select on joining_link from tnm_public;
drop function ticket_rotate(bytea, bytea);
drop function ticket_cancel(bytea);
drop function ticket_grant(uuid[], uuid[], uuid[], bytea[], smallint[], text[]);
drop trigger quota_counter_before_delete on quota_counter;
drop function quota_counter_before_delete();
drop table ticket;
drop function ticket_count_deleted();
drop function ticket_count_updated();
drop function ticket_count_inserted();
