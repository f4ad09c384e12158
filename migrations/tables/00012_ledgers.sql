-- needs: app_now, app_organization, app_token, app_token_issuers

-- Who did what, written inside the business transaction. Never a word about residents.
create table audit_entry (
  organization_id uuid not null,
  id              uuid not null default gen_random_uuid(),
  at              timestamptz not null default app_now(),
  actor_kind      text not null,
  actor_id        uuid,
  action          text not null,
  subject_kind    text not null,
  subject_id      uuid not null,
  detail          jsonb not null default '{}',
  -- The ledger names the token and who issued it.
  token_id        uuid default app_token(),
  token_issuers   uuid[] default app_token_issuers(),
  constraint audit_entry_pkey primary key (id),
  constraint audit_entry_organization_fkey foreign key (organization_id) references organization (id),
  constraint audit_entry_actor_known check (actor_kind in ('staff', 'operator', 'job')),
  constraint audit_entry_actor_present check ((actor_kind = 'staff') = (actor_id is not null)),
  constraint audit_entry_action_form check (action ~ '^[a-z_]+(\.[a-z_]+)*$')
);
create index audit_entry_organization_idx on audit_entry (organization_id, at desc, id);

alter table audit_entry enable row level security;
alter table audit_entry force row level security;
create policy audit_entry_own on audit_entry to tnm_staff
  using (organization_id = app_organization()) with check (organization_id = app_organization());
create policy audit_entry_jobs on audit_entry to tnm_worker using (true) with check (true);
create policy audit_entry_operator on audit_entry to tnm_operator using (true) with check (actor_kind = 'operator');
create policy audit_entry_booked on audit_entry for insert to tnm_ledger
  with check (subject_kind = 'booking' and organization_id = app_organization());
grant select, insert on audit_entry to tnm_staff, tnm_worker, tnm_operator;
grant insert on audit_entry to tnm_ledger;

-- draft-ietf-httpapi-idempotency-key-header: one answer a key for 24 hours, stored with the change
-- itself.
create table idempotency_key (
  organization_id uuid not null,
  key             text not null,
  fingerprint     bytea not null,
  status          smallint not null,
  content_type    text not null,
  location        text not null default '',
  body            bytea not null,
  created_at      timestamptz not null default app_now(),
  constraint idempotency_key_pkey primary key (organization_id, key),
  constraint idempotency_key_organization_fkey foreign key (organization_id) references organization (id),
  constraint idempotency_key_length check (length(key) between 1 and 255),
  constraint idempotency_fingerprint_length check (octet_length(fingerprint) = 32)
);
create index idempotency_key_created_idx on idempotency_key (created_at);

alter table idempotency_key enable row level security;
alter table idempotency_key force row level security;
create policy idempotency_key_own on idempotency_key to tnm_staff
  using (organization_id = app_organization()) with check (organization_id = app_organization());
create policy idempotency_key_jobs on idempotency_key to tnm_worker using (true) with check (true);
grant select, insert on idempotency_key to tnm_staff;
grant select, delete on idempotency_key to tnm_worker;

-- Fair shares when many want the same seats (ADR 0014): challenges that were spent, what a network
-- took lately, and codes on paper.
-- A challenge is signed and kept nowhere; what is kept is that it was spent, until it would have
-- expired anyway.
create table guard_spent (
  id         bytea not null,
  expires_at timestamptz not null,
  constraint guard_spent_pkey primary key (id),
  constraint guard_spent_id_length check (octet_length(id) = 16)
);
create index guard_spent_expires_idx on guard_spent (expires_at);

alter table guard_spent enable row level security;
alter table guard_spent force row level security;
create policy guard_spent_ledger on guard_spent to tnm_ledger using (true) with check (true);
grant select, insert, update, delete on guard_spent to tnm_ledger;

-- What several processes must know of each other. Unlogged: nothing of it reaches the write-ahead
-- log or a backup, and a crash forgets it. One random key an hour; with the program's own key it
-- turns a network into what stands in guard_share.network. Gone after two hours.
create unlogged table guard_key (
  hour timestamptz not null,
  key  bytea not null,
  constraint guard_key_pkey primary key (hour),
  constraint guard_key_length check (octet_length(key) = 32)
);

alter table guard_key enable row level security;
alter table guard_key force row level security;
create policy guard_key_ledger on guard_key to tnm_ledger using (true) with check (true);
grant select, insert, update, delete on guard_key to tnm_ledger;

create unlogged table guard_process (
  id      uuid not null,
  seen_at timestamptz not null,
  constraint guard_process_pkey primary key (id)
);

alter table guard_process enable row level security;
alter table guard_process force row level security;
create policy guard_process_ledger on guard_process to tnm_ledger using (true) with check (true);
grant select, insert, update, delete on guard_process to tnm_ledger;

-- Seats that a network took of a quota, by ten seconds, for ten minutes; used only while more than
-- one process serves.
create unlogged table guard_share (
  network  bytea not null,
  quota_id uuid not null,
  slot     timestamptz not null,
  seats    integer not null,
  constraint guard_share_pkey primary key (network, quota_id, slot),
  constraint guard_share_network_length check (octet_length(network) = 16),
  constraint guard_share_seats_positive check (seats >= 0)
);
create index guard_share_slot_idx on guard_share (slot);

alter table guard_share enable row level security;
alter table guard_share force row level security;
create policy guard_share_ledger on guard_share to tnm_ledger using (true) with check (true);
grant select, insert, update, delete on guard_share to tnm_ledger;
