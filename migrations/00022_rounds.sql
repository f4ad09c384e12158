-- +goose Up
-- Seasonal allocation (利用申込期間・抽選会): organizations apply for rooms of a period, lots are drawn so that anyone can draw them again (docs/rounds.md,
-- ADR 0018), what was drawn is accepted until a day, and the rest opens first come.
--   open: applications, the seed is promised   closed: the list is fixed and its digest told   drawn: the seed is told, results are to be accepted
--   finished: over   cancelled: called off before the draw
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
  constraint booking_round_pkey primary key (id),
  constraint booking_round_organization_key unique (organization_id, id),
  constraint booking_round_organization_fkey foreign key (organization_id) references organization (id),
  constraint booking_round_state_known check (state in ('open', 'closed', 'drawn', 'finished', 'cancelled')),
  constraint booking_round_span_form check (not isempty(span) and lower_inc(span) and not upper_inc(span) and lower(span) >= '2000-01-01Z' and upper(span) < '2100-01-01Z'
    and upper(span) <= lower(span) + interval '400 days'),
  constraint booking_round_order check (opens_at < closes_at and closes_at <= draws_at and draws_at < accept_until and accept_until <= lower(span)),
  constraint booking_round_caps check (applications_max between 1 and 10 and wishes_max between 1 and 10),
  constraint booking_round_texts_length check (length(name) between 1 and 100 and length(note) <= 1000),
  constraint booking_round_seed_length check (octet_length(seed) = 32),
  constraint booking_round_commits check (commitment = lottery_commitment(id, seed)),
  constraint booking_round_list_fixed check ((list is null) = (list_digest is null) and (list is null) = (closed_at is null) and (state = 'open') <= (list is null)
    and (state in ('closed', 'drawn', 'finished')) <= (list is not null) and list_digest = sha256(convert_to(list, 'UTF8'))),
  constraint booking_round_seed_told check ((state in ('drawn', 'finished')) = (revealed is not null) and (revealed is null) = (drawn_at is null) and revealed = seed)
);
create index booking_round_organization_idx on booking_round (organization_id, created_at desc, id);
create index booking_round_due_idx on booking_round (id) where state in ('open', 'closed', 'drawn');

create table booking_round_room (
  organization_id uuid not null,
  facility_id     uuid not null,
  room_id         uuid not null,
  round_id        uuid not null,
  constraint booking_round_room_pkey primary key (round_id, room_id),
  constraint booking_round_room_round_fkey foreign key (organization_id, round_id) references booking_round (organization_id, id) on delete cascade,
  constraint booking_round_room_room_fkey foreign key (organization_id, facility_id, room_id) references room (organization_id, facility_id, id)
);
create index booking_round_room_room_idx on booking_round_room (room_id);

-- The floor that is kept for a round while it runs. No two rounds keep the same floor for the same time.
create table booking_round_space (
  round_id uuid not null,
  space_id uuid not null,
  span     tstzrange not null,
  constraint booking_round_space_pkey primary key (round_id, space_id),
  constraint booking_round_space_round_fkey foreign key (round_id) references booking_round (id) on delete cascade,
  constraint booking_round_space_space_fkey foreign key (space_id) references space (id),
  constraint booking_round_space_no_overlap exclude using gist (span with &&, space_id with =)
);

-- One application of an organization for one time, with wishes in the order of its liking. The number is random and is all that is published of it.
--   outcome: drawn (booking_id), lost (drawn, but the room was closed meanwhile), not_drawn, not_valid (no wish could be kept), withdrawn
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
  constraint booking_application_outcome_known check (coalesce(outcome, 'drawn') in ('drawn', 'lost', 'not_drawn', 'not_valid', 'withdrawn') and coalesce(outcome = 'drawn', false) = (booking_id is not null))
);
create index booking_application_borrower_idx on booking_application (borrower_id, round_id);

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
  constraint booking_wish_application_fkey foreign key (borrower_id, application_id) references booking_application (borrower_id, id) on delete cascade,
  constraint booking_wish_room_fkey foreign key (room_id) references room (id),
  constraint booking_wish_rank_range check (rank between 1 and 10),
  constraint booking_wish_times check (ends_at > starts_at and ends_at <= starts_at + interval '1 day'),
  constraint booking_wish_dropped_form check (dropped ~ '^[a-z_]{1,60}$')
);

