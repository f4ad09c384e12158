-- A ticket for a code. outcome: granted, duplicate (the secret has a ticket), unknown, too_many,
-- and those of paper_look. quota and most: of the code.
-- It is in the database because it decides under locks, which are taken in one order and held for
-- one round trip.
create or replace function paper_take(codes bytea[], id uuid, mac bytea, seats smallint, nickname text,
  out outcome text, out quota uuid, out most integer)
  language plpgsql security definer set search_path = public, pg_temp
as $$
#variable_conflict use_column
declare
  code bytea;
  k record;
begin
  select c.mac, p.paper_quota_id into code, quota from paper_code c
  join paper_sheet s on s.id = c.sheet_id
  join paper_pool p on p.open_quota_id = s.open_quota_id
  where c.mac = any ($1);
  if not found then
    outcome := 'unknown';
    return;
  end if;
  -- The counter before any ticket; what the lock waited for is seen by the next statement.
  perform from quota_counter c where c.quota_id = $7 for update;
  if exists (select from ticket t where t.secret_mac = $3) then
    outcome := 'duplicate';
    return;
  end if;
  select l.* into k from paper_look(array[code]) l;
  most := k.seats;
  outcome := k.outcome;
  if k.outcome <> 'good' then
    return;
  elsif $4 > k.seats then
    outcome := 'too_many';
    return;
  end if;
  insert into paper_claim (organization_id, mac)
  select c.organization_id, c.mac from paper_code c
  where c.mac = code
  on conflict do nothing;
  if not found then
    outcome := 'used';
    return;
  end if;
  insert into ticket (organization_id, event_id, occurrence_id, part_id, quota_id, id, secret_mac, status, seats,
    nickname)
  select q.organization_id, q.event_id, q.occurrence_id, q.part_id, q.id, $2, $3, 'confirmed', $4, $5
  from quota q
  where q.id = k.quota_id;
  outcome := 'granted';
end
$$;
alter function paper_take(bytea[], uuid, bytea, smallint, text) owner to tnm_ledger;
grant execute on function paper_take(bytea[], uuid, bytea, smallint, text) to tnm_public;
