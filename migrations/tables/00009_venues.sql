-- needs: app_now, app_organization, municipality_code_valid

-- A building, or the part of one, that an organization looks after (施設).
create table facility (
  organization_id  uuid not null,
  id               uuid not null default gen_random_uuid(),
  status           text not null default 'draft',
  name             text not null,
  kana             text not null default '',
  english          text not null default '',
  alias            text not null default '',
  area_code        text not null,
  postal_code      text not null default '',
  address          text not null,
  building         text not null default '',
  latitude         numeric(9, 6),
  longitude        numeric(9, 6),
  access           text not null default '',
  -- The desk's own, never a person's.
  phone            text not null default '',
  phone_extension  text not null default '',
  email            text not null default '',
  website          text not null default '',
  description      text not null default '',
  floor_info       text not null default '',
  operated_by      text not null default '',
  corporate_number text,
  poi_code         text not null default '',
  -- Identifier in the town's own list (公共施設一覧, column ID); an import finds the facility again
  -- by it.
  outside_id       text,
  -- What there is, and what there is not; in neither list: not stated.
  barrier_free     text[] not null default '{}',
  barriers         text[] not null default '{}',
  barrier_note     text not null default '',
  -- Opening hours by season and weekday, and the rules of closed days: a document that
  -- internal/venue reads (ADR 0016).
  hours            jsonb not null default '{}',
  hours_note       text not null default '',
  closed_on        date,
  close_reason     text not null default '',
  position         integer not null default 0,
  modified_at      timestamptz not null default app_now(),
  -- A closed facility stays to be seen, so that people learn of it.
  listed           boolean not null generated always as (status <> 'draft') stored,
  search_text      text not null
    generated always as
      (lower(normalize(name || ' ' || kana || ' ' || english || ' ' || alias || ' ' || address || ' ' || building ||
        ' ' || description,
      NFKC))) stored,
  constraint facility_pkey primary key (id),
  constraint facility_organization_key unique (organization_id, id),
  constraint facility_outside_key unique (organization_id, outside_id),
  constraint facility_organization_fkey foreign key (organization_id) references organization (id),
  constraint facility_status_known check (status in ('draft', 'open', 'closed')),
  constraint facility_closed_day check ((status = 'closed') = (closed_on is not null)),
  constraint facility_area_form check (municipality_code_valid(area_code)),
  constraint facility_postal_form check (postal_code ~ '^([0-9]{3}-[0-9]{4})?$'),
  constraint facility_place
    check ((latitude is null) = (longitude is null) and latitude between 20 and 46 and longitude between 122 and 154),
  constraint facility_phone_form
    check (phone ~ '^[0-9+() -]*$' and length(phone) <= 30 and length(phone_extension) <= 30),
  constraint facility_email_form
    check (email = '' or (email ~ '^[^@[:space:]]+@[^@[:space:]]+$' and length(email) <= 254)),
  constraint facility_corporate_form check (corporate_number ~ '^[0-9]{13}$'),
  constraint facility_outside_form check (length(outside_id) between 1 and 60),
  constraint facility_name_length check (length(name) between 1 and 100),
  constraint facility_texts_length
    check (length(kana) <= 200 and length(english) <= 200 and length(alias) <= 200 and length(address) between 1 and 300
    and length(building) <= 200 and length(access) <= 2000 and length(website) <= 2000 and length(description) <= 4000
    and length(floor_info) <= 500
    and length(operated_by) <= 200 and length(poi_code) <= 40 and length(barrier_note) <= 1000
    and length(hours_note) <= 1000 and length(close_reason) <= 1000),
  constraint facility_barrier_words
    check (cardinality(barrier_free || barriers) <= 40 and not barrier_free && barriers),
  constraint facility_hours_document check (jsonb_typeof(hours) = 'object' and length(hours::text) <= 20000)
);
create index facility_area_idx on facility (area_code, position, id) where listed;
create index facility_organization_idx on facility (organization_id, position, id);

alter table facility enable row level security;
alter table facility force row level security;
create policy facility_seen_by_jobs on facility for select to tnm_worker, tnm_ledger using (true);
create policy facility_own on facility to tnm_staff
  using (organization_id = app_organization()) with check (organization_id = app_organization());
