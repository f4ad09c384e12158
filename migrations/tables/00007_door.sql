-- needs: app_now, app_organization

-- The door: a day link for the phones at the entrance of one date, a head count a part, and tickets
-- that are marked as arrived. No list of names or tickets comes out of any of it.
create table door_link (
  organization_id uuid not null,
  event_id        uuid not null,
  occurrence_id   uuid not null,
  id              uuid not null default gen_random_uuid(),
  mac             bytea not null,
  created_at      timestamptz not null default app_now(),
  revoked_at      timestamptz,
  -- Six digits can be tried one after another by whoever has a day link. So misses are counted for
  -- each link: ten at once, then one a minute, and between them no day code is judged for a while,
  -- neither a right nor a wrong one. Participation codes can't be guessed and are judged always.
  -- misses: those that are not forgiven yet; one is forgiven a minute, counted from missed_at.
  -- pauses: how many followed each other, which sets how long the next one is.
  misses          smallint not null default 0,
  missed_at       timestamptz,
  pauses          smallint not null default 0,
  paused_until    timestamptz,
  constraint door_link_pkey primary key (id),
  constraint door_link_mac_key unique (mac),
  constraint door_link_mac_length check (octet_length(mac) = 32),
  constraint door_link_occurrence_fkey foreign key (organization_id, event_id, occurrence_id)
    references occurrence (organization_id, event_id, id) on delete cascade,
  constraint door_link_misses_range check (misses between 0 and 10),
  constraint door_link_misses_since check (misses = 0 or missed_at is not null),
  constraint door_link_pauses_range check (pauses between 0 and 4),
  constraint door_link_pauses_until check (pauses = 0 or paused_until is not null)
);
create index door_link_occurrence_idx on door_link (occurrence_id, created_at desc);

alter table door_link enable row level security;
alter table door_link force row level security;
create policy door_link_ledger on door_link to tnm_ledger using (true) with check (true);
create policy door_link_own on door_link to tnm_staff
  using (organization_id = app_organization()) with check (organization_id = app_organization());
grant select on door_link to tnm_ledger;
grant select (organization_id, event_id, occurrence_id, id, created_at, revoked_at, paused_until), insert
  (organization_id, event_id, occurrence_id, id, mac), update (revoked_at) on door_link to tnm_staff;
grant update (misses, missed_at, pauses, paused_until) on door_link to tnm_ledger;

-- How many are inside. capacity is null where nobody said how many fit. The public may read the
-- band and neither number.
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
  -- The most people who were counted at once, for the report: whoever leaves is taken off the
  -- count.
  peak            integer not null default 0,
  -- Phones send late: whoever leaves may be counted before those who came. So the sum of all taps
  -- is kept whole, whatever the order, and only what is shown, count, never falls below nothing.
  -- beyond: how far the sum lies outside what is shown, below it when negative; 0 almost always,
  -- and true of every count until now.
  beyond          integer not null default 0,
  constraint door_counter_pkey primary key (part_id),
  constraint door_counter_part_fkey foreign key (organization_id, event_id, occurrence_id, part_id)
    references part (organization_id, event_id, occurrence_id, id) on delete cascade,
  constraint door_counter_count_range check (count between 0 and 1000000),
  constraint door_counter_capacity_range check (capacity between 1 and 100000),
  constraint door_counter_peak_range check (peak between 0 and 1000000),
  constraint door_counter_beyond_outside
    check (beyond = 0 or beyond < 0 and count = 0 or beyond > 0 and count = 1000000)
) with (fillfactor = 50);
create index door_counter_occurrence_idx on door_counter (occurrence_id);

alter table door_counter enable row level security;
alter table door_counter force row level security;
create policy door_counter_ledger on door_counter to tnm_ledger using (true) with check (true);
create policy door_counter_own on door_counter to tnm_staff
  using (organization_id = app_organization()) with check (organization_id = app_organization());
create policy door_counter_listed on door_counter for select to tnm_public
  using (exists (select from event e where e.id = event_id and e.listed));
create policy door_counter_jobs on door_counter for select to tnm_worker using (true);
grant select on door_counter to tnm_staff;
grant select, insert, update on door_counter to tnm_ledger;
grant select (part_id, band) on door_counter to tnm_public, tnm_worker;
grant insert (organization_id, event_id, occurrence_id, part_id, capacity), update (capacity) on door_counter to
  tnm_staff;

-- Taps that were counted, so that a phone that was offline may send them late, and twice. The phone
-- makes the ids.
create table door_tap (
  organization_id uuid not null,
  event_id        uuid not null,
  occurrence_id   uuid not null,
  part_id         uuid not null,
  id              uuid not null,
  delta           smallint not null,
  tapped_on       date not null default (app_now() at time zone 'Asia/Tokyo')::date,
  constraint door_tap_pkey primary key (part_id, id),
  constraint door_tap_part_fkey foreign key (organization_id, event_id, occurrence_id, part_id)
    references part (organization_id, event_id, occurrence_id, id) on delete cascade,
  constraint door_tap_delta_range check (delta between -20 and 20 and delta <> 0)
);
create index door_tap_day_idx on door_tap (tapped_on);

