-- +goose Up
-- A seat that comes free is offered to whoever waits and left a contact: they are asked, and have until a moment to say yes. Who left none is given the seat, as before.
-- The moment tells when a seat came free, not when somebody registered, and is a full hour; it goes as soon as the offer was answered or has lapsed.
create table ticket_offer (
  organization_id uuid not null,
  event_id        uuid not null,
  quota_id        uuid not null,
  ticket_id       uuid not null,
  until           timestamptz not null,
  constraint ticket_offer_pkey primary key (ticket_id),
  constraint ticket_offer_ticket_fkey foreign key (ticket_id) references ticket (id) on delete cascade,
  constraint ticket_offer_quota_fkey foreign key (organization_id, quota_id) references quota (organization_id, id)
);
create index ticket_offer_until_idx on ticket_offer (until);
create index ticket_offer_quota_idx on ticket_offer (quota_id);

-- Whether its holder was asked to say that they are still coming: null no, false asked, true said so. No answer changes nothing.
alter table ticket add column still_coming boolean;

alter table ticket_offer enable row level security;
alter table ticket_offer force row level security;
create policy ticket_offer_ledger on ticket_offer to tnm_ledger using (true) with check (true);
create policy ticket_offer_holder on ticket_offer for select to tnm_public using (ticket_id = (select t.id from ticket t where t.secret_mac = app_ticket()));
grant select, insert, update (until), delete on ticket_offer to tnm_ledger;
grant select (ticket_id, until) on ticket_offer to tnm_public;
grant select (still_coming) on ticket to tnm_public;

-- +goose StatementBegin
-- Until when an offer made at a moment stands: a day, counted from seven in the morning if it is made in the night (22:00 to 7:00 in Tokyo), up to the full hour,
-- no longer than the line is served, and never into the night. Null when that leaves less than two hours by day: then nobody is asked.
create function offer_until(made_at timestamptz, served_until timestamptz) returns timestamptz
  language plpgsql immutable parallel safe set search_path = public, pg_temp
as $$
declare
  made   constant timestamp := made_at at time zone 'Asia/Tokyo';
  latest constant timestamp := served_until at time zone 'Asia/Tokyo';
  day    constant timestamp := date_trunc('day', made);
  begins constant timestamp := case
    when made < day + interval '7 hours' then day + interval '7 hours'
    when made >= day + interval '22 hours' then day + interval '31 hours'
    else made end;
  ends timestamp := date_trunc('hour', begins + interval '25 hours' - interval '1 microsecond');
begin
  if ends::time <= time '07:00' then
    ends := ends + interval '1 hour'; -- made in the night: nobody has to answer before they get up
  end if;
  if latest < ends then
    ends := latest;
    if ends > date_trunc('day', ends) + interval '22 hours' then
      ends := date_trunc('day', ends) + interval '22 hours';
    elsif ends <= date_trunc('day', ends) + interval '7 hours' then
      ends := date_trunc('day', ends) - interval '2 hours';
    end if;
  end if;
  return case when ends >= begins + interval '2 hours' then ends at time zone 'Asia/Tokyo' end;
end
$$;

-- As before; who left a contact is asked, if there is time.
create or replace function quota_counter_promote() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare
  room integer := new.capacity - new.taken;
  t record;
  offer timestamptz;
begin
  for t in
    select k.id, k.seats, offer_until(app_now(), part_waits_until(p)) as until
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
    -- Looked at once the ticket is locked: a contact that was left or taken back at this moment counts.
    offer := case when exists (select from ticket_contact c where c.ticket_id = t.id) then t.until end;
    update ticket k set status = case when offer is null then 'confirmed' else 'offered' end, quota_id = q.id, part_id = q.part_id, occurrence_id = q.occurrence_id
    from quota q where k.id = t.id and k.status = 'waiting' and q.id = new.quota_id;
    if found then
      room := room - t.seats;
      if offer is not null then
        insert into ticket_offer (organization_id, event_id, quota_id, ticket_id, until)
        values (new.organization_id, new.event_id, new.quota_id, t.id, offer);
      end if;
    end if;
  end loop;
  return null;
end
$$;

