-- +goose Up
-- When the calendar at each address last changed (ADR 0029). A feed is named "all", "any" (whatever some calendar shows, for those with filters) or by what it is of:
-- "organization:<id>", "partnership:<id>", "kind:<kind>", "series:<id>", "event:<id>". A row stays for ever, and says that the calendar was there once.
create table feed_stamp (
  feed  text not null,
  -- Whole seconds, as HTTP tells them; rises with every change by a second at least.
  at    timestamptz(0) not null,
  -- The latest clock that a change was stamped by, to notice one that was set back.
  heard timestamptz not null,
  constraint feed_stamp_pkey primary key (feed),
  constraint feed_stamp_named check (feed ~ '^(all|any|kind:[a-z_]{1,40}|(organization|partnership|series|event):[0-9a-f-]{36})$')
) with (fillfactor = 70);
-- What the present transaction changed; empty outside one, because its rows become stamps as it commits.
create table feed_due (
  xid  xid8 not null default pg_current_xact_id(),
  feed text not null,
  constraint feed_due_pkey primary key (xid, feed),
  constraint feed_due_named check (feed ~ '^(all|any|kind:[a-z_]{1,40}|(organization|partnership|series|event):[0-9a-f-]{36})$')
);
alter table feed_stamp enable row level security;
alter table feed_stamp force row level security;
alter table feed_due enable row level security;
alter table feed_due force row level security;
create policy feed_stamp_public on feed_stamp for select to tnm_public using (true);
create policy feed_stamp_ledger on feed_stamp to tnm_ledger using (true) with check (true);
create policy feed_due_ledger on feed_due to tnm_ledger using (true) with check (true);
grant select on feed_stamp to tnm_public;
grant select, insert, update on feed_stamp to tnm_ledger;
grant select, insert, delete on feed_due to tnm_ledger;

-- +goose StatementBegin
-- Names the feeds that show an event of this visibility and kind.
create function feed_note_event(event uuid, visibility text, kind text) returns void
  language sql security definer set search_path = public, pg_temp
as $$
  insert into feed_due (feed)
  select 'any'
  union select 'all' where $2 = 'public'
  union select 'kind:' || $3
  union select 'event:' || $1
  union select 'series:' || s.id from series s where s.event_id = $1
  union select 'organization:' || o.organiser_id from event_organiser o where o.event_id = $1 and o.approval = 'approved'
  union select 'partnership:' || m.partnership_id from event_organiser o join partnership_member m on m.organization_id = o.organiser_id
    where o.event_id = $1 and o.approval = 'approved' and o.role = 'host' and $2 = 'public'
  on conflict do nothing
$$;

-- The same for many listed events, as they stand now.
create function feed_note_events(events uuid[]) returns void
  language sql security definer set search_path = public, pg_temp
as $$
  with shown as (select e.id, e.visibility, e.kind from event e where e.id = any ($1) and e.listed)
  insert into feed_due (feed)
  select 'any' from shown
  union select 'all' from shown e where e.visibility = 'public'
  union select 'kind:' || e.kind from shown e
  union select 'event:' || e.id from shown e
  union select 'series:' || s.id from shown e join series s on s.event_id = e.id
  union select 'organization:' || o.organiser_id from shown e join event_organiser o on o.event_id = e.id and o.approval = 'approved'
  union select 'partnership:' || m.partnership_id from shown e join event_organiser o on o.event_id = e.id and o.approval = 'approved' and o.role = 'host'
    join partnership_member m on m.organization_id = o.organiser_id where e.visibility = 'public'
  on conflict do nothing
$$;

-- Turns what the transaction changed into stamps as it commits, in one order for all, so that stamps rise in the order in which changes become visible and no lock is
-- held for longer than a commit. A burst drives a stamp ahead of the clock by two minutes at most: nobody was told of a stamp that lies ahead, so that it may stand
-- for several changes, unless the clock was set back since.
create function feed_stamp_due() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare
  due text[];
  clock constant timestamptz := app_now() + (clock_timestamp() - now());