alter table door_tap enable row level security;
alter table door_tap force row level security;
create policy door_tap_ledger on door_tap to tnm_ledger using (true) with check (true);
create policy door_tap_forgotten on door_tap to tnm_worker using (true);
grant delete on door_tap to tnm_worker;
grant select, insert on door_tap to tnm_ledger;
grant select (occurrence_id, part_id, id, tapped_on) on door_tap to tnm_worker;

-- Seats of tickets whose holders have come, by quota; moved by a trigger on the ticket alone.
create table door_arrival (
  organization_id uuid not null,
  event_id        uuid not null,
  occurrence_id   uuid not null,
  quota_id        uuid not null,
  seats           integer not null default 0,
  constraint door_arrival_pkey primary key (quota_id),
  constraint door_arrival_quota_fkey foreign key (organization_id, quota_id)
    references quota (organization_id, id) on delete cascade,
  constraint door_arrival_occurrence_fkey foreign key (organization_id, event_id, occurrence_id)
    references occurrence (organization_id, event_id, id) on delete cascade,
  constraint door_arrival_seats_positive check (seats >= 0)
) with (fillfactor = 50);
create index door_arrival_occurrence_idx on door_arrival (occurrence_id);

alter table door_arrival enable row level security;
alter table door_arrival force row level security;
create policy door_arrival_ledger on door_arrival to tnm_ledger using (true) with check (true);
create policy door_arrival_own on door_arrival to tnm_staff
  using (organization_id = app_organization()) with check (organization_id = app_organization());
grant select on door_arrival to tnm_staff;
grant select, insert, update on door_arrival to tnm_ledger;

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
  constraint paper_pool_part_fkey foreign key (organization_id, event_id, occurrence_id, part_id)
    references part (organization_id, event_id, occurrence_id, id) on delete cascade,
  constraint paper_pool_open_fkey foreign key (organization_id, open_quota_id)
    references quota (organization_id, id) on delete cascade,
  constraint paper_pool_paper_fkey foreign key (organization_id, paper_quota_id)
    references quota (organization_id, id) on delete cascade
);
create index paper_pool_occurrence_idx on paper_pool (occurrence_id);

alter table paper_pool enable row level security;
alter table paper_pool force row level security;
create policy paper_pool_ledger on paper_pool to tnm_ledger using (true) with check (true);
create policy paper_pool_own on paper_pool for select to tnm_staff using (organization_id = app_organization());
grant select on paper_pool to tnm_staff;
grant select, insert, update, delete on paper_pool to tnm_ledger;

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
  constraint paper_sheet_pool_fkey foreign key (organization_id, open_quota_id)
    references paper_pool (organization_id, open_quota_id) on delete cascade,
  constraint paper_sheet_codes_range check (codes between 1 and 200),
  constraint paper_sheet_seats_range check (seats_each between 1 and 20)
);
create index paper_sheet_pool_idx on paper_sheet (open_quota_id, created_at desc);

alter table paper_sheet enable row level security;
alter table paper_sheet force row level security;
create policy paper_sheet_ledger on paper_sheet to tnm_ledger using (true) with check (true);
create policy paper_sheet_own on paper_sheet for select to tnm_staff using (organization_id = app_organization());
grant select on paper_sheet to tnm_staff;
grant select, insert, update, delete on paper_sheet to tnm_ledger;

-- Only the MAC of a code is kept, and nothing leads from it to the ticket it became.
create table paper_code (
  organization_id uuid not null,
  sheet_id        uuid not null,
  mac             bytea not null,
  constraint paper_code_pkey primary key (mac),
  constraint paper_code_sheet_fkey foreign key (organization_id, sheet_id)
    references paper_sheet (organization_id, id) on delete cascade,
  constraint paper_code_mac_length check (octet_length(mac) = 32)
);
create index paper_code_sheet_idx on paper_code (sheet_id);

alter table paper_code enable row level security;
alter table paper_code force row level security;
create policy paper_code_ledger on paper_code to tnm_ledger using (true) with check (true);
grant select, insert, update, delete on paper_code to tnm_ledger;

-- One code, one ticket.
create table paper_claim (
  organization_id uuid not null,
  mac             bytea not null,
  constraint paper_claim_pkey primary key (mac),
  constraint paper_claim_code_fkey foreign key (mac) references paper_code (mac) on delete cascade
);

alter table paper_claim enable row level security;
alter table paper_claim force row level security;
create policy paper_claim_ledger on paper_claim to tnm_ledger using (true) with check (true);
grant select, insert, update, delete on paper_claim to tnm_ledger;
