-- Writes what bookings occupy anew, from their rows, and lets those who wait move up. The caller
-- holds booking_lock for these facilities. outcome: seated; taken or noise, with the booking that
-- can't be: the caller then rolls back. promoted: the bookings that moved up.
-- It is in the database because it decides under locks, which are taken in one order and held for
-- one round trip.
create or replace function booking_settle(bookings uuid[], facilities uuid[], out outcome text, out stuck uuid,
  out promoted uuid[])
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare
  b record;
begin
  delete from occupancy o where o.booking_id = any ($1);
  promoted := '{}';
  for b in
    select k.id, k.room_id, k.starts_at, k.ends_at, k.noise,
      booking_span(k.starts_at, k.ends_at, k.setup_minutes + r.setup_minutes,
        k.clearing_minutes + r.clearing_minutes) as span
    from booking k join room r on r.id = k.room_id where k.id = any ($1) and booking_occupies(k.status) order by k.id
  loop
    outcome := case
      when not booking_occupy(b.id, b.room_id, b.span) then 'taken'
      when booking_too_loud(b.room_id, b.starts_at, b.ends_at, b.noise, b.id) then 'noise'
    end;
    if outcome is not null then
      stuck := b.id;
      return;
    end if;
  end loop;
  for b in
    select k.*,
      booking_span(k.starts_at, k.ends_at, k.setup_minutes + r.setup_minutes,
        k.clearing_minutes + r.clearing_minutes) as span
    from booking k join room r on r.id = k.room_id
    where k.status = 'waiting' and k.starts_at > app_now() and k.facility_id = any ($2) and r.status = 'open'
    order by k.waits_since, k.id
    for no key update of k
  loop
    continue when booking_too_loud(b.room_id, b.starts_at, b.ends_at, b.noise, b.id)
      or not booking_occupy(b.id, b.room_id, b.span);
    update booking k
    set status = case when k.wants = 'requested' and k.approval_steps = 0 then 'approved' else k.wants end,
      expires_at = case
        when k.wants = 'held' then least(app_now() + k.hold_minutes * interval '1 minute', k.starts_at) end
    where k.id = b.id returning k.status into b.status;
    insert into booking_change (organization_id, borrower_id, booking_id, kind, status)
    values (b.organization_id, b.borrower_id, b.id, 'moved_up', b.status);
    promoted := promoted || b.id;
  end loop;
  outcome := 'seated';
end
$$;
alter function booking_settle(uuid[], uuid[]) owner to tnm_ledger;
grant execute on function booking_settle(uuid[], uuid[]) to tnm_staff, tnm_worker;
