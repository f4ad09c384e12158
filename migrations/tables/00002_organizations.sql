-- needs: app_now, app_organization, municipality_code_valid, organization_name_key

create table organization (
  id                 uuid not null default gen_random_uuid(),
  kind               text not null,
  slug               text not null,
  code               text,
  name               text not null,
  kana               text not null default '',
  english            text not null default '',
  area               text not null default '',
  introduction       text not null default '',
  website            text not null default '',
  online             boolean not null default false,
  registered_by      uuid,
  registered_by_kind text generated always as (case when registered_by is not null then 'municipality' end) stored,
  position           integer not null default 0,
  created_at         timestamptz not null default app_now(),
  -- When an organization's part came to its end; null: it takes part. It stays to be seen, as whose
  -- past events and bookings those were.
  closed_at          timestamptz,
  name_key           text not null generated always as (organization_name_key(name)) stored,
  constraint organization_pkey primary key (id),
  constraint organization_slug_key unique (slug),
  constraint organization_code_key unique (code),
  constraint organization_id_kind_key unique (id, kind),
  constraint organization_slug_form check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(slug) between 2 and 40),
  constraint organization_kind_known check (kind in ('municipality', 'partner_group')),
  constraint organization_code_form check (municipality_code_valid(code)),
  constraint organization_code_of_municipality check ((kind = 'municipality') = (code is not null)),
  constraint organization_registrar_of_group check ((kind = 'partner_group') = (registered_by is not null)),
  constraint organization_name_length check (length(name) between 1 and 100),
  constraint organization_texts_length check (length(kana) <= 200 and length(english) <= 200 and length(area) <= 100
    and length(introduction) <= 4000 and length(website) <= 2000),
  -- Only a municipality vouches for a partner group.
  constraint organization_registrar_fkey foreign key (registered_by, registered_by_kind)
    references organization (id, kind),
  -- Two municipalities may have one name (府中市), each with its own code; a partner group's is
  -- like nobody else's.
  constraint organization_name_alike exclude using gist (
    name_key with =,
      (case when code is null then '(,)'::int4range else int4range(code::int, code::int, '[]') end) with &&)
);
-- Names of ministries and towns are for those who have a code. Rows that stand are left.
alter table organization add constraint organization_name_reserved
  check (code is not null
    or name_key !~ '^([一-龥々ヶ-]{1,12}(都|道|府|県|市|区|町|村|郡)|.*(省|庁|委員会|役所|役場|内閣府|法務局|支所|出張所))$') not valid;
create index organization_registered_by_idx on organization (registered_by) where registered_by is not null;

alter table organization enable row level security;
alter table organization force row level security;
create policy organization_known on organization for select to tnm_public, tnm_staff, tnm_worker, tnm_ledger
  using (true);
create policy organization_own on organization for update to tnm_staff
  using (id = app_organization()) with check (id = app_organization());
create policy organization_registered on organization for insert to tnm_staff
  with check (kind = 'partner_group' and registered_by = app_organization());
create policy organization_operator on organization to tnm_operator using (true) with check (true);
create policy organization_closing on organization for update to tnm_ledger using (true) with check (true);
grant select on organization to tnm_public, tnm_staff, tnm_worker, tnm_ledger;
grant select, insert, update on organization to tnm_operator;
grant insert (kind, slug, name, kana, english, area, introduction, website, online, registered_by), update (area,
  introduction, website, online) on organization to tnm_staff;
grant update (closed_at) on organization to tnm_ledger;

create table partnership (
  id          uuid not null default gen_random_uuid(),
  slug        text not null,
  name        text not null,
  description text not null default '',
  position    integer not null default 0,
  constraint partnership_pkey primary key (id),
  constraint partnership_slug_key unique (slug),
  constraint partnership_slug_form check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(slug) between 2 and 40),
  constraint partnership_name_length check (length(name) between 1 and 100 and length(description) <= 4000)
);

grant select on partnership to tnm_public, tnm_staff, tnm_worker, tnm_ledger;
grant select, insert, update, delete on partnership to tnm_operator;

create table partnership_member (
  partnership_id  uuid not null,
  organization_id uuid not null,
  position        integer not null default 0,
  constraint partnership_member_pkey primary key (partnership_id, organization_id),
  constraint partnership_member_partnership_fkey foreign key (partnership_id)
    references partnership (id) on delete cascade,
  constraint partnership_member_organization_fkey foreign key (organization_id) references organization (id)
);
create index partnership_member_organization_idx on partnership_member (organization_id);

grant select on partnership_member to tnm_public, tnm_staff, tnm_worker, tnm_ledger;
grant select, insert, update, delete on partnership_member to tnm_operator;
