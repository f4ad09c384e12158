-- needs: app_now, app_organization, lottery_commitment

-- Seasonal allocation (利用申込期間・抽選会): organizations apply for rooms of a period, lots are
-- drawn so that anyone can draw them again (docs/rounds.md, ADR 0018), what was drawn is accepted
-- until a day, and the rest opens first come.
-- open       applications; the seed is promised
-- closed     the list is fixed and its digest published
-- drawn      the seed is published, results are to be accepted
-- finished   over
-- cancelled  called off before the draw
create table booking_round (
  organization_id  uuid not null,
  id               uuid not null,
  name             text not null,
  note             text not null default '',
  span             tstzrange not null, -- whole days of use
  opens_at         timestamptz not null,
  closes_at        timestamptz not null,
  draws_at         timestamptz not null,
  accept_until     timestamptz not null,
  applications_max smallint not null, -- of one organization; each can win one time
  wishes_max       smallint not null, -- of one application
  state            text not null default 'open',
  commitment       bytea not null,
  seed             bytea not null,
  revealed         bytea,
  list             text,
  list_digest      bytea,
  withdrawn        text[] not null default '{}', -- numbers that left after the list was fixed
  closed_at        timestamptz,
  drawn_at         timestamptz,
  created_at       timestamptz not null default app_now(),
  -- Rounds seen from outside: that a room is kept for one shows in availability and search; what
  -- the wishes' rooms no longer allow when lots are drawn is struck from the draw in public, so
  -- that the next of the list has what would have been lost; and a round can be changed until
  -- applications open.
  -- "<number> <pool>": choices that could not be had any more when lots were drawn
  struck           text[] not null default '{}',
  constraint booking_round_pkey primary key (id),
  constraint booking_round_organization_key unique (organization_id, id),
  constraint booking_round_organization_fkey foreign key (organization_id) references organization (id),
  constraint booking_round_state_known check (state in ('open', 'closed', 'drawn', 'finished', 'cancelled')),
  constraint booking_round_span_form
    check (not isempty(span) and lower_inc(span) and not upper_inc(span) and lower(span) >= '2000-01-01Z'
      and upper(span) < '2100-01-01Z'
    and upper(span) <= lower(span) + interval '400 days'),
  constraint booking_round_order
    check (opens_at < closes_at and closes_at <= draws_at and draws_at < accept_until and accept_until <= lower(span)),
  constraint booking_round_caps check (applications_max between 1 and 10 and wishes_max between 1 and 10),
  constraint booking_round_texts_length check (length(name) between 1 and 100 and length(note) <= 1000),
  constraint booking_round_seed_length check (octet_length(seed) = 32),
  constraint booking_round_commits check (commitment = lottery_commitment(id, seed)),
  constraint booking_round_list_fixed
    check ((list is null) = (list_digest is null) and (list is null) = (closed_at is null)
      and (state = 'open') <= (list is null)
    and (state in ('closed', 'drawn', 'finished')) <= (list is not null)
    and list_digest = sha256(convert_to(list, 'UTF8'))),
  constraint booking_round_seed_told
    check ((state in ('drawn', 'finished')) = (revealed is not null) and (revealed is null) = (drawn_at is null)
      and revealed = seed)
);
create index booking_round_organization_idx on booking_round (organization_id, created_at desc, id);
create index booking_round_due_idx on booking_round (id) where state in ('open', 'closed', 'drawn');
create index booking_round_recent_idx on booking_round (created_at desc, id); -- the public list

alter table booking_round enable row level security;
alter table booking_round force row level security;
create policy booking_round_ledger on booking_round to tnm_ledger using (true) with check (true);
-- Rounds are announced to everybody; the seed is readable by nobody. Who applied for what is the
-- applicant's alone, not even the lender's.
create policy booking_round_announced on booking_round for select to tnm_public, tnm_staff, tnm_worker using (true);
create policy booking_round_own on booking_round for insert to tnm_staff
  with check (organization_id = app_organization());
grant select, insert, update, delete on booking_round to tnm_ledger;
grant select (organization_id, id, name, note, span, opens_at, closes_at, draws_at, accept_until, applications_max,
  wishes_max, state, commitment, revealed, list, list_digest, withdrawn, closed_at, drawn_at, created_at, struck) on
  booking_round to tnm_public, tnm_worker;
grant select (organization_id, id, name, note, span, opens_at, closes_at, draws_at, accept_until, applications_max,
  wishes_max, state, commitment, revealed, list, list_digest, withdrawn, closed_at, drawn_at, created_at, struck),
  insert (organization_id, id, name, note, span, opens_at, closes_at, draws_at, accept_until, applications_max,
  wishes_max) on booking_round to tnm_staff;

create table booking_round_room (
  organization_id uuid not null,
  facility_id     uuid not null,
  room_id         uuid not null,
  round_id        uuid not null,
  constraint booking_round_room_pkey primary key (round_id, room_id),
  constraint booking_round_room_round_fkey foreign key (organization_id, round_id)
    references booking_round (organization_id, id) on delete cascade,
  constraint booking_round_room_room_fkey foreign key (organization_id, facility_id, room_id)
    references room (organization_id, facility_id, id)
);
create index booking_round_room_room_idx on booking_round_room (room_id);

