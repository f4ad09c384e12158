-- A new or changed organiser or series moves the event. Whoever has not agreed yet stands in no
-- calendar; nor does the rule of a series.
-- It is in the database because what it writes must follow every change, in the same transaction,
-- whoever makes it.
create or replace function event_child_changed() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare
  was record;
  stands record;
begin
  if tg_op = 'UPDATE' and to_jsonb(new) is not distinct from to_jsonb(old) then
    return null;
  end if;
  if tg_table_name = 'series' then
    perform event_record_change(coalesce(new.event_id, old.event_id));
    if tg_op <> 'UPDATE' then
      insert into feed_due (feed)
      select 'series:' || coalesce(new.id, old.id) from event e
      where e.id = coalesce(new.event_id, old.event_id) and e.listed
      on conflict do nothing;
    end if;
    return null;
  end if;
  select case when tg_op <> 'INSERT' and old.approval = 'approved' then old.role end as role,
    case when tg_op <> 'INSERT' and old.approval = 'approved' then old.position end as position into was;
  select case when tg_op <> 'DELETE' and new.approval = 'approved' then new.role end as role,
    case when tg_op <> 'DELETE' and new.approval = 'approved' then new.position end as position into stands;
  if was.role is null and stands.role is null then
    return null;
  end if;
  if (was.role, was.position) is not distinct from (stands.role, stands.position) then
    perform event_record_change(new.event_id);
    return null;
  end if;
  if was.role is not null then -- the feeds that it leaves
    insert into feed_due (feed)
    select 'organization:' || old.organiser_id from event e where e.id = old.event_id and e.listed
    union select 'partnership:' || m.partnership_id from event e, partnership_member m
      where e.id = old.event_id and e.listed and m.organization_id = old.organiser_id
    on conflict do nothing;
  end if;
  perform event_touch(coalesce(new.event_id, old.event_id), null);
  return null;
end
$$;
alter function event_child_changed() owner to tnm_ledger;

create trigger event_organiser_changed after insert or update or delete on event_organiser
  for each row execute function event_child_changed();
create trigger series_changed after insert or update or delete on series
  for each row execute function event_child_changed();
