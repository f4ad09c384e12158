-- needs: app_now, app_organization, app_ticket, event_shared_with, lottery_commitment

-- One anonymous registration. Ids are random, there is no serial and no time finer than the day.
-- secret_mac is null once the ticket was erased; what is left then is a count. There is no foreign
-- key to quota: its key-share lock on a hot row costs 1.2 to 4 times, and the ledger trigger below
-- checks the same in one statement (quota, organization and event must fit) and stops a quota with
-- tickets from being deleted.
create table ticket (
  organization_id uuid not null,
  event_id        uuid not null,
  occurrence_id   uuid not null,
  part_id         uuid not null,
  quota_id        uuid not null,
  id              uuid not null,
  secret_mac      bytea,
  status          text not null,
  seats           smallint not null,
  nickname        text,
  taken_on        date not null default (app_now() at time zone 'Asia/Tokyo')::date,
  -- The calendar of one ticket, only when its holder asks for it. The token is derived from the
  -- ticket's secret and a turn, so the page can show the address again and the server keeps no
  -- token, only its MAC. Another turn or another secret is another address; the old one is dead.
  calendar_mac    bytea,
  calendar_turn   smallint not null default 0,
  -- The day code is six digits derived from the secret and a turn; of it, too, only a MAC is kept,
  -- and that goes with the secret.
  arrived         boolean not null default false,
  day_code_mac    bytea,
  day_code_turn   smallint not null default 0,
  -- Whether its holder was asked to say that they are still coming: null no, false asked, true said
  -- so. No answer changes nothing.
  still_coming    boolean,
  -- A ticket may come to stand for another quota than it was asked for: who waits is given a seat
  -- elsewhere, slots are exchanged. A request that is sent again asks for what it asked for the
  -- first time, and must be told of the same ticket. null: it still stands for what was asked.
  asked           uuid[],
  constraint ticket_pkey primary key (id),
  constraint ticket_secret_mac_key unique (secret_mac),
  constraint ticket_secret_mac_length check (octet_length(secret_mac) = 32),
  constraint ticket_seats_range check (seats between 1 and 20),
  constraint ticket_calendar_mac_length check (octet_length(calendar_mac) = 32),
  constraint ticket_calendar_goes_with_secret check (calendar_mac is null or secret_mac is not null),
  -- With the secret's MAC goes all that is its holder's, so that one look at the MAC tells whether
  -- a ticket was erased.
  constraint ticket_nickname_goes_with_secret check (nickname is null or secret_mac is not null),
  constraint ticket_arrived_confirmed check (not arrived or status = 'confirmed'),
  constraint ticket_day_code_mac_length check (octet_length(day_code_mac) = 32),
  constraint ticket_day_code_goes_with_secret check (day_code_mac is null or secret_mac is not null),
  -- Lotteries: people apply for a quota until registration closes, then lots are drawn so that
  -- anyone can draw them again (docs/lottery.md). An application is a ticket that holds no seat.
  constraint ticket_status_known
    check (status in ('confirmed', 'waiting', 'offered', 'lapsed', 'cancelled', 'applied', 'not_drawn')),
  -- A nickname is sealed under its ticket's code: nobody but the holder can read it, not in the
  -- table, the write-ahead log or a backup.
  constraint ticket_nickname_sealed check (length(nickname) = 146),
  constraint ticket_asked_few check (cardinality(asked) between 1 and 20)
);
create index ticket_quota_idx on ticket (quota_id, status);
-- For erasing. seats > 0 is always so; it keeps this index from looking fit for a search by
-- secret_mac, which the planner once preferred on an empty table.
create index ticket_occurrence_idx on ticket (occurrence_id) where secret_mac is not null and seats > 0;
-- Two unique keys that hardly any ticket has a value for: an index of those that have, so that a
-- new ticket does not pay for the others.
create unique index ticket_calendar_mac_key on ticket (calendar_mac) where calendar_mac is not null;
create unique index ticket_day_code_key on ticket (occurrence_id, day_code_mac) where day_code_mac is not null;

alter table ticket enable row level security;
alter table ticket force row level security;
-- Only the holder of the secret sees a ticket. Staff see no ticket at all, only counters.
create policy ticket_holder on ticket for select to tnm_public using (secret_mac = app_ticket());
create policy ticket_ledger on ticket to tnm_ledger using (true) with check (true);
create policy ticket_seen_by_jobs on ticket for select to tnm_worker using (true);
create policy ticket_erased_by_jobs on ticket for update to tnm_worker
  using (true) with check (secret_mac is null and nickname is null);
