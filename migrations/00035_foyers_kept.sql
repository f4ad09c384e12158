-- +goose Up
-- A foyer that rooms of a round use in common is kept from whoever would take it whole: what the fixed list says can be had must not go away under it. taker is as in
-- occupancy: the round where one of its rooms takes the space whole, the nil uuid where they use it in common, so that rounds share a foyer as bookings do.
alter table booking_round_space add column taker uuid;
alter table booking_round_space drop constraint booking_round_space_no_overlap;
alter table booking_round_space add constraint booking_round_space_no_overlap exclude using gist (span with &&, space_id with =, coalesce(taker, round_id) with <>);
alter table booking_round_space add constraint booking_round_space_taker_form check (taker in (round_id, '00000000-0000-0000-0000-000000000000'));

-- +goose StatementBegin
-- Keeps the floor of the round's rooms: whole where one of them takes it whole, in common otherwise.
create or replace function booking_round_keeps() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  insert into booking_round_space as k (round_id, space_id, span, taker)
  select new.round_id, s.space_id, r.span, case when s.exclusive then new.round_id else '00000000-0000-0000-0000-000000000000' end
  from room_space s join booking_round r on r.id = new.round_id where s.room_id = new.room_id
  on conflict on constraint booking_round_space_pkey do update set taker = excluded.taker where excluded.taker = excluded.round_id and k.taker <> excluded.taker;
  return null;
end
$$;

-- Whether a space at a time is kept for a round: from the borrower of that booking, or without one from the transaction's organization. While the list is fixed it is
-- kept from everybody, otherwise from all but the lender, in whose transactions others move up. whole: whether it is to be had whole, or in common. Not in SQL, which
-- would be planned at every call.
create function booking_round_bars(space uuid, span tstzrange, booking uuid, whole boolean) returns boolean
  language plpgsql stable set search_path = public, pg_temp
as $$
begin
  return exists (
    select from booking_round_space k join booking_round r on r.id = k.round_id
    where k.span && $2 and k.space_id = $1 and ($4 or k.taker is distinct from '00000000-0000-0000-0000-000000000000')
      and (r.state in ('open', 'closed') or r.state = 'drawn' and app_now() < r.accept_until)
      and (r.state = 'closed'
        or r.organization_id is distinct from case when $3 is null then app_organization() else (select b.borrower_id from booking b where b.id = $3) end)
      and not (r.state = 'closed' and exists (select from booking_application a where a.round_id = r.id and a.booking_id = $3)));
end
$$;

create or replace function occupancy_kept_for_round() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  if booking_round_bars(new.space_id, new.span, new.booking_id, new.taker = new.booking_id) then
    return null;
  end if;
  return new;
end
$$;

create or replace function booking_rounds_of(room uuid) returns table (starts_at timestamptz, ends_at timestamptz)
  language sql stable security definer set search_path = public, pg_temp
as $$
  select distinct lower(k.span), upper(k.span)
  from room_space s join booking_round_space k on k.space_id = s.space_id
  where s.room_id = $1 and booking_round_bars(k.space_id, k.span, null, s.exclusive)
$$;
drop function booking_round_bars(uuid, tstzrange, uuid);

create or replace function room_kept(room uuid, span tstzrange) returns table (round_id uuid, starts_at timestamptz, ends_at timestamptz)
  language plpgsql stable security definer rows 2 set search_path = public, pg_temp
as $$
begin
  return query
  select distinct r.id, lower(k.span * $2), upper(k.span * $2)
  from room_space s join booking_round_space k on k.space_id = s.space_id join booking_round r on r.id = k.round_id
  where s.room_id = $1 and k.span && $2 and (s.exclusive or k.taker is distinct from '00000000-0000-0000-0000-000000000000')
    and (r.state in ('open', 'closed') or r.state = 'drawn' and app_now() < r.accept_until)
    and (r.state = 'closed' or r.organization_id is distinct from app_organization())
  order by 2, 1;
end
$$;

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
  where k.span && wide and k.span && booking_span($1, $2, r.setup_minutes, r.clearing_minutes) and (s.exclusive or k.taker is distinct from '00000000-0000-0000-0000-000000000000')
    and (t.state in ('open', 'closed') or t.state = 'drawn' and app_now() < t.accept_until) and (t.state = 'closed' or t.organization_id is distinct from app_organization());
end
$$;

create or replace function rooms_busy(rooms uuid[], span tstzrange) returns table (room_id uuid, busy tstzrange, kept boolean)
  language plpgsql stable security definer rows 500 set search_path = public, pg_temp
