-- needs: app_now, app_organization

-- A rule that yields bookings of one room (毎月第4土曜日の午後). Of its bookings each has a life of
-- its own.
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
  constraint booking_series_room_fkey foreign key (organization_id, facility_id, room_id)
    references room (organization_id, facility_id, id),
  constraint booking_series_borrower_fkey foreign key (borrower_id) references organization (id),
  constraint booking_series_days
    check (last_day >= first_day and last_day <= first_day + 400 and first_day between '2000-01-01' and '2099-12-31'),
  constraint booking_series_times
    check (starts_time ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$' and ends_time ~ '^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$'),
  constraint booking_series_texts_length check (length(rule) between 1 and 300 and length(title) between 1 and 200)
);
create index booking_series_organization_idx on booking_series (organization_id, created_at desc, id);
create index booking_series_borrower_idx on booking_series (borrower_id, created_at desc, id);

alter table booking_series enable row level security;
alter table booking_series force row level security;
create policy booking_series_ledger on booking_series to tnm_ledger using (true) with check (true);
create policy booking_series_parties on booking_series for select to tnm_staff
  using (organization_id = app_organization() or borrower_id = app_organization());
create policy booking_series_seen_by_jobs on booking_series for select to tnm_worker using (true);
create policy booking_series_of_borrower on booking_series for insert to tnm_staff
  with check (borrower_id = app_organization());
grant select, insert on booking_series to tnm_staff, tnm_ledger;
grant select on booking_series to tnm_worker;