begin
  with taken as (delete from feed_due d where d.xid = pg_current_xact_id() returning d.feed)
  select array_agg(k.feed order by k.feed collate "C") into due from taken k;
  if due is null then
    return null; -- the first of the transaction's rows took them all
  end if;
  insert into feed_stamp as s (feed, at, heard)
  select d.feed, date_trunc('second', clock), clock from unnest(due) with ordinality as d (feed, place) order by d.place
  on conflict (feed) do update set heard = greatest(s.heard, excluded.heard),
    at = case when s.at >= clock + interval '2 minutes' and clock >= s.heard - interval '10 seconds' then s.at
      else greatest(excluded.at, s.at + interval '1 second') end;
  perform pg_notify('tnm_event', '');
  return null;
end
$$;

-- As before, and the feeds are told.
create or replace function event_touch(event uuid, occurrence uuid) returns void
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  update occurrence o
  set sequence = o.sequence + 1, modified_at = greatest(app_now(), o.modified_at), listed = e.listed
  from event e
  where e.id = $1 and o.event_id = e.id and ($2 is null or o.id = $2) and (o.listed or e.listed);
  perform event_record_change($1);
  perform feed_note_events(array[$1]);
end
$$;

-- What no calendar shows tells mirrors only. A column that is not named here counts as shown.
create or replace function event_after_update() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare hidden constant text[] := array['modified_at', 'search_text', 'published_at', 'description', 'audience_tags', 'nickname_ok', 'listen_only_ok', 'leave_midway_ok',
  'women_staff', 'companion_ok', 'wheelchair', 'sign_language', 'child_care', 'press', 'attending_offices', 'questions'];
begin
  if new.status is distinct from old.status then
    update quota_counter c set accepting = (new.status = 'published' and o.status = 'scheduled')
    from occurrence o where c.event_id = new.id and o.id = c.occurrence_id;
  end if;
  if new.listed is not distinct from old.listed and to_jsonb(new) - hidden is not distinct from to_jsonb(old) - hidden then
    perform event_record_change(new.id);
    if new.listed and new.audience_tags is distinct from old.audience_tags then
      insert into feed_due (feed) values ('any') on conflict do nothing; -- it may leave a calendar that is filtered by them
    end if;
    return null;
  end if;
  if old.listed then
    perform feed_note_event(old.id, old.visibility, old.kind);
  end if;
  perform event_touch(new.id, null);
  return null;
end
$$;

-- What changes nothing is no change.
create or replace function event_before_update() returns trigger
  language plpgsql set search_path = public, pg_temp
as $$
declare computed constant text[] := array['modified_at', 'listed', 'search_text']; -- generated columns are empty here
begin
  if to_jsonb(new) - computed is distinct from to_jsonb(old) - computed then
    new.modified_at := greatest(app_now(), old.modified_at);
  else
    new.modified_at := old.modified_at;
  end if;
  return new;
end
$$;

create function event_before_delete() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  if old.listed then
    perform feed_note_event(old.id, old.visibility, old.kind);
  end if;
  return old;
end
$$;

create or replace function occurrence_before_update() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare
  moved constant text[] := array['sequence', 'modified_at', 'listed'];
  hidden constant text[] := moved || array['place_room', 'place_lost', 'area_code', 'series_id', 'series_month'];
begin
  if to_jsonb(new) - moved is not distinct from to_jsonb(old) - moved then
    return new; -- event_touch at work
  end if;
  if new.status is distinct from old.status then
    update quota_counter c set accepting = (e.status = 'published' and new.status = 'scheduled')
    from event e where c.occurrence_id = new.id and e.id = new.event_id;
  end if;
  if old.listed then
    if to_jsonb(new) - hidden is distinct from to_jsonb(old) - hidden
      or (new.place_room -> 'latitude', new.place_room -> 'longitude') is distinct from (old.place_room -> 'latitude', old.place_room -> 'longitude') then
      new.sequence := old.sequence + 1;
      new.modified_at := greatest(app_now(), old.modified_at);
      perform feed_note_events(array[new.event_id]);
    elsif (new.area_code, new.series_id) is distinct from (old.area_code, old.series_id) then
      perform feed_note_events(array[new.event_id]); -- it may leave a calendar that is filtered by them
    end if;
    perform event_record_change(new.event_id);
  end if;
  return new;
end
$$;

create or replace function occurrence_after_insert_delete() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  perform event_record_change(coalesce(new.event_id, old.event_id));
  perform feed_note_events(array[coalesce(new.event_id, old.event_id)]);
  return null;
end
$$;

