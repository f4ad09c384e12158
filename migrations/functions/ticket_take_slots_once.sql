-- ticket_take_slots for one attempt among several with a code; see ticket_wait_once.
-- It is in the database because it decides under locks, which are taken in one order and held for
-- one round trip.
create or replace function ticket_take_slots_once(event uuid, slots uuid[], id uuid, mac bytea, nickname text,
  asked_at timestamptz, out outcome text, out at uuid[], out most smallint)
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare place uuid := ticket_attempt($1, $4, $6);
begin
  select v.outcome, v.at, v.most into outcome, at, most from ticket_take_slots(place, $2, $3, $4, $5) v;
  outcome := ticket_attempted($4, $6, outcome);
end
$$;
alter function ticket_take_slots_once(uuid, uuid[], uuid, bytea, text, timestamp with time zone) owner to tnm_ledger;
grant execute on function ticket_take_slots_once(uuid, uuid[], uuid, bytea, text, timestamp with time zone)
  to tnm_public;
