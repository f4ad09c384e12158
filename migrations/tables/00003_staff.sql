-- needs: app_now, app_organization, app_persons

create table staff (
  organization_id uuid not null,
  id              uuid not null default gen_random_uuid(),
  email           text not null,
  name            text not null default '',
  password_hash   text not null,
  role            text not null,
  disabled_at     timestamptz,
  created_at      timestamptz not null default app_now(),
  constraint staff_pkey primary key (id),
  constraint staff_organization_key unique (organization_id, id),
  constraint staff_email_form
    check (email = lower(email) and email ~ '^[^@[:space:]]+@[^@[:space:]]+$' and length(email) <= 254),
  constraint staff_role_known check (role in ('editor', 'publisher', 'admin')),
  constraint staff_name_length check (length(name) <= 100),
  constraint staff_organization_fkey foreign key (organization_id) references organization (id)
);
-- One address may work for several organizations, once for each.
create unique index staff_email_key on staff (organization_id, email);

alter table staff enable row level security;
alter table staff force row level security;
create policy staff_own on staff to tnm_staff
  using (organization_id = app_organization()) with check (organization_id = app_organization());
create policy staff_operator on staff to tnm_operator using (true) with check (true);
create policy staff_ledger on staff for select to tnm_ledger using (true);
grant select, insert, update on staff to tnm_staff, tnm_operator;
grant select (organization_id, id, role, disabled_at) on staff to tnm_ledger;

create table api_token (
  organization_id uuid not null,
  id              uuid not null default gen_random_uuid(),
  staff_id        uuid not null,
  name            text not null,
  mac             bytea not null,
  expires_at      timestamptz not null,
  revoked_at      timestamptz,
  created_at      timestamptz not null default app_now(),
  -- Who had a hand in issuing a token: the member who issued it and, when that was done with a
  -- token, those behind that one. Empty: the operator issued it at the command line.
  issuers         uuid[] not null default app_persons(),
  constraint api_token_pkey primary key (id),
  constraint api_token_mac_key unique (mac),
  constraint api_token_mac_length check (octet_length(mac) = 32),
  constraint api_token_name_length check (length(name) between 1 and 100),
  constraint api_token_staff_fkey foreign key (organization_id, staff_id)
    references staff (organization_id, id) on delete cascade
);
create index api_token_staff_idx on api_token (organization_id, staff_id);

alter table api_token enable row level security;
alter table api_token force row level security;
create policy api_token_own on api_token to tnm_staff
  using (organization_id = app_organization()) with check (organization_id = app_organization());
create policy api_token_operator on api_token to tnm_operator using (true) with check (true);
create policy api_token_ledger on api_token for select to tnm_ledger using (true);
grant select, insert, update on api_token to tnm_staff, tnm_operator;
grant select (id, issuers) on api_token to tnm_ledger;