-- A room taken, or asked for, by an organization for a time (施設予約).
-- waiting    キャンセル待ち  stands behind a hold and occupies nothing
-- held       仮押さえ        until expires_at
-- requested  申請中          approvals of approval_steps are given
-- approved   承認済み        to be confirmed until expires_at
-- confirmed  本予約
-- done       利用済み
-- declined, cancelled, lapsed: over
create table booking (
  organization_id   uuid not null,
  borrower_id       uuid not null,
  facility_id       uuid not null,
  room_id           uuid not null,
  id                uuid not null default gen_random_uuid(),
  series_id         uuid,
  status            text not null,
  starts_at         timestamptz not null,
  ends_at           timestamptz not null,
  -- This booking's own, beside the room's. Texts are bounded by their types: a check is read anew
  -- for every row that is written, and this is a busy table.
  setup_minutes     smallint not null default 0,
  clearing_minutes  smallint not null default 0,
  title             varchar(200) not null,
  people            integer,
  noise             text not null default 'normal',
  -- What one who waits asked for and gets when its turn comes, and how long a hold lasts then.
  wants             text not null default 'requested',
  hold_minutes      integer,
  waits_since       timestamptz,
  expires_at        timestamptz,
  approvals         smallint not null default 0,
  approval_steps    smallint not null default 1,
  approved_by       uuid, -- of the first step, so that a second person gives the second
  -- of the last decision, cancellation or change
  reason            varchar(1000) not null default '',
  conditions        varchar(2000) not null default '', -- of the approval; printed on the permit
  fee_class         varchar(60) not null default '',
  fee_yen           integer,
  exemption         text not null default 'none',
  exemption_class   varchar(60) not null default '',
  exemption_asked   varchar(1000) not null default '', -- why
  exemption_answer  varchar(1000) not null default '', -- the deciding member's reason
  exemption_percent smallint not null default 0,
  exemption_by      uuid,
  cancel_until      timestamptz,
  permit_number     varchar(40),
  version           integer not null default 1,
  created_at        timestamptz not null default app_now(),
  modified_at       timestamptz not null default app_now(),
  approved_persons  uuid[], -- null: nobody yet
  constraint booking_pkey primary key (id),
  constraint booking_parties_key unique (organization_id, borrower_id, id),
  constraint booking_room_fkey foreign key (organization_id, facility_id, room_id)
    references room (organization_id, facility_id, id),
  constraint booking_borrower_fkey foreign key (borrower_id) references organization (id),
  constraint booking_series_fkey foreign key (organization_id, borrower_id, series_id)
    references booking_series (organization_id, borrower_id, id),
  constraint booking_status_known
    check (status in ('waiting', 'held', 'requested', 'approved', 'confirmed', 'done', 'declined', 'cancelled',
      'lapsed')),
  constraint booking_span_form
    check (ends_at > starts_at and ends_at <= starts_at + interval '14 days' and starts_at >= '2000-01-01Z'
      and ends_at < '2100-01-01Z'),
  constraint booking_buffers_range check (setup_minutes between 0 and 720 and clearing_minutes between 0 and 720),
  constraint booking_people_range check (people between 1 and 100000),
  constraint booking_noise_known check (noise in ('loud', 'normal', 'quiet')),
  constraint booking_wants_known
    check (wants in ('held', 'requested') and (wants = 'held') <= (hold_minutes is not null)
      and hold_minutes between 1 and 90 * 1440),
  constraint booking_waits check ((status = 'waiting') <= (waits_since is not null)),
  constraint booking_expiry check ((status = 'held') <= (expires_at is not null)),
  constraint booking_approvals_range check (approval_steps between 0 and 2 and approvals between 0 and approval_steps
    and (status in ('approved', 'confirmed', 'done')) <= (approvals = approval_steps)),
  constraint booking_permit check ((permit_number is not null) <= (status in ('confirmed', 'done', 'cancelled'))),
  constraint booking_exemption_known
    check (exemption in ('none', 'asked', 'granted', 'refused') and exemption_percent between 0 and 100
    and (exemption = 'none') = (exemption_class = '')
    and (exemption in ('granted', 'refused')) = (exemption_by is not null)),
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

alter table booking enable row level security;
alter table booking force row level security;
create policy booking_ledger on booking to tnm_ledger using (true) with check (true);
create policy booking_parties on booking for select to tnm_staff
  using (organization_id = app_organization() or borrower_id = app_organization());
create policy booking_seen_by_jobs on booking for select to tnm_worker using (true);
create policy booking_changed_by_parties on booking for update to tnm_staff
  using (organization_id = app_organization() or borrower_id = app_organization())
    with check (organization_id = app_organization() or borrower_id = app_organization());
create policy booking_changed_by_jobs on booking for update to tnm_worker using (true) with check (true);
grant select on booking to tnm_staff, tnm_worker;
grant select, insert, update, delete on booking to tnm_ledger;
grant update (facility_id, room_id, status, starts_at, ends_at, setup_minutes, clearing_minutes, title, people, noise,
  wants, hold_minutes, waits_since, expires_at, approvals, approval_steps, approved_by, reason, conditions, fee_class,
  fee_yen, exemption, exemption_class, exemption_asked, exemption_answer, exemption_percent, exemption_by,
  cancel_until, permit_number, version) on booking to tnm_staff;
grant update (status, reason, version) on booking to tnm_worker;

-- What is taken: one row a space of the booked room, over the time of use widened by the room's and
-- the booking's set-up and clearing. taker is the booking where it takes the space whole, and the
-- nil uuid where it uses it in common (a foyer): those who share don't exclude each other, and
-- whoever takes it whole excludes all. The span stands first in the index, because the search for
-- free rooms asks for a time over every room (docs/queries.md).
create table occupancy (
  booking_id uuid not null,
  space_id   uuid not null,
  span       tstzrange not null,
  taker      uuid not null,
  constraint occupancy_pkey primary key (booking_id, space_id),
  constraint occupancy_booking_fkey foreign key (booking_id) references booking (id) on delete cascade,
  constraint occupancy_space_fkey foreign key (space_id) references space (id),
  constraint occupancy_span_form
    check (not isempty(span) and lower_inc(span) and not upper_inc(span) and lower(span) >= '1999-12-31Z'
      and upper(span) < '2100-01-02Z'
    and upper(span) <= lower(span) + interval '16 days'),
  constraint occupancy_taker_form check (taker in (booking_id, '00000000-0000-0000-0000-000000000000')),
  constraint occupancy_no_overlap exclude using gist (span with &&, space_id with =, taker with <>)
);

alter table occupancy enable row level security;
alter table occupancy force row level security;
create policy occupancy_ledger on occupancy to tnm_ledger using (true) with check (true);
create policy occupancy_seen_by_jobs on occupancy for select to tnm_worker using (true);
grant select on occupancy to tnm_worker;
grant select, insert, delete on occupancy to tnm_ledger;

-- Every change of a booking, for both towns: its history, and what the other side hears of
-- (お知らせ).
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
  constraint booking_change_booking_fkey foreign key (organization_id, borrower_id, booking_id)
    references booking (organization_id, borrower_id, id) on delete cascade,
  constraint booking_change_kind_form check (kind ~ '^[a-z_]{1,40}$')
);
create index booking_change_organization_idx on booking_change (organization_id, at, id);
create index booking_change_borrower_idx on booking_change (borrower_id, at, id) where borrower_id <> organization_id;

