-- Comes after the judgement of an attempt and gives what is told: what got no ticket was refused,
-- and one that came too late is told what the later one was.
-- It is in the database because it decides under locks, which are taken in one order and held for
-- one round trip.
create or replace function ticket_attempted(mac bytea, asked_at timestamptz, outcome text) returns text
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare told text := outcome;
begin
  if asked_at is null or exists (select from ticket t where t.secret_mac = mac) then
    return outcome;
  end if;
  insert into ticket_refusal as f (secret_mac, elsewhere, asked_at, refused_at, outcome)
  values (mac, true, ticket_attempted.asked_at, app_now(), ticket_attempted.outcome)
  on conflict on constraint ticket_refusal_pkey do update
    set asked_at = excluded.asked_at, refused_at = excluded.refused_at, outcome = excluded.outcome
    where f.asked_at <= excluded.asked_at;
  if not found then
    select f.outcome into told from ticket_refusal f where f.secret_mac = mac and f.elsewhere;
  end if;
  return coalesce(told, outcome);
end
$$;
alter function ticket_attempted(bytea, timestamp with time zone, text) owner to tnm_ledger;
grant execute on function ticket_attempted(bytea, timestamp with time zone, text) to tnm_public;
