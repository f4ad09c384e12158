-- +goose Up
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
  constraint audit_entry_pkey primary key (id),
  constraint audit_entry_organization_fkey foreign key (organization_id) references organization (id),
  constraint audit_entry_actor_known check (actor_kind in ('staff', 'operator', 'job')),
  constraint audit_entry_actor_present check ((actor_kind = 'staff') = (actor_id is not null)),
  constraint audit_entry_action_form check (action ~ '^[a-z_]+(\.[a-z_]+)*$')
);
create index audit_entry_organization_idx on audit_entry (organization_id, at desc, id);

-- draft-ietf-httpapi-idempotency-key-header: one answer a key for 24 hours, stored with the change itself.
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

-- +goose StatementBegin
do $$
declare t text;
begin
  foreach t in array array['audit_entry', 'idempotency_key'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy %I on %I to tnm_staff using (organization_id = app_organization()) with check (organization_id = app_organization())', t || '_own', t);
    execute format('create policy %I on %I to tnm_worker using (true) with check (true)', t || '_jobs', t);
    execute format('grant select, insert on %I to tnm_staff', t);
  end loop;
end
$$;
-- +goose StatementEnd
create policy audit_entry_operator on audit_entry to tnm_operator using (true) with check (actor_kind = 'operator');
grant select, insert on audit_entry to tnm_worker, tnm_operator;
grant select, delete on idempotency_key to tnm_worker;

-- +goose Down
drop table idempotency_key;
drop table audit_entry;
