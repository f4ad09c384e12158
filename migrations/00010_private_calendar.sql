-- +goose Up
-- The calendar of one ticket, only when its holder asks for it. The token is derived from the ticket's secret and a turn, so the page can show the address
-- again and the server keeps no token, only its MAC. Another turn or another secret is another address; the old one is dead.
alter table ticket
  add column calendar_mac  bytea,
  add column calendar_turn smallint not null default 0,
  add constraint ticket_calendar_mac_key unique (calendar_mac),
  add constraint ticket_calendar_mac_length check (octet_length(calendar_mac) = 32),
  add constraint ticket_calendar_goes_with_secret check (calendar_mac is null or secret_mac is not null);

grant select (calendar_mac, calendar_turn) on ticket to tnm_public;
grant update (calendar_mac) on ticket to tnm_worker;

-- +goose StatementBegin
-- Turns the calendar of a ticket on (with the MAC for the given turn), or off (null). False when there is no such ticket, or another turn was taken meanwhile.
create function ticket_calendar(mac bytea, turn smallint, new_mac bytea) returns boolean
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  update ticket k set calendar_mac = $3, calendar_turn = $2
  where k.secret_mac = $1 and ($3 is null or $2 > k.calendar_turn);
  return found;
end
$$;

-- What the calendar shows: times and states, not a word of what it is about. No row once the date is over for a day, as when the token is unknown.
create function ticket_followed(calendar_mac bytea)
  returns table (ticket_id uuid, status text, starts_at timestamptz, ends_at timestamptz, moved boolean, off boolean, postponed boolean, sequence integer, modified_at timestamptz)
  language sql stable security definer set search_path = public, pg_temp
as $$
  select t.id, t.status, p.starts_at, p.ends_at, o.moved_from is not null, e.status = 'cancelled' or o.status = 'cancelled', o.status = 'postponed', o.sequence, o.modified_at
  from ticket t join part p on p.id = t.part_id join occurrence o on o.id = t.occurrence_id join event e on e.id = t.event_id
  where t.calendar_mac = $1 and (app_now() < p.ends_at + interval '1 day' or o.status = 'postponed')
$$;

-- As before; a changed secret ends the calendar too, for whoever knew the one knows the other.
create or replace function ticket_rotate(mac bytea, new_mac bytea) returns boolean
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  update ticket k set secret_mac = $2, calendar_mac = null where k.secret_mac = $1;
  return found;
end
$$;
-- +goose StatementEnd

grant create on schema public to tnm_ledger;
alter function ticket_calendar(bytea, smallint, bytea) owner to tnm_ledger;
alter function ticket_followed(bytea) owner to tnm_ledger;
revoke create on schema public from tnm_ledger;
grant execute on function ticket_calendar(bytea, smallint, bytea), ticket_followed(bytea) to tnm_public;

-- +goose Down
drop function ticket_followed(bytea);
drop function ticket_calendar(bytea, smallint, bytea);
-- +goose StatementBegin
create or replace function ticket_rotate(mac bytea, new_mac bytea) returns boolean
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  update ticket k set secret_mac = $2 where k.secret_mac = $1;
  return found;
end
$$;
-- +goose StatementEnd
revoke select (calendar_mac, calendar_turn) on ticket from tnm_public;
alter table ticket drop constraint ticket_calendar_goes_with_secret, drop constraint ticket_calendar_mac_length, drop constraint ticket_calendar_mac_key,
  drop column calendar_turn, drop column calendar_mac;
