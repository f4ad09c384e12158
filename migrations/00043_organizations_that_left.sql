-- +goose Up
-- When an organization's part came to its end; null: it takes part. It stays to be seen, as whose past events and bookings those were.
alter table organization add column closed_at timestamptz;
create policy organization_closing on organization for update to tnm_ledger using (true) with check (true);
grant update (closed_at) on organization to tnm_ledger;
create policy facility_closing on facility for update to tnm_ledger using (true) with check (status = 'closed');
grant update (status, closed_on, close_reason) on facility to tnm_ledger;

-- +goose StatementBegin
-- Whatever staff do leaves an entry in the ledger, so this is where an organization that left is told no. The lock makes organization_close wait for what is on its way.
create function audit_entry_takes_part() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  perform from organization o where o.id = new.organization_id and o.closed_at is null for key share;
  if not found then
    raise exception using errcode = 'insufficient_privilege', constraint = 'organization_takes_part', table = 'organization', message = 'this organization no longer takes part';
  end if;
  return null;
end
$$;

-- Others may have judged a room before its town was closed, and waited for the floor since. No lock: they hold the floor, which organization_close takes first.
create function booking_lender_takes_part() returns trigger
  language plpgsql set search_path = public, pg_temp
as $$
begin
  perform from organization o where o.id = new.organization_id and o.closed_at is null;
  if not found then
    raise exception using errcode = 'insufficient_privilege', constraint = 'organization_takes_part', table = 'organization', message = 'this organization no longer takes part';
  end if;
  return null;
end
$$;

-- Ends an organization's part and closes its facilities, if nothing stands in the way: events with dates ahead, bookings ahead on either side, rounds that run, applications
-- that wait for a draw, groups it vouches for. Gives how many of each; it was closed when all are 0. Closing once more changes nothing.
create function organization_close(organization uuid, day date, reason text) returns table (events integer, bookings integer, rounds integer, applications integer, groups integer)
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  -- Who books one of its rooms holds the floor first (booking_place) and its own organization last, so this goes the same way; those have finished now, and who comes
  -- later finds the facilities changed. Then its staff can't do anything any more, and at last what floor they made meanwhile.
  perform from space s where s.organization_id = $1 order by s.id for no key update;
  perform from organization o where o.id = $1 for update;
  perform from space s where s.organization_id = $1 order by s.id for no key update;
  select count(*) into events from event e
    where e.organization_id = $1 and e.status = 'published'
      and exists (select from occurrence o where o.event_id = e.id and (o.status = 'postponed' or o.status = 'scheduled' and o.ends_at > app_now()));
  select count(*) into bookings from booking b
    where (b.organization_id = $1 or b.borrower_id = $1) and b.starts_at > app_now() - interval '14 days' and b.ends_at > app_now() and b.status in ('waiting', 'held', 'requested', 'approved', 'confirmed');
  select count(*) into rounds from booking_round r where r.organization_id = $1 and r.state in ('open', 'closed', 'drawn');
  select count(*) into applications from booking_application a join booking_round r on r.id = a.round_id
    where a.borrower_id = $1 and r.state in ('open', 'closed') and a.outcome is distinct from 'withdrawn';
  select count(*) into groups from organization g where g.registered_by = $1 and g.closed_at is null;
  if events + bookings + rounds + applications + groups = 0 then
    update organization o set closed_at = app_now() where o.id = $1 and o.closed_at is null;
    if found then
      update facility f set status = 'closed', closed_on = $2, close_reason = $3 where f.organization_id = $1 and f.status = 'open';
    end if;
  end if;
  return next;
end
$$;
-- +goose StatementEnd
grant create on schema public to tnm_ledger;
alter function audit_entry_takes_part() owner to tnm_ledger;
alter function organization_close(uuid, date, text) owner to tnm_ledger;
revoke create on schema public from tnm_ledger;
grant execute on function organization_close(uuid, date, text) to tnm_operator;
create trigger audit_entry_takes_part after insert on audit_entry for each row when (new.actor_kind = 'staff') execute function audit_entry_takes_part();
create trigger booking_lender_takes_part after insert on booking for each row execute function booking_lender_takes_part();

-- +goose Down
drop trigger booking_lender_takes_part on booking;
drop trigger audit_entry_takes_part on audit_entry;
drop function organization_close(uuid, date, text);
drop function booking_lender_takes_part();
drop function audit_entry_takes_part();
drop policy facility_closing on facility;
revoke update (status, closed_on, close_reason) on facility from tnm_ledger;
drop policy organization_closing on organization;
alter table organization drop column closed_at;