grant select, insert, update on ticket to tnm_ledger;
grant select (organization_id, event_id, occurrence_id, part_id, quota_id, id, secret_mac, status, seats, nickname,
  taken_on, calendar_mac, calendar_turn, still_coming, asked) on ticket to tnm_public;
grant select (organization_id, event_id, occurrence_id, part_id, quota_id, id, secret_mac, status, seats), update
  (secret_mac, nickname, calendar_mac) on ticket to tnm_worker;

-- Holders of a confirmed ticket get the link of an online part when it opens.
create policy joining_link_holder on joining_link for select to tnm_public using (exists (
  select from ticket t join quota q on q.id = t.quota_id join part p on p.id = t.part_id
  where t.secret_mac = app_ticket() and t.part_id = joining_link.part_id and t.status = 'confirmed'
    and q.channel = 'online'
    and app_now() >= p.starts_at - joining_link.opens_before and app_now() < p.ends_at + interval '1 day'));

create table ticket_wish (
  organization_id uuid not null,
  event_id        uuid not null,
  quota_id        uuid not null,
  ticket_id       uuid not null,
  position        bigint not null,
  constraint ticket_wish_pkey primary key (ticket_id, quota_id),
  constraint ticket_wish_ticket_fkey foreign key (ticket_id) references ticket (id) on delete cascade,
  constraint ticket_wish_quota_fkey foreign key (organization_id, quota_id) references quota (organization_id, id)
);
create index ticket_wish_line_idx on ticket_wish (quota_id, position);

-- position is the same in all wishes of a ticket and goes with them when the ticket stops waiting:
-- no order outlives the line.
create sequence ticket_wish_position;
grant usage on sequence ticket_wish_position to tnm_ledger;

alter table ticket_wish enable row level security;
alter table ticket_wish force row level security;
create policy ticket_wish_ledger on ticket_wish to tnm_ledger using (true) with check (true);
create policy ticket_wish_holder on ticket_wish for select to tnm_public
  using (ticket_id = (select t.id from ticket t where t.secret_mac = app_ticket()));
grant select, insert, delete on ticket_wish to tnm_ledger;
grant select (quota_id, ticket_id) on ticket_wish to tnm_public;

-- An answer that got lost is asked for again with the same code, of another process perhaps; and
-- what the lost attempt sent may still be on its way. If the second attempt hears "full", the first
-- must not get seats afterwards: nobody would know of them. So a refusal of a code is remembered
-- for a while. Unlogged: nothing of it reaches the write-ahead log or a backup, refusing costs no
-- flush, and a crash of the database ends what was on its way to it, too.
create unlogged table ticket_refusal (
  secret_mac bytea not null,
  -- when a process took up the latest attempt that was refused, by that process's clock
  asked_at   timestamptz not null,
  refused_at timestamptz not null,
  -- Refused the line, lots or slots. They have the same rule as seats: an attempt with a caller's
  -- own code that comes after a later one was refused gets nothing. Kept apart from refusals of
  -- seats, for whoever heard "full" may be standing in line by an attempt that began before.
  elsewhere  boolean not null default false,
  outcome    text not null default 'full',
  constraint ticket_refusal_mac_length check (octet_length(secret_mac) = 32),
  constraint ticket_refusal_outcome_length check (length(outcome) <= 40),
  constraint ticket_refusal_pkey primary key (secret_mac, elsewhere)
);
create index ticket_refusal_refused_idx on ticket_refusal (refused_at);

alter table ticket_refusal enable row level security;
alter table ticket_refusal force row level security;
create policy ticket_refusal_ledger on ticket_refusal to tnm_ledger using (true) with check (true);
grant select, insert, update, delete on ticket_refusal to tnm_ledger;

-- A seat that comes free is offered to whoever waits and left a contact: they are asked, and have
-- until a moment to say yes. Who left none is given the seat, as before. The moment tells when a
-- seat came free, not when somebody registered, and is a full hour; it goes as soon as the offer
-- was answered or has lapsed.
create table ticket_offer (
  organization_id uuid not null,
  event_id        uuid not null,
  quota_id        uuid not null,
  ticket_id       uuid not null,
  until           timestamptz not null,
  constraint ticket_offer_pkey primary key (ticket_id),
  constraint ticket_offer_ticket_fkey foreign key (ticket_id) references ticket (id) on delete cascade,
  constraint ticket_offer_quota_fkey foreign key (organization_id, quota_id) references quota (organization_id, id)
);
create index ticket_offer_until_idx on ticket_offer (until);
create index ticket_offer_quota_idx on ticket_offer (quota_id);