create policy facility_listed on facility for select to tnm_public, tnm_staff using (listed);
create policy facility_closing on facility for update to tnm_ledger using (true) with check (status = 'closed');
grant select on facility to tnm_public, tnm_worker, tnm_ledger;
grant select, insert, delete on facility to tnm_staff;
grant update (status, name, kana, english, alias, area_code, postal_code, address, building, latitude, longitude,
  access, phone, phone_extension, email, website, description, floor_info, operated_by, corporate_number, poi_code,
  outside_id, barrier_free, barriers, barrier_note, hours, hours_note, closed_on, close_reason, position) on facility
  to tnm_staff;
grant update (status, closed_on, close_reason) on facility to tnm_ledger;

-- An atomic piece of floor (空間): what a booking occupies.
create table space (
  organization_id uuid not null,
  facility_id     uuid not null,
  id              uuid not null default gen_random_uuid(),
  name            text not null,
  floor           text not null default '',
  position        smallint not null default 0,
  constraint space_pkey primary key (id),
  constraint space_organization_key unique (organization_id, id),
  constraint space_facility_key unique (organization_id, facility_id, id),
  constraint space_name_key unique (facility_id, name),
  constraint space_facility_fkey foreign key (organization_id, facility_id)
    references facility (organization_id, id) on delete cascade,
  constraint space_texts_length check (length(name) between 1 and 100 and length(floor) <= 40)
);
create index space_facility_idx on space (facility_id, position, id);

alter table space enable row level security;
alter table space force row level security;
create policy space_seen_by_jobs on space for select to tnm_worker, tnm_ledger using (true);
create policy space_own on space to tnm_staff
  using (organization_id = app_organization()) with check (organization_id = app_organization());
-- What belongs to a facility or a room is seen by those who see that; the sub-selects are under
-- row-level security themselves.
create policy space_listed on space for select to tnm_public, tnm_staff
  using (exists (select from facility f where f.id = facility_id and f.listed));
create policy space_locked on space for update to tnm_ledger using (true) with check (false);
grant select on space to tnm_public, tnm_worker, tnm_ledger;
grant select, insert, delete on space to tnm_staff;
grant update (name, floor, position) on space to tnm_staff;
grant update (position) on space to tnm_ledger;

-- What can be booked (部屋): one space or more, 全面 = A面 + B面.
create table room (
  organization_id  uuid not null,
  facility_id      uuid not null,
  id               uuid not null default gen_random_uuid(),
  status           text not null default 'draft',
  -- own: nobody outside sees it. partners: members of the partnerships in room_partnership.
  -- everyone: any organization.
  open_to          text not null default 'own',
  name             text not null,
  kana             text not null default '',
  english          text not null default '',
  floor            text not null default '',
  description      text not null default '',
  area_m2          numeric(8, 2),
  capacity         integer not null,
  food_ok          boolean,
  -- What the room bears: loud (music, drums), normal, quiet (talk only).
  noise            text not null default 'normal',
  -- Setting up and clearing around each booking; they widen what is occupied.
  setup_minutes    smallint not null default 0,
  clearing_minutes smallint not null default 0,
  -- Documents that internal/venue reads and checks (ADR 0016).
  layouts          jsonb not null default '[]',
  equipment        jsonb not null default '[]',
  uses             jsonb not null default '{}', -- blocks or a grid, hours of its own
  fees             jsonb not null default '[]', -- yen by payer class and block
  exemptions       jsonb not null default '[]', -- 減免: classes and percent
  terms            jsonb not null default '[]', -- who may book when
  closed_on        date,
  close_reason     text not null default '',
  position         integer not null default 0,
  modified_at      timestamptz not null default app_now(),
  listed           boolean not null generated always as (status <> 'draft' and open_to <> 'own') stored,
  search_text      text not null
    generated always as (lower(normalize(name || ' ' || kana || ' ' || english || ' ' || description, NFKC))) stored,
  constraint room_pkey primary key (id),
  constraint room_organization_key unique (organization_id, id),
  constraint room_facility_key unique (organization_id, facility_id, id),
  constraint room_name_key unique (facility_id, name),
  constraint room_facility_fkey foreign key (organization_id, facility_id) references facility (organization_id, id),
  constraint room_status_known check (status in ('draft', 'open', 'closed')),
  constraint room_open_to_known check (open_to in ('own', 'partners', 'everyone')),
  constraint room_closed_day check ((status = 'closed') = (closed_on is not null)),
  constraint room_noise_known check (noise in ('loud', 'normal', 'quiet')),
  constraint room_capacity_range check (capacity between 1 and 100000),
  constraint room_area_range check (area_m2 > 0 and area_m2 < 100000),
  constraint room_buffers_range check (setup_minutes between 0 and 720 and clearing_minutes between 0 and 720),
  constraint room_texts_length
    check (length(name) between 1 and 100 and length(kana) <= 200 and length(english) <= 200 and length(floor) <= 40
    and length(description) <= 4000 and length(close_reason) <= 1000),
  constraint room_documents
    check (jsonb_typeof(layouts) = 'array' and jsonb_typeof(equipment) = 'array' and jsonb_typeof(uses) = 'object'
    and jsonb_typeof(fees) = 'array' and jsonb_typeof(exemptions) = 'array' and jsonb_typeof(terms) = 'array'
    and length(layouts::text) <= 10000 and length(equipment::text) <= 20000 and length(uses::text) <= 20000
    and length(fees::text) <= 20000 and length(exemptions::text) <= 10000 and length(terms::text) <= 10000)
);
create index room_facility_idx on room (facility_id, position, id);
create index room_organization_idx on room (organization_id, facility_id, position, id);
create index room_capacity_idx on room (capacity, id) where listed and status = 'open';
-- The widest set-up and clearing of all rooms, found at once: the search widens its window by them.
create index room_setup_idx on room (setup_minutes) where setup_minutes > 0;
create index room_clearing_idx on room (clearing_minutes) where clearing_minutes > 0;

