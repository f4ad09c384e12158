-- Ends an organization's part and closes its facilities, if nothing stands in the way: events with
-- dates ahead, bookings ahead on either side, rounds that run, applications that wait for a draw,
-- groups it vouches for. Gives how many of each; it was closed when all are 0. Closing once more
-- changes nothing.
-- It is in the database because it decides under locks, which are taken in one order and held for
-- one round trip.
create or replace function organization_close(organization uuid, day date, reason text)
  returns table (events integer, bookings integer, rounds integer, applications integer, groups integer)
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  -- Who books one of its rooms holds the floor first (booking_place) and its own organization last,
  -- so this goes the same way; those have finished now, and who comes later finds the facilities
  -- changed. Then its staff can't do anything any more, and at last what floor they made meanwhile.
  perform from space s where s.organization_id = $1 order by s.id for no key update;
  perform from organization o where o.id = $1 for update;
  perform from space s where s.organization_id = $1 order by s.id for no key update;
  select count(*) into events from event e
    where e.organization_id = $1 and e.status = 'published'
      and exists (select from occurrence o
        where o.event_id = e.id and (o.status = 'postponed' or o.status = 'scheduled' and o.ends_at > app_now()));
  select count(*) into bookings from booking b
    where (b.organization_id = $1 or b.borrower_id = $1) and b.starts_at > app_now() - interval '14 days'
      and b.ends_at > app_now() and b.status in ('waiting', 'held', 'requested', 'approved', 'confirmed');
  select count(*) into rounds from booking_round r
  where r.organization_id = $1 and r.state in ('open', 'closed', 'drawn');
  select count(*) into applications from booking_application a join booking_round r on r.id = a.round_id
    where a.borrower_id = $1 and r.state in ('open', 'closed') and a.outcome is distinct from 'withdrawn';
  select count(*) into groups from organization g where g.registered_by = $1 and g.closed_at is null;
  if events + bookings + rounds + applications + groups = 0 then
    update organization o set closed_at = app_now() where o.id = $1 and o.closed_at is null;
    if found then
      update facility f
      set status = 'closed', closed_on = $2, close_reason = $3
      where f.organization_id = $1 and f.status = 'open';
    end if;
  end if;
  return next;
end
$$;
alter function organization_close(uuid, date, text) owner to tnm_ledger;
grant execute on function organization_close(uuid, date, text) to tnm_operator;