alter table booking_change enable row level security;
alter table booking_change force row level security;
create policy booking_change_ledger on booking_change to tnm_ledger using (true) with check (true);
create policy booking_change_parties on booking_change for select to tnm_staff
  using (organization_id = app_organization() or borrower_id = app_organization());
create policy booking_change_seen_by_jobs on booking_change for select to tnm_worker using (true);
create policy booking_change_by_parties on booking_change for insert to tnm_staff
  with check (by_id = app_organization()
    and (organization_id = app_organization() or borrower_id = app_organization()));
create policy booking_change_by_jobs on booking_change for insert to tnm_worker with check (by_id is null);
grant select, insert on booking_change to tnm_staff, tnm_worker, tnm_ledger;

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
  constraint booking_note_booking_fkey foreign key (organization_id, borrower_id, booking_id)
    references booking (organization_id, borrower_id, id) on delete cascade,
  constraint booking_note_by_party check (by_id in (organization_id, borrower_id)),
  constraint booking_note_body_length check (length(body) between 1 and 2000)
);
create index booking_note_booking_idx on booking_note (booking_id, at, id);

alter table booking_note enable row level security;
alter table booking_note force row level security;
create policy booking_note_ledger on booking_note to tnm_ledger using (true) with check (true);
create policy booking_note_parties on booking_note for select to tnm_staff
  using (organization_id = app_organization() or borrower_id = app_organization());
create policy booking_note_seen_by_jobs on booking_note for select to tnm_worker using (true);
create policy booking_note_by_parties on booking_note for insert to tnm_staff
  with check (by_id = app_organization()
    and (organization_id = app_organization() or borrower_id = app_organization()));
grant select, insert on booking_note to tnm_staff, tnm_ledger;
grant select on booking_note to tnm_worker;

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
  constraint room_calendar_room_fkey foreign key (organization_id, room_id)
    references room (organization_id, id) on delete cascade
);
create index room_calendar_room_idx on room_calendar (room_id, created_at desc);

alter table room_calendar enable row level security;
alter table room_calendar force row level security;
create policy room_calendar_ledger on room_calendar to tnm_ledger using (true) with check (true);
create policy room_calendar_own on room_calendar to tnm_staff
  using (organization_id = app_organization()) with check (organization_id = app_organization());
grant select on room_calendar to tnm_ledger;
grant select (organization_id, room_id, id, name, created_at, revoked_at), insert (organization_id, room_id, id, name,
  mac), update (revoked_at) on room_calendar to tnm_staff;

-- Which booking gives a date of an event, or one part of it, its room (ADR 0019). What residents
-- see of the room is copied to the date by triggers, so that pages, the API and every feed follow
-- it, and SEQUENCE moves with it.
create table event_room (
  organization_id uuid not null, -- the event's
  event_id        uuid not null,
  occurrence_id   uuid not null,
  part_id         uuid, -- null: the whole date
  booking_id      uuid not null,
  lender_id       uuid not null,
  borrower_id     uuid not null,
  room_id         uuid not null,
  facility_id     uuid not null,
  constraint event_room_pkey primary key (booking_id), -- one booking serves one date or part
  constraint event_room_occurrence_key unique nulls not distinct (occurrence_id, part_id),
  constraint event_room_occurrence_fkey foreign key (organization_id, event_id, occurrence_id)
    references occurrence (organization_id, event_id, id) on delete cascade,
  constraint event_room_part_fkey foreign key (organization_id, event_id, occurrence_id, part_id)
    references part (organization_id, event_id, occurrence_id, id) on delete cascade,
  constraint event_room_booking_fkey foreign key (lender_id, borrower_id, booking_id)
    references booking (organization_id, borrower_id, id),
  constraint event_room_party check (organization_id in (lender_id, borrower_id))
);
create index event_room_event_idx on event_room (event_id);
create index event_room_room_idx on event_room (room_id);
create index event_room_facility_idx on event_room (facility_id);

alter table event_room enable row level security;
alter table event_room force row level security;
create policy event_room_own on event_room to tnm_staff
  using (organization_id = app_organization()) with check (organization_id = app_organization());
create policy event_room_ledger on event_room to tnm_ledger using (true) with check (true);
create policy event_room_seen_by_jobs on event_room for select to tnm_worker using (true);
grant select, insert, delete on event_room to tnm_staff;
grant select on event_room to tnm_worker, tnm_ledger;
grant update (room_id, facility_id) on event_room to tnm_ledger;
