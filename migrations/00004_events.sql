-- +goose Up
create table event (
  organization_id  uuid not null,
  id               uuid not null default gen_random_uuid(),
  status           text not null default 'draft',
  visibility       text not null default 'public',
  kind             text not null,
  title            text not null,
  summary          text not null default '',
  description      text not null default '',
  audience         text not null default '',
  audience_tags    text[] not null default '{}',
  -- 安心情報: null means not stated.
  nickname_ok      boolean,
  listen_only_ok   boolean,
  leave_midway_ok  boolean,
  women_staff      boolean,
  companion_ok     boolean,
  wheelchair       boolean,
  sign_language    boolean,
  child_care       boolean,
  press            text,
  attending_offices text[] not null default '{}',
  fee_yen          integer,
  fee_note         text not null default '',
  website          text not null default '',
  published_at     timestamptz,
  cancelled_at     timestamptz,
  cancel_reason    text not null default '',
  modified_at      timestamptz not null default app_now(),
  -- What residents may see: cancelled events stay visible, so that people hear of it.
  listed           boolean not null generated always as (status in ('published', 'cancelled') and published_at is not null and visibility <> 'partners') stored,
  search_text      text not null generated always as (lower(normalize(title || ' ' || summary || ' ' || audience || ' ' || description, NFKC))) stored,
  constraint event_pkey primary key (id),
  constraint event_organization_key unique (organization_id, id),
  constraint event_organization_fkey foreign key (organization_id) references organization (id),
  constraint event_status_known check (status in ('draft', 'submitted', 'published', 'cancelled')),
  constraint event_visibility_known check (visibility in ('public', 'supporters', 'partners')),
  constraint event_kind_known check (kind in ('joshikai', 'family', 'ibasho', 'consultation', 'joint_consultation', 'lecture', 'seminar', 'training', 'salon', 'online', 'meeting')),
  constraint event_press_known check (press in ('none', 'present', 'announced_later')),
  constraint event_audience_tags_known check (audience_tags <@ array['anyone', 'self', 'women', 'family', 'parents', 'young', 'over_40', 'supporter', 'partner_group']),
  constraint event_title_length check (length(title) between 1 and 200),
  constraint event_texts_length check (length(summary) <= 500 and length(description) <= 20000 and length(audience) <= 500
    and length(fee_note) <= 500 and length(website) <= 2000 and length(cancel_reason) <= 1000),
  constraint event_offices_length check (cardinality(attending_offices) <= 20 and length(array_to_string(attending_offices, '')) <= 2000),
  constraint event_fee_range check (fee_yen between 0 and 1000000),
  constraint event_published_stamp check (status in ('draft', 'submitted') or published_at is not null),
  constraint event_cancelled_stamp check ((status = 'cancelled') = (cancelled_at is not null))
);
create index event_organization_status_idx on event (organization_id, status, modified_at desc, id);
create index event_organization_modified_idx on event (organization_id, modified_at desc, id desc);
create index event_partners_idx on event (organization_id, modified_at desc, id desc) where visibility = 'partners';
-- For what is rare: a list walks the dates first (internal/event/store_list.go).
create index event_kind_idx on event (kind) where listed;
create index event_audience_idx on event using gin (audience_tags) where listed;
create index event_search_idx on event using gin (search_text gin_trgm_ops) where listed;

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
  constraint event_organiser_event_fkey foreign key (organization_id, event_id) references event (organization_id, id) on delete cascade,
  constraint event_organiser_organiser_fkey foreign key (organiser_id) references organization (id),
  constraint event_organiser_role_known check (role in ('host', 'co_host', 'cooperator', 'supporter', 'contractor')),
  constraint event_organiser_approval_known check (approval in ('pending', 'approved', 'declined')),
  constraint event_organiser_decided check ((approval = 'pending') = (decided_at is null)),
  constraint event_organiser_owner_approved check (organiser_id <> organization_id or approval = 'approved')
);
create index event_organiser_organiser_idx on event_organiser (organiser_id, approval, event_id);
create index event_organiser_invited_idx on event_organiser (organiser_id, organization_id, event_id) where organiser_id <> organization_id;

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
  constraint series_event_fkey foreign key (organization_id, event_id) references event (organization_id, id) on delete cascade,
  constraint series_choose_known check (choose in ('every', 'one', 'free')),
  constraint series_rule_for_choice check (choose = 'free' or rule <> ''),
  constraint series_texts_length check (length(rule) <= 500 and length(rule_text) between 1 and 200),
  constraint series_months check (extract(day from first_month) = 1 and (last_month is null or (extract(day from last_month) = 1 and last_month >= first_month)))
);
create table series_month (
  organization_id uuid not null,
  series_id       uuid not null,
  month           date not null,
  decision        text not null,
  decided_at      timestamptz not null default app_now(),
  constraint series_month_pkey primary key (series_id, month),
  constraint series_month_series_fkey foreign key (organization_id, series_id) references series (organization_id, id) on delete cascade,
  constraint series_month_first_day check (extract(day from month) = 1),
  constraint series_month_decision_known check (decision in ('dates', 'skipped'))
);

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
  -- RFC 5545 SEQUENCE and LAST-MODIFIED, moved by triggers on every visible change of the occurrence, its parts and its event.
  sequence        integer not null default 0,
  modified_at     timestamptz not null default app_now(),
  -- The event's own flag, copied by trigger so that the public list walks one index.
  listed          boolean not null default false,
  constraint occurrence_pkey primary key (id),
  constraint occurrence_organization_key unique (organization_id, id),
  constraint occurrence_event_key unique (organization_id, event_id, id),
  constraint occurrence_event_fkey foreign key (organization_id, event_id) references event (organization_id, id) on delete cascade,
  constraint occurrence_series_fkey foreign key (organization_id, series_id) references series (organization_id, id),
  constraint occurrence_series_month check ((series_id is null) = (series_month is null)),
  constraint occurrence_status_known check (status in ('scheduled', 'postponed', 'cancelled')),
  constraint occurrence_span check (ends_at > starts_at and ends_at <= starts_at + interval '31 days'),
  constraint occurrence_years check (starts_at >= '2000-01-01Z' and ends_at < '2100-01-01Z'),
  constraint occurrence_doors check (doors_at <= starts_at and doors_at > starts_at - interval '1 day'),
  constraint occurrence_place_known check (place_kind in ('in_person', 'online', 'both')),
  constraint occurrence_area_form check (municipality_code_valid(area_code)),
  constraint occurrence_texts_length check (length(place_name) <= 200 and length(place_address) <= 300 and length(place_access) <= 1000
    and length(note) <= 2000 and length(cancel_reason) <= 1000),
  constraint occurrence_cancelled_stamp check ((status = 'cancelled') = (cancelled_at is not null))
);
create index occurrence_upcoming_idx on occurrence (starts_at, id) include (event_id) where listed;
create index occurrence_event_idx on occurrence (event_id, starts_at, id);
create index occurrence_area_idx on occurrence (area_code, starts_at, id) where listed;
create index occurrence_series_idx on occurrence (series_id, series_month) where series_id is not null;
create index occurrence_ended_idx on occurrence (ends_at, id);

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
  constraint part_pkey primary key (id),
  constraint part_organization_key unique (organization_id, id),
  constraint part_occurrence_key unique (organization_id, event_id, occurrence_id, id),
  constraint part_position_key unique (occurrence_id, position) deferrable initially deferred,
  constraint part_occurrence_fkey foreign key (organization_id, event_id, occurrence_id) references occurrence (organization_id, event_id, id) on delete cascade,
  constraint part_span check (ends_at > starts_at and ends_at <= starts_at + interval '31 days'),
  constraint part_reservation_known check (reservation in ('none', 'seat', 'slot', 'lottery')),
  constraint part_press_known check (press in ('none', 'present', 'announced_later')),
  constraint part_registration_span check (closes_at > opens_at),
  constraint part_registration_end check (closes_at <= ends_at),
  constraint part_texts_length check (length(name) <= 200 and length(description) <= 4000 and length(place_note) <= 300 and length(audience) <= 500)
);
create index part_event_reservation_idx on part (event_id, reservation);
create index part_rare_reservation_idx on part (reservation, event_id) where reservation in ('slot', 'lottery');