alter table booking_round_room enable row level security;
alter table booking_round_room force row level security;
create policy booking_round_room_ledger on booking_round_room to tnm_ledger using (true) with check (true);
create policy booking_round_room_announced on booking_round_room for select to tnm_public, tnm_staff, tnm_worker
  using (true);
create policy booking_round_room_own on booking_round_room for insert to tnm_staff
  with check (organization_id = app_organization());
grant select on booking_round_room to tnm_public, tnm_worker;
grant select, insert on booking_round_room to tnm_staff;
grant select, insert, update, delete on booking_round_room to tnm_ledger;

-- The floor that is kept for a round while it runs. No two rounds keep the same floor for the same
-- time.
create table booking_round_space (
  round_id uuid not null,
  space_id uuid not null,
  span     tstzrange not null,
  -- A foyer that rooms of a round use in common is kept from whoever would take it whole: what the
  -- fixed list says can be had must not go away under it. taker is as in
  -- occupancy: the round where one of its rooms takes the space whole, the nil uuid where they use
  -- it in common, so that rounds share a foyer as bookings do.
  taker    uuid,
  constraint booking_round_space_pkey primary key (round_id, space_id),
  constraint booking_round_space_round_fkey foreign key (round_id) references booking_round (id) on delete cascade,
  constraint booking_round_space_space_fkey foreign key (space_id) references space (id),
  constraint booking_round_space_no_overlap
    exclude using gist (span with &&, space_id with =, coalesce(taker, round_id) with <>),
  constraint booking_round_space_taker_form check (taker in (round_id, '00000000-0000-0000-0000-000000000000'))
);

alter table booking_round_space enable row level security;
alter table booking_round_space force row level security;
create policy booking_round_space_ledger on booking_round_space to tnm_ledger using (true) with check (true);
grant select, insert, update, delete on booking_round_space to tnm_ledger;

-- One application of an organization for one time, with wishes in the order of its liking. The
-- number is random and is all that is published of it.
-- outcome: drawn (booking_id), lost (drawn, but the room was closed meanwhile), not_drawn,
-- not_valid (no wish could be kept), withdrawn
create table booking_application (
  borrower_id uuid not null,
  round_id    uuid not null,
  id          uuid not null,
  number      text not null,
  title       text not null,
  people      integer,
  outcome     text,
  booking_id  uuid,
  created_at  timestamptz not null default app_now(),
  constraint booking_application_pkey primary key (id),
  constraint booking_application_borrower_key unique (borrower_id, id),
  constraint booking_application_number_key unique (round_id, number),
  constraint booking_application_booking_key unique (booking_id),
  constraint booking_application_borrower_fkey foreign key (borrower_id) references organization (id),
  constraint booking_application_round_fkey foreign key (round_id) references booking_round (id),
  constraint booking_application_booking_fkey foreign key (booking_id) references booking (id),
  constraint booking_application_number_form check (number ~ '^[0-9A-HJKMNP-TV-Z]{16}$'),
  constraint booking_application_people_range check (people between 1 and 100000),
  constraint booking_application_title_length check (length(title) between 1 and 200),
  constraint booking_application_outcome_known
    check (coalesce(outcome, 'drawn') in ('drawn', 'lost', 'not_drawn', 'not_valid', 'withdrawn')
      and coalesce(outcome = 'drawn', false) = (booking_id is not null))
);
create index booking_application_borrower_idx on booking_application (borrower_id, round_id);

alter table booking_application enable row level security;
alter table booking_application force row level security;
create policy booking_application_ledger on booking_application to tnm_ledger using (true) with check (true);
create policy booking_application_own on booking_application for select to tnm_staff
  using (borrower_id = app_organization());
create policy booking_application_seen_by_jobs on booking_application for select to tnm_worker using (true);
grant select on booking_application to tnm_staff, tnm_worker;
grant select, insert, update, delete on booking_application to tnm_ledger;

create table booking_wish (
  borrower_id    uuid not null,
  application_id uuid not null,
  rank           smallint not null,
  room_id        uuid not null,
  starts_at      timestamptz not null,
  ends_at        timestamptz not null,
  dropped        text, -- the code of why it could not be kept when the list was fixed
  constraint booking_wish_pkey primary key (application_id, rank),
  constraint booking_wish_once unique (application_id, room_id, starts_at, ends_at),
  constraint booking_wish_application_fkey foreign key (borrower_id, application_id)
    references booking_application (borrower_id, id) on delete cascade,
  constraint booking_wish_room_fkey foreign key (room_id) references room (id),
  constraint booking_wish_rank_range check (rank between 1 and 10),
  constraint booking_wish_times check (ends_at > starts_at and ends_at <= starts_at + interval '1 day'),
  constraint booking_wish_dropped_form check (dropped ~ '^[a-z_]{1,60}$')
);

alter table booking_wish enable row level security;
alter table booking_wish force row level security;
create policy booking_wish_ledger on booking_wish to tnm_ledger using (true) with check (true);
create policy booking_wish_own on booking_wish for select to tnm_staff using (borrower_id = app_organization());
create policy booking_wish_seen_by_jobs on booking_wish for select to tnm_worker using (true);
grant select on booking_wish to tnm_staff, tnm_worker;
grant select, insert, update, delete on booking_wish to tnm_ledger;