-- +goose StatementBegin
do $$
declare t text;
begin
  foreach t in array array['booking_round', 'booking_round_room', 'booking_round_space', 'booking_application', 'booking_wish'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy %I on %I to tnm_ledger using (true) with check (true)', t || '_ledger', t);
    execute format('grant select, insert, update, delete on %I to tnm_ledger', t);
  end loop;
end
$$;
-- +goose StatementEnd
-- Rounds are announced to everybody; the seed is readable by nobody. Who applied for what is the applicant's alone, not even the lender's.
create policy booking_round_announced on booking_round for select to tnm_public, tnm_staff, tnm_worker using (true);
create policy booking_round_own on booking_round for insert to tnm_staff with check (organization_id = app_organization());
create policy booking_round_room_announced on booking_round_room for select to tnm_public, tnm_staff, tnm_worker using (true);
create policy booking_round_room_own on booking_round_room for insert to tnm_staff with check (organization_id = app_organization());
create policy booking_application_own on booking_application for select to tnm_staff using (borrower_id = app_organization());
create policy booking_wish_own on booking_wish for select to tnm_staff using (borrower_id = app_organization());
create policy booking_application_seen_by_jobs on booking_application for select to tnm_worker using (true);
create policy booking_wish_seen_by_jobs on booking_wish for select to tnm_worker using (true);
grant select (organization_id, id, name, note, span, opens_at, closes_at, draws_at, accept_until, applications_max, wishes_max, state, commitment, revealed, list, list_digest,
  withdrawn, closed_at, drawn_at, created_at) on booking_round to tnm_public, tnm_staff, tnm_worker;
grant insert (organization_id, id, name, note, span, opens_at, closes_at, draws_at, accept_until, applications_max, wishes_max) on booking_round to tnm_staff;
grant select on booking_round_room to tnm_public, tnm_staff, tnm_worker;
grant insert on booking_round_room to tnm_staff;
grant select on booking_application, booking_wish to tnm_staff, tnm_worker;

grant execute on function lottery_commitment(uuid, bytea) to tnm_staff; -- the CHECK of a row that staff insert

-- +goose StatementBegin
create function booking_round_seeded() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  new.seed := sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())); -- 366 random bits
  new.commitment := lottery_commitment(new.id, new.seed);
  new.state := 'open';
  return new;
end
$$;

-- What was promised stays, and a round only goes forward.
create function booking_round_goes_forward() returns trigger
  language plpgsql set search_path = public, pg_temp
as $$
begin
  if (new.id, new.organization_id, new.span, new.commitment, new.seed) <> (old.id, old.organization_id, old.span, old.commitment, old.seed)
    or old.list is not null and (new.list is distinct from old.list or new.list_digest is distinct from old.list_digest)
    or old.revealed is not null and (new.revealed is distinct from old.revealed or new.withdrawn <> old.withdrawn)
    or new.state <> old.state and (old.state, new.state) not in (('open', 'closed'), ('closed', 'drawn'), ('drawn', 'finished'), ('open', 'cancelled'), ('closed', 'cancelled')) then
    raise exception using errcode = 'check_violation', constraint = 'booking_round_goes_forward', table = 'booking_round', message = 'a round does not go back on its word';
  end if;
  return new;
end
$$;

-- Keeps the floor of the round's rooms. Pieces used in common are kept only where a room takes them whole.
create function booking_round_keeps() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  insert into booking_round_space (round_id, space_id, span)
  select new.round_id, s.space_id, r.span from room_space s join booking_round r on r.id = new.round_id where s.room_id = new.room_id and s.exclusive
  on conflict on constraint booking_round_space_pkey do nothing;
  return null;
end
$$;

-- Over rounds give their floor back.
create function booking_round_releases() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  delete from booking_round_space s where s.round_id = new.id;
  return null;
end
$$;

-- Whether a space at a time is kept for a round from the transaction's organization: from everybody while the list is fixed, otherwise from all but the lender.
create function booking_round_bars(space uuid, span tstzrange, booking uuid) returns boolean
  language sql stable set search_path = public, pg_temp
