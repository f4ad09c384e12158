-- needs: app_ticket

-- How somebody likes to be told of what happens to their date: a mail address or a push
-- subscription, if they gave one. Sealed by serve for the key of a date, readable by the worker
-- alone, which keeps the private half outside the database (docs/adr/0011). One row a ticket, of
-- one size, without a time.
-- What the worker can send, and which key store it has: one row once a worker has run. push_key is
-- the public half of VAPID (RFC 8292).
create table contact_store (
  single   boolean not null default true,
  id       uuid not null,
  mail     boolean not null,
  push_key bytea,
  constraint contact_store_pkey primary key (single),
  constraint contact_store_one check (single),
  constraint contact_store_push_key_length check (octet_length(push_key) = 65)
);

alter table contact_store enable row level security;
alter table contact_store force row level security;
create policy contact_store_jobs on contact_store to tnm_worker using (true) with check (true);
create policy contact_store_ledger on contact_store to tnm_ledger using (true) with check (true);
create policy contact_store_public on contact_store for select to tnm_public using (true);
grant select, insert, update, delete on contact_store to tnm_worker;
grant select (mail, push_key) on contact_store to tnm_public;

-- The public half (MLKEM768-X25519) of a date's key; null once the private half was destroyed. A
-- row outlives the key, so that no second one is made.
create table contact_key (
  organization_id uuid not null,
  event_id        uuid not null,
  occurrence_id   uuid not null,
  public_key      bytea,
  destroyed_on    date,
  constraint contact_key_pkey primary key (occurrence_id),
  constraint contact_key_occurrence_fkey foreign key (organization_id, event_id, occurrence_id)
    references occurrence (organization_id, event_id, id) on delete cascade,
  constraint contact_key_public_key_length check (octet_length(public_key) = 1216),
  constraint contact_key_destroyed check ((public_key is null) = (destroyed_on is not null))
);

alter table contact_key enable row level security;
alter table contact_key force row level security;
create policy contact_key_jobs on contact_key to tnm_worker using (true) with check (true);
create policy contact_key_ledger on contact_key to tnm_ledger using (true) with check (true);
create policy contact_key_listed on contact_key for select to tnm_public
  using (exists (select from event e where e.id = event_id and e.listed));
grant select, insert, delete on contact_key to tnm_worker;
grant select on contact_key to tnm_ledger;
grant select (event_id, occurrence_id, destroyed_on) on contact_key to tnm_public;
grant update (public_key, destroyed_on) on contact_key to tnm_worker;
grant update (destroyed_on) on contact_key to tnm_ledger;

-- key_id is the date whose key seals it: that of the ticket or, while it waits, the last date that
-- it may come to.
create table ticket_contact (
  organization_id uuid not null,
  event_id        uuid not null,
  ticket_id       uuid not null,
  key_id          uuid not null,
  sealed          bytea not null,
  constraint ticket_contact_pkey primary key (ticket_id),
  constraint ticket_contact_ticket_fkey foreign key (ticket_id) references ticket (id) on delete cascade,
  constraint ticket_contact_key_fkey foreign key (key_id) references contact_key (occurrence_id) on delete cascade,
  -- 1120 of the key exchange, 1024 of padded text, 16 of the tag: a mail address and a subscription
  -- look the same.
  constraint ticket_contact_sealed_length check (octet_length(sealed) = 2160)
);
create index ticket_contact_event_idx on ticket_contact (event_id);
create index ticket_contact_key_idx on ticket_contact (key_id);

alter table ticket_contact enable row level security;
alter table ticket_contact force row level security;
create policy ticket_contact_jobs on ticket_contact to tnm_worker using (true) with check (true);
create policy ticket_contact_ledger on ticket_contact to tnm_ledger using (true) with check (true);
create policy ticket_contact_holder on ticket_contact for select to tnm_public
  using (ticket_id = (select t.id from ticket t where t.secret_mac = app_ticket()));
grant select, delete on ticket_contact to tnm_worker;
grant insert, delete on ticket_contact to tnm_ledger;
grant select (ticket_id) on ticket_contact to tnm_public;
grant select (organization_id, event_id, ticket_id, key_id) on ticket_contact to tnm_ledger;

-- What is to be told, once for each kind and revision; written in the transaction of its cause.
-- state: due, sent, dropped (no longer true, or nobody to tell), refused (the address takes
-- nothing), failed (tried for a day). handovers counts how often the message was about to leave,
-- tries how often a server asked us to come again. No time stands beside a ticket: when to try
-- again is the queue's to know, and it knows the event alone.
create table notice (
  organization_id uuid not null,
  event_id        uuid not null,
  ticket_id       uuid not null,
  kind            text not null,
  revision        integer not null,
  state           text not null default 'due',
  tries           smallint not null default 0,
  handovers       smallint not null default 0,
  constraint notice_pkey primary key (ticket_id, kind, revision),
  constraint notice_ticket_fkey foreign key (ticket_id) references ticket (id) on delete cascade,
  constraint notice_kind_known
    check (kind in ('reminder', 'change', 'cancellation', 'promotion', 'offer', 'still_coming', 'result')),
  constraint notice_state_known check (state in ('due', 'sent', 'dropped', 'refused', 'failed')),
  constraint notice_counts check (tries between 0 and 20 and handovers between 0 and 20)
);
create index notice_due_idx on notice (event_id, tries) where state = 'due';

alter table notice enable row level security;
alter table notice force row level security;
create policy notice_jobs on notice to tnm_worker using (true) with check (true);
create policy notice_ledger on notice to tnm_ledger using (true) with check (true);
grant select on notice to tnm_worker;
grant select, insert, delete on notice to tnm_ledger;
grant update (state, tries, handovers) on notice to tnm_worker;
grant update (state) on notice to tnm_ledger;
