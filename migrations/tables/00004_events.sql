-- needs: app_now, app_organization, event_shared_with, municipality_code_valid

create table event (
  organization_id   uuid not null,
  id                uuid not null default gen_random_uuid(),
  status            text not null default 'draft',
  visibility        text not null default 'public',
  kind              text not null,
  title             text not null,
  summary           text not null default '',
  description       text not null default '',
  audience          text not null default '',
  audience_tags     text[] not null default '{}',
  -- 安心情報: null means not stated.
  nickname_ok       boolean,
  listen_only_ok    boolean,
  leave_midway_ok   boolean,
  women_staff       boolean,
  companion_ok      boolean,
  wheelchair        boolean,
  sign_language     boolean,
  child_care        boolean,
  press             text,
  attending_offices text[] not null default '{}',
  fee_yen           integer,
  fee_note          text not null default '',
  website           text not null default '',
  published_at      timestamptz,
  cancelled_at      timestamptz,
  cancel_reason     text not null default '',
  modified_at       timestamptz not null default app_now(),
  -- What residents may see: cancelled events stay visible, so that people hear of it.
  listed            boolean not null
    generated always as (status in ('published', 'cancelled') and published_at is not null
      and visibility <> 'partners') stored,
  search_text       text not null
    generated always as (lower(normalize(title || ' ' || summary || ' ' || audience || ' ' || description,
      NFKC))) stored,
  -- What organisers may ask whoever takes a seat, for their yearly report. Nothing, unless they
  -- choose.
  questions         text[] not null default '{}',
  constraint event_pkey primary key (id),
  constraint event_organization_key unique (organization_id, id),
  constraint event_organization_fkey foreign key (organization_id) references organization (id),
  constraint event_status_known check (status in ('draft', 'submitted', 'published', 'cancelled')),
  constraint event_visibility_known check (visibility in ('public', 'supporters', 'partners')),
  constraint event_kind_known
    check (kind in ('joshikai', 'family', 'ibasho', 'consultation', 'joint_consultation', 'lecture', 'seminar',
      'training', 'salon', 'online', 'meeting')),
  constraint event_press_known check (press in ('none', 'present', 'announced_later')),
  constraint event_audience_tags_known
    check (audience_tags <@ array['anyone', 'self', 'women', 'family', 'parents', 'young', 'over_40', 'supporter',
      'partner_group']),
  constraint event_title_length check (length(title) between 1 and 200),
  constraint event_texts_length
    check (length(summary) <= 500 and length(description) <= 20000 and length(audience) <= 500
    and length(fee_note) <= 500 and length(website) <= 2000 and length(cancel_reason) <= 1000),
  constraint event_offices_length
    check (cardinality(attending_offices) <= 20 and length(array_to_string(attending_offices, '')) <= 2000),
  constraint event_fee_range check (fee_yen between 0 and 1000000),
  constraint event_published_stamp check (status in ('draft', 'submitted') or published_at is not null),
  constraint event_cancelled_stamp check ((status = 'cancelled') = (cancelled_at is not null)),
  constraint event_questions_known
    check (questions <@ array['age', 'gender', 'standing', 'home'] and cardinality(questions) <= 4)
);
create index event_organization_status_idx on event (organization_id, status, modified_at desc, id);
create index event_organization_modified_idx on event (organization_id, modified_at desc, id desc);
create index event_partners_idx on event (organization_id, modified_at desc, id desc) where visibility = 'partners';
-- For what is rare: a list walks the dates first (internal/event/store_list.go).
create index event_kind_idx on event (kind) where listed;
create index event_audience_idx on event using gin (audience_tags) where listed;
create index event_search_idx on event using gin (search_text gin_trgm_ops) where listed;

alter table event enable row level security;
alter table event force row level security;
create policy event_seen_by_jobs on event for select to tnm_worker, tnm_ledger using (true);
create policy event_own on event to tnm_staff
  using (organization_id = app_organization()) with check (organization_id = app_organization());