as $$
  select exists (
    select from booking_round_space k join booking_round r on r.id = k.round_id
    where k.span && $2 and k.space_id = $1 and (r.state in ('open', 'closed') or r.state = 'drawn' and app_now() < r.accept_until)
      and (r.state = 'closed' or r.organization_id is distinct from app_organization())
      and not (r.state = 'closed' and exists (select from booking_application a where a.round_id = r.id and a.booking_id = $3)))
$$;

-- A row that a round bars is not written: booking_occupy then finds the room taken, whichever way the booking came.
create function occupancy_kept_for_round() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  if booking_round_bars(new.space_id, new.span, new.booking_id) then
    return null;
  end if;
  return new;
end
$$;

-- When a room is kept for rounds from the transaction's organization, for a clear word instead of "taken".
create function booking_rounds_of(room uuid) returns table (starts_at timestamptz, ends_at timestamptz)
  language sql stable security definer set search_path = public, pg_temp
as $$
  select distinct lower(k.span), upper(k.span)
  from room_space s join booking_round_space k on k.space_id = s.space_id
  where s.room_id = $1 and booking_round_bars(k.space_id, k.span, null)
$$;

-- Hands in an application, or (change) puts new wishes in the place of the old ones. outcome: applied, changed, unknown, not_open, too_many, too_many_wishes, foreign_room,
-- outside_period, full.
create function booking_round_apply(round uuid, application uuid, number text, title text, people integer, wishes jsonb, change boolean) returns text
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare r booking_round;
begin
  select k.* into r from booking_round k where k.id = case when $7 then (select a.round_id from booking_application a where a.id = $2 and a.borrower_id = app_organization()) else $1 end
  for update;
  if not found or app_organization() is null then
    return 'unknown';
  elsif r.state <> 'open' or app_now() < r.opens_at or app_now() >= r.closes_at then
    return 'not_open';
  elsif jsonb_array_length($6) > r.wishes_max then
    return 'too_many_wishes';
  elsif exists (select from jsonb_to_recordset($6) as w (room_id uuid) where not exists (select from booking_round_room x where x.round_id = r.id and x.room_id = w.room_id)) then
    return 'foreign_room';
  elsif exists (select from jsonb_to_recordset($6) as w (starts_at timestamptz, ends_at timestamptz) where not r.span @> tstzrange(w.starts_at, w.ends_at)) then
    return 'outside_period';
  end if;
  if $7 then
    update booking_application a set title = $4, people = $5 where a.id = $2 and a.borrower_id = app_organization();
    if not found then
      return 'unknown';
    end if;
    delete from booking_wish w where w.application_id = $2;
  else
    if (select count(*) from booking_application a where a.round_id = r.id and a.borrower_id = app_organization()) >= r.applications_max then
      return 'too_many';
    elsif (select count(*) from booking_application a where a.round_id = r.id) >= 2000 then
      return 'full';
    end if;
    insert into booking_application (borrower_id, round_id, id, number, title, people) values (app_organization(), r.id, $2, $3, $4, $5);
  end if;
  insert into booking_wish (borrower_id, application_id, rank, room_id, starts_at, ends_at)
  select app_organization(), $2, w.place, (w.wish ->> 'room_id')::uuid, (w.wish ->> 'starts_at')::timestamptz, (w.wish ->> 'ends_at')::timestamptz
  from jsonb_array_elements($6) with ordinality as w (wish, place);
  return case when $7 then 'changed' else 'applied' end;
end
$$;

-- Takes an application back: before the list is fixed nothing of it is left; afterwards its number stays on the list and wins nothing. outcome: withdrawn, unknown, drawn (too late).
create function booking_round_withdraw(application uuid) returns text
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare r booking_round;
begin
  select k.* into r from booking_round k where k.id = (select a.round_id from booking_application a where a.id = $1 and a.borrower_id = app_organization()) for update;
  if not found then
    return 'unknown';
  elsif r.state = 'open' then
    delete from booking_application a where a.id = $1 and a.borrower_id = app_organization();
    return case when found then 'withdrawn' else 'unknown' end;
  elsif r.state <> 'closed' then
    return 'drawn';
  end if;
  update booking_application a set outcome = 'withdrawn' where a.id = $1 and a.borrower_id = app_organization() and a.outcome is null;
  if found then
    update booking_round k set withdrawn = k.withdrawn || (select a.number from booking_application a where a.id = $1) where k.id = r.id;
  end if;
  return 'withdrawn';
