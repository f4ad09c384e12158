-- +goose Up
-- Rounds seen from outside: that a room is kept for one shows in availability and search; what the wishes' rooms no longer allow when lots are drawn is struck from the
-- draw in public, so that the next of the list has what would have been lost; and a round can be changed until applications open.
alter table booking_round add column struck text[] not null default '{}'; -- "<number> <pool>": choices that could not be had any more when lots were drawn
grant select (struck) on booking_round to tnm_public, tnm_staff, tnm_worker;
create index booking_round_recent_idx on booking_round (created_at desc, id); -- the public list

-- +goose StatementBegin
create or replace function booking_round_goes_forward() returns trigger
  language plpgsql set search_path = public, pg_temp
as $$
begin
  if (new.id, new.organization_id, new.span, new.commitment, new.seed) <> (old.id, old.organization_id, old.span, old.commitment, old.seed)
    or old.list is not null and (new.list is distinct from old.list or new.list_digest is distinct from old.list_digest)
    or old.revealed is not null and (new.revealed is distinct from old.revealed or new.withdrawn <> old.withdrawn or new.struck <> old.struck)
    or old.list is not null and (new.opens_at, new.closes_at, new.draws_at, new.accept_until) <> (old.opens_at, old.closes_at, old.draws_at, old.accept_until)
    or new.state <> old.state and (old.state, new.state) not in (('open', 'closed'), ('closed', 'drawn'), ('drawn', 'finished'), ('open', 'cancelled'), ('closed', 'cancelled')) then
    raise exception using errcode = 'check_violation', constraint = 'booking_round_goes_forward', table = 'booking_round', message = 'a round does not go back on its word';
  end if;
  return new;
end
$$;

-- Whether a space at a time is kept for a round: from the borrower of that booking, or without one from the transaction's organization. While the list is fixed it is
-- kept from everybody, otherwise from all but the lender, in whose transactions others move up.
create or replace function booking_round_bars(space uuid, span tstzrange, booking uuid) returns boolean
  language sql stable set search_path = public, pg_temp
as $$
  select exists (
    select from booking_round_space k join booking_round r on r.id = k.round_id
    where k.span && $2 and k.space_id = $1 and (r.state in ('open', 'closed') or r.state = 'drawn' and app_now() < r.accept_until)
      and (r.state = 'closed'
        or r.organization_id is distinct from case when $3 is null then app_organization() else (select b.borrower_id from booking b where b.id = $3) end)
      and not (r.state = 'closed' and exists (select from booking_application a where a.round_id = r.id and a.booking_id = $3)))
$$;

-- Which rounds keep a room within a window from the transaction's organization, or from the public. For everyone who may see the room.
create function room_kept(room uuid, span tstzrange) returns table (round_id uuid, starts_at timestamptz, ends_at timestamptz)
  language plpgsql stable security definer rows 2 set search_path = public, pg_temp
as $$
begin
  return query
  select distinct r.id, lower(k.span * $2), upper(k.span * $2)
  from room_space s join booking_round_space k on k.space_id = s.space_id join booking_round r on r.id = k.round_id
  where s.room_id = $1 and k.span && $2 and (r.state in ('open', 'closed') or r.state = 'drawn' and app_now() < r.accept_until)
    and (r.state = 'closed' or r.organization_id is distinct from app_organization())
  order by 2, 1;
end
$$;

-- As before, and the rooms that a round keeps.
create or replace function rooms_taken(starts_at timestamptz, ends_at timestamptz) returns setof uuid
  language plpgsql stable security definer rows 500 set search_path = public, pg_temp
as $$
declare
  asked tstzrange := tstzrange($1, $2);
  wide tstzrange := booking_span($1, $2, coalesce((select max(x.setup_minutes) from room x where x.setup_minutes > 0), 0),
    coalesce((select max(x.clearing_minutes) from room x where x.clearing_minutes > 0), 0));
begin
  if wide = asked then
    return query
    select s.room_id from occupancy o join room_space s on s.space_id = o.space_id
    where o.span && asked and (s.exclusive or o.taker <> '00000000-0000-0000-0000-000000000000');
  else
    return query
    select s.room_id from occupancy o join room_space s on s.space_id = o.space_id join room r on r.id = s.room_id
    where o.span && wide and (o.span && asked or o.span && booking_span($1, $2, r.setup_minutes, r.clearing_minutes))
      and (s.exclusive or o.taker <> '00000000-0000-0000-0000-000000000000');
  end if;
  return query
  select s.room_id from booking_round_space k join booking_round t on t.id = k.round_id join room_space s on s.space_id = k.space_id join room r on r.id = s.room_id
  where k.span && wide and k.span && booking_span($1, $2, r.setup_minutes, r.clearing_minutes)
    and (t.state in ('open', 'closed') or t.state = 'drawn' and app_now() < t.accept_until) and (t.state = 'closed' or t.organization_id is distinct from app_organization());
