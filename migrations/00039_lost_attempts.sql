-- +goose Up
-- What 00025 does for seats, for the line, for lots and for slots: an attempt with a caller's own code that comes after a later one was refused gets nothing.
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
  if exists (select from ticket_refusal f where f.secret_mac = mac and ticket_attempt.asked_at < f.asked_at) then
    return '00000000-0000-0000-0000-000000000000';
  end if;
  return event;
end
$$;

-- Comes after the judgement of an attempt: what got no ticket was refused.
create function ticket_attempted(mac bytea, asked_at timestamptz) returns void
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  if not exists (select from ticket t where t.secret_mac = mac) then
    insert into ticket_refusal as f (secret_mac, asked_at, refused_at) values (mac, ticket_attempted.asked_at, app_now())
    on conflict on constraint ticket_refusal_pkey do update set asked_at = greatest(f.asked_at, excluded.asked_at), refused_at = excluded.refused_at;
  end if;
end
$$;
-- +goose StatementEnd

grant create on schema public to tnm_ledger;
alter function ticket_attempt(uuid, bytea, timestamptz) owner to tnm_ledger;
alter function ticket_attempted(bytea, timestamptz) owner to tnm_ledger;
revoke create on schema public from tnm_ledger;
grant execute on function ticket_attempt(uuid, bytea, timestamptz) to tnm_public;
grant execute on function ticket_attempted(bytea, timestamptz) to tnm_public;

-- +goose Down
drop function ticket_attempted(bytea, timestamptz);
drop function ticket_attempt(uuid, bytea, timestamptz);