alter table ticket_offer enable row level security;
alter table ticket_offer force row level security;
create policy ticket_offer_ledger on ticket_offer to tnm_ledger using (true) with check (true);
create policy ticket_offer_holder on ticket_offer for select to tnm_public
  using (ticket_id = (select t.id from ticket t where t.secret_mac = app_ticket()));
grant select, insert, delete on ticket_offer to tnm_ledger;
grant select (ticket_id, until) on ticket_offer to tnm_public;
grant update (until) on ticket_offer to tnm_ledger;

-- Slots are bookable times at a booth's table. A slot is a quota of its own (channel slot, one
-- place a party) with a time and one or several booths. A ticket may hold several slots of one
-- date; the part's own quota counts such tickets, each slot's counter counts who sits in it.  What
-- holds for all slots of a part. quota_id counts the tickets of the part, one party each; its
-- capacity is no limit, the slots' are.
create table slot_rule (
  organization_id uuid not null,
  event_id        uuid not null,
  occurrence_id   uuid not null,
  part_id         uuid not null,
  quota_id        uuid not null,
  max_slots       smallint not null default 3,
  -- Minutes to walk from one table to the next: a ticket's slots lie at least so far apart.
  gap_minutes     smallint not null default 5,
  constraint slot_rule_pkey primary key (part_id),
  constraint slot_rule_quota_key unique (quota_id),
  constraint slot_rule_part_fkey foreign key (organization_id, event_id, occurrence_id, part_id)
    references part (organization_id, event_id, occurrence_id, id) on delete cascade,
  constraint slot_rule_quota_fkey foreign key (organization_id, quota_id)
    references quota (organization_id, id) on delete cascade,
  constraint slot_rule_max_slots_range check (max_slots between 1 and 10),
  constraint slot_rule_gap_range check (gap_minutes between 0 and 120)
);
create index slot_rule_event_idx on slot_rule (event_id);

alter table slot_rule enable row level security;
alter table slot_rule force row level security;
create policy slot_rule_own on slot_rule to tnm_staff
  using (organization_id = app_organization()) with check (organization_id = app_organization());
create policy slot_rule_shared on slot_rule for select to tnm_staff
  using (event_shared_with(event_id, app_organization()));
create policy slot_rule_listed on slot_rule for select to tnm_public
  using (exists (select from event e where e.id = event_id and e.listed));
create policy slot_rule_seen_by_jobs on slot_rule for select to tnm_worker using (true);
create policy slot_rule_ledger on slot_rule to tnm_ledger using (true) with check (true);
grant select on slot_rule to tnm_public, tnm_worker, tnm_ledger;
grant select, insert, delete on slot_rule to tnm_staff;
grant update (max_slots, gap_minutes) on slot_rule to tnm_staff;

-- walk_in: kept for those who come without booking; its counter has no place at all, the door marks
-- who sits there (at_door).
create table slot (
  organization_id uuid not null,
  event_id        uuid not null,
  occurrence_id   uuid not null,
  part_id         uuid not null,
  quota_id        uuid not null,
  starts_at       timestamptz not null,
  ends_at         timestamptz not null,
  parties         smallint not null default 1,
  walk_in         boolean not null default false,
  closed          boolean not null default false,
  at_door         smallint not null default 0,
  -- The same rule as a quota's (event.Quota.Band); the public may read this and not at_door.
  door_band       text generated always as (case
    when not walk_in then null
    when at_door >= parties then 'full'
    when at_door > 0 and parties - at_door <= greatest(2, parties / 5) then 'few'
    else 'available'
  end) stored,
  constraint slot_pkey primary key (quota_id),
  constraint slot_organization_key unique (organization_id, quota_id),
  constraint slot_part_key unique (part_id, quota_id),
  constraint slot_quota_fkey foreign key (organization_id, quota_id)
    references quota (organization_id, id) on delete cascade,
  constraint slot_part_fkey foreign key (organization_id, event_id, occurrence_id, part_id)
    references part (organization_id, event_id, occurrence_id, id) on delete cascade,
  constraint slot_span check (ends_at > starts_at and ends_at <= starts_at + interval '12 hours'),
  constraint slot_parties_range check (parties between 1 and 20),
  constraint slot_at_door_range check (at_door between 0 and parties),
  constraint slot_at_door_walk_in check (at_door = 0 or walk_in)
);
create index slot_event_idx on slot (event_id, starts_at);
create index slot_occurrence_idx on slot (occurrence_id);