end
$$;

-- Changes an own round: its words until it is over, its days and numbers until applications open. outcome: changed, unknown, over, begun.
create function booking_round_change(round uuid, name text, note text, opens_at timestamptz, closes_at timestamptz, draws_at timestamptz, accept_until timestamptz,
  applications_max integer, wishes_max integer) returns text
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare r booking_round;
begin
  select k.* into r from booking_round k where k.id = $1 and k.organization_id = app_organization() for update;
  if not found then
    return 'unknown';
  elsif r.state in ('finished', 'cancelled') then
    return 'over';
  elsif (r.opens_at, r.closes_at, r.draws_at, r.accept_until, r.applications_max, r.wishes_max) <> ($4, $5, $6, $7, $8::smallint, $9::smallint)
    and (r.state <> 'open' or app_now() >= r.opens_at) then
    return 'begun';
  end if;
  update booking_round k set name = $2, note = $3, opens_at = $4, closes_at = $5, draws_at = $6, accept_until = $7, applications_max = $8, wishes_max = $9 where k.id = $1;
  return 'changed';
end
$$;

-- How many applications an own round has: the lender knows no more of them than that.
create function booking_round_count(round uuid) returns integer
  language sql stable security definer set search_path = public, pg_temp
as $$
  select count(*)::integer from booking_application a join booking_round r on r.id = a.round_id where r.id = $1 and r.organization_id = app_organization()
$$;

-- Tells the seed, and which choices were struck.
create function booking_round_tell(round uuid, lost uuid[], struck text[]) returns void
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  update booking_application a set outcome = case when a.id = any ($2) then 'lost' else 'not_drawn' end where a.round_id = $1 and a.outcome is null;
  update booking_round r set state = 'drawn', revealed = r.seed, drawn_at = app_now(), struck = $3 where r.id = $1;
end
$$;
-- +goose StatementEnd

grant create on schema public to tnm_ledger;
alter function room_kept(uuid, tstzrange) owner to tnm_ledger;
alter function booking_round_change(uuid, text, text, timestamptz, timestamptz, timestamptz, timestamptz, integer, integer) owner to tnm_ledger;
alter function booking_round_count(uuid) owner to tnm_ledger;
alter function booking_round_tell(uuid, uuid[], text[]) owner to tnm_ledger;
revoke create on schema public from tnm_ledger;
grant execute on function room_kept(uuid, tstzrange) to tnm_public, tnm_staff;
grant execute on function booking_round_change(uuid, text, text, timestamptz, timestamptz, timestamptz, timestamptz, integer, integer), booking_round_count(uuid) to tnm_staff;
grant execute on function booking_round_tell(uuid, uuid[], text[]) to tnm_worker;

-- +goose Down
drop function booking_round_tell(uuid, uuid[], text[]);
drop function booking_round_count(uuid);
drop function booking_round_change(uuid, text, text, timestamptz, timestamptz, timestamptz, timestamptz, integer, integer);
drop function room_kept(uuid, tstzrange);
-- +goose StatementBegin
create or replace function rooms_taken(starts_at timestamptz, ends_at timestamptz) returns setof uuid
  language plpgsql stable security definer rows 500 set search_path = public, pg_temp
as $$
declare
  asked tstzrange := tstzrange($1, $2);
  wide tstzrange := booking_span($1, $2, coalesce((select max(x.setup_minutes) from room x where x.setup_minutes > 0), 0),
    coalesce((select max(x.clearing_minutes) from room x where x.clearing_minutes > 0), 0));
begin
  if wide = asked then
    return query
    select s.room_id from occupancy o join room_space s on s.space_id = o.space_id
    where o.span && asked and (s.exclusive or o.taker <> '00000000-0000-0000-0000-000000000000');
  else
    return query
    select s.room_id from occupancy o join room_space s on s.space_id = o.space_id join room r on r.id = s.room_id
    where o.span && wide and (o.span && asked or o.span && booking_span($1, $2, r.setup_minutes, r.clearing_minutes))
      and (s.exclusive or o.taker <> '00000000-0000-0000-0000-000000000000');
  end if;
end
$$;

create or replace function booking_round_bars(space uuid, span tstzrange, booking uuid) returns boolean
  language sql stable set search_path = public, pg_temp
as $$
  select exists (
    select from booking_round_space k join booking_round r on r.id = k.round_id
    where k.span && $2 and k.space_id = $1 and (r.state in ('open', 'closed') or r.state = 'drawn' and app_now() < r.accept_until)
      and (r.state = 'closed' or r.organization_id is distinct from app_organization())
      and not (r.state = 'closed' and exists (select from booking_application a where a.round_id = r.id and a.booking_id = $3)))
$$;

create or replace function booking_round_goes_forward() returns trigger
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
-- +goose StatementEnd
drop index booking_round_recent_idx;
alter table booking_round drop column struck;