-- The offer ends with the state, whatever ended it.
create function ticket_offer_ended() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  delete from ticket_offer o where o.ticket_id = new.id;
  return null;
end
$$;

-- While a date is put off nothing lapses; when it stands again, whoever was asked has time again.
create function quota_counter_resumed() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  update ticket_offer o set until = coalesce(offer_until(app_now(), part_waits_until(p)), greatest(o.until, p.starts_at))
  from quota q join part p on p.id = q.part_id
  where o.quota_id = new.quota_id and q.id = o.quota_id;
  return null;
end
$$;

-- Says yes: to an offer, or to the question whether one is still coming. Twice is once.
-- outcome: confirmed, lapsed (too late: the seats are the next one's), waiting (nothing was offered yet), cancelled, over, unknown.
create function ticket_confirm(mac bytea) returns text
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare t record;
begin
  select k.id, k.status, k.quota_id, p.ends_at, c.accepting and app_now() >= least(o.until, p.starts_at) as late into t
  from ticket k join part p on p.id = k.part_id join quota_counter c on c.quota_id = k.quota_id left join ticket_offer o on o.ticket_id = k.id
  where k.secret_mac = $1;
  if not found then
    return 'unknown';
  elsif t.status = 'confirmed' and app_now() >= t.ends_at then
    return 'over';
  elsif t.status = 'offered' and t.late then
    -- The counter first, as everywhere; the seats go to the next in line in this transaction.
    perform from quota_counter c where c.quota_id = t.quota_id for update;
    update ticket k set status = 'lapsed', nickname = null where k.id = t.id and k.status = 'offered';
  elsif t.status in ('offered', 'confirmed') then
    update ticket k set status = 'confirmed', still_coming = true
    where k.id = t.id and k.secret_mac = $1 and (k.status = 'offered' or k.status = 'confirmed' and not k.still_coming);
  end if;
  -- What it is by now, for it may have been cancelled or have lapsed at this moment.
  select case k.status
    when 'confirmed' then 'confirmed' when 'lapsed' then 'lapsed' when 'cancelled' then 'cancelled' when 'offered' then 'lapsed' else 'waiting' end as outcome into t
  from ticket k where k.secret_mac = $1;
  return coalesce(t.outcome, 'unknown');
end
$$;

-- Ends the offers of one quota whose time is over; their seats go on to the next in line. Gives how many there were: 0 when none is due. For the worker.
create function ticket_lapse_offers() returns integer
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare
  quota uuid;
  n integer;
begin
  select o.quota_id into quota
  from ticket_offer o join quota q on q.id = o.quota_id join part p on p.id = q.part_id join quota_counter c on c.quota_id = o.quota_id
  where (o.until <= app_now() or p.starts_at <= app_now()) and c.accepting
  order by o.until, o.quota_id limit 1;
  if not found then
    return 0;
  end if;
  perform from quota_counter c where c.quota_id = quota for update;
  update ticket k set status = 'lapsed', nickname = null
  from ticket_offer o join quota q on q.id = o.quota_id join part p on p.id = q.part_id
  where o.quota_id = quota and k.id = o.ticket_id and k.status = 'offered' and least(o.until, p.starts_at) <= app_now();
  get diagnostics n = row_count;
  return n;
end
$$;

-- Asks those who hold seats that others wait for, from two days before the start on, whether they are still coming; each ticket once, and nobody in the night. Only
-- as long as a seat that comes free can go to the line. Gives how many were asked. For the worker.
create function ticket_ask_still_coming() returns integer
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare
  n integer := 0;
  r record;
begin
  if extract(hour from app_now() at time zone 'Asia/Tokyo') not between 7 and 21 then
    return 0;
  end if;
  for r in
    with asked as (
      update ticket k set still_coming = false
      from (
        select distinct w.quota_id from ticket_wish w join quota q on q.id = w.quota_id join part p on p.id = q.part_id join quota_counter c on c.quota_id = q.id
        where c.accepting and app_now() >= p.starts_at - interval '48 hours' and app_now() < part_waits_until(p)
      ) l
      where k.quota_id = l.quota_id and k.status = 'confirmed' and k.still_coming is null and k.secret_mac is not null
      returning k.id
    )
    select a.id from asked a
  loop
    perform notice_write(r.id, 'still_coming');
    n := n + 1;
  end loop;
  return n;
end
$$;
-- +goose StatementEnd

-- As before, and whether an answer is waited for.
drop function ticket_followed(bytea);
-- +goose StatementBegin
create function ticket_followed(calendar_mac bytea)
  returns table (ticket_id uuid, status text, starts_at timestamptz, ends_at timestamptz, moved boolean, off boolean, postponed boolean, sequence integer, modified_at timestamptz,
                 still_coming boolean)
  language sql stable security definer set search_path = public, pg_temp
as $$
  select t.id, t.status, coalesce(h.starts_at, p.starts_at), coalesce(h.ends_at, p.ends_at), o.moved_from is not null,
    e.status = 'cancelled' or o.status = 'cancelled', o.status = 'postponed', o.sequence, o.modified_at, t.still_coming
  from ticket t join part p on p.id = t.part_id join occurrence o on o.id = t.occurrence_id join event e on e.id = t.event_id
  cross join lateral (select min(k.starts_at) as starts_at, max(k.ends_at) as ends_at from ticket_slot k where k.ticket_id = t.id) h
  where t.calendar_mac = $1 and (app_now() < p.ends_at + interval '1 day' or o.status = 'postponed')
$$;
-- +goose StatementEnd

create trigger ticket_offer_ended after update on ticket for each row
  when (old.status = 'offered' and (new.status <> 'offered' or new.secret_mac is null)) execute function ticket_offer_ended();
create trigger quota_counter_resumed after update on quota_counter for each row
  when (new.accepting and not old.accepting) execute function quota_counter_resumed();

grant create on schema public to tnm_ledger;
alter function ticket_offer_ended() owner to tnm_ledger;
alter function quota_counter_resumed() owner to tnm_ledger;
alter function ticket_confirm(bytea) owner to tnm_ledger;
alter function ticket_lapse_offers() owner to tnm_ledger;
alter function ticket_ask_still_coming() owner to tnm_ledger;
alter function ticket_followed(bytea) owner to tnm_ledger;
revoke create on schema public from tnm_ledger;
grant execute on function offer_until(timestamptz, timestamptz) to tnm_ledger;
grant execute on function ticket_confirm(bytea), ticket_followed(bytea) to tnm_public;
grant execute on function ticket_lapse_offers(), ticket_ask_still_coming() to tnm_worker;

-- +goose Down
drop trigger quota_counter_resumed on quota_counter;
drop trigger ticket_offer_ended on ticket;
drop function ticket_followed(bytea);
-- +goose StatementBegin
create function ticket_followed(calendar_mac bytea)
  returns table (ticket_id uuid, status text, starts_at timestamptz, ends_at timestamptz, moved boolean, off boolean, postponed boolean, sequence integer, modified_at timestamptz)
  language sql stable security definer set search_path = public, pg_temp
as $$
  select t.id, t.status, coalesce(h.starts_at, p.starts_at), coalesce(h.ends_at, p.ends_at), o.moved_from is not null,
    e.status = 'cancelled' or o.status = 'cancelled', o.status = 'postponed', o.sequence, o.modified_at
  from ticket t join part p on p.id = t.part_id join occurrence o on o.id = t.occurrence_id join event e on e.id = t.event_id
  cross join lateral (select min(k.starts_at) as starts_at, max(k.ends_at) as ends_at from ticket_slot k where k.ticket_id = t.id) h
  where t.calendar_mac = $1 and (app_now() < p.ends_at + interval '1 day' or o.status = 'postponed')
$$;

create or replace function quota_counter_promote() returns trigger
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
-- +goose StatementEnd
grant create on schema public to tnm_ledger;
alter function ticket_followed(bytea) owner to tnm_ledger;
revoke create on schema public from tnm_ledger;
grant execute on function ticket_followed(bytea) to tnm_public;
drop function ticket_ask_still_coming();
drop function ticket_lapse_offers();
drop function ticket_confirm(bytea);
drop function quota_counter_resumed();
drop function ticket_offer_ended();
drop function offer_until(timestamptz, timestamptz);
alter table ticket drop column still_coming;
drop table ticket_offer;