create policy event_listed on event for select to tnm_public using (listed);
create policy event_shared on event for select to tnm_staff using (listed or event_shared_with(id, app_organization()));
-- The event's row is locked before counters and dates, as staff's writes do.
create policy event_ledger on event for update to tnm_ledger using (true) with check (true);
grant select on event to tnm_public, tnm_worker, tnm_ledger;
grant select, insert, delete on event to tnm_staff;
grant update (status, visibility, kind, title, summary, description, audience, audience_tags, nickname_ok,
  listen_only_ok, leave_midway_ok, women_staff, companion_ok, wheelchair, sign_language, child_care, press,
  attending_offices, fee_yen, fee_note, website, published_at, cancelled_at, cancel_reason, questions) on event to
  tnm_staff;
grant update (modified_at) on event to tnm_ledger;

-- 主催・共催・協力・後援・委託; position keeps the agreed order, the owner stands among them.
create table event_organiser (
  organization_id uuid not null,
  event_id        uuid not null,
  organiser_id    uuid not null,
  role            text not null,
  position        smallint not null default 0,
  approval        text not null default 'pending',
  decided_at      timestamptz,
  constraint event_organiser_pkey primary key (event_id, organiser_id),
  constraint event_organiser_event_fkey foreign key (organization_id, event_id)
    references event (organization_id, id) on delete cascade,
  constraint event_organiser_organiser_fkey foreign key (organiser_id) references organization (id),
  constraint event_organiser_role_known check (role in ('host', 'co_host', 'cooperator', 'supporter', 'contractor')),
  constraint event_organiser_approval_known check (approval in ('pending', 'approved', 'declined')),
  constraint event_organiser_decided check ((approval = 'pending') = (decided_at is null)),
  constraint event_organiser_owner_approved check (organiser_id <> organization_id or approval = 'approved')
);
create index event_organiser_organiser_idx on event_organiser (organiser_id, approval, event_id);
create index event_organiser_invited_idx on event_organiser (organiser_id, organization_id, event_id)
  where organiser_id <> organization_id;

alter table event_organiser enable row level security;
alter table event_organiser force row level security;
create policy event_organiser_seen_by_jobs on event_organiser for select to tnm_worker, tnm_ledger using (true);
create policy event_organiser_own on event_organiser to tnm_staff
  using (organization_id = app_organization()) with check (organization_id = app_organization());
create policy event_organiser_listed on event_organiser for select to tnm_public
  using (approval = 'approved' and exists (select from event e where e.id = event_id and e.listed));
create policy event_organiser_shared on event_organiser for select to tnm_staff
  using (organiser_id = app_organization() or event_shared_with(event_id, app_organization()));
-- A co-organiser decides for itself; the guard below keeps it to that.
create policy event_organiser_decides on event_organiser for update to tnm_staff
  using (organiser_id = app_organization()) with check (organiser_id = app_organization());
grant select on event_organiser to tnm_public, tnm_worker, tnm_ledger;
grant select, delete on event_organiser to tnm_staff;
grant insert (organization_id, event_id, organiser_id, role, position, approval, decided_at), update (role, position,
  approval, decided_at) on event_organiser to tnm_staff;
grant update (approval, decided_at) on event_organiser to tnm_worker;

-- A co-organiser said yes to what it saw. When what it stands for changes afterwards it is asked
-- again, and stays listed until answer_by or its answer (docs/adr/0027).
create table organiser_question (
  organization_id uuid not null,
  event_id        uuid not null,
  organiser_id    uuid not null,
  -- what has changed since its last answer
  fields          text[] not null,
  -- rises with every change, so that a yes to an older one can be told
  revision        integer not null default 1,
  asked_at        timestamptz not null default app_now(),
  answer_by       timestamptz not null,
  -- nobody answered in time: the approval is taken back and the question stands
  lapsed_at       timestamptz,
  constraint organiser_question_pkey primary key (event_id, organiser_id),
  constraint organiser_question_organiser_fkey foreign key (event_id, organiser_id)
    references event_organiser (event_id, organiser_id) on delete cascade,
  constraint organiser_question_event_fkey foreign key (organization_id, event_id)
    references event (organization_id, id) on delete cascade,
  constraint organiser_question_fields check (cardinality(fields) between 1 and 20),
  constraint organiser_question_revision check (revision > 0),
  constraint organiser_question_another check (organiser_id <> organization_id)
);
create index organiser_question_due_idx on organiser_question (answer_by) where lapsed_at is null;