alter table room enable row level security;
alter table room force row level security;
create policy room_seen_by_jobs on room for select to tnm_worker, tnm_ledger using (true);
create policy room_own on room to tnm_staff
  using (organization_id = app_organization()) with check (organization_id = app_organization());
create policy room_listed on room for select to tnm_public, tnm_staff
  using (listed and exists (select from facility f where f.id = facility_id and f.listed));
grant select on room to tnm_public, tnm_worker, tnm_ledger;
grant select, insert, delete on room to tnm_staff;
grant update (status, open_to, name, kana, english, floor, description, area_m2, capacity, food_ok, noise,
  setup_minutes, clearing_minutes, layouts, equipment, uses, fees, exemptions, terms, closed_on, close_reason,
  position) on room to tnm_staff;

-- The spaces of a room. exclusive false is a foyer used in common: rooms that share it can be taken
-- at one time, and whoever takes it whole keeps the others out.
create table room_space (
  organization_id uuid not null,
  facility_id     uuid not null,
  room_id         uuid not null,
  space_id        uuid not null,
  exclusive       boolean not null default true,
  constraint room_space_pkey primary key (room_id, space_id),
  constraint room_space_room_fkey foreign key (organization_id, facility_id, room_id)
    references room (organization_id, facility_id, id) on delete cascade,
  constraint room_space_space_fkey foreign key (organization_id, facility_id, space_id)
    references space (organization_id, facility_id, id)
);
create index room_space_space_idx on room_space (space_id, room_id);

alter table room_space enable row level security;
alter table room_space force row level security;
create policy room_space_seen_by_jobs on room_space for select to tnm_worker, tnm_ledger using (true);
create policy room_space_own on room_space to tnm_staff
  using (organization_id = app_organization()) with check (organization_id = app_organization());
create policy room_space_listed on room_space for select to tnm_public, tnm_staff
  using (exists (select from room r where r.id = room_id and r.listed));
grant select on room_space to tnm_public, tnm_worker, tnm_ledger;
grant select, insert, delete on room_space to tnm_staff;

create table room_partnership (
  organization_id uuid not null,
  room_id         uuid not null,
  partnership_id  uuid not null,
  constraint room_partnership_pkey primary key (room_id, partnership_id),
  constraint room_partnership_room_fkey foreign key (organization_id, room_id)
    references room (organization_id, id) on delete cascade,
  constraint room_partnership_partnership_fkey foreign key (partnership_id)
    references partnership (id) on delete cascade
);
create index room_partnership_partnership_idx on room_partnership (partnership_id, room_id);

