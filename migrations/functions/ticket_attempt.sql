-- Stands before the event of a request: one attempt with a code is judged at a time, and the event
-- of one that comes too late is nowhere. asked_at: when this attempt was taken up; null where
-- nobody but the program knows the code. What follows sees all that whoever held the lock has done.
-- It is in the database because it decides under locks, which are taken in one order and held for
-- one round trip.
create or replace function ticket_attempt(event uuid, mac bytea, asked_at timestamptz) returns uuid
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  if asked_at is null then
    return event;
  end if;
  -- the key of ticket_grant_once
  perform pg_advisory_xact_lock(('x' || encode(substr(mac, 1, 8), 'hex'))::bit(64)::bigint);
  if exists (select from ticket_refusal f
    where f.secret_mac = mac and f.elsewhere and ticket_attempt.asked_at < f.asked_at) then
    return '00000000-0000-0000-0000-000000000000';
  end if;
  return event;
end
$$;
alter function ticket_attempt(uuid, bytea, timestamp with time zone) owner to tnm_ledger;
grant execute on function ticket_attempt(uuid, bytea, timestamp with time zone) to tnm_public;