alter table organiser_question enable row level security;
alter table organiser_question force row level security;
create policy organiser_question_own on organiser_question to tnm_staff
  using (organization_id = app_organization()) with check (organization_id = app_organization());
create policy organiser_question_asked on organiser_question for select to tnm_staff
  using (organiser_id = app_organization());
create policy organiser_question_jobs on organiser_question to tnm_worker, tnm_ledger using (true) with check (true);
grant select on organiser_question to tnm_staff;
grant select, delete on organiser_question to tnm_worker, tnm_ledger;
grant insert (organization_id, event_id, organiser_id, fields, answer_by), update (fields, revision) on
  organiser_question to tnm_staff;
grant update (lapsed_at) on organiser_question to tnm_worker;

-- The worker takes an approval back that nobody renewed in time, and nothing else.
create policy event_organiser_lapses on event_organiser for update to tnm_worker
  using (exists (select from organiser_question q
    where q.event_id = event_organiser.event_id and q.organiser_id = event_organiser.organiser_id
      and q.answer_by <= app_now()))
  with check (approval = 'pending');

-- A rule plus month-by-month decisions that yield occurrences of one event.
create table series (
  organization_id uuid not null,
  event_id        uuid not null,
  id              uuid not null default gen_random_uuid(),
  rule            text not null default '',
  rule_text       text not null,
  choose          text not null,
  template        jsonb not null,
  first_month     date not null,
  last_month      date,
  modified_at     timestamptz not null default app_now(),
  constraint series_pkey primary key (id),
  constraint series_organization_key unique (organization_id, id),
  constraint series_event_key unique (event_id),
  constraint series_event_fkey foreign key (organization_id, event_id)
    references event (organization_id, id) on delete cascade,
  constraint series_choose_known check (choose in ('every', 'one', 'free')),
  constraint series_rule_for_choice check (choose = 'free' or rule <> ''),
  constraint series_texts_length check (length(rule) <= 500 and length(rule_text) between 1 and 200),
  constraint series_months
    check (extract(day from first_month) = 1
      and (last_month is null or (extract(day from last_month) = 1 and last_month >= first_month)))
);

alter table series enable row level security;
alter table series force row level security;
create policy series_seen_by_jobs on series for select to tnm_worker, tnm_ledger using (true);
create policy series_own on series to tnm_staff
  using (organization_id = app_organization()) with check (organization_id = app_organization());
create policy series_shared on series for select to tnm_staff using (event_shared_with(event_id, app_organization()));
create policy series_listed on series for select to tnm_public
  using (exists (select from event e where e.id = event_id and e.listed));
grant select on series to tnm_public, tnm_worker, tnm_ledger;
grant select, insert, delete on series to tnm_staff;
grant update (rule, rule_text, choose, template, first_month, last_month) on series to tnm_staff;
grant update (modified_at) on series to tnm_ledger;

create table series_month (
  organization_id uuid not null,
  series_id       uuid not null,
  month           date not null,
  decision        text not null,
  decided_at      timestamptz not null default app_now(),
  constraint series_month_pkey primary key (series_id, month),
  constraint series_month_series_fkey foreign key (organization_id, series_id)
    references series (organization_id, id) on delete cascade,
  constraint series_month_first_day check (extract(day from month) = 1),
  constraint series_month_decision_known check (decision in ('dates', 'skipped'))
);

alter table series_month enable row level security;
alter table series_month force row level security;
create policy series_month_seen_by_jobs on series_month for select to tnm_worker, tnm_ledger using (true);
create policy series_month_own on series_month to tnm_staff
  using (organization_id = app_organization()) with check (organization_id = app_organization());
