-- A part, booth, quota or rule that changes moves its date. Booths, quotas and rules for slots
-- stand in no calendar. A slot's quota is moved with its slot, once for a whole plan. What changes
-- of a part's place is sent to ticket holders under the SEQUENCE of its date (part_moved_notices),
-- so that it moves with it.
-- It is in the database because what it writes must follow every change, in the same transaction,
-- whoever makes it.
create or replace function occurrence_child_changed() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare hidden constant text[] := array['description', 'audience', 'press', 'sitting', 'opens_at', 'waiting_list',
  'place_room', 'place_lost'];
begin
  if tg_op = 'UPDATE' and to_jsonb(new) is not distinct from to_jsonb(old) then
    return null;
  end if;
  if tg_table_name = 'quota' then
    if coalesce(new.channel, old.channel) = 'slot' then
      return null;
    end if;
  end if;
  if tg_table_name <> 'part'
    or (tg_op = 'UPDATE' and to_jsonb(new) - hidden is not distinct from to_jsonb(old) - hidden) then
    perform event_record_change(coalesce(new.event_id, old.event_id));
  else
    perform event_touch(coalesce(new.event_id, old.event_id), coalesce(new.occurrence_id, old.occurrence_id));
  end if;
  return null;
end
$$;
alter function occurrence_child_changed() owner to tnm_ledger;

create trigger part_changed after insert or update or delete on part
  for each row execute function occurrence_child_changed();
create trigger booth_changed after insert or update or delete on booth
  for each row execute function occurrence_child_changed();
create trigger quota_changed after insert or update or delete on quota
  for each row execute function occurrence_child_changed();
create trigger slot_rule_changed after insert or update or delete on slot_rule
  for each row execute function occurrence_child_changed();
