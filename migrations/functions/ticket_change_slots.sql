-- Takes further slots and gives others back, all or none. What was asked for is kept when it is
-- exchanged for the first time.
-- outcome: changed, unknown_ticket, no_slots (a ticket of another kind), not_confirmed, not_held,
-- slot_past (has begun), last (cancel the ticket instead), and those of slot_verdict.
-- It is in the database because it decides under locks, which are taken in one order and held for
-- one round trip.
create or replace function ticket_change_slots(mac bytea, take uuid[], give_back uuid[], out outcome text,
  out at uuid[], out most smallint)
  language plpgsql security definer set search_path = public, pg_temp
as $$
#variable_conflict use_column
declare
  t record;
  v record;
  fresh uuid[];
  gone uuid[];
begin
  select k.id, k.event_id, k.quota_id, r.part_id as ruled into t from ticket k
  left join slot_rule r on r.quota_id = k.quota_id
  where k.secret_mac = $1;
  if not found then
    $4 := 'unknown_ticket';
    return;
  elsif t.ruled is null then
    $4 := 'no_slots';
    return;
  end if;
  perform from quota_counter c where c.quota_id = t.quota_id for update;
  perform from quota_counter c where c.quota_id = any ($2 || $3) order by c.quota_id for update;
  perform from ticket k where k.id = t.id and k.secret_mac = $1 for update;
  if not found then
    $4 := 'unknown_ticket';
    return;
  elsif not exists (select from ticket k where k.id = t.id and k.status = 'confirmed') then
    $4 := 'not_confirmed';
    return;
  end if;
  select array_agg(w.id) into fresh from (select distinct u.id from unnest($2) u (id)) w
  where not exists (select from ticket_slot k where k.ticket_id = t.id and k.slot_id = w.id);
  select array_agg(k.slot_id) into gone from ticket_slot k
  where k.ticket_id = t.id and k.slot_id = any ($3) and k.slot_id <> all ($2);
  if fresh is null and cardinality($2) > 0 and gone is null then
    $4 := 'changed'; -- sent a second time
    return;
  elsif exists (select from unnest($3) u (id)
    where not exists (select from ticket_slot k where k.ticket_id = t.id and k.slot_id = u.id)) then
    $4 := 'not_held';
    return;
  end if;
  select array_agg(k.slot_id) into $5 from ticket_slot k
  where k.ticket_id = t.id and k.slot_id = any (gone) and k.starts_at <= app_now();
  if $5 is not null then
    $4 := 'slot_past';
    return;
  end if;
  -- An exception block undoes the giving back when the taking is refused.
  begin
    update ticket k
    set asked = (select array_agg(h.slot_id) from ticket_slot h where h.ticket_id = k.id)
    where k.id = t.id and k.asked is null;
    delete from ticket_slot k where k.ticket_id = t.id and k.slot_id = any (gone);
    if fresh is null and not exists (select from ticket_slot k where k.ticket_id = t.id) then
      $4 := 'last';
      raise exception using errcode = 'TNM01';
    end if;
    if fresh is not null then
      select * into v from slot_verdict(t.event_id, fresh, t.id);
      if v.outcome is not null then
        $4 := v.outcome;
        $5 := v.at;
        $6 := v.most;
        raise exception using errcode = 'TNM01';
      end if;
      perform ticket_slot_insert(t.id, fresh);
    end if;
    $4 := 'changed';
  exception when sqlstate 'TNM01' then
    null;
  end;
end
$$;
alter function ticket_change_slots(bytea, uuid[], uuid[]) owner to tnm_ledger;
grant execute on function ticket_change_slots(bytea, uuid[], uuid[]) to tnm_public;
