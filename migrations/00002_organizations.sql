-- +goose Up
-- Check digit of 全国地方公共団体コード: 11 minus (sum of digits 1..5 times weights 6..2) modulo 11, last digit of it.
create function municipality_code_valid(code text) returns boolean
  language sql immutable strict parallel safe
  return code ~ '^[0-9]{6}$' and right(code, 1)::int = (
    11 - (substr(code, 1, 1)::int * 6 + substr(code, 2, 1)::int * 5 + substr(code, 3, 1)::int * 4
        + substr(code, 4, 1)::int * 3 + substr(code, 5, 1)::int * 2) % 11) % 10;
grant execute on function municipality_code_valid(text) to tnm_public, tnm_staff, tnm_worker, tnm_operator, tnm_ledger;

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
  constraint organization_registrar_fkey foreign key (registered_by, registered_by_kind) references organization (id, kind)
);
create index organization_registered_by_idx on organization (registered_by) where registered_by is not null;

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
create table partnership_member (
  partnership_id  uuid not null,
  organization_id uuid not null,
  position        integer not null default 0,
  constraint partnership_member_pkey primary key (partnership_id, organization_id),
  constraint partnership_member_partnership_fkey foreign key (partnership_id) references partnership (id) on delete cascade,
  constraint partnership_member_organization_fkey foreign key (organization_id) references organization (id)
);
create index partnership_member_organization_idx on partnership_member (organization_id);

alter table organization enable row level security;
alter table organization force row level security;
create policy organization_known on organization for select to tnm_public, tnm_staff, tnm_worker, tnm_ledger using (true);
create policy organization_own on organization for update to tnm_staff
  using (id = app_organization()) with check (id = app_organization());
create policy organization_registered on organization for insert to tnm_staff
  with check (kind = 'partner_group' and registered_by = app_organization());
create policy organization_operator on organization to tnm_operator using (true) with check (true);
grant select on organization to tnm_public, tnm_staff, tnm_worker, tnm_ledger;
grant select, insert, update on organization to tnm_operator;
grant insert (kind, slug, name, kana, english, area, introduction, website, online, registered_by) on organization to tnm_staff;
grant update (name, kana, english, area, introduction, website, online) on organization to tnm_staff;

-- Partnerships are agreements between organizations, belong to none of them and are public.
grant select on partnership, partnership_member to tnm_public, tnm_staff, tnm_worker, tnm_ledger;
grant select, insert, update, delete on partnership, partnership_member to tnm_operator;

-- +goose Down
drop table partnership_member;
drop table partnership;
drop table organization;
drop function municipality_code_valid(text);
