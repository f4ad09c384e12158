-- A part that is drawn by lot has its draw from the first moment on, whichever path made it so.
-- It is in the database because what it writes must follow every change, in the same transaction,
-- whoever makes it.
create or replace function part_lottery() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare drawn bytea;
begin
  if new.reservation <> 'lottery' then
    delete from lottery_draw d where d.part_id = new.id; -- lottery_entry_draw_fkey refuses when somebody has applied
  elsif not exists (select from lottery_draw d where d.part_id = new.id) then
    -- 366 random bits
    drawn := sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));
    insert into lottery_draw (organization_id, event_id, occurrence_id, part_id, commitment, seed)
    values (new.organization_id, new.event_id, new.occurrence_id, new.id, lottery_commitment(new.id, drawn), drawn);
  end if;
  return null;
end
$$;
alter function part_lottery() owner to tnm_ledger;

create trigger part_lottery_made after insert on part
  for each row when (new.reservation = 'lottery') execute function part_lottery();
create trigger part_lottery_changed after update of reservation on part
  for each row when (new.reservation <> old.reservation) execute function part_lottery();