end
$$;

-- Calls an own round off before it is drawn. outcome: cancelled, unknown, drawn.
create function booking_round_cancel(round uuid) returns text
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare r booking_round;
begin
  select k.* into r from booking_round k where k.id = $1 and k.organization_id = app_organization() for update;
  if not found then
    return 'unknown';
  elsif r.state not in ('open', 'closed') then
    return case when r.state = 'cancelled' then 'cancelled' else 'drawn' end;
  end if;
  update booking_round k set state = 'cancelled' where k.id = $1;
  return 'cancelled';
end
$$;

-- Rounds with something to do.
create function booking_round_due() returns table (round_id uuid, state text)
  language sql stable security definer set search_path = public, pg_temp
as $$
  select r.id, r.state from booking_round r
  where r.state in ('open', 'closed', 'drawn') and app_now() >= case r.state when 'open' then r.closes_at when 'closed' then r.draws_at else r.accept_until end
  order by r.id
$$;

-- Locks the spaces of the round's facilities as all writers of bookings do, then the round. False when that step is not due (any more).
create function booking_round_lock(round uuid, state text) returns boolean
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  perform booking_lock(array(select distinct x.facility_id from booking_round_room x where x.round_id = $1), '{}');
  perform from booking_round r where r.id = $1 for update;
  return exists (select from booking_round_due() d where d.round_id = $1 and d.state = $2);
end
$$;

-- Which wishes meet floor that is taken by now, with what they would take: minutes of the epoch, their set-up and clearing around them.
create function booking_round_floor(round uuid) returns table (room_id uuid, starts_at timestamptz, ends_at timestamptz, span tstzrange, taken boolean, spaces uuid[], shared boolean[])
  language sql stable security definer set search_path = public, pg_temp
as $$
  select w.room_id, w.starts_at, w.ends_at, x.span, room_taken(w.room_id, x.span, '{}'),
    array(select s.space_id from room_space s where s.room_id = w.room_id order by s.space_id), array(select not s.exclusive from room_space s where s.room_id = w.room_id order by s.space_id)
  from (select distinct w.room_id, w.starts_at, w.ends_at from booking_wish w join booking_application a on a.id = w.application_id where a.round_id = $1) w
  join room r on r.id = w.room_id
  cross join lateral (select booking_span(w.starts_at, w.ends_at, r.setup_minutes, r.clearing_minutes) as span) x
$$;

create function booking_round_drop(application uuid, rank integer, reason text) returns void
  language sql security definer set search_path = public, pg_temp
as $$
  update booking_wish w set dropped = $3 where w.application_id = $1 and w.rank = $2
$$;

-- Fixes the list; applications of which no wish was kept are out. The caller holds booking_round_lock.
create function booking_round_fix(round uuid, list text) returns void
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  update booking_application a set outcome = 'not_valid'
  where a.round_id = $1 and not exists (select from booking_wish w where w.application_id = a.id and w.dropped is null);
  update booking_round r set state = 'closed', list = $2, list_digest = sha256(convert_to($2, 'UTF8')), closed_at = app_now() where r.id = $1;
end
$$;

create function booking_round_seed(round uuid) returns bytea
  language sql stable security definer set search_path = public, pg_temp
as $$
  select r.seed from booking_round r where r.id = $1 and r.state = 'closed' and app_now() >= r.draws_at
$$;

-- Books what an application was drawn for. False when the floor can't be had after all. The caller holds booking_round_lock.
create function booking_round_allot(application uuid, asked jsonb, span tstzrange) returns boolean
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare
  b booking;
  a booking_application;
begin
  select k.* into a from booking_application k where k.id = $1 and k.outcome is null for update;
  if not found then
    return false;
  end if;
  b := jsonb_populate_record(null::booking, $2);
  select x.organization_id, x.facility_id into b.organization_id, b.facility_id from room x where x.id = b.room_id;
  b.borrower_id := a.borrower_id;
  b.created_at := app_now();
  b.modified_at := app_now();
  insert into booking select b.*;
  update booking_application k set outcome = 'drawn', booking_id = b.id where k.id = $1;
  if not booking_occupy(b.id, b.room_id, $3) then
    update booking_application k set outcome = 'lost', booking_id = null where k.id = $1;
    delete from booking k where k.id = b.id;
    return false;
  end if;
  insert into booking_change (organization_id, borrower_id, booking_id, kind, status) values (b.organization_id, b.borrower_id, b.id, 'drawn', b.status);
  return true;