alter table room_partnership enable row level security;
alter table room_partnership force row level security;
create policy room_partnership_seen_by_jobs on room_partnership for select to tnm_worker, tnm_ledger using (true);
create policy room_partnership_own on room_partnership to tnm_staff
  using (organization_id = app_organization()) with check (organization_id = app_organization());
create policy room_partnership_listed on room_partnership for select to tnm_public, tnm_staff
  using (exists (select from room r where r.id = room_id and r.listed));
grant select on room_partnership to tnm_public, tnm_worker, tnm_ledger;
grant select, insert, delete on room_partnership to tnm_staff;

-- Two rooms that hear each other; one row a pair. What is loud in one while it is quiet in the
-- other is told (warn) or refused (forbid).
create table room_neighbour (
  organization_id uuid not null,
  facility_id     uuid not null,
  room_id         uuid not null,
  neighbour_id    uuid not null,
  rule            text not null,
  constraint room_neighbour_pkey primary key (room_id, neighbour_id),
  constraint room_neighbour_room_fkey foreign key (organization_id, facility_id, room_id)
    references room (organization_id, facility_id, id) on delete cascade,
  constraint room_neighbour_neighbour_fkey foreign key (organization_id, facility_id, neighbour_id)
    references room (organization_id, facility_id, id) on delete cascade,
  constraint room_neighbour_order check (room_id < neighbour_id),
  constraint room_neighbour_rule_known check (rule in ('warn', 'forbid'))
);
create index room_neighbour_neighbour_idx on room_neighbour (neighbour_id);

alter table room_neighbour enable row level security;
alter table room_neighbour force row level security;
create policy room_neighbour_seen_by_jobs on room_neighbour for select to tnm_worker, tnm_ledger using (true);
create policy room_neighbour_own on room_neighbour to tnm_staff
  using (organization_id = app_organization()) with check (organization_id = app_organization());
create policy room_neighbour_listed on room_neighbour for select to tnm_public, tnm_staff
  using (exists (select from room r where r.id = room_id and r.listed)
    and exists (select from room r where r.id = neighbour_id and r.listed));
grant select on room_neighbour to tnm_public, tnm_worker, tnm_ledger;
grant select, insert, delete on room_neighbour to tnm_staff;

-- Closed for once: repairs, elections. room_id null closes the whole facility.
create table closure (
  organization_id uuid not null,
  facility_id     uuid not null,
  room_id         uuid,
  id              uuid not null default gen_random_uuid(),
  span            tstzrange not null,
  reason          text not null,
  constraint closure_pkey primary key (id),
  constraint closure_organization_key unique (organization_id, id),
  constraint closure_facility_fkey foreign key (organization_id, facility_id)
    references facility (organization_id, id) on delete cascade,
  constraint closure_room_fkey foreign key (organization_id, facility_id, room_id)
    references room (organization_id, facility_id, id) on delete cascade,
  constraint closure_span_form
    check (not isempty(span) and not lower_inf(span) and not upper_inf(span) and lower_inc(span) and not upper_inc(span)
      and lower(span) >= '2000-01-01Z' and upper(span) < '2100-01-01Z'
    and upper(span) <= lower(span) + interval '1100 days'),
  constraint closure_reason_length check (length(reason) between 1 and 300)
);
create index closure_facility_idx on closure (facility_id, upper(span));

alter table closure enable row level security;
alter table closure force row level security;
create policy closure_seen_by_jobs on closure for select to tnm_worker, tnm_ledger using (true);
create policy closure_own on closure to tnm_staff
  using (organization_id = app_organization()) with check (organization_id = app_organization());
create policy closure_listed on closure for select to tnm_public, tnm_staff
  using (exists (select from facility f where f.id = facility_id and f.listed)
    and (room_id is null or exists (select from room r where r.id = room_id and r.listed)));
grant select on closure to tnm_public, tnm_worker, tnm_ledger;
grant select, insert, delete on closure to tnm_staff;

-- 国民の祝日. Filled from the law's rules; observed false is a day that the rules give and a
-- special law took away, so that filling again does not bring it back.
create table national_holiday (
  day      date not null,
  name     text not null,
  observed boolean not null default true,
  constraint national_holiday_pkey primary key (day),
  constraint national_holiday_name_length check (length(name) between 1 and 60),
  constraint national_holiday_years check (day between '2000-01-01' and '2099-12-31')
);