create policy series_month_listed on series_month for select to tnm_public, tnm_staff
  using (exists (select from series s where s.id = series_id));
grant select on series_month to tnm_public, tnm_worker, tnm_ledger;
grant select, insert, delete on series_month to tnm_staff;
grant update (decision, decided_at) on series_month to tnm_staff;

create table occurrence (
  organization_id uuid not null,
  event_id        uuid not null,
  id              uuid not null default gen_random_uuid(),
  series_id       uuid,
  series_month    date,
  status          text not null default 'scheduled',
  starts_at       timestamptz not null,
  ends_at         timestamptz not null,
  doors_at        timestamptz,
  -- Where it stood before the last move; null when it never moved.
  moved_from      timestamptz,
  place_kind      text not null,
  place_name      text not null default '',
  place_address   text not null default '',
  place_access    text not null default '',
  area_code       text,
  note            text not null default '',
  cancelled_at    timestamptz,
  cancel_reason   text not null default '',
  -- RFC 5545 SEQUENCE and LAST-MODIFIED, moved by triggers on every visible change of the
  -- occurrence, its parts and its event.
  sequence        integer not null default 0,
  modified_at     timestamptz not null default app_now(),
  -- The event's own flag, copied by trigger so that the public list walks one index.
  listed          boolean not null default false,
  -- What is told of the room: its name and ids, whether it has a page, where it lies, what helps
  -- people in. Null: an external place, or the date's own room.
  place_room      jsonb,
  -- The room was lost: declined, cancelled, lapsed, or moved away by its lender.
  place_lost      boolean not null default false,
  -- A wrong digit in a year must not erase anybody's seat. A published date can't be moved into the
  -- past; what really took place is corrected afterwards, and erasure counts from the latest moment
  -- of the date that was ever announced and reached. docs/adr/0026.
  -- The latest moment for which people could have come by earlier announcements; null: there was
  -- none. It never goes back, and only triggers write it.
  reached_until   timestamptz,
  constraint occurrence_pkey primary key (id),
  constraint occurrence_organization_key unique (organization_id, id),
  constraint occurrence_event_key unique (organization_id, event_id, id),
  constraint occurrence_event_fkey foreign key (organization_id, event_id)
    references event (organization_id, id) on delete cascade,
  constraint occurrence_series_fkey foreign key (organization_id, series_id) references series (organization_id, id),
  constraint occurrence_series_month check ((series_id is null) = (series_month is null)),
  constraint occurrence_status_known check (status in ('scheduled', 'postponed', 'cancelled')),
  constraint occurrence_span check (ends_at > starts_at and ends_at <= starts_at + interval '31 days'),
  constraint occurrence_years check (starts_at >= '2000-01-01Z' and ends_at < '2100-01-01Z'),
  constraint occurrence_doors check (doors_at <= starts_at and doors_at > starts_at - interval '1 day'),
  constraint occurrence_place_known check (place_kind in ('in_person', 'online', 'both')),
  constraint occurrence_area_form check (municipality_code_valid(area_code)),
  constraint occurrence_texts_length
    check (length(place_name) <= 200 and length(place_address) <= 300 and length(place_access) <= 1000
    and length(note) <= 2000 and length(cancel_reason) <= 1000),
  constraint occurrence_cancelled_stamp check ((status = 'cancelled') = (cancelled_at is not null)),
  constraint occurrence_room_document check (jsonb_typeof(place_room) = 'object' and length(place_room::text) <= 10000),
  constraint occurrence_room_in_person check (place_room is null or place_kind <> 'online')
);
create index occurrence_event_idx on occurrence (event_id, starts_at, id);
create index occurrence_area_idx on occurrence (area_code, starts_at, id) where listed;
create index occurrence_series_idx on occurrence (series_id, series_month) where series_id is not null;
create index occurrence_ended_idx on occurrence (ends_at, id);
create index occurrence_lost_idx on occurrence (event_id) where place_lost;
-- Lists begin with what has not ended, so the index that they walk knows ends too. Few dates go on
-- for more than a day; lists look for them apart.
create index occurrence_ahead_idx on occurrence (starts_at, id) include (event_id, ends_at) where listed;
create index occurrence_long_idx on occurrence (ends_at) include (starts_at)
  where listed and ends_at - starts_at > interval '1 day';

