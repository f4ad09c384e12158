-- ticket_wait for one attempt among several with a code: between ticket_attempt, which has attempts
-- wait for each other, and ticket_attempted, which remembers a refusal. asked_at: when this attempt
-- was taken up; null where nobody but the program knows the code.
-- It is in the database because it decides under locks, which are taken in one order and held for
-- one round trip.
create or replace function ticket_wait_once(event uuid, quota uuid, reach text, id uuid, mac bytea, seats smallint,
  nickname text, asked_at timestamptz)
  returns text
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare place uuid := ticket_attempt($1, $5, $8);
begin
  return ticket_attempted($5, $8, ticket_wait(place, $2, $3, $4, $5, $6, $7));
end
$$;
alter function ticket_wait_once(uuid, uuid, text, uuid, bytea, smallint, text, timestamp with time zone)
  owner to tnm_ledger;
grant execute on function ticket_wait_once(uuid, uuid, text, uuid, bytea, smallint, text, timestamp with time zone)
  to tnm_public;
