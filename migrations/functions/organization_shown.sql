-- An organization stands in every calendar that credits it. The dates that calendars still show
-- move, all in one statement; mirrors hear of every event.
-- It is in the database because what it writes must follow every change, in the same transaction,
-- whoever makes it.
create or replace function organization_shown() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare credited uuid[];
begin
  insert into feed_due (feed)
  select 'any'
  union select 'organization:' || new.id
  union select 'partnership:' || m.partnership_id from partnership_member m where m.organization_id = new.id
  on conflict do nothing;
  if (new.name, new.slug, new.code, new.position) is not distinct from (old.name, old.slug, old.code, old.position) then
    return null; -- it closed or came back
  end if;
  credited := array(select o.event_id from event_organiser o
    join event e on e.id = o.event_id
    where o.organiser_id = new.id and o.approval = 'approved' and e.listed);
  if (new.name, new.position) is distinct from (old.name, old.position) then
    update occurrence o set sequence = o.sequence + 1, modified_at = greatest(app_now(), o.modified_at)
    from (select x.id from occurrence x
      where x.event_id = any (credited) and x.listed and x.ends_at > app_now() - interval '62 days' order by x.id
      for no key update) w
    where o.id = w.id;
    perform feed_note_events(credited);
  end if;
  insert into event_change (event_id, removed)
  select e.id, false from event e
  where e.listed
    and (e.id = any (credited) or e.organization_id = new.id
      or e.id in (select b.event_id from booth b where b.by_organization_id = new.id))
  order by e.id
  on conflict (xid, event_id) do update set changed_at = excluded.changed_at, removed = excluded.removed;
  return null;
end
$$;
alter function organization_shown() owner to tnm_ledger;

create trigger organization_shown after update on organization for each row
  when ((old.name, old.slug, old.code, old.position, old.closed_at)
    is distinct from (new.name, new.slug, new.code, new.position, new.closed_at))
    execute function organization_shown();