alter table occurrence enable row level security;
alter table occurrence force row level security;
create policy occurrence_seen_by_jobs on occurrence for select to tnm_worker, tnm_ledger using (true);
create policy occurrence_own on occurrence to tnm_staff
  using (organization_id = app_organization()) with check (organization_id = app_organization());
create policy occurrence_listed on occurrence for select to tnm_public using (listed);
create policy occurrence_shared on occurrence for select to tnm_staff
  using (listed or event_shared_with(event_id, app_organization()));
create policy occurrence_ledger on occurrence for update to tnm_ledger using (true) with check (true);
grant select on occurrence to tnm_public, tnm_worker, tnm_ledger;
grant select, insert, delete on occurrence to tnm_staff;
grant update (status, starts_at, ends_at, doors_at, moved_from, place_kind, place_name, place_address, place_access,
  area_code, note, cancelled_at, cancel_reason) on occurrence to tnm_staff;
grant update (place_name, place_address, place_access, area_code, sequence, modified_at, listed, place_room,
  place_lost) on occurrence to tnm_ledger;

create table part (
  organization_id uuid not null,
  event_id        uuid not null,
  occurrence_id   uuid not null,
  id              uuid not null default gen_random_uuid(),
  position        smallint not null,
  name            text not null default '',
  description     text not null default '',
  starts_at       timestamptz not null,
  ends_at         timestamptz not null,
  place_note      text not null default '',
  audience        text not null default '',
  press           text,
  reservation     text not null,
  opens_at        timestamptz,
  closes_at       timestamptz,
  -- The waiting list of an event. A waiting ticket wishes for one or several quotas; whichever has
  -- room first, counting from the head of the line, takes it. A group that is larger than the room
  -- keeps its place while smaller ones behind it are served (the skip rule told at registration).
  waiting_list    boolean not null default false,
  -- The last moment of a promotion, so that nobody learns of a seat too late; null: see
  -- part_waits_until.
  waiting_until   timestamptz,
  -- Parts of a date that are the same thing held several times over, each for other people
  -- (入替制), share a name.
  sitting         text,
  -- When lots are drawn; null: as soon as registration has closed.
  draws_at        timestamptz,
  place_room      jsonb,
  place_lost      boolean not null default false,
  constraint part_pkey primary key (id),
  constraint part_organization_key unique (organization_id, id),
  constraint part_occurrence_key unique (organization_id, event_id, occurrence_id, id),
  constraint part_position_key unique (occurrence_id, position) deferrable initially deferred,
  constraint part_occurrence_fkey foreign key (organization_id, event_id, occurrence_id)
    references occurrence (organization_id, event_id, id) on delete cascade,
  constraint part_span check (ends_at > starts_at and ends_at <= starts_at + interval '31 days'),
  constraint part_reservation_known check (reservation in ('none', 'seat', 'slot', 'lottery')),
  constraint part_press_known check (press in ('none', 'present', 'announced_later')),
  constraint part_registration_span check (closes_at > opens_at),
  constraint part_registration_end check (closes_at <= ends_at),
  constraint part_texts_length
    check (length(name) <= 200 and length(description) <= 4000 and length(place_note) <= 300
      and length(audience) <= 500),
  constraint part_waiting_until_end check (waiting_until <= ends_at),
  constraint part_sitting_length check (length(sitting) between 1 and 100),
  constraint part_draws_after_closing check (draws_at >= closes_at),
  constraint part_draws_end check (draws_at <= ends_at),
  constraint part_room_document check (jsonb_typeof(place_room) = 'object' and length(place_room::text) <= 10000)
);
create index part_event_reservation_idx on part (event_id, reservation);
create index part_rare_reservation_idx on part (reservation, event_id) where reservation in ('slot', 'lottery');
-- What has just closed, without a walk over all dates.
create index part_closing_idx on part ((coalesce(closes_at, starts_at))) where reservation <> 'none';
create index part_lost_idx on part (event_id) where place_lost;