grant select on national_holiday to tnm_public, tnm_staff, tnm_ledger;
grant select, insert on national_holiday to tnm_worker;
grant select, insert, update on national_holiday to tnm_operator;

-- An organization's own days: one more holiday, or (observed false) a national one on which it
-- works.
create table local_holiday (
  organization_id uuid not null,
  day             date not null,
  name            text not null,
  observed        boolean not null default true,
  constraint local_holiday_pkey primary key (organization_id, day),
  constraint local_holiday_organization_fkey foreign key (organization_id) references organization (id),
  constraint local_holiday_name_length check (length(name) between 1 and 60),
  constraint local_holiday_years check (day between '2000-01-01' and '2099-12-31')
);

alter table local_holiday enable row level security;
alter table local_holiday force row level security;
create policy local_holiday_seen_by_jobs on local_holiday for select to tnm_worker, tnm_ledger using (true);
create policy local_holiday_own on local_holiday to tnm_staff
  using (organization_id = app_organization()) with check (organization_id = app_organization());
create policy local_holiday_listed on local_holiday for select to tnm_public, tnm_staff using (true);
grant select on local_holiday to tnm_public, tnm_worker, tnm_ledger;
grant select, insert, delete on local_holiday to tnm_staff;
grant update (name, observed) on local_holiday to tnm_staff;

-- A picture of a facility, or of one of its rooms; taken apart and made anew, so that nothing of
-- the camera is left.
create table photo (
  organization_id uuid not null,
  facility_id     uuid not null,
  room_id         uuid,
  id              uuid not null default gen_random_uuid(),
  position        smallint not null default 0,
  alt             text not null,
  credit          text not null default '',
  license         text not null default '',
  constraint photo_pkey primary key (id),
  constraint photo_organization_key unique (organization_id, id),
  constraint photo_facility_fkey foreign key (organization_id, facility_id)
    references facility (organization_id, id) on delete cascade,
  constraint photo_room_fkey foreign key (organization_id, facility_id, room_id)
    references room (organization_id, facility_id, id) on delete cascade,
  constraint photo_texts_length
    check (length(alt) between 1 and 300 and length(credit) <= 200 and length(license) <= 100)
);
create index photo_facility_idx on photo (facility_id, room_id, position, id);

alter table photo enable row level security;
alter table photo force row level security;
create policy photo_seen_by_jobs on photo for select to tnm_worker, tnm_ledger using (true);
create policy photo_own on photo to tnm_staff
  using (organization_id = app_organization()) with check (organization_id = app_organization());
create policy photo_listed on photo for select to tnm_public, tnm_staff
  using (exists (select from facility f where f.id = facility_id and f.listed)
    and (room_id is null or exists (select from room r where r.id = room_id and r.listed)));
grant select on photo to tnm_public, tnm_worker, tnm_ledger;
grant select, insert, delete on photo to tnm_staff;
grant update (position, alt, credit, license) on photo to tnm_staff;

-- The sizes of a picture. The address is the checksum, so it can be kept for ever.
create table photo_image (
  organization_id uuid not null,
  photo_id        uuid not null,
  size            text not null,
  checksum        bytea not null generated always as (sha256(body)) stored,
  width           integer not null,
  height          integer not null,
  body            bytea not null,
  constraint photo_image_pkey primary key (photo_id, size),
  constraint photo_image_photo_fkey foreign key (organization_id, photo_id)
    references photo (organization_id, id) on delete cascade,
  constraint photo_image_size_known check (size in ('small', 'medium', 'large')),
  constraint photo_image_bounds
    check (width between 1 and 2560 and height between 1 and 2560 and octet_length(body) between 100 and 4000000)
);
alter table photo_image alter column body set storage external;
create index photo_image_checksum_idx on photo_image (checksum);

alter table photo_image enable row level security;
alter table photo_image force row level security;
create policy photo_image_seen_by_jobs on photo_image for select to tnm_worker, tnm_ledger using (true);
create policy photo_image_own on photo_image to tnm_staff
  using (organization_id = app_organization()) with check (organization_id = app_organization());
create policy photo_image_listed on photo_image for select to tnm_public, tnm_staff
  using (exists (select from photo p where p.id = photo_id));
grant select on photo_image to tnm_public, tnm_worker, tnm_ledger;
grant select, insert, delete on photo_image to tnm_staff;
