-- +goose Up
create table quota_counter (
  organization_id uuid not null,
  event_id        uuid not null,
  occurrence_id   uuid not null,
  quota_id        uuid not null,
  capacity        integer not null,
  taken           integer not null default 0,
  -- Event published and occurrence scheduled; kept by triggers, read under the row's lock.
  accepting       boolean not null default false,
  constraint quota_counter_pkey primary key (quota_id),
  constraint quota_counter_quota_fkey foreign key (organization_id, quota_id) references quota (organization_id, id) on delete cascade,
  constraint quota_counter_capacity_range check (capacity between 0 and 100000),
  constraint quota_counter_taken_within_capacity check (taken between 0 and capacity)
) with (fillfactor = 50);
create index quota_counter_occurrence_idx on quota_counter (occurrence_id);
create index quota_counter_event_idx on quota_counter (event_id);

-- Row-level security ------------------------------------------------------------------------------------------------
-- +goose StatementBegin
do $$
declare t text;
begin
  foreach t in array array['event', 'event_organiser', 'series', 'series_month', 'occurrence', 'part', 'booth', 'quota', 'quota_counter', 'joining_link', 'event_change'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('grant select on %I to tnm_worker, tnm_ledger', t);
    execute format('create policy %I on %I for select to tnm_worker, tnm_ledger using (true)', t || '_seen_by_jobs', t);
  end loop;
  foreach t in array array['event', 'event_organiser', 'series', 'series_month', 'occurrence', 'part', 'booth', 'quota', 'quota_counter', 'joining_link'] loop
    execute format('create policy %I on %I to tnm_staff using (organization_id = app_organization()) with check (organization_id = app_organization())', t || '_own', t);
    execute format('grant select, delete on %I to tnm_staff', t);
  end loop;
end
$$;
-- +goose StatementEnd

-- A neighbour sees what is listed, what it was asked to join, and what a partner shows to partner groups.
-- +goose StatementBegin
create function event_shared_with(event uuid, organization uuid) returns boolean
  language sql stable security definer set search_path = public, pg_temp
as $$
  select exists (
    select from public.event e
    where e.id = $1 and (
      e.listed
      or exists (select from event_organiser o where o.event_id = e.id and o.organiser_id = $2)
      or (e.visibility = 'partners' and e.status in ('published', 'cancelled') and (
        exists (select from organization g where g.id = $2 and g.registered_by = e.organization_id)
        or exists (select from partnership_member a join partnership_member b using (partnership_id)
                   where a.organization_id = e.organization_id and b.organization_id = $2)))))
$$;
-- +goose StatementEnd

create policy event_listed on event for select to tnm_public using (listed);
create policy event_shared on event for select to tnm_staff using (listed or event_shared_with(id, app_organization()));
create policy occurrence_listed on occurrence for select to tnm_public using (listed);
create policy occurrence_shared on occurrence for select to tnm_staff using (listed or event_shared_with(event_id, app_organization()));
create policy event_organiser_listed on event_organiser for select to tnm_public
  using (approval = 'approved' and exists (select from event e where e.id = event_id and e.listed));
create policy event_organiser_shared on event_organiser for select to tnm_staff
  using (organiser_id = app_organization() or event_shared_with(event_id, app_organization()));
-- A co-organiser decides for itself; the guard below keeps it to that.
create policy event_organiser_decides on event_organiser for update to tnm_staff
  using (organiser_id = app_organization()) with check (organiser_id = app_organization());
-- +goose StatementBegin
do $$
declare t text;
begin
  foreach t in array array['series', 'part', 'booth', 'quota', 'quota_counter', 'event_change'] loop
    execute format('create policy %I on %I for select to tnm_staff using (event_shared_with(event_id, app_organization()))', t || '_shared', t);
  end loop;
  foreach t in array array['series', 'part', 'booth', 'quota', 'quota_counter'] loop
    execute format('create policy %I on %I for select to tnm_public using (exists (select from event e where e.id = event_id and e.listed))', t || '_listed', t);
  end loop;
end
$$;
-- +goose StatementEnd
create policy series_month_listed on series_month for select to tnm_public, tnm_staff
  using (exists (select from series s where s.id = series_id));
-- A tombstone must outlive the event's listing; the row says only that some event changed.
create policy event_change_public on event_change for select to tnm_public using (true);

grant select on event, event_organiser, series, series_month, occurrence, part, booth, quota, quota_counter, event_change to tnm_public;
grant select on event_change to tnm_staff;
grant insert on event, series, series_month, occurrence, part, booth, quota, joining_link to tnm_staff;
grant insert (organization_id, event_id, organiser_id, role, position, approval, decided_at) on event_organiser to tnm_staff;
grant insert (organization_id, event_id, occurrence_id, quota_id, capacity) on quota_counter to tnm_staff;
grant update (status, visibility, kind, title, summary, description, audience, audience_tags, nickname_ok, listen_only_ok, leave_midway_ok,
  women_staff, companion_ok, wheelchair, sign_language, child_care, press, attending_offices, fee_yen, fee_note, website,
  published_at, cancelled_at, cancel_reason) on event to tnm_staff;
grant update (role, position, approval, decided_at) on event_organiser to tnm_staff;
grant update (rule, rule_text, choose, template, first_month, last_month) on series to tnm_staff;
grant update (decision, decided_at) on series_month to tnm_staff;
grant update (status, starts_at, ends_at, doors_at, moved_from, place_kind, place_name, place_address, place_access, area_code, note,
  cancelled_at, cancel_reason) on occurrence to tnm_staff;
grant update (position, name, description, starts_at, ends_at, place_note, audience, press, reservation, opens_at, closes_at) on part to tnm_staff;
grant update (position, by_organization_id, name, offers) on booth to tnm_staff;
grant update (position, channel, name, max_seats) on quota to tnm_staff;
grant update (capacity) on quota_counter to tnm_staff;
grant update (url, note, opens_before) on joining_link to tnm_staff;

grant update (sequence, modified_at, listed) on occurrence to tnm_ledger;
grant update (taken, accepting) on quota_counter to tnm_ledger;
grant update (modified_at) on event, series to tnm_ledger;
grant insert, update on event_change to tnm_ledger;
create policy occurrence_ledger on occurrence for update to tnm_ledger using (true) with check (true);
create policy quota_counter_ledger on quota_counter for update to tnm_ledger using (true) with check (true);
create policy event_change_ledger on event_change to tnm_ledger using (true) with check (true);

-- Finds listed events by words (LIKE patterns, at least one of three characters) and tags. A function, because row-level security keeps operators that are not
-- leakproof, LIKE and && among them, away from indexes; what is listed is public. Planned for its arguments each time.
-- +goose StatementBegin
create function event_search(patterns text[], tags text[], most integer) returns setof uuid
  language plpgsql stable security definer set search_path = public, pg_temp set enable_seqscan = off
as $$
begin
  return query execute 'select e.id from event e where e.listed'
    || coalesce((select string_agg(format(' and e.search_text like %L', p), '') from unnest(patterns) p), '')
    || case when tags is null then '' else format(' and e.audience_tags && %L::text[]', tags) end
    || format(' limit %s', most);
end
$$;
-- +goose StatementEnd

-- What must move when something visible moves --------------------------------------------------------------------------
-- +goose StatementBegin
create function event_record_change(event uuid) returns void
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare now_listed boolean;
begin
  select e.listed into now_listed from event e where e.id = $1;
  if now_listed is null or (not now_listed and not exists (select from event_change c where c.event_id = $1)) then
    return; -- gone, or a draft that nobody outside ever saw
  end if;
  insert into event_change (event_id, removed) values ($1, not now_listed)
    on conflict (xid, event_id) do update set changed_at = excluded.changed_at, removed = excluded.removed;
  perform pg_notify('tnm_event', $1::text);
end
$$;

-- Moves SEQUENCE and LAST-MODIFIED of one occurrence, or of all when the id is null.
create function event_touch(event uuid, occurrence uuid) returns void
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

create function event_after_update() returns trigger
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

create function event_before_update() returns trigger
  language plpgsql set search_path = public, pg_temp
as $$
begin
  new.modified_at := greatest(app_now(), old.modified_at);
  return new;
end
$$;

create function occurrence_before_insert() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  new.listed := coalesce((select e.listed from event e where e.id = new.event_id), false);
  new.sequence := 0;
  return new;
end
$$;

create function occurrence_before_update() returns trigger
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

create function occurrence_after_insert_delete() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  perform event_record_change(coalesce(new.event_id, old.event_id));
  return null;
end
$$;

create function occurrence_child_changed() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  if tg_op = 'UPDATE' and to_jsonb(new) is not distinct from to_jsonb(old) then
    return null;
  end if;
  if tg_table_name = 'booth' then
    perform event_touch(coalesce(new.event_id, old.event_id), (select p.occurrence_id from part p where p.id = coalesce(new.part_id, old.part_id)));
  else
    perform event_touch(coalesce(new.event_id, old.event_id), coalesce(new.occurrence_id, old.occurrence_id));
  end if;
  return null;
end
$$;

create function event_child_changed() returns trigger
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

create function series_month_changed() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  perform event_record_change((select s.event_id from series s where s.id = coalesce(new.series_id, old.series_id)));
  return null;
end
$$;

create function quota_counter_before_insert() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  new.taken := 0;
  new.accepting := coalesce((select e.status = 'published' and o.status = 'scheduled'
    from occurrence o join event e on e.id = o.event_id where o.id = new.occurrence_id), false);
  return new;
end
$$;

-- Nobody says yes for a neighbour, and a neighbour changes nothing but its own yes.
create function event_organiser_guard() returns trigger
  language plpgsql set search_path = public, pg_temp
as $$
begin
  if tg_op = 'INSERT' then
    if new.approval <> 'pending' and new.organiser_id is distinct from app_organization() then
      raise exception using errcode = 'check_violation', constraint = 'event_organiser_decides_for_itself', message = 'approval belongs to the organiser';
    end if;
    return new;
  end if;
  if (new.organization_id, new.event_id, new.organiser_id) is distinct from (old.organization_id, old.event_id, old.organiser_id) then
    raise exception using errcode = 'check_violation', constraint = 'event_organiser_fixed', message = 'organiser rows do not change hands';
  end if;
  if (new.approval, new.decided_at) is distinct from (old.approval, old.decided_at) and new.organiser_id is distinct from app_organization()
     -- a new role asks again
     and not (new.approval = 'pending' and new.decided_at is null and new.role <> old.role) then
    raise exception using errcode = 'check_violation', constraint = 'event_organiser_decides_for_itself', message = 'approval belongs to the organiser';
  end if;
  if (new.role, new.position) is distinct from (old.role, old.position) and new.organization_id is distinct from app_organization() then
    raise exception using errcode = 'check_violation', constraint = 'event_organiser_role_by_owner', message = 'role and order belong to the owner';
  end if;
  return new;
end
$$;
-- +goose StatementEnd

create trigger event_before_update before update on event for each row execute function event_before_update();
create trigger event_after_update after update on event for each row
  when (old.* is distinct from new.*) execute function event_after_update();
create trigger occurrence_before_insert before insert on occurrence for each row execute function occurrence_before_insert();
create trigger occurrence_before_update before update on occurrence for each row execute function occurrence_before_update();
create trigger occurrence_after_insert_delete after insert or delete on occurrence for each row execute function occurrence_after_insert_delete();
create trigger part_changed after insert or update or delete on part for each row execute function occurrence_child_changed();
create trigger booth_changed after insert or update or delete on booth for each row execute function occurrence_child_changed();
create trigger quota_changed after insert or update or delete on quota for each row execute function occurrence_child_changed();
create trigger event_organiser_guard before insert or update on event_organiser for each row execute function event_organiser_guard();
create trigger event_organiser_changed after insert or update or delete on event_organiser for each row execute function event_child_changed();
create trigger series_changed after insert or update or delete on series for each row execute function event_child_changed();
create trigger series_month_changed after insert or update or delete on series_month for each row execute function series_month_changed();
create trigger quota_counter_before_insert before insert on quota_counter for each row execute function quota_counter_before_insert();

grant create on schema public to tnm_ledger;
alter function event_shared_with(uuid, uuid) owner to tnm_ledger;
alter function event_search(text[], text[], integer) owner to tnm_ledger;
alter function event_record_change(uuid) owner to tnm_ledger;
alter function event_touch(uuid, uuid) owner to tnm_ledger;
alter function event_after_update() owner to tnm_ledger;
alter function occurrence_before_insert() owner to tnm_ledger;
alter function occurrence_before_update() owner to tnm_ledger;
alter function occurrence_after_insert_delete() owner to tnm_ledger;
alter function occurrence_child_changed() owner to tnm_ledger;
alter function event_child_changed() owner to tnm_ledger;
alter function series_month_changed() owner to tnm_ledger;
alter function quota_counter_before_insert() owner to tnm_ledger;
revoke create on schema public from tnm_ledger;
grant execute on function event_shared_with(uuid, uuid) to tnm_staff;
grant execute on function event_search(text[], text[], integer) to tnm_public;

-- +goose Down
drop table quota_counter;
drop policy event_organiser_decides on event_organiser;
drop trigger event_before_update on event;
drop trigger event_after_update on event;
drop trigger occurrence_before_insert on occurrence;
drop trigger occurrence_before_update on occurrence;
drop trigger occurrence_after_insert_delete on occurrence;
drop trigger part_changed on part;
drop trigger booth_changed on booth;
drop trigger quota_changed on quota;
drop trigger event_organiser_guard on event_organiser;
drop trigger event_organiser_changed on event_organiser;
drop trigger series_changed on series;
drop trigger series_month_changed on series_month;
-- +goose StatementBegin
do $$
declare p record;
begin
  for p in select policyname, tablename from pg_policies where schemaname = 'public'
    and tablename in ('event', 'event_organiser', 'series', 'series_month', 'occurrence', 'part', 'booth', 'quota', 'joining_link', 'event_change') loop
    execute format('drop policy %I on %I', p.policyname, p.tablename);
    execute format('alter table %I disable row level security', p.tablename);
    execute format('alter table %I no force row level security', p.tablename);
  end loop;
end
$$;
-- +goose StatementEnd
drop function event_organiser_guard();
drop function quota_counter_before_insert();
drop function series_month_changed();
drop function event_child_changed();
drop function occurrence_child_changed();
drop function occurrence_after_insert_delete();
drop function occurrence_before_update();
drop function occurrence_before_insert();
drop function event_before_update();
drop function event_after_update();
drop function event_touch(uuid, uuid);
drop function event_record_change(uuid);
drop function event_search(text[], text[], integer);
drop function event_shared_with(uuid, uuid);
