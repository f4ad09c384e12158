-- The feed of a partnership hears that it or its members changed.
-- It is in the database because what it writes must follow every change, in the same transaction,
-- whoever makes it.
create or replace function partnership_shown() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare partnership uuid := case when tg_table_name = 'partnership' then to_jsonb(coalesce(new, old)) ->> 'id'
  else to_jsonb(coalesce(new, old)) ->> 'partnership_id' end;
begin
  insert into feed_due (feed) values ('any'), ('partnership:' || partnership) on conflict do nothing;
  return null;
end
$$;
alter function partnership_shown() owner to tnm_ledger;

create trigger partnership_shown after update or delete on partnership
  for each row execute function partnership_shown();
create trigger partnership_member_shown after insert or update or delete on partnership_member
  for each row execute function partnership_shown();
