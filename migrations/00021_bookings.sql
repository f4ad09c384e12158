-- +goose Up
create extension if not exists btree_gist; -- there since 00013, which also takes it away

-- A rule that yields bookings of one room (毎月第4土曜日の午後). Of its bookings each has a life of its own.
create table booking_series (
  organization_id uuid not null, -- the room's (貸す側)
  borrower_id     uuid not null, -- who books (借りる側)
  facility_id     uuid not null,
  room_id         uuid not null,
  id              uuid not null,
  rule            text not null,
  starts_time     text not null,
  ends_time       text not null,
  first_day       date not null,
  last_day        date not null,
  title           text not null,
  created_at      timestamptz not null default app_now(),
  constraint booking_series_pkey primary key (id),
  constraint booking_series_parties_key unique (organization_id, borrower_id, id),
  constraint booking_series_room_fkey foreign key (organization_id, facility_id, room_id) references room (organization_id, facility_id, id),
  constraint booking_series_borrower_fkey foreign key (borrower_id) references organization (id),
  constraint booking_series_days check (last_day >= first_day and last_day <= first_day + 400 and first_day between '2000-01-01' and '2099-12-31'),
  constraint booking_series_times check (starts_time ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$' and ends_time ~ '^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$'),
  constraint booking_series_texts_length check (length(rule) between 1 and 300 and length(title) between 1 and 200)
);
create index booking_series_organization_idx on booking_series (organization_id, created_at desc, id);
create index booking_series_borrower_idx on booking_series (borrower_id, created_at desc, id);

-- A room taken, or asked for, by an organization for a time (施設予約).
--   waiting   キャンセル待ち  stands behind a hold and occupies nothing      held      仮押さえ  until expires_at
--   requested 申請中          approvals of approval_steps are given          approved  承認済み  to be confirmed until expires_at
--   confirmed 本予約          done 利用済み          declined, cancelled, lapsed: over
create table booking (
  organization_id  uuid not null,
  borrower_id      uuid not null,
  facility_id      uuid not null,
  room_id          uuid not null,
  id               uuid not null default gen_random_uuid(),
  series_id        uuid,
  status           text not null,
  starts_at        timestamptz not null,
  ends_at          timestamptz not null,
  -- This booking's own, beside the room's. Texts are bounded by their types: a check is read anew for every row that is written, and this is a busy table.
  setup_minutes    smallint not null default 0,
  clearing_minutes smallint not null default 0,
  title            varchar(200) not null,
  people           integer,
  noise            text not null default 'normal',
  -- What one who waits asked for and gets when its turn comes, and how long a hold lasts then.
  wants            text not null default 'requested',
  hold_minutes     integer,
  waits_since      timestamptz,
  expires_at       timestamptz,
  approvals        smallint not null default 0,
  approval_steps   smallint not null default 1,
  approved_by      uuid, -- of the first step, so that a second person gives the second
  reason           varchar(1000) not null default '', -- of the last decision, cancellation or change
  conditions       varchar(2000) not null default '', -- of the approval; printed on the permit
  fee_class        varchar(60) not null default '',
  fee_yen          integer,
  exemption        text not null default 'none',
  exemption_class  varchar(60) not null default '',
  exemption_asked  varchar(1000) not null default '', -- why
  exemption_answer varchar(1000) not null default '', -- the deciding member's reason
  exemption_percent smallint not null default 0,
  exemption_by     uuid,
  cancel_until     timestamptz,
  permit_number    varchar(40),
  version          integer not null default 1,
  created_at       timestamptz not null default app_now(),
  modified_at      timestamptz not null default app_now(),
  constraint booking_pkey primary key (id),
  constraint booking_parties_key unique (organization_id, borrower_id, id),
  constraint booking_room_fkey foreign key (organization_id, facility_id, room_id) references room (organization_id, facility_id, id),
  constraint booking_borrower_fkey foreign key (borrower_id) references organization (id),
  constraint booking_series_fkey foreign key (organization_id, borrower_id, series_id) references booking_series (organization_id, borrower_id, id),
  constraint booking_status_known check (status in ('waiting', 'held', 'requested', 'approved', 'confirmed', 'done', 'declined', 'cancelled', 'lapsed')),
  constraint booking_span_form check (ends_at > starts_at and ends_at <= starts_at + interval '14 days' and starts_at >= '2000-01-01Z' and ends_at < '2100-01-01Z'),
  constraint booking_buffers_range check (setup_minutes between 0 and 720 and clearing_minutes between 0 and 720),
  constraint booking_people_range check (people between 1 and 100000),
  constraint booking_noise_known check (noise in ('loud', 'normal', 'quiet')),
  constraint booking_wants_known check (wants in ('held', 'requested') and (wants = 'held') <= (hold_minutes is not null) and hold_minutes between 1 and 90 * 1440),
  constraint booking_waits check ((status = 'waiting') <= (waits_since is not null)),
  constraint booking_expiry check ((status = 'held') <= (expires_at is not null)),
  constraint booking_approvals_range check (approval_steps between 0 and 2 and approvals between 0 and approval_steps
    and (status in ('approved', 'confirmed', 'done')) <= (approvals = approval_steps)),
  constraint booking_permit check ((permit_number is not null) <= (status in ('confirmed', 'done', 'cancelled'))),
  constraint booking_exemption_known check (exemption in ('none', 'asked', 'granted', 'refused') and exemption_percent between 0 and 100
    and (exemption = 'none') = (exemption_class = '') and (exemption in ('granted', 'refused')) = (exemption_by is not null)),
  constraint booking_exemption_reasoned check (exemption not in ('granted', 'refused') or exemption_answer <> ''),
  constraint booking_fee_range check (fee_yen between 0 and 100000000),
  constraint booking_title_filled check (title <> '')
);
create index booking_organization_idx on booking (organization_id, starts_at, id);
create index booking_borrower_idx on booking (borrower_id, starts_at, id);
create index booking_series_idx on booking (series_id, starts_at) where series_id is not null;
create index booking_waiting_idx on booking (facility_id, waits_since, id) where status = 'waiting';
create index booking_due_idx on booking (expires_at) where status in ('held', 'approved');
create index booking_open_idx on booking (starts_at) where status in ('waiting', 'held', 'requested', 'approved');
create index booking_running_idx on booking (ends_at) where status = 'confirmed';

-- What is taken: one row a space of the booked room, over the time of use widened by the room's and the booking's set-up and clearing. taker is the booking
-- where it takes the space whole, and the nil uuid where it uses it in common (a foyer): those who share don't exclude each other, and whoever takes it
-- whole excludes all. The span stands first in the index, because the search for free rooms asks for a time over every room (docs/queries.md).
create table occupancy (
  booking_id uuid not null,
  space_id   uuid not null,
  span       tstzrange not null,
  taker      uuid not null,
  constraint occupancy_pkey primary key (booking_id, space_id),
  constraint occupancy_booking_fkey foreign key (booking_id) references booking (id) on delete cascade,
  constraint occupancy_space_fkey foreign key (space_id) references space (id),
  constraint occupancy_span_form check (not isempty(span) and lower_inc(span) and not upper_inc(span) and lower(span) >= '1999-12-31Z' and upper(span) < '2100-01-02Z'
    and upper(span) <= lower(span) + interval '16 days'),
  constraint occupancy_taker_form check (taker in (booking_id, '00000000-0000-0000-0000-000000000000')),
  constraint occupancy_no_overlap exclude using gist (span with &&, space_id with =, taker with <>)
);

-- Every change of a booking, for both towns: its history, and what the other side hears of (お知らせ).
create table booking_change (
  organization_id uuid not null,
  borrower_id     uuid not null,
  booking_id      uuid not null,
  id              uuid not null default gen_random_uuid(),
  at              timestamptz not null default app_now(),
  kind            text not null,
  by_id           uuid, -- the organization that did it; null: time did
  status          text not null,
  constraint booking_change_pkey primary key (booking_id, id),
  constraint booking_change_booking_fkey foreign key (organization_id, borrower_id, booking_id) references booking (organization_id, borrower_id, id) on delete cascade,
  constraint booking_change_kind_form check (kind ~ '^[a-z_]{1,40}$')
);
create index booking_change_organization_idx on booking_change (organization_id, at, id);
create index booking_change_borrower_idx on booking_change (borrower_id, at, id) where borrower_id <> organization_id;

-- What the two towns write to each other about a booking (連絡欄).
create table booking_note (
  organization_id uuid not null,
  borrower_id     uuid not null,
  booking_id      uuid not null,
  id              uuid not null default gen_random_uuid(),
  at              timestamptz not null default app_now(),
  by_id           uuid not null,
  body            text not null,
  constraint booking_note_pkey primary key (id),
  constraint booking_note_booking_fkey foreign key (organization_id, borrower_id, booking_id) references booking (organization_id, borrower_id, id) on delete cascade,
  constraint booking_note_by_party check (by_id in (organization_id, borrower_id)),
  constraint booking_note_body_length check (length(body) between 1 and 2000)
);
create index booking_note_booking_idx on booking_note (booking_id, at, id);

-- A room's free/busy as a calendar, for whoever has the token; of it only a MAC is kept.
create table room_calendar (
  organization_id uuid not null,
  room_id         uuid not null,
  id              uuid not null default gen_random_uuid(),
  name            text not null,
  mac             bytea not null,
  created_at      timestamptz not null default app_now(),
  revoked_at      timestamptz,
  constraint room_calendar_pkey primary key (id),
  constraint room_calendar_mac_key unique (mac),
  constraint room_calendar_mac_length check (octet_length(mac) = 32),
  constraint room_calendar_name_length check (length(name) between 1 and 100),
  constraint room_calendar_room_fkey foreign key (organization_id, room_id) references room (organization_id, id) on delete cascade
);
create index room_calendar_room_idx on room_calendar (room_id, created_at desc);

-- The widest set-up and clearing of all rooms, found at once: the search widens its window by them.
create index room_setup_idx on room (setup_minutes) where setup_minutes > 0;
create index room_clearing_idx on room (clearing_minutes) where clearing_minutes > 0;

-- Row-level security: both towns see a booking and nobody else; the public asks through functions that tell spans alone. -------------------------------
-- +goose StatementBegin
do $$
declare t text;
begin
  foreach t in array array['booking_series', 'booking', 'occupancy', 'booking_change', 'booking_note', 'room_calendar'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy %I on %I to tnm_ledger using (true) with check (true)', t || '_ledger', t);
  end loop;
  foreach t in array array['booking_series', 'booking', 'booking_change', 'booking_note'] loop
    execute format('create policy %I on %I for select to tnm_staff using (organization_id = app_organization() or borrower_id = app_organization())', t || '_parties', t);
    execute format('create policy %I on %I for select to tnm_worker using (true)', t || '_seen_by_jobs', t);
    execute format('grant select on %I to tnm_staff, tnm_worker', t);
    execute format('grant select, insert on %I to tnm_ledger', t);
  end loop;
end
$$;
-- +goose StatementEnd
create policy booking_changed_by_parties on booking for update to tnm_staff
  using (organization_id = app_organization() or borrower_id = app_organization()) with check (organization_id = app_organization() or borrower_id = app_organization());
create policy booking_changed_by_jobs on booking for update to tnm_worker using (true) with check (true);
create policy booking_series_of_borrower on booking_series for insert to tnm_staff with check (borrower_id = app_organization());
create policy booking_change_by_parties on booking_change for insert to tnm_staff
  with check (by_id = app_organization() and (organization_id = app_organization() or borrower_id = app_organization()));
create policy booking_change_by_jobs on booking_change for insert to tnm_worker with check (by_id is null);
create policy booking_note_by_parties on booking_note for insert to tnm_staff
  with check (by_id = app_organization() and (organization_id = app_organization() or borrower_id = app_organization()));
create policy occupancy_seen_by_jobs on occupancy for select to tnm_worker using (true);
create policy room_calendar_own on room_calendar to tnm_staff using (organization_id = app_organization()) with check (organization_id = app_organization());
create policy space_locked on space for update to tnm_ledger using (true) with check (false);
create policy audit_entry_booked on audit_entry for insert to tnm_ledger with check (subject_kind = 'booking' and organization_id = app_organization());

grant update (facility_id, room_id, status, starts_at, ends_at, setup_minutes, clearing_minutes, title, people, noise, wants, hold_minutes, waits_since, expires_at, approvals,
  approval_steps, approved_by, reason, conditions, fee_class, fee_yen, exemption, exemption_class, exemption_asked, exemption_answer, exemption_percent, exemption_by,
  cancel_until, permit_number, version) on booking to tnm_staff;
grant update (status, reason, version) on booking to tnm_worker;
grant insert on booking_series, booking_change, booking_note to tnm_staff;
grant insert on booking_change to tnm_worker;
grant select on occupancy to tnm_worker;
grant select (organization_id, room_id, id, name, created_at, revoked_at), insert (organization_id, room_id, id, name, mac), update (revoked_at) on room_calendar to tnm_staff;
grant select on room_calendar to tnm_ledger;
grant update, delete on booking to tnm_ledger;
grant select, insert, delete on occupancy to tnm_ledger;
grant update (position) on space to tnm_ledger; -- what a row lock asks for
grant insert on audit_entry to tnm_ledger;

-- +goose StatementBegin
create function booking_modified() returns trigger
  language plpgsql set search_path = public, pg_temp
as $$
begin
  new.modified_at := greatest(app_now(), old.modified_at);
  new.version := old.version + 1;
  return new;
end
$$;

-- Which states take the room.
create function booking_occupies(status text) returns boolean
  language sql immutable parallel safe
  return status in ('held', 'requested', 'approved', 'confirmed', 'done');

-- Which states are not over: they take the room or wait for it.
create function booking_occupies_or_waits(status text) returns boolean
  language sql immutable parallel safe
  return status in ('waiting', 'held', 'requested', 'approved', 'confirmed');

-- The time of use with all set-up and clearing around it.
create function booking_span(starts_at timestamptz, ends_at timestamptz, setup integer, clearing integer) returns tstzrange
  language sql immutable parallel safe
  return tstzrange(starts_at - setup * interval '1 minute', ends_at + clearing * interval '1 minute', '[)');

-- Whether something other than the named bookings stands in a room's way.
create function room_taken(room uuid, span tstzrange, besides uuid[]) returns boolean
  language plpgsql stable set search_path = public, pg_temp -- and not sql, which would be planned at every call
as $$
begin
  return exists (
    select from room_space s join occupancy o on o.space_id = s.space_id
    where s.room_id = $1 and o.span && $2 and (s.exclusive or o.taker <> '00000000-0000-0000-0000-000000000000') and o.booking_id <> all ($3));
end
$$;

-- Locks the spaces of whole facilities in order and then bookings in order: the one order of all writers. False when a booking stands in another facility by now.
create function booking_lock(facilities uuid[], bookings uuid[]) returns boolean
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare astray integer;
begin
  perform from space s where s.facility_id = any ($1) order by s.id for no key update;
  perform from booking b where b.id = any ($2) order by b.id for no key update;
  select count(*) into astray from booking b where b.id = any ($2) and b.facility_id <> all ($1);
  return astray = 0;
end
$$;

-- Writes what bookings occupy anew, from their rows, and lets those who wait move up. The caller holds booking_lock for these facilities. outcome: seated; taken or
-- noise, with the booking that can't be: the caller then rolls back. promoted: the bookings that moved up.
create function booking_settle(bookings uuid[], facilities uuid[], out outcome text, out stuck uuid, out promoted uuid[])
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare
  b record;
begin
  delete from occupancy o where o.booking_id = any ($1);
  promoted := '{}';
  for b in
    select k.id, k.room_id, k.starts_at, k.ends_at, k.noise, booking_span(k.starts_at, k.ends_at, k.setup_minutes + r.setup_minutes, k.clearing_minutes + r.clearing_minutes) as span
    from booking k join room r on r.id = k.room_id where k.id = any ($1) and booking_occupies(k.status) order by k.id
  loop
    outcome := case
      when not booking_occupy(b.id, b.room_id, b.span) then 'taken'
      when booking_too_loud(b.room_id, b.starts_at, b.ends_at, b.noise, b.id) then 'noise'
    end;
    if outcome is not null then
      stuck := b.id;
      return;
    end if;
  end loop;
  for b in
    select k.*, booking_span(k.starts_at, k.ends_at, k.setup_minutes + r.setup_minutes, k.clearing_minutes + r.clearing_minutes) as span
    from booking k join room r on r.id = k.room_id
    where k.status = 'waiting' and k.starts_at > app_now() and k.facility_id = any ($2) and r.status = 'open'
    order by k.waits_since, k.id
    for no key update of k
  loop
    continue when booking_too_loud(b.room_id, b.starts_at, b.ends_at, b.noise, b.id) or not booking_occupy(b.id, b.room_id, b.span);
    update booking k set status = case when k.wants = 'requested' and k.approval_steps = 0 then 'approved' else k.wants end,
      expires_at = case when k.wants = 'held' then least(app_now() + k.hold_minutes * interval '1 minute', k.starts_at) end
    where k.id = b.id returning k.status into b.status;
    insert into booking_change (organization_id, borrower_id, booking_id, kind, status) values (b.organization_id, b.borrower_id, b.id, 'moved_up', b.status);
    promoted := promoted || b.id;
  end loop;
  outcome := 'seated';
end
$$;

-- Writes the rows of one booking, or none when something stands in the way. The look before serves those who hold the lock; the constraint stands behind it.
create function booking_occupy(booking uuid, room uuid, span tstzrange) returns boolean
  language plpgsql set search_path = public, pg_temp
as $$
declare
  wanted integer;
  written integer;
begin
  if room_taken($2, $3, array[$1]) then
    return false;
  end if;
  insert into occupancy (booking_id, space_id, span, taker)
  select $1, s.space_id, $3, case when s.exclusive then $1 else '00000000-0000-0000-0000-000000000000' end from room_space s where s.room_id = $2
  on conflict do nothing;
  get diagnostics written = row_count;
  select count(*) into wanted from room_space s where s.room_id = $2;
  if written < wanted then
    delete from occupancy o where o.booking_id = $1;
  end if;
  return written = wanted;
end
$$;

-- Takes a room for the transaction's organization, in one call: a look without a lock (so that whoever comes too late costs nothing), the spaces locked in
-- order, a second look, and the rows. asked: the columns of booking. The facts by which the caller judged are named by when they were last changed.
-- outcome: placed, waiting, taken, stale (judge anew), closed (for once), noise (a neighbour forbids it), cap (too many that month), unknown.
create function booking_place(asked jsonb, room_seen timestamptz, facility_seen timestamptz, month_cap integer, queue boolean, out outcome text, out stands text)
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare
  b booking;
  r record;
  wide tstzrange;
  written integer;
begin
  b := jsonb_populate_record(null::booking, $1);
  select x.organization_id, x.facility_id, x.setup_minutes, x.clearing_minutes, x.modified_at, f.modified_at as facility_at,
    (select count(*) from room_space s where s.room_id = x.id) as spaces,
    exists (select from room_neighbour n where n.rule = 'forbid' and x.id in (n.room_id, n.neighbour_id)) as forbids,
    exists (select from closure c where c.facility_id = f.id and (c.room_id is null or c.room_id = x.id) and c.span && tstzrange(b.starts_at, b.ends_at)) as closed into r
  from room x join facility f on f.id = x.facility_id where x.id = b.room_id;
  if r.facility_id is null or app_organization() is null then
    outcome := 'unknown';
    return;
  elsif r.modified_at <> $2 or r.facility_at <> $3 then
    outcome := 'stale';
    return;
  elsif r.closed then
    outcome := 'closed';
    return;
  end if;
  b.organization_id := r.organization_id;
  b.facility_id := r.facility_id;
  b.borrower_id := app_organization();
  b.created_at := app_now();
  b.modified_at := b.created_at;
  b.waits_since := null;
  wide := tstzrange(b.starts_at - (b.setup_minutes + r.setup_minutes) * interval '1 minute', b.ends_at + (b.clearing_minutes + r.clearing_minutes) * interval '1 minute');
  if not $5 and room_taken(b.room_id, wide, '{}') then
    outcome := 'taken';
    return;
  end if;
  -- A statement of its own: what follows sees what was committed until the lock was given. Neighbours that forbid noise are locked as well.
  if r.forbids then
    perform from space s where s.id in (
      select x.space_id from room_space x where x.room_id = b.room_id
      union select x.space_id from room_space x join room_neighbour n on n.rule = 'forbid' and b.room_id in (n.room_id, n.neighbour_id) and x.room_id in (n.room_id, n.neighbour_id)
    ) order by s.id for no key update;
    if booking_too_loud(b.room_id, b.starts_at, b.ends_at, b.noise, b.id) then
      outcome := 'noise';
      return;
    end if;
  else
    perform from space s join room_space x on x.space_id = s.id where x.room_id = b.room_id order by s.id for no key update of s;
  end if;
  if $4 is not null and $4 <= (
    select count(*) from booking k where k.borrower_id = b.borrower_id and k.room_id = b.room_id and k.status not in ('declined', 'cancelled', 'lapsed')
      and k.starts_at >= date_trunc('month', b.starts_at at time zone 'Asia/Tokyo') at time zone 'Asia/Tokyo'
      and k.starts_at < (date_trunc('month', b.starts_at at time zone 'Asia/Tokyo') + interval '1 month') at time zone 'Asia/Tokyo') then
    outcome := 'cap';
    return;
  end if;
  if $5 and room_taken(b.room_id, wide, '{}') then
    if not booking_behind_holds(b.room_id, wide) then
      outcome := 'taken';
      return;
    end if;
    b.status := 'waiting';
    b.waits_since := clock_timestamp();
    b.expires_at := null;
    b.permit_number := null;
    insert into booking select b.*;
  else
    insert into booking select b.*;
    -- The second look is the constraint's own; what was not written was taken since the first.
    insert into occupancy (booking_id, space_id, span, taker)
    select b.id, s.space_id, wide, case when s.exclusive then b.id else '00000000-0000-0000-0000-000000000000' end from room_space s where s.room_id = b.room_id
    on conflict do nothing;
    get diagnostics written = row_count;
    if written < r.spaces then
      delete from booking k where k.id = b.id;
      outcome := 'taken';
      return;
    end if;
  end if;
  insert into booking_change (organization_id, borrower_id, booking_id, kind, by_id, status) values (b.organization_id, b.borrower_id, b.id, 'placed', b.borrower_id, b.status);
  insert into audit_entry (organization_id, actor_kind, actor_id, action, subject_kind, subject_id, detail)
  values (b.borrower_id, 'staff', app_actor(), 'booking.place', 'booking', b.id, jsonb_build_object('room_id', b.room_id, 'status', b.status));
  outcome := case when b.status = 'waiting' then 'waiting' else 'placed' end;
  stands := b.status;
end
$$;

-- Whether all that stands in a room's way are holds, so that one may wait.
create function booking_behind_holds(room uuid, span tstzrange) returns boolean
  language sql stable set search_path = public, pg_temp
as $$
  select coalesce(bool_and(k.status = 'held'), false)
  from room_space s join occupancy o on o.space_id = s.space_id join booking k on k.id = o.booking_id
  where s.room_id = $1 and o.span && $2 and (s.exclusive or o.taker <> '00000000-0000-0000-0000-000000000000')
$$;

-- Whether a neighbouring room whose pairing forbids it is loud while this one is quiet, or the other way round.
create function booking_too_loud(room uuid, starts_at timestamptz, ends_at timestamptz, noise text, besides uuid) returns boolean
  language sql stable set search_path = public, pg_temp
as $$
  select $4 <> 'normal' and exists (
    select from room_neighbour n
    join room_space s on s.room_id = case when n.room_id = $1 then n.neighbour_id else n.room_id end
    join occupancy o on o.space_id = s.space_id and o.span && tstzrange($2, $3)
    join booking k on k.id = o.booking_id and k.starts_at < $3 and k.ends_at > $2 and k.id <> $5
    where n.rule = 'forbid' and $1 in (n.room_id, n.neighbour_id) and k.noise = case $4 when 'loud' then 'quiet' else 'loud' end)
$$;

-- The neighbouring rooms with which a booking disturbs or is disturbed, for its parties only.
create function booking_clashes(booking uuid) returns setof uuid
  language sql stable security definer rows 1 set search_path = public, pg_temp
as $$
  select distinct k.room_id
  from booking b
  join room_neighbour n on b.room_id in (n.room_id, n.neighbour_id)
  join room_space s on s.room_id = case when n.room_id = b.room_id then n.neighbour_id else n.room_id end
  join occupancy o on o.space_id = s.space_id and o.span && tstzrange(b.starts_at, b.ends_at)
  join booking k on k.id = o.booking_id and k.id <> b.id and k.starts_at < b.ends_at and k.ends_at > b.starts_at
  where b.id = $1 and b.noise <> 'normal' and k.noise = case b.noise when 'loud' then 'quiet' else 'loud' end
    and booking_occupies_or_waits(b.status) and app_organization() in (b.organization_id, b.borrower_id)
$$;

-- The rooms of bookings by name, for their parties only: a room that is no longer open to a town still has the town's bookings.
create function booking_rooms(bookings uuid[]) returns table (booking_id uuid, room_id uuid, facility_id uuid, room text, facility text, address text, access text)
  language sql stable security definer set search_path = public, pg_temp
as $$
  select b.id, r.id, f.id, r.name, f.name, f.address, f.access
  from booking b join room r on r.id = b.room_id join facility f on f.id = r.facility_id
  where b.id = any ($1) and app_organization() in (b.organization_id, b.borrower_id)
$$;

-- How many stand before a waiting booking, and behind any, in each other's way. For the parties only; null for others.
create function booking_queue(booking uuid, out ahead integer, out behind integer)
  language sql stable security definer set search_path = public, pg_temp
as $$
  select case when b.status = 'waiting' then count(*) filter (where (w.waits_since, w.id) < (b.waits_since, b.id)) else 0 end::int,
    count(w.id) filter (where b.status <> 'waiting' or (w.waits_since, w.id) > (b.waits_since, b.id))::int
  from booking b
  left join booking w on w.facility_id = b.facility_id and w.status = 'waiting' and w.id <> b.id and w.starts_at < b.ends_at and w.ends_at > b.starts_at
    and exists (select from room_space s join room_space x on x.space_id = s.space_id and (s.exclusive or x.exclusive) where s.room_id = b.room_id and x.room_id = w.room_id)
  where b.id = $1 and booking_occupies_or_waits(b.status) and app_organization() in (b.organization_id, b.borrower_id)
  group by b.id
$$;

-- When a room is taken within a window: spans that touch are one, so that nobody can count bookings. For everyone who may see the room.
create function room_busy(room uuid, span tstzrange) returns setof tstzrange
  language plpgsql stable security definer rows 20 set search_path = public, pg_temp
as $$
begin
  return query
  select m from (
    select unnest(range_agg(o.span * $2)) as m
    from room_space s join occupancy o on o.space_id = s.space_id
    where s.room_id = $1 and o.span && $2 and (s.exclusive or o.taker <> '00000000-0000-0000-0000-000000000000')
  ) x order by m;
end
$$;

-- The rooms that are taken for some part of a span, each with its own set-up and clearing around it. The window is widened by the widest of them first, for the
-- index; where no room has any, nothing more is looked at.
create function rooms_taken(starts_at timestamptz, ends_at timestamptz) returns setof uuid
  language plpgsql stable security definer rows 500 set search_path = public, pg_temp
as $$
declare
  asked tstzrange := tstzrange($1, $2);
  wide tstzrange := booking_span($1, $2, coalesce((select max(x.setup_minutes) from room x where x.setup_minutes > 0), 0),
    coalesce((select max(x.clearing_minutes) from room x where x.clearing_minutes > 0), 0));
begin
  if wide = asked then
    return query
    select s.room_id from occupancy o join room_space s on s.space_id = o.space_id
    where o.span && asked and (s.exclusive or o.taker <> '00000000-0000-0000-0000-000000000000');
  else
    return query
    select s.room_id from occupancy o join room_space s on s.space_id = o.space_id join room r on r.id = s.room_id
    where o.span && wide and (o.span && asked or o.span && booking_span($1, $2, r.setup_minutes, r.clearing_minutes))
      and (s.exclusive or o.taker <> '00000000-0000-0000-0000-000000000000');
  end if;
end
$$;

-- The room whose calendar a token opens, by any of the MACs under which it may be stored.
create function room_of_calendar(macs bytea[]) returns table (room_id uuid, calendar_id uuid, name text, facility text)
  language sql stable security definer set search_path = public, pg_temp
as $$
  select c.room_id, c.id, r.name, f.name
  from room_calendar c join room r on r.id = c.room_id join facility f on f.id = r.facility_id where c.mac = any ($1) and c.revoked_at is null
$$;

-- At the end of a transaction that changed a booking it occupies floor over all its time of use, or none at all, as its state says. What set-up and spaces the room had
-- when the booking was placed or moved stays the booking's, though the room changes.
create function booking_whole() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare
  b booking;
  there integer;
  fitting integer;
begin
  select k.* into b from booking k where k.id = new.id;
  if found then
    select count(*), count(*) filter (where o.span @> tstzrange(b.starts_at, b.ends_at)) into there, fitting from occupancy o where o.booking_id = new.id;
    if there <> fitting or booking_occupies(b.status) <> (there > 0) then
      raise exception using errcode = 'check_violation', constraint = 'booking_occupies_its_room', table = 'booking', message = 'a booking occupies what its row does not say';
    end if;
  end if;
  return null;
end
$$;
-- +goose StatementEnd
create trigger booking_modified before update on booking for each row execute function booking_modified();
create constraint trigger booking_whole after update of status, room_id, starts_at, ends_at, setup_minutes, clearing_minutes on booking
  deferrable initially deferred for each row execute function booking_whole();

grant create on schema public to tnm_ledger;
alter function room_taken(uuid, tstzrange, uuid[]) owner to tnm_ledger;
alter function booking_lock(uuid[], uuid[]) owner to tnm_ledger;
alter function booking_occupy(uuid, uuid, tstzrange) owner to tnm_ledger;
alter function booking_rooms(uuid[]) owner to tnm_ledger;
alter function booking_clashes(uuid) owner to tnm_ledger;
alter function booking_settle(uuid[], uuid[]) owner to tnm_ledger;
alter function booking_too_loud(uuid, timestamptz, timestamptz, text, uuid) owner to tnm_ledger;
alter function booking_place(jsonb, timestamptz, timestamptz, integer, boolean) owner to tnm_ledger;
alter function booking_behind_holds(uuid, tstzrange) owner to tnm_ledger;
alter function booking_queue(uuid) owner to tnm_ledger;
alter function room_busy(uuid, tstzrange) owner to tnm_ledger;
alter function rooms_taken(timestamptz, timestamptz) owner to tnm_ledger;
alter function room_of_calendar(bytea[]) owner to tnm_ledger;
alter function booking_whole() owner to tnm_ledger;
revoke create on schema public from tnm_ledger;
grant execute on function booking_occupies(text), booking_occupies_or_waits(text), booking_span(timestamptz, timestamptz, integer, integer) to tnm_ledger, tnm_staff, tnm_worker;
grant execute on function booking_lock(uuid[], uuid[]), booking_settle(uuid[], uuid[]) to tnm_staff, tnm_worker;
grant execute on function booking_place(jsonb, timestamptz, timestamptz, integer, boolean), booking_queue(uuid), booking_clashes(uuid), booking_rooms(uuid[]) to tnm_staff;
grant execute on function room_busy(uuid, tstzrange), rooms_taken(timestamptz, timestamptz) to tnm_public, tnm_staff;
grant execute on function room_of_calendar(bytea[]) to tnm_public;

-- +goose Down
drop index room_setup_idx;
drop index room_clearing_idx;
drop trigger booking_whole on booking;
drop function booking_whole();
drop function room_of_calendar(bytea[]);
drop function rooms_taken(timestamptz, timestamptz);
drop function room_busy(uuid, tstzrange);
drop function booking_queue(uuid);
drop function booking_place(jsonb, timestamptz, timestamptz, integer, boolean);
drop function booking_behind_holds(uuid, tstzrange);
drop function booking_too_loud(uuid, timestamptz, timestamptz, text, uuid);
drop function booking_rooms(uuid[]);
drop function booking_clashes(uuid);
drop function booking_settle(uuid[], uuid[]);
drop function booking_occupy(uuid, uuid, tstzrange);
drop function booking_lock(uuid[], uuid[]);
drop function room_taken(uuid, tstzrange, uuid[]);
drop table room_calendar;
drop table booking_note;
drop table booking_change;
drop table occupancy;
drop table booking;
drop table booking_series;
drop function booking_span(timestamptz, timestamptz, integer, integer);
drop function booking_occupies(text);
drop function booking_occupies_or_waits(text);
drop function booking_modified();
drop policy audit_entry_booked on audit_entry;
revoke insert on audit_entry from tnm_ledger;
drop policy space_locked on space;
revoke update (position) on space from tnm_ledger;
