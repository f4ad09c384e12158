-- Takes a room for the transaction's organization, in one call: a look without a lock (so that
-- whoever comes too late costs nothing), the spaces locked in order, a second look, and the rows.
-- asked: the columns of booking. The facts by which the caller judged are named by when they were
-- last changed.
-- outcome: placed, waiting, taken, stale (judge anew), closed (for once), noise (a neighbour
-- forbids it), cap (too many that month), unknown.
-- It is in the database because it decides under locks, which are taken in one order and held for
-- one round trip.
create or replace function booking_place(asked jsonb, room_seen timestamptz, facility_seen timestamptz,
  month_cap integer, queue boolean, out outcome text, out stands text)
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare
  b booking;
  r record;
  wide tstzrange;
  written integer;
begin
  b := jsonb_populate_record(null::booking, $1);
  select x.organization_id, x.facility_id, x.setup_minutes, x.clearing_minutes, x.modified_at,
    f.modified_at as facility_at,
    (select count(*) from room_space s where s.room_id = x.id) as spaces,
    exists (select from room_neighbour n where n.rule = 'forbid' and x.id in (n.room_id, n.neighbour_id)) as forbids,
    exists (select from closure c
      where c.facility_id = f.id and (c.room_id is null or c.room_id = x.id)
        and c.span && tstzrange(b.starts_at, b.ends_at)) as closed into r
  from room x join facility f on f.id = x.facility_id where x.id = b.room_id;
  if r.facility_id is null or app_organization() is null then
    outcome := 'unknown';
    return;
  elsif r.modified_at <> $2 or r.facility_at <> $3 then
    outcome := 'stale';
    return;
  elsif r.closed then
    outcome := 'closed';
    return;
  end if;
  b.organization_id := r.organization_id;
  b.facility_id := r.facility_id;
  b.borrower_id := app_organization();
  b.created_at := app_now();
  b.modified_at := b.created_at;
  b.waits_since := null;
  wide := tstzrange(b.starts_at - (b.setup_minutes + r.setup_minutes) * interval '1 minute',
    b.ends_at + (b.clearing_minutes + r.clearing_minutes) * interval '1 minute');
  if not $5 and room_taken(b.room_id, wide, '{}') then
    outcome := 'taken';
    return;
  end if;
  -- A statement of its own: what follows sees what was committed until the lock was given.
  -- Neighbours that forbid noise are locked as well.
  if r.forbids then
    perform from space s where s.id in (
      select x.space_id from room_space x where x.room_id = b.room_id
      union select x.space_id from room_space x
        join room_neighbour n on n.rule = 'forbid' and b.room_id in (n.room_id, n.neighbour_id)
          and x.room_id in (n.room_id, n.neighbour_id)
    ) order by s.id for no key update;
    if booking_too_loud(b.room_id, b.starts_at, b.ends_at, b.noise, b.id) then
      outcome := 'noise';
      return;
    end if;
  else
    perform from space s
    join room_space x on x.space_id = s.id
    where x.room_id = b.room_id order by s.id for no key update of s;
  end if;
  if $4 is not null and $4 <= (
    select count(*) from booking k
    where k.borrower_id = b.borrower_id and k.room_id = b.room_id
      and k.status not in ('declined', 'cancelled', 'lapsed')
      and k.starts_at >= date_trunc('month', b.starts_at at time zone 'Asia/Tokyo') at time zone 'Asia/Tokyo'
      and k.starts_at < (date_trunc('month', b.starts_at at time zone 'Asia/Tokyo') + interval '1 month')
        at time zone 'Asia/Tokyo') then
    outcome := 'cap';
    return;
  end if;
  if $5 and room_taken(b.room_id, wide, '{}') then
    if not booking_behind_holds(b.room_id, wide) then
      outcome := 'taken';
      return;
    end if;
    b.status := 'waiting';
    b.waits_since := clock_timestamp();
    b.expires_at := null;
    b.permit_number := null;
    insert into booking select b.*;
  else
    insert into booking select b.*;
    -- The second look is the constraint's own; what was not written was taken since the first.
    insert into occupancy (booking_id, space_id, span, taker)
    select b.id, s.space_id, wide, case when s.exclusive then b.id else '00000000-0000-0000-0000-000000000000' end
    from room_space s
    where s.room_id = b.room_id
    on conflict do nothing;
    get diagnostics written = row_count;
    if written < r.spaces then
      delete from booking k where k.id = b.id;
      outcome := 'taken';
      return;
    end if;
  end if;
  insert into booking_change (organization_id, borrower_id, booking_id, kind, by_id, status)
  values (b.organization_id, b.borrower_id, b.id, 'placed', b.borrower_id, b.status);
  insert into audit_entry (organization_id, actor_kind, actor_id, action, subject_kind, subject_id, detail)
  values (b.borrower_id, 'staff', app_actor(), 'booking.place', 'booking', b.id,
    jsonb_build_object('room_id', b.room_id, 'status', b.status));
  outcome := case when b.status = 'waiting' then 'waiting' else 'placed' end;
  stands := b.status;
end
$$;
alter function booking_place(jsonb, timestamp with time zone, timestamp with time zone, integer, boolean)
  owner to tnm_ledger;
grant execute on function booking_place(jsonb, timestamp with time zone, timestamp with time zone, integer, boolean)
  to tnm_staff;
