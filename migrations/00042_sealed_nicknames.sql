-- +goose Up
-- A nickname is sealed under its ticket's code: nobody but the holder can read it, not in the table, the write-ahead log or a backup. What was stored readable is forgotten.
set local role tnm_ledger;
update ticket set nickname = null where nickname is not null;
reset role;
alter table ticket drop constraint ticket_nickname_length, add constraint ticket_nickname_sealed check (length(nickname) = 146);

-- +goose StatementBegin
-- A ticket's new code, and its nickname sealed under it.
create function ticket_rotate(mac bytea, new_mac bytea, new_nickname text) returns boolean
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  if not ticket_rotate(mac, new_mac) then
    return false;
  end if;
  update ticket k set nickname = new_nickname where k.secret_mac = new_mac and k.nickname is not null;
  return true;
end
$$;

-- As before, but a turn that was used never comes back: its address may be known to others.
create or replace function ticket_calendar(mac bytea, turn smallint, new_mac bytea) returns boolean
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  update ticket k set calendar_mac = $3, calendar_turn = greatest(k.calendar_turn, $2)
  where k.secret_mac = $1 and ($3 is null or $2 > k.calendar_turn);
  return found;
end
$$;

-- Until when a calendar's ticket waits for a seat, or its offer for an answer; null for any other.
create function ticket_followed_until(calendar_mac bytea) returns timestamptz
  language plpgsql stable security definer set search_path = public, pg_temp
as $$
begin
  return (
    select case t.status
      when 'waiting' then (select max(part_waits_until(p)) from ticket_wish w join quota q on q.id = w.quota_id join part p on p.id = q.part_id where w.ticket_id = t.id)
      when 'offered' then (select o.until from ticket_offer o where o.ticket_id = t.id)
    end
    from ticket t where t.calendar_mac = $1);
end
$$;
-- +goose StatementEnd

grant create on schema public to tnm_ledger;
alter function ticket_rotate(bytea, bytea, text) owner to tnm_ledger;
alter function ticket_followed_until(bytea) owner to tnm_ledger;
revoke create on schema public from tnm_ledger;
grant execute on function ticket_rotate(bytea, bytea, text), ticket_followed_until(bytea) to tnm_public;

-- +goose Down
-- +goose StatementBegin
create or replace function ticket_calendar(mac bytea, turn smallint, new_mac bytea) returns boolean
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  update ticket k set calendar_mac = $3, calendar_turn = $2
  where k.secret_mac = $1 and ($3 is null or $2 > k.calendar_turn);
  return found;
end
$$;
-- +goose StatementEnd
drop function ticket_followed_until(bytea);
drop function ticket_rotate(bytea, bytea, text);
set local role tnm_ledger;
update ticket set nickname = null where nickname is not null;
reset role;
alter table ticket drop constraint ticket_nickname_sealed, add constraint ticket_nickname_length check (length(nickname) between 1 and 40);
