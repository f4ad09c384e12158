-- Judged at the end of a transaction, or when it asks: a date moves its part first and its slots
-- after it.
-- It is in the database because it is an invariant: it holds whichever statement makes the change.
create or replace function slot_stays_within_part() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare part uuid := to_jsonb(new) ->> case when tg_table_name = 'part' then 'id' else 'part_id' end;
begin
  if exists (select from slot s
    join part p on p.id = s.part_id
    where p.id = part and (s.starts_at < p.starts_at or s.ends_at > p.ends_at)) then
    raise exception using errcode = 'check_violation', constraint = 'slot_within_part',
      message = 'a slot lies outside its part';
  end if;
  return null;
end
$$;
alter function slot_stays_within_part() owner to tnm_ledger;

create constraint trigger slot_within_part
  after insert or update of starts_at, ends_at on slot deferrable initially deferred
  for each row execute function slot_stays_within_part();
create constraint trigger part_keeps_slots after update of starts_at, ends_at on part deferrable initially deferred
  for each row when (old.starts_at <> new.starts_at or old.ends_at <> new.ends_at)
    execute function slot_stays_within_part();