alter table part enable row level security;
alter table part force row level security;
create policy part_seen_by_jobs on part for select to tnm_worker, tnm_ledger using (true);
create policy part_own on part to tnm_staff
  using (organization_id = app_organization()) with check (organization_id = app_organization());
create policy part_shared on part for select to tnm_staff using (event_shared_with(event_id, app_organization()));
create policy part_listed on part for select to tnm_public
  using (exists (select from event e where e.id = event_id and e.listed));
create policy part_ledger on part for update to tnm_ledger using (true) with check (true);
grant select on part to tnm_public, tnm_worker, tnm_ledger;
grant select, insert, delete on part to tnm_staff;
grant update (position, name, description, starts_at, ends_at, place_note, audience, press, reservation, opens_at,
  closes_at, waiting_list, waiting_until, sitting, draws_at) on part to tnm_staff;
grant update (place_room, place_lost) on part to tnm_ledger;

-- An organization's table in a 合同相談会; by_organization_id is null for a guest that is not
-- registered here.
create table booth (
  organization_id    uuid not null,
  event_id           uuid not null,
  part_id            uuid not null,
  id                 uuid not null default gen_random_uuid(),
  position           smallint not null,
  by_organization_id uuid,
  name               text not null default '',
  offers             text not null default '',
  constraint booth_pkey primary key (id),
  constraint booth_organization_key unique (organization_id, id),
  constraint booth_part_fkey foreign key (organization_id, part_id)
    references part (organization_id, id) on delete cascade,
  constraint booth_event_fkey foreign key (organization_id, event_id)
    references event (organization_id, id) on delete cascade,
  constraint booth_by_fkey foreign key (by_organization_id) references organization (id),
  constraint booth_named check (by_organization_id is not null or name <> ''),
  constraint booth_texts_length check (length(name) <= 200 and length(offers) <= 1000),
  constraint booth_part_key unique (part_id, id)
);
create index booth_part_idx on booth (part_id, position);
create index booth_by_idx on booth (by_organization_id) where by_organization_id is not null;

alter table booth enable row level security;
alter table booth force row level security;
create policy booth_seen_by_jobs on booth for select to tnm_worker, tnm_ledger using (true);
create policy booth_own on booth to tnm_staff
  using (organization_id = app_organization()) with check (organization_id = app_organization());
create policy booth_shared on booth for select to tnm_staff using (event_shared_with(event_id, app_organization()));
create policy booth_listed on booth for select to tnm_public
  using (exists (select from event e where e.id = event_id and e.listed));
grant select on booth to tnm_public, tnm_worker, tnm_ledger;
grant select, insert, delete on booth to tnm_staff;
grant update (position, by_organization_id, name, offers) on booth to tnm_staff;

-- A counted pool of seats. What is counted stands in quota_counter, a hot row that no foreign key
-- points at.
create table quota (
  organization_id uuid not null,
  event_id        uuid not null,
  occurrence_id   uuid not null,
  part_id         uuid not null,
  id              uuid not null default gen_random_uuid(),
  position        smallint not null default 0,
  channel         text not null,
  name            text not null default '',
  max_seats       smallint not null default 1,
  constraint quota_pkey primary key (id),
  constraint quota_organization_key unique (organization_id, id),
  constraint quota_part_fkey foreign key (organization_id, event_id, occurrence_id, part_id)
    references part (organization_id, event_id, occurrence_id, id) on delete cascade,
  constraint quota_max_seats_range check (max_seats between 1 and 20),
  constraint quota_name_length check (length(name) <= 100),
  -- Paper codes. The seats set aside are a quota of their own, which belongs to the one they came
  -- from and which nobody but the functions below can see.
  constraint quota_channel_known check (channel in ('in_person', 'online', 'walk_in', 'slot', 'paper'))
);
create index quota_part_idx on quota (part_id, position);
create index quota_event_idx on quota (event_id);

