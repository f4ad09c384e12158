-- +goose Up
-- What 00025 does for seats, for the line, for lots and for slots: an attempt with a caller's own code that comes after a later one was refused gets nothing.
-- Kept apart from refusals of seats, for whoever heard "full" may be standing in line by an attempt that began before.
alter table ticket_refusal add column elsewhere boolean not null default false, add column outcome text not null default 'full',
  add constraint ticket_refusal_outcome_length check (length(outcome) <= 40), drop constraint ticket_refusal_pkey;
alter table ticket_refusal add constraint ticket_refusal_pkey primary key (secret_mac, elsewhere);

-- +goose StatementBegin
-- Stands before the event of a request: one attempt with a code is judged at a time, and the event of one that comes too late is nowhere. asked_at: when this
-- attempt was taken up; null where nobody but the program knows the code. What follows sees all that whoever held the lock has done.
create function ticket_attempt(event uuid, mac bytea, asked_at timestamptz) returns uuid
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  if asked_at is null then
    return event;
  end if;
  perform pg_advisory_xact_lock(('x' || encode(substr(mac, 1, 8), 'hex'))::bit(64)::bigint); -- the key of ticket_grant_once
  if exists (select from ticket_refusal f where f.secret_mac = mac and f.elsewhere and ticket_attempt.asked_at < f.asked_at) then
    return '00000000-0000-0000-0000-000000000000';
  end if;
  return event;
end
$$;

-- Comes after the judgement of an attempt and gives what is told: what got no ticket was refused, and one that came too late is told what the later one was.
create function ticket_attempted(mac bytea, asked_at timestamptz, outcome text) returns text
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare told text := outcome;
begin
  if asked_at is null or exists (select from ticket t where t.secret_mac = mac) then
    return outcome;
  end if;
  insert into ticket_refusal as f (secret_mac, elsewhere, asked_at, refused_at, outcome) values (mac, true, ticket_attempted.asked_at, app_now(), ticket_attempted.outcome)
  on conflict on constraint ticket_refusal_pkey do update set asked_at = excluded.asked_at, refused_at = excluded.refused_at, outcome = excluded.outcome
    where f.asked_at <= excluded.asked_at;
  if not found then
    select f.outcome into told from ticket_refusal f where f.secret_mac = mac and f.elsewhere;
  end if;
  return coalesce(told, outcome);
end
$$;
-- +goose StatementEnd

grant create on schema public to tnm_ledger;
alter function ticket_attempt(uuid, bytea, timestamptz) owner to tnm_ledger;
alter function ticket_attempted(bytea, timestamptz, text) owner to tnm_ledger;
revoke create on schema public from tnm_ledger;
grant execute on function ticket_attempt(uuid, bytea, timestamptz) to tnm_public;
grant execute on function ticket_attempted(bytea, timestamptz, text) to tnm_public;

-- +goose Down
drop function ticket_attempted(bytea, timestamptz, text);
drop function ticket_attempt(uuid, bytea, timestamptz);
delete from ticket_refusal where elsewhere;
alter table ticket_refusal drop constraint ticket_refusal_pkey;
alter table ticket_refusal drop column outcome, drop column elsewhere, add constraint ticket_refusal_pkey primary key (secret_mac);