-- Booths, quotas and rules for slots stand in no calendar. A slot's quota is told by its slot, once for a whole plan. What is told of a part's place goes to ticket
-- holders under the SEQUENCE of its date (part_moved_notices), so that it moves with it.
create or replace function occurrence_child_changed() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare hidden constant text[] := array['description', 'audience', 'press', 'sitting', 'opens_at', 'waiting_list', 'place_room', 'place_lost'];
begin
  if tg_op = 'UPDATE' and to_jsonb(new) is not distinct from to_jsonb(old) then
    return null;
  end if;
  if tg_table_name = 'quota' then
    if coalesce(new.channel, old.channel) = 'slot' then
      return null;
    end if;
  end if;
  if tg_table_name <> 'part' or (tg_op = 'UPDATE' and to_jsonb(new) - hidden is not distinct from to_jsonb(old) - hidden) then
    perform event_record_change(coalesce(new.event_id, old.event_id));
  else
    perform event_touch(coalesce(new.event_id, old.event_id), coalesce(new.occurrence_id, old.occurrence_id));
  end if;
  return null;
end
$$;

-- Whoever has not said yes stands in no calendar; nor does the rule of a series.
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
      insert into feed_due (feed) select 'series:' || coalesce(new.id, old.id) from event e where e.id = coalesce(new.event_id, old.event_id) and e.listed on conflict do nothing;
    end if;
    return null;
  end if;
  select case when tg_op <> 'INSERT' and old.approval = 'approved' then old.role end as role, case when tg_op <> 'INSERT' and old.approval = 'approved' then old.position end as position into was;
  select case when tg_op <> 'DELETE' and new.approval = 'approved' then new.role end as role, case when tg_op <> 'DELETE' and new.approval = 'approved' then new.position end as position into stands;
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
    union select 'partnership:' || m.partnership_id from event e, partnership_member m where e.id = old.event_id and e.listed and m.organization_id = old.organiser_id
    on conflict do nothing;
  end if;
  perform event_touch(coalesce(new.event_id, old.event_id), null);
  return null;
end
$$;

-- An organization stands in every calendar that credits it. The dates that calendars still show move, all in one statement; mirrors hear of every event.
create function organization_shown() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare credited uuid[];
begin
  insert into feed_due (feed)
  select 'any' union select 'organization:' || new.id union select 'partnership:' || m.partnership_id from partnership_member m where m.organization_id = new.id
  on conflict do nothing;
  if (new.name, new.slug, new.code, new.position) is not distinct from (old.name, old.slug, old.code, old.position) then
    return null; -- it closed or came back
  end if;
  credited := array(select o.event_id from event_organiser o join event e on e.id = o.event_id where o.organiser_id = new.id and o.approval = 'approved' and e.listed);
  if (new.name, new.position) is distinct from (old.name, old.position) then
    update occurrence o set sequence = o.sequence + 1, modified_at = greatest(app_now(), o.modified_at)
    from (select x.id from occurrence x where x.event_id = any (credited) and x.listed and x.ends_at > app_now() - interval '62 days' order by x.id for no key update) w
    where o.id = w.id;
    perform feed_note_events(credited);
  end if;
  insert into event_change (event_id, removed)
  select e.id, false from event e where e.listed and (e.id = any (credited) or e.organization_id = new.id or e.id in (select b.event_id from booth b where b.by_organization_id = new.id))
  order by e.id
  on conflict (xid, event_id) do update set changed_at = excluded.changed_at, removed = excluded.removed;
  return null;
end
$$;

create function partnership_shown() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare partnership uuid := case when tg_table_name = 'partnership' then to_jsonb(coalesce(new, old)) ->> 'id' else to_jsonb(coalesce(new, old)) ->> 'partnership_id' end;
begin
  insert into feed_due (feed) values ('any'), ('partnership:' || partnership) on conflict do nothing;
  return null;
end
$$;
-- +goose StatementEnd

create constraint trigger feed_due_stamped after insert on feed_due deferrable initially deferred for each row execute function feed_stamp_due();
create trigger event_before_delete before delete on event for each row execute function event_before_delete();
create trigger organization_shown after update on organization for each row
  when ((old.name, old.slug, old.code, old.position, old.closed_at) is distinct from (new.name, new.slug, new.code, new.position, new.closed_at)) execute function organization_shown();
create trigger partnership_shown after update or delete on partnership for each row execute function partnership_shown();
create trigger partnership_member_shown after insert or update or delete on partnership_member for each row execute function partnership_shown();
create index booth_by_idx on booth (by_organization_id) where by_organization_id is not null;

