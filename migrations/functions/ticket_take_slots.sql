-- Takes one or several slots, all or none. The part's own counter is locked before those of the
-- slots, and those in id order: whoever changes a ticket's slots waits at the first, so that what
-- it holds stays as read.
-- outcome: granted, duplicate, and those of slot_verdict.
-- It is in the database because it decides under locks, which are taken in one order and held for
-- one round trip.
create or replace function ticket_take_slots(event uuid, slots uuid[], id uuid, mac bytea, nickname text,
  out outcome text, out at uuid[], out most smallint)
  language plpgsql security definer set search_path = public, pg_temp
as $$
#variable_conflict use_column
declare
  part record;
  v record;
begin
  if exists (select from ticket t where t.secret_mac = $4) then
    $6 := 'duplicate';
    return;
  end if;
  select * into v from slot_verdict($1, $2, null); -- refusals take no lock
  if v.outcome is null then
    select s.organization_id, s.event_id, s.occurrence_id, s.part_id, r.quota_id into part
    from slot s
    join slot_rule r on r.part_id = s.part_id
    where s.quota_id = any ($2) order by s.starts_at, s.quota_id limit 1;
    perform from quota_counter c where c.quota_id = part.quota_id for update;
    perform from quota_counter c where c.quota_id = any ($2) order by c.quota_id for update;
    if exists (select from ticket t where t.secret_mac = $4) then
      $6 := 'duplicate';
      return;
    end if;
    select * into v from slot_verdict($1, $2, null);
  end if;
  if v.outcome is not null then
    $6 := v.outcome;
    $7 := v.at;
    $8 := v.most;
    return;
  end if;
  insert into ticket (organization_id, event_id, occurrence_id, part_id, quota_id, id, secret_mac, status, seats,
    nickname)
  values (part.organization_id, part.event_id, part.occurrence_id, part.part_id, part.quota_id, $3, $4, 'confirmed', 1,
    $5)
  on conflict (secret_mac) do nothing;
  if not found then
    $6 := 'duplicate';
    return;
  end if;
  perform ticket_slot_insert($3, $2);
  $6 := 'granted';
end
$$;
alter function ticket_take_slots(uuid, uuid[], uuid, bytea, text) owner to tnm_ledger;
grant execute on function ticket_take_slots(uuid, uuid[], uuid, bytea, text) to tnm_public;