alter table quota enable row level security;
alter table quota force row level security;
create policy quota_seen_by_jobs on quota for select to tnm_worker, tnm_ledger using (true);
create policy quota_own on quota to tnm_staff
  using (organization_id = app_organization()) with check (organization_id = app_organization());
create policy quota_shared on quota for select to tnm_staff using (event_shared_with(event_id, app_organization()));
create policy quota_listed on quota for select to tnm_public
  using (exists (select from event e where e.id = event_id and e.listed));
create policy quota_paper_hidden on quota as restrictive to tnm_public, tnm_staff using (channel <> 'paper');
create policy quota_paper_ledger on quota for insert to tnm_ledger with check (channel = 'paper');
grant select on quota to tnm_public, tnm_worker;
grant select, insert, delete on quota to tnm_staff;
grant select, insert on quota to tnm_ledger;
grant update (position, channel, name, max_seats) on quota to tnm_staff;

create table quota_counter (
  organization_id uuid not null,
  event_id        uuid not null,
  occurrence_id   uuid not null,
  quota_id        uuid not null,
  capacity        integer not null,
  taken           integer not null default 0,
  -- Event published and occurrence scheduled; kept by triggers, read under the row's lock.
  accepting       boolean not null default false,
  constraint quota_counter_pkey primary key (quota_id),
  constraint quota_counter_quota_fkey foreign key (organization_id, quota_id)
    references quota (organization_id, id) on delete cascade,
  constraint quota_counter_capacity_range check (capacity between 0 and 100000),
  constraint quota_counter_taken_within_capacity check (taken between 0 and capacity)
) with (fillfactor = 50);
create index quota_counter_occurrence_idx on quota_counter (occurrence_id);
create index quota_counter_event_idx on quota_counter (event_id);

alter table quota_counter enable row level security;
alter table quota_counter force row level security;
create policy quota_counter_seen_by_jobs on quota_counter for select to tnm_worker, tnm_ledger using (true);
create policy quota_counter_own on quota_counter to tnm_staff
  using (organization_id = app_organization()) with check (organization_id = app_organization());
create policy quota_counter_shared on quota_counter for select to tnm_staff
  using (event_shared_with(event_id, app_organization()));
create policy quota_counter_listed on quota_counter for select to tnm_public
  using (exists (select from event e where e.id = event_id and e.listed));
create policy quota_counter_ledger on quota_counter for update to tnm_ledger using (true) with check (true);
create policy quota_counter_paper_ledger on quota_counter for insert to tnm_ledger with check (true);
grant select on quota_counter to tnm_public, tnm_worker;
grant select, delete on quota_counter to tnm_staff;
grant select, insert on quota_counter to tnm_ledger;
grant insert (organization_id, event_id, occurrence_id, quota_id, capacity), update (capacity) on quota_counter to
  tnm_staff;
grant update (capacity, taken, accepting) on quota_counter to tnm_ledger;

-- The joining link of an online part; row-level security gives it to holders of a confirmed online
-- ticket only.
create table joining_link (
  organization_id uuid not null,
  event_id        uuid not null,
  part_id         uuid not null,
  url             text not null,
  note            text not null default '',
  opens_before    interval not null default interval '1 day',
  -- How to take part in an online part by telephone when its link does not work. Holders of a
  -- confirmed online ticket read it under the link's own rule; on their ticket {番号} is the
  -- ticket's day code, so the row is the same for all of them and nobody else has the digits.
  phone           text not null default '',
  constraint joining_link_pkey primary key (part_id),
  constraint joining_link_part_fkey foreign key (organization_id, part_id)
    references part (organization_id, id) on delete cascade,
  constraint joining_link_url_form check (url ~ '^https://[^[:space:][:cntrl:]]+$' and length(url) <= 2000),
  constraint joining_link_opens check (opens_before between interval '0' and interval '60 days'),
  constraint joining_link_note_length check (length(note) <= 1000),
  constraint joining_link_phone_length check (length(phone) <= 1000)
);
create index joining_link_event_idx on joining_link (event_id);