alter table slot enable row level security;
alter table slot force row level security;
create policy slot_own on slot to tnm_staff
  using (organization_id = app_organization()) with check (organization_id = app_organization());
create policy slot_shared on slot for select to tnm_staff using (event_shared_with(event_id, app_organization()));
create policy slot_listed on slot for select to tnm_public
  using (exists (select from event e where e.id = event_id and e.listed));
create policy slot_seen_by_jobs on slot for select to tnm_worker using (true);
create policy slot_ledger on slot to tnm_ledger using (true) with check (true);
grant select, delete on slot to tnm_staff;
grant select on slot to tnm_worker, tnm_ledger;
grant select (organization_id, event_id, occurrence_id, part_id, quota_id, starts_at, ends_at, parties, walk_in,
  closed, door_band) on slot to tnm_public;
grant insert (organization_id, event_id, occurrence_id, part_id, quota_id, starts_at, ends_at, parties, walk_in),
  update (starts_at, ends_at, parties, walk_in, closed) on slot to tnm_staff;
grant update (at_door) on slot to tnm_ledger;

-- A booth never sits in two slots at once; in a joint slot two or more booths sit together and all
-- are occupied. Deferrable, so that one statement may move many slots through each other's places;
-- each statement is checked at its end all the same.
create table slot_booth (
  organization_id uuid not null,
  event_id        uuid not null,
  part_id         uuid not null,
  slot_id         uuid not null,
  booth_id        uuid not null,
  during          tstzrange not null,
  constraint slot_booth_pkey primary key (slot_id, booth_id),
  constraint slot_booth_slot_fkey foreign key (part_id, slot_id) references slot (part_id, quota_id) on delete cascade,
  constraint slot_booth_booth_fkey foreign key (part_id, booth_id) references booth (part_id, id),
  constraint slot_booth_during_bounds check (not isempty(during) and lower_inc(during) and not upper_inc(during)),
  constraint slot_booth_one_at_a_time
    exclude using gist (booth_id with =, during with &&) deferrable initially immediate
);

alter table slot_booth enable row level security;
alter table slot_booth force row level security;
create policy slot_booth_own on slot_booth to tnm_staff
  using (organization_id = app_organization()) with check (organization_id = app_organization());
create policy slot_booth_shared on slot_booth for select to tnm_staff
  using (event_shared_with(event_id, app_organization()));
create policy slot_booth_listed on slot_booth for select to tnm_public
  using (exists (select from event e where e.id = event_id and e.listed));
create policy slot_booth_seen_by_jobs on slot_booth for select to tnm_worker using (true);
create policy slot_booth_ledger on slot_booth to tnm_ledger using (true) with check (true);
grant select on slot_booth to tnm_public, tnm_worker, tnm_ledger;
grant select, insert, delete on slot_booth to tnm_staff;
grant update (during) on slot_booth to tnm_ledger;

-- Which slots a ticket holds. span is the slot's time widened by the walking gap behind it, so that
-- no two of a ticket's slots overlap or lie too close.
create table ticket_slot (
  organization_id uuid not null,
  event_id        uuid not null,
  part_id         uuid not null,
  slot_id         uuid not null,
  ticket_id       uuid not null,
  starts_at       timestamptz not null,
  ends_at         timestamptz not null,
  span            tstzrange not null,
  constraint ticket_slot_pkey primary key (ticket_id, slot_id),
  constraint ticket_slot_ticket_fkey foreign key (ticket_id) references ticket (id) on delete cascade,
  constraint ticket_slot_slot_fkey foreign key (organization_id, slot_id) references slot (organization_id, quota_id),
  constraint ticket_slot_span_covers check (lower(span) = starts_at and upper(span) >= ends_at and ends_at > starts_at),
  constraint ticket_slot_apart exclude using gist (ticket_id with =, span with &&) deferrable initially immediate
);
create index ticket_slot_slot_idx on ticket_slot (slot_id);

alter table ticket_slot enable row level security;
alter table ticket_slot force row level security;
create policy ticket_slot_ledger on ticket_slot to tnm_ledger using (true) with check (true);
create policy ticket_slot_holder on ticket_slot for select to tnm_public
  using (ticket_id = (select t.id from ticket t where t.secret_mac = app_ticket()));