-- An organization's table in a 合同相談会; by_organization_id is null for a guest that is not registered here.
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
  constraint booth_part_fkey foreign key (organization_id, part_id) references part (organization_id, id) on delete cascade,
  constraint booth_event_fkey foreign key (organization_id, event_id) references event (organization_id, id) on delete cascade,
  constraint booth_by_fkey foreign key (by_organization_id) references organization (id),
  constraint booth_named check (by_organization_id is not null or name <> ''),
  constraint booth_texts_length check (length(name) <= 200 and length(offers) <= 1000)
);
create index booth_part_idx on booth (part_id, position);

-- A counted pool of seats. What is counted stands in quota_counter, a hot row that no foreign key points at.
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
  constraint quota_part_fkey foreign key (organization_id, event_id, occurrence_id, part_id) references part (organization_id, event_id, occurrence_id, id) on delete cascade,
  constraint quota_channel_known check (channel in ('in_person', 'online', 'walk_in', 'slot')),
  constraint quota_max_seats_range check (max_seats between 1 and 20),
  constraint quota_name_length check (length(name) <= 100)
);
create index quota_part_idx on quota (part_id, position);
create index quota_event_idx on quota (event_id);

-- The joining link of an online part; row-level security gives it to holders of a confirmed online ticket only.
create table joining_link (
  organization_id uuid not null,
  event_id        uuid not null,
  part_id         uuid not null,
  url             text not null,
  note            text not null default '',
  opens_before    interval not null default interval '1 day',
  constraint joining_link_pkey primary key (part_id),
  constraint joining_link_part_fkey foreign key (organization_id, part_id) references part (organization_id, id) on delete cascade,
  constraint joining_link_url_form check (url ~ '^https://[^[:space:][:cntrl:]]+$' and length(url) <= 2000),
  constraint joining_link_opens check (opens_before between interval '0' and interval '60 days'),
  constraint joining_link_note_length check (length(note) <= 1000)
);
create index joining_link_event_idx on joining_link (event_id);

-- Who changed last, for mirrors (GET /events/changes) and for the caches of every replica. The reader stops at
-- pg_snapshot_xmin, so that a change that commits late is never jumped over. Only events that residents could see are here.
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

-- +goose Down
drop table event_change;
drop table joining_link;
drop table quota;
drop table booth;
drop table part;
drop table occurrence;
drop table series_month;
drop table series;
drop table event_organiser;
drop table event;