as $$
begin
  return query
  select x.room_id, unnest(range_agg(x.span * $2)), false
  from (
    select s.room_id, o.span from occupancy o join room_space s on s.space_id = o.space_id
    where o.span && $2 and s.room_id = any ($1) and (s.exclusive or o.taker <> '00000000-0000-0000-0000-000000000000')
  ) x group by x.room_id
  union all
  select x.room_id, unnest(range_agg(x.span * $2)), true
  from (
    select s.room_id, k.span from booking_round_space k join booking_round r on r.id = k.round_id join room_space s on s.space_id = k.space_id
    where k.span && $2 and s.room_id = any ($1) and (r.state in ('open', 'closed') or r.state = 'drawn' and app_now() < r.accept_until)
      and (s.exclusive or k.taker is distinct from '00000000-0000-0000-0000-000000000000') and (r.state = 'closed' or r.organization_id is distinct from app_organization())
  ) x group by x.room_id;
end
$$;
-- +goose StatementEnd
grant create on schema public to tnm_ledger;
alter function booking_round_bars(uuid, tstzrange, uuid, boolean) owner to tnm_ledger;
revoke create on schema public from tnm_ledger;

-- +goose Down
-- +goose StatementBegin
create function booking_round_bars(space uuid, span tstzrange, booking uuid) returns boolean
  language plpgsql stable set search_path = public, pg_temp
as $$
begin
  return exists (
    select from booking_round_space k join booking_round r on r.id = k.round_id
    where k.span && $2 and k.space_id = $1 and (r.state in ('open', 'closed') or r.state = 'drawn' and app_now() < r.accept_until)
      and (r.state = 'closed' or r.organization_id is distinct from app_organization())
      and not (r.state = 'closed' and exists (select from booking_application a where a.round_id = r.id and a.booking_id = $3)));
end
$$;

create or replace function occupancy_kept_for_round() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  if booking_round_bars(new.space_id, new.span, new.booking_id) then
    return null;
  end if;
  return new;
end
$$;

create or replace function booking_rounds_of(room uuid) returns table (starts_at timestamptz, ends_at timestamptz)
  language sql stable security definer set search_path = public, pg_temp
as $$
  select distinct lower(k.span), upper(k.span)
  from room_space s join booking_round_space k on k.space_id = s.space_id
  where s.room_id = $1 and booking_round_bars(k.space_id, k.span, null)
$$;
drop function booking_round_bars(uuid, tstzrange, uuid, boolean);

create or replace function booking_round_keeps() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  insert into booking_round_space (round_id, space_id, span)
  select new.round_id, s.space_id, r.span from room_space s join booking_round r on r.id = new.round_id where s.room_id = new.room_id and s.exclusive
  on conflict on constraint booking_round_space_pkey do nothing;
  return null;
end
$$;

create or replace function room_kept(room uuid, span tstzrange) returns table (round_id uuid, starts_at timestamptz, ends_at timestamptz)
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

create or replace function rooms_busy(rooms uuid[], span tstzrange) returns table (room_id uuid, busy tstzrange, kept boolean)
  language plpgsql stable security definer rows 500 set search_path = public, pg_temp
as $$
begin
  return query
  select x.room_id, unnest(range_agg(x.span * $2)), false
  from (
    select s.room_id, o.span from occupancy o join room_space s on s.space_id = o.space_id
    where o.span && $2 and s.room_id = any ($1) and (s.exclusive or o.taker <> '00000000-0000-0000-0000-000000000000')
  ) x group by x.room_id
  union all
  select x.room_id, unnest(range_agg(x.span * $2)), true
  from (
    select s.room_id, k.span from booking_round_space k join booking_round r on r.id = k.round_id join room_space s on s.space_id = k.space_id
    where k.span && $2 and s.room_id = any ($1) and (r.state in ('open', 'closed') or r.state = 'drawn' and app_now() < r.accept_until)
      and (r.state = 'closed' or r.organization_id is distinct from app_organization())
  ) x group by x.room_id;
end
$$;
-- +goose StatementEnd
grant create on schema public to tnm_ledger;
alter function booking_round_bars(uuid, tstzrange, uuid) owner to tnm_ledger;
revoke create on schema public from tnm_ledger;
alter table booking_round_space drop constraint booking_round_space_taker_form;
alter table booking_round_space drop constraint booking_round_space_no_overlap;
delete from booking_round_space where taker is distinct from round_id;
alter table booking_round_space drop column taker;
alter table booking_round_space add constraint booking_round_space_no_overlap exclude using gist (span with &&, space_id with =);
