-- ticket_apply for one attempt among several with a code; see ticket_wait_once.
-- It is in the database because it decides under locks, which are taken in one order and held for
-- one round trip.
create or replace function ticket_apply_once(event uuid, quota uuid, id uuid, mac bytea, number text, seats smallint,
  nickname text, asked_at timestamptz, out outcome text, out most integer)
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare place uuid := ticket_attempt($1, $4, $8);
begin
  select v.outcome, v.most into outcome, most from ticket_apply(place, $2, $3, $4, $5, $6, $7) v;
  outcome := ticket_attempted($4, $8, outcome);
end
$$;
alter function ticket_apply_once(uuid, uuid, uuid, bytea, text, smallint, text, timestamp with time zone)
  owner to tnm_ledger;
grant execute on function ticket_apply_once(uuid, uuid, uuid, bytea, text, smallint, text, timestamp with time zone)
  to tnm_public;
