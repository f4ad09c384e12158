-- Nothing is added to a fixed list, and no number, seat or quota on it is changed.
-- It is in the database because it is an invariant: it holds whichever statement makes the change.
create or replace function lottery_entry_fixed() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  if exists (select from lottery_draw d where d.part_id = new.part_id and d.state <> 'open') then
    raise exception using errcode = 'check_violation', constraint = 'lottery_list_fixed', message = 'the list is fixed';
  end if;
  return new;
end
$$;
alter function lottery_entry_fixed() owner to tnm_ledger;

create trigger lottery_entry_fixed before insert or update of number, seats, quota_id, part_id on lottery_entry
  for each row execute function lottery_entry_fixed();