grant select, insert, delete on ticket_slot to tnm_ledger;
grant select (part_id, slot_id, ticket_id, starts_at, ends_at) on ticket_slot to tnm_public;
grant update (starts_at, ends_at, span) on ticket_slot to tnm_ledger;

-- The draw of a part. state: open, closed (the list is fixed and its digest told), drawn (the seed
-- is told). The seed is drawn in here, and no role of the program may read it before the list is
-- fixed.
create table lottery_draw (
  organization_id uuid not null,
  event_id        uuid not null,
  occurrence_id   uuid not null,
  part_id         uuid not null,
  state           text not null default 'open',
  commitment      bytea not null,
  seed            bytea not null,
  revealed        bytea,
  list_digest     bytea,
  entries         integer,
  -- The room there was when the list was fixed.
  pool_quotas     uuid[],
  pool_seats      integer[],
  closed_at       timestamptz,
  drawn_at        timestamptz,
  constraint lottery_draw_pkey primary key (part_id),
  constraint lottery_draw_organization_key unique (organization_id, part_id),
  constraint lottery_draw_part_fkey foreign key (organization_id, event_id, occurrence_id, part_id)
    references part (organization_id, event_id, occurrence_id, id) on delete cascade,
  constraint lottery_draw_state_known check (state in ('open', 'closed', 'drawn')),
  constraint lottery_draw_seed_length check (octet_length(seed) = 32),
  constraint lottery_draw_commits check (commitment = lottery_commitment(part_id, seed)),
  constraint lottery_draw_list_fixed
    check ((state = 'open') = (list_digest is null) and (state = 'open') = (entries is null)
    and (state = 'open') = (pool_quotas is null) and (state = 'open') = (pool_seats is null)
    and (state = 'open') = (closed_at is null)),
  constraint lottery_draw_seed_told
    check ((state = 'drawn') = (revealed is not null) and (state = 'drawn') = (drawn_at is not null)
      and revealed = seed)
);
create index lottery_draw_event_idx on lottery_draw (event_id);
create index lottery_draw_due_idx on lottery_draw (part_id) where state <> 'drawn';

alter table lottery_draw enable row level security;
alter table lottery_draw force row level security;
create policy lottery_draw_ledger on lottery_draw to tnm_ledger using (true) with check (true);
create policy lottery_draw_listed on lottery_draw for select to tnm_public
  using (exists (select from event e where e.id = event_id and e.listed));
create policy lottery_draw_own on lottery_draw for select to tnm_staff using (organization_id = app_organization());
create policy lottery_draw_shared on lottery_draw for select to tnm_staff
  using (event_shared_with(event_id, app_organization()));
grant select, insert, update, delete on lottery_draw to tnm_ledger;
grant select (organization_id, event_id, occurrence_id, part_id, state, commitment, revealed, list_digest, entries,
  pool_quotas, pool_seats, closed_at, drawn_at) on lottery_draw to tnm_public, tnm_staff;

-- Who applied, by the number that the ticket's secret gives. What is published of it is number,
-- seats, quota and outcome; the order is that of the numbers.
create table lottery_entry (
  organization_id uuid not null,
  part_id         uuid not null,
  quota_id        uuid not null,
  ticket_id       uuid not null,
  number          text not null,
  seats           smallint not null,
  outcome         text,
  constraint lottery_entry_pkey primary key (ticket_id),
  constraint lottery_entry_number_key unique (part_id, number),
  constraint lottery_entry_ticket_fkey foreign key (ticket_id) references ticket (id) on delete cascade,
  constraint lottery_entry_draw_fkey foreign key (organization_id, part_id)
    references lottery_draw (organization_id, part_id),
  constraint lottery_entry_number_form check (number ~ '^[0-9A-HJKMNP-TV-Z]{16}$'),
  constraint lottery_entry_seats_range check (seats between 1 and 20),
  constraint lottery_entry_outcome_known check (outcome in ('confirmed', 'waiting', 'not_drawn', 'withdrawn'))
);

alter table lottery_entry enable row level security;
alter table lottery_entry force row level security;
create policy lottery_entry_ledger on lottery_entry to tnm_ledger using (true) with check (true);
create policy lottery_entry_holder on lottery_entry for select to tnm_public
  using (ticket_id = (select t.id from ticket t where t.secret_mac = app_ticket()));
grant select, insert, update, delete on lottery_entry to tnm_ledger;
grant select (part_id, ticket_id, number) on lottery_entry to tnm_public;
