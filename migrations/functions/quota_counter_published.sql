-- Between list and draw the room is as published.
-- It is in the database because it is an invariant: it holds whichever statement makes the change.
create or replace function quota_counter_published() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  if exists (select from lottery_draw d where d.state = 'closed' and new.quota_id = any (d.pool_quotas)
             and d.part_id = (select q.part_id from quota q where q.id = new.quota_id)) then
    raise exception using errcode = 'check_violation', constraint = 'lottery_list_fixed', message = 'the list is fixed';
  end if;
  return new;
end
$$;
alter function quota_counter_published() owner to tnm_ledger;

create trigger quota_counter_published before update of capacity on quota_counter for each row
  when (new.capacity <> old.capacity) execute function quota_counter_published();