grant create on schema public to tnm_ledger;
alter function feed_note_event(uuid, text, text) owner to tnm_ledger;
alter function feed_note_events(uuid[]) owner to tnm_ledger;
alter function feed_stamp_due() owner to tnm_ledger;
alter function event_before_delete() owner to tnm_ledger;
alter function organization_shown() owner to tnm_ledger;
alter function partnership_shown() owner to tnm_ledger;
revoke create on schema public from tnm_ledger;

-- What stands already begins now: no stamp that was told before lies later.
insert into feed_stamp (feed, at, heard)
select k.feed, date_trunc('second', now()), now() from (
  select 'any' as feed from event e where e.listed
  union select 'all' from event e where e.listed
  union select 'kind:' || e.kind from event e where e.listed
  union select 'event:' || c.event_id from event_change c
  union select 'series:' || s.id from series s where exists (select from event_change c where c.event_id = s.event_id)
  union select 'organization:' || g.id from organization g
  union select 'partnership:' || p.id from partnership p) k;

-- +goose Down
drop trigger feed_due_stamped on feed_due;
drop trigger event_before_delete on event;
drop trigger organization_shown on organization;
drop trigger partnership_shown on partnership;
drop trigger partnership_member_shown on partnership_member;
drop index booth_by_idx;
-- +goose StatementBegin
create or replace function event_touch(event uuid, occurrence uuid) returns void
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  update occurrence o
  set sequence = o.sequence + 1, modified_at = greatest(app_now(), o.modified_at), listed = e.listed
  from event e
  where e.id = $1 and o.event_id = e.id and ($2 is null or o.id = $2) and (o.listed or e.listed);
  perform event_record_change($1);
end
$$;

create or replace function event_after_update() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  if new.status is distinct from old.status then
    update quota_counter c set accepting = (new.status = 'published' and o.status = 'scheduled')
    from occurrence o where c.event_id = new.id and o.id = c.occurrence_id;
  end if;
  perform event_touch(new.id, null);
  return null;
end
$$;

create or replace function event_before_update() returns trigger
  language plpgsql set search_path = public, pg_temp
as $$
begin
  new.modified_at := greatest(app_now(), old.modified_at);
  return new;
end
$$;

create or replace function occurrence_before_update() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare hidden constant text[] := array['sequence', 'modified_at', 'listed'];
begin
  if to_jsonb(new) - hidden is not distinct from to_jsonb(old) - hidden then
    return new; -- event_touch at work
  end if;
  if new.status is distinct from old.status then
    update quota_counter c set accepting = (e.status = 'published' and new.status = 'scheduled')
    from event e where c.occurrence_id = new.id and e.id = new.event_id;
  end if;
  if old.listed then
    new.sequence := old.sequence + 1;
    new.modified_at := greatest(app_now(), old.modified_at);
    perform event_record_change(new.event_id);
  end if;
  return new;
end
$$;

create or replace function occurrence_after_insert_delete() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  perform event_record_change(coalesce(new.event_id, old.event_id));
  return null;
end
$$;

create or replace function event_child_changed() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  if tg_op = 'UPDATE' and to_jsonb(new) is not distinct from to_jsonb(old) then
    return null;
  end if;
  perform event_touch(coalesce(new.event_id, old.event_id), null);
  return null;
end
$$;

create or replace function occurrence_child_changed() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  if tg_op = 'UPDATE' and to_jsonb(new) is not distinct from to_jsonb(old) then
    return null;
  end if;
  if tg_table_name = 'booth' then
    perform event_touch(coalesce(new.event_id, old.event_id), (select p.occurrence_id from part p where p.id = coalesce(new.part_id, old.part_id)));
    return null;
  end if;
  if tg_table_name = 'quota' then
    if coalesce(new.channel, old.channel) = 'slot' then
      return null;
    end if;
  end if;
  perform event_touch(coalesce(new.event_id, old.event_id), coalesce(new.occurrence_id, old.occurrence_id));
  return null;
end
$$;
-- +goose StatementEnd
drop function partnership_shown();
drop function organization_shown();
drop function event_before_delete();
drop function feed_stamp_due();
drop function feed_note_events(uuid[]);
drop function feed_note_event(uuid, text, text);
drop table feed_due;
drop table feed_stamp;
