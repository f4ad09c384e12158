-- Takes rooms for what one organization asks for at the same moment: what booking_place would do
-- one by one, in few statements and one commit. It never waits: the spaces are locked in order as
-- far as they are free, and 'alone' is told to whoever would have to wait, wants the floor of
-- another of these, has a neighbour that forbids noise, or comes in the way of a round. They come
-- again by booking_place. asked: rows for booking; the other arrays and the outcomes are in the
-- same order.
-- It is in the database because it judges a whole batch in one call, with one commit.
create or replace function booking_place_all(asked jsonb, rooms_seen timestamptz[], facilities_seen timestamptz[],
  month_caps integer[]) returns text[]
  language plpgsql security definer set search_path = public, pg_temp
  -- By the indexes and planned once, whatever the statistics say of a moment.
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  borrower constant uuid := app_organization();
  locked   uuid[];
  outcomes text[];
  wanted   bigint;
  written  bigint;
begin
  locked := array(
    select s.id
    from (
      select x.space_id from jsonb_to_recordset($1) as a (room_id uuid) join room_space x on x.room_id = a.room_id
      group by x.space_id having count(*) = 1 or not bool_or(x.exclusive)) w
    join space s on s.id = w.space_id
    order by s.id for no key update of s skip locked);
  -- What follows sees what was committed until the locks were given.
  select array_agg(j.outcome order by j.place), sum(j.spaces) filter (where j.outcome = 'placed') into outcomes, wanted
  from (
    select a.place, x.spaces, case
        when r.id is null or borrower is null then 'unknown'
        when r.modified_at <> a.room_seen or f.modified_at <> a.facility_seen then 'stale'
        when exists (select from closure c
          where c.facility_id = f.id and (c.room_id is null or c.room_id = r.id)
            and c.span && tstzrange(a.starts_at, a.ends_at)) then 'closed'
        when exists (
          select from room_space y join occupancy o on o.space_id = y.space_id
          where y.room_id = r.id and o.span && w.span
            and (y.exclusive or o.taker <> '00000000-0000-0000-0000-000000000000')) then 'taken'
        when x.ours is not true
          or exists (select from room_neighbour n where n.rule = 'forbid' and r.id in (n.room_id, n.neighbour_id))
          or exists (select from room_space y
            join booking_round_space k on k.space_id = y.space_id
            where y.room_id = r.id and k.span && w.span) then 'alone'
        when a.month_cap is not null and a.month_cap <= booking_month_count(borrower, r.id, a.starts_at) then 'cap'
        else 'placed'
      end as outcome
    from rows from (
        jsonb_to_recordset($1) as (room_id uuid, starts_at timestamptz, ends_at timestamptz, setup_minutes integer,
          clearing_minutes integer),
        unnest($2), unnest($3), unnest($4))
      with ordinality as a (room_id, starts_at, ends_at, setup_minutes, clearing_minutes, room_seen, facility_seen,
        month_cap, place)
    left join room r on r.id = a.room_id
    left join facility f on f.id = r.facility_id
    cross join lateral (
      select count(*) as spaces, bool_and(y.space_id = any (locked)) as ours from room_space y
      where y.room_id = r.id) x
    cross join lateral (
      select booking_span(a.starts_at, a.ends_at, a.setup_minutes + r.setup_minutes,
        a.clearing_minutes + r.clearing_minutes) as span) w
  ) j;
  if wanted is null then
    return outcomes;
  end if;
  with placed as (
    insert into booking (organization_id, borrower_id, facility_id, room_id, id, status, starts_at, ends_at,
      setup_minutes, clearing_minutes, title, people, noise, wants, hold_minutes, expires_at, approvals,
      approval_steps, fee_class, fee_yen, exemption, exemption_class, exemption_asked, exemption_percent,
      cancel_until, permit_number)
    select r.organization_id, borrower, r.facility_id, a.room_id, a.id, a.status, a.starts_at, a.ends_at,
      a.setup_minutes, a.clearing_minutes, a.title, a.people, a.noise, a.wants, a.hold_minutes, a.expires_at,
      a.approvals, a.approval_steps, a.fee_class, a.fee_yen, a.exemption, a.exemption_class, a.exemption_asked,
      a.exemption_percent, a.cancel_until, a.permit_number
    from rows from (
        jsonb_to_recordset($1) as (room_id uuid, id uuid, status text, starts_at timestamptz, ends_at timestamptz,
          setup_minutes integer, clearing_minutes integer, title text, people integer, noise text, wants text,
          hold_minutes integer, expires_at timestamptz, approvals integer, approval_steps integer, fee_class text,
          fee_yen integer, exemption text, exemption_class text, exemption_asked text, exemption_percent integer,
          cancel_until timestamptz, permit_number text),
        unnest(outcomes))
      as a (room_id, id, status, starts_at, ends_at, setup_minutes, clearing_minutes, title, people, noise, wants,
        hold_minutes, expires_at, approvals, approval_steps, fee_class, fee_yen, exemption, exemption_class,
        exemption_asked, exemption_percent, cancel_until, permit_number, outcome)
    join room r on r.id = a.room_id
    where a.outcome = 'placed'
    returning organization_id, room_id, id, status, starts_at, ends_at, setup_minutes, clearing_minutes
  ), floor as (
    insert into occupancy (booking_id, space_id, span, taker)
    select p.id, y.space_id,
      booking_span(p.starts_at, p.ends_at, p.setup_minutes + r.setup_minutes, p.clearing_minutes + r.clearing_minutes),
      case when y.exclusive then p.id else '00000000-0000-0000-0000-000000000000' end
    from placed p join room r on r.id = p.room_id join room_space y on y.room_id = p.room_id
    returning booking_id
  ), told as (
    insert into booking_change (organization_id, borrower_id, booking_id, kind, by_id, status)
    select p.organization_id, borrower, p.id, 'placed', borrower, p.status from placed p
  ), noted as (
    insert into audit_entry (organization_id, actor_kind, actor_id, action, subject_kind, subject_id, detail)
    select borrower, 'staff', app_actor(), 'booking.place', 'booking', p.id,
      jsonb_build_object('room_id', p.room_id, 'status', p.status)
    from placed p
  )
  select count(*) into written from floor;
  if written <> wanted then
    raise exception using errcode = 'check_violation', constraint = 'booking_occupies_its_room', table = 'booking',
      message = 'a booking got less floor than its room has';
  end if;
  return outcomes;
end
$$;
alter function booking_place_all(jsonb, timestamp with time zone[], timestamp with time zone[], integer[])
  owner to tnm_ledger;
grant execute on function booking_place_all(jsonb, timestamp with time zone[], timestamp with time zone[], integer[])
  to tnm_staff;