alter table joining_link enable row level security;
alter table joining_link force row level security;
create policy joining_link_seen_by_jobs on joining_link for select to tnm_worker, tnm_ledger using (true);
create policy joining_link_own on joining_link to tnm_staff
  using (organization_id = app_organization()) with check (organization_id = app_organization());
grant select on joining_link to tnm_public, tnm_worker, tnm_ledger;
grant select, insert, delete on joining_link to tnm_staff;
grant update (url, note, opens_before, phone) on joining_link to tnm_staff;

-- Who changed last, for mirrors (GET /events/changes) and for the caches of every replica. The
-- reader stops at pg_snapshot_xmin, so that a change that commits late is never jumped over. Only
-- events that residents could see are here.
create table event_change (
  xid        xid8 not null default pg_current_xact_id(),
  event_id   uuid not null,
  changed_at timestamptz not null default app_now(),
  removed    boolean not null default false,
  constraint event_change_pkey primary key (xid, event_id),
  constraint event_change_event_fkey foreign key (event_id) references event (id) on delete cascade
);
create index event_change_event_idx on event_change (event_id, xid desc);
create index event_change_removed_idx on event_change (changed_at desc) where removed;

alter table event_change enable row level security;
alter table event_change force row level security;
create policy event_change_seen_by_jobs on event_change for select to tnm_worker, tnm_ledger using (true);
create policy event_change_shared on event_change for select to tnm_staff
  using (event_shared_with(event_id, app_organization()));
-- A tombstone must outlive the event's listing; the row says only that some event changed.
create policy event_change_public on event_change for select to tnm_public using (true);
create policy event_change_ledger on event_change to tnm_ledger using (true) with check (true);
grant select on event_change to tnm_public, tnm_staff, tnm_worker;
grant select, insert, update on event_change to tnm_ledger;

-- When the calendar at each address last changed (ADR 0029). A feed is named "all", "any" (whatever
-- some calendar shows, for those with filters) or by what it is of: "organization:<id>",
-- "partnership:<id>", "kind:<kind>", "series:<id>", "event:<id>". A row stays for ever, and says
-- that the calendar was there once.
create table feed_stamp (
  feed  text not null,
  -- Whole seconds, as HTTP tells them; rises with every change by a second at least.
  at    timestamptz(0) not null,
  -- The latest clock that a change was stamped by, to notice one that was set back.
  heard timestamptz not null,
  constraint feed_stamp_pkey primary key (feed),
  constraint feed_stamp_named
    check (feed ~ '^(all|any|kind:[a-z_]{1,40}|(organization|partnership|series|event):[0-9a-f-]{36})$')
) with (fillfactor = 70);

alter table feed_stamp enable row level security;
alter table feed_stamp force row level security;
create policy feed_stamp_public on feed_stamp for select to tnm_public using (true);
create policy feed_stamp_ledger on feed_stamp to tnm_ledger using (true) with check (true);
grant select on feed_stamp to tnm_public;
grant select, insert, update on feed_stamp to tnm_ledger;

-- What the present transaction changed; empty outside one, because its rows become stamps as it
-- commits.
create table feed_due (
  xid  xid8 not null default pg_current_xact_id(),
  feed text not null,
  constraint feed_due_pkey primary key (xid, feed),
  constraint feed_due_named
    check (feed ~ '^(all|any|kind:[a-z_]{1,40}|(organization|partnership|series|event):[0-9a-f-]{36})$')
);

alter table feed_due enable row level security;
alter table feed_due force row level security;
create policy feed_due_ledger on feed_due to tnm_ledger using (true) with check (true);
grant select, insert, delete on feed_due to tnm_ledger;
