-- Applies for seats of a quota. The counter's row orders applications, cancellations and the draw
-- among each other.
-- outcome: applied, duplicate, draw_full, too_large (more than there will ever be), and the
-- refusals of ticket_grant. most: seats a ticket may ask for.
-- It is in the database because it decides under locks, which are taken in one order and held for
-- one round trip.
create or replace function ticket_apply(event uuid, quota uuid, id uuid, mac bytea, number text, seats smallint,
  nickname text, out outcome text, out most integer)
  language plpgsql security definer set search_path = public, pg_temp
as $$
#variable_conflict use_column
declare
  asked record;
  state text;
begin
  if exists (select from ticket t where t.secret_mac = $4) then
    $8 := 'duplicate';
    return;
  end if;
  select k.organization_id, k.occurrence_id, k.part_id, k.channel, k.max_seats, c.accepting, c.capacity, p.reservation,
    p.opens_at,
    coalesce(p.closes_at, p.starts_at) as closes_at into asked
  from quota_counter c join quota k on k.id = c.quota_id join part p on p.id = k.part_id
  where c.quota_id = $2 and c.event_id = $1;
  $9 := least(asked.max_seats, asked.capacity);
  $8 := case
    when asked.part_id is null then 'unknown'
    when asked.reservation = 'none' then 'not_needed'
    when asked.reservation <> 'lottery' or asked.channel not in ('in_person', 'online') then 'other_way'
    when not asked.accepting then 'not_accepting'
    when app_now() < asked.opens_at then 'not_open'
    when app_now() >= asked.closes_at then 'closed'
    when $6 > asked.max_seats then 'too_many'
    when $6 > asked.capacity then 'too_large'
  end;
  if $8 is not null then
    return;
  end if;
  perform from quota_counter c where c.quota_id = $2 for update;
  -- What the lock waited for is seen from here on: the list may have been fixed, the date put off.
  select d.state into state from quota_counter c
  join lottery_draw d on d.part_id = asked.part_id
  where c.quota_id = $2 and c.accepting;
  if not found then
    $8 := 'not_accepting';
    return;
  elsif state <> 'open' then
    $8 := 'closed';
    return;
  elsif (select count(*) from (select from lottery_entry e where e.part_id = asked.part_id limit 10000) e) >= 10000 then
    $8 := 'draw_full';
    return;
  end if;
  insert into ticket (organization_id, event_id, occurrence_id, part_id, quota_id, id, secret_mac, status, seats,
    nickname)
  values (asked.organization_id, $1, asked.occurrence_id, asked.part_id, $2, $3, $4, 'applied', $6, $7)
  on conflict (secret_mac) do nothing;
  if not found then
    $8 := 'duplicate';
    return;
  end if;
  insert into lottery_entry (organization_id, part_id, quota_id, ticket_id, number, seats)
  values (asked.organization_id, asked.part_id, $2, $3, $5, $6);
  $8 := 'applied';
end
$$;
alter function ticket_apply(uuid, uuid, uuid, bytea, text, smallint, text) owner to tnm_ledger;
grant execute on function ticket_apply(uuid, uuid, uuid, bytea, text, smallint, text) to tnm_public;