end
$$;

-- Tells the seed. Whom nothing was given is not drawn, or has lost the room that was drawn.
create function booking_round_told(round uuid, lost uuid[]) returns void
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  update booking_application a set outcome = case when a.id = any ($2) then 'lost' else 'not_drawn' end where a.round_id = $1 and a.outcome is null;
  update booking_round r set state = 'drawn', revealed = r.seed, drawn_at = app_now() where r.id = $1;
end
$$;

create function booking_round_finish(round uuid) returns void
  language sql security definer set search_path = public, pg_temp
as $$
  update booking_round r set state = 'finished' where r.id = $1 and r.state = 'drawn' and app_now() >= r.accept_until
$$;
-- +goose StatementEnd
create trigger booking_round_seeded before insert on booking_round for each row execute function booking_round_seeded();
create trigger booking_round_goes_forward before update on booking_round for each row execute function booking_round_goes_forward();
create trigger booking_round_releases after update of state on booking_round for each row when (new.state in ('finished', 'cancelled')) execute function booking_round_releases();
create trigger booking_round_keeps after insert on booking_round_room for each row execute function booking_round_keeps();
create trigger occupancy_kept_for_round before insert on occupancy for each row execute function occupancy_kept_for_round();

-- +goose StatementBegin
do $$
declare f text;
begin
  grant create on schema public to tnm_ledger;
  foreach f in array array['booking_round_seeded()', 'booking_round_keeps()', 'booking_round_releases()', 'booking_round_bars(uuid, tstzrange, uuid)', 'occupancy_kept_for_round()',
    'booking_rounds_of(uuid)', 'booking_round_apply(uuid, uuid, text, text, integer, jsonb, boolean)', 'booking_round_withdraw(uuid)', 'booking_round_cancel(uuid)',
    'booking_round_due()', 'booking_round_lock(uuid, text)', 'booking_round_floor(uuid)', 'booking_round_drop(uuid, integer, text)', 'booking_round_fix(uuid, text)',
    'booking_round_seed(uuid)', 'booking_round_allot(uuid, jsonb, tstzrange)', 'booking_round_told(uuid, uuid[])', 'booking_round_finish(uuid)'] loop
    execute format('alter function %s owner to tnm_ledger', f);
  end loop;
  revoke create on schema public from tnm_ledger;
end
$$;
-- +goose StatementEnd
grant execute on function booking_rounds_of(uuid), booking_round_apply(uuid, uuid, text, text, integer, jsonb, boolean), booking_round_withdraw(uuid), booking_round_cancel(uuid) to tnm_staff;
grant execute on function booking_round_due(), booking_round_lock(uuid, text), booking_round_floor(uuid), booking_round_drop(uuid, integer, text), booking_round_fix(uuid, text),
  booking_round_seed(uuid), booking_round_allot(uuid, jsonb, tstzrange), booking_round_told(uuid, uuid[]), booking_round_finish(uuid) to tnm_worker;

-- +goose Down
drop trigger occupancy_kept_for_round on occupancy;
drop function booking_round_finish(uuid);
drop function booking_round_told(uuid, uuid[]);
drop function booking_round_allot(uuid, jsonb, tstzrange);
drop function booking_round_seed(uuid);
drop function booking_round_fix(uuid, text);
drop function booking_round_drop(uuid, integer, text);
drop function booking_round_floor(uuid);
drop function booking_round_lock(uuid, text);
drop function booking_round_due();
drop function booking_round_cancel(uuid);
drop function booking_round_withdraw(uuid);
drop function booking_round_apply(uuid, uuid, text, text, integer, jsonb, boolean);
drop function booking_rounds_of(uuid);
drop function occupancy_kept_for_round();
drop function booking_round_bars(uuid, tstzrange, uuid);
drop table booking_wish;
revoke execute on function lottery_commitment(uuid, bytea) from tnm_staff;
drop table booking_application;
drop table booking_round_space;
drop table booking_round_room;
drop table booking_round;
drop function booking_round_releases();
drop function booking_round_keeps();
drop function booking_round_goes_forward();
drop function booking_round_seeded();
