-- +goose Up
-- A wrong digit in a year must not erase anybody's seat. A published date can't be moved into the past; what really took place is corrected afterwards, and
-- erasure counts from the latest moment of the date that was ever announced and reached. docs/adr/0026.

-- The latest moment for which people could have come by earlier announcements; null: there was none. It never goes back, and only triggers write it.
alter table occurrence add column reached_until timestamptz;

-- +goose StatementBegin
-- Until when the tickets of a date, its codes on paper and the key of its contacts are kept.
create function occurrence_kept_until(o occurrence, after_date interval, after_put_off interval) returns timestamptz
  language sql stable
  return greatest(o.ends_at, o.reached_until) + case when o.status = 'postponed' then $3 else $2 end;

-- Says whether other times lie in the past: a start that is over, or an end that has come. What doesn't change may lie there.
create function moves_into_past(starts_before timestamptz, ends_before timestamptz, starts_at timestamptz, ends_at timestamptz) returns boolean
  language sql stable
  return $3 <> $1 and $3 < app_now() or $4 <> $2 and $4 <= app_now();

create function occurrence_moves_ahead() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare
  -- Who corrects what took place says so for this transaction, and of a date that has begun.
  corrected boolean;
  kept_until timestamptz;
begin
  if tg_op = 'INSERT' then
    new.reached_until := null;
    return new;
  end if;
  if not exists (select from event e where e.id = new.event_id and e.published_at is not null) then
    return new; -- announced to nobody
  end if;
  corrected := coalesce(current_setting('app.correction', true) = old.id::text and old.starts_at <= app_now(), false);
  if not corrected and moves_into_past(old.starts_at, old.ends_at, new.starts_at, new.ends_at) then
    raise exception using errcode = 'check_violation', constraint = 'occurrence_not_into_past', message = 'a published date is not moved into the past';
  end if;
  if new.ends_at > old.ends_at and new.ends_at > greatest(app_now(), old.ends_at) + interval '400 days' then
    raise exception using errcode = 'check_violation', constraint = 'occurrence_not_too_far', message = 'a published date is not moved further than 400 days';
  end if;
  -- A put-off date kept its people waiting until now; any other was held until it ended, or is being held.
  kept_until := occurrence_kept_until(old, interval '7 days', interval '400 days');
  new.reached_until := greatest(old.reached_until, case
    when old.status = 'postponed' and kept_until >= app_now() then app_now()
    when old.status <> 'postponed' and old.starts_at <= app_now() then least(old.ends_at, app_now()) end);
  -- What is about to be erased, or was, stays so: seats would be taken for nobody. A day is left, so that no move meets the eraser.
  if kept_until - interval '1 day' < app_now() and new.status <> 'cancelled'
     and occurrence_kept_until(new, interval '7 days', interval '400 days') - interval '1 day' >= app_now() then
    raise exception using errcode = 'check_violation', constraint = 'occurrence_not_long_over', message = 'a date that was over long ago does not come back';
  end if;
  return new;
end
$$;

-- The times of parts and slots, within the same rule.
create function occurrence_child_moves_ahead() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  if moves_into_past(old.starts_at, old.ends_at, new.starts_at, new.ends_at)
     and current_setting('app.correction', true) is distinct from new.occurrence_id::text
     and exists (select from event e where e.id = new.event_id and e.published_at is not null) then
    raise exception using errcode = 'check_violation', constraint = 'occurrence_not_into_past', message = 'nothing of a published date is moved into the past';
  end if;
  return new;
end
$$;

-- The certificate, codes on paper and answers that are still counted count from the same moment.
create or replace function event_erasure(event uuid, after_date interval, after_put_off_date interval)
  returns table (occurrence_id uuid, ended_at timestamptz, erase_after timestamptz, erased boolean, contact_key text, key_destroyed_on date)
  language sql stable security definer set search_path = public, pg_temp
as $$
  select o.id, o.ends_at, d.due,
    case when app_now() > d.due then k.state <> 'kept' and not exists (
      select from ticket t
      where t.occurrence_id = o.id and t.secret_mac is not null and t.seats > 0 and not (t.status = 'waiting' and exists (
        select from ticket_wish w join quota q on q.id = w.quota_id join part p on p.id = q.part_id
        where w.ticket_id = t.id and app_now() < part_waits_until(p))))
    end,
    k.state, k.destroyed_on
  from event e
  join occurrence o on o.event_id = e.id
  cross join lateral (select occurrence_kept_until(o, $2, $3) as due) d
  cross join lateral (
    select coalesce(max(case when c.destroyed_on is null then 'kept' else 'destroyed' end), 'none') as state, max(c.destroyed_on) as destroyed_on
    from contact_key c where c.occurrence_id = o.id) k
  where e.id = $1 and e.listed and o.ends_at <= app_now()
  order by o.ends_at desc, o.id
  limit 500
$$;

create or replace function paper_return(after_date interval, after_put_off interval, out returned integer, out deleted integer)
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare open uuid;
begin
  returned := 0;
  for open in
    select p.open_quota_id from paper_pool p join quota_counter c on c.quota_id = p.paper_quota_id join occurrence o on o.id = p.occurrence_id
    where c.capacity > c.taken and o.ends_at > app_now() order by p.open_quota_id
  loop
    returned := returned + paper_settle(open);
  end loop;
  delete from paper_code k using paper_sheet s join paper_pool p on p.open_quota_id = s.open_quota_id join occurrence o on o.id = p.occurrence_id
  where s.id = k.sheet_id and o.ends_at < app_now() - $1 and occurrence_kept_until(o, $1, $2) < app_now();
  get diagnostics deleted = row_count;
end
$$;

create or replace function report_freeze(at_most integer) returns integer
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare
  d record;
  n integer := 0;
begin
  if not pg_try_advisory_xact_lock(hashtext('report_freeze')) then
    return 0;
  end if;
  for d in
    select o.organization_id, o.event_id, o.id
    from occurrence o join event e on e.id = o.event_id
    where o.id in (
        select p.occurrence_id from part p
        where p.reservation <> 'none' and coalesce(p.closes_at, p.starts_at) between app_now() - interval '40 days' and app_now() - interval '30 minutes')
      and report_closes(o.id) <= app_now() - interval '30 minutes'
      and e.status = 'published' and o.status = 'scheduled'
      and not exists (select from report_release r where r.occurrence_id = o.id and r.kind = 'closed')
    order by o.starts_at, o.id limit $1
  loop
    insert into report_release (organization_id, event_id, occurrence_id, kind, figure)
    select d.organization_id, d.event_id, d.id, 'closed', report_rounded(coalesce(sum(c.taken), 0)::integer) from quota_counter c
    where c.occurrence_id = d.id and not exists (select from slot s where s.quota_id = c.quota_id) -- a party with three slots is one
    on conflict (occurrence_id, kind) do nothing;
    if found then
      n := n + 1;
      perform report_break_down(d.event_id, d.id);
    end if;
  end loop;
  with ended as (
    insert into report_release (organization_id, event_id, occurrence_id, kind, figure)
    select o.organization_id, o.event_id, o.id, 'ended', report_rounded(nullif(
      (select coalesce(sum(c.peak), 0) from door_counter c where c.occurrence_id = o.id) + (select coalesce(sum(a.seats), 0) from door_arrival a where a.occurrence_id = o.id), 0)::integer)
    from occurrence o join event e on e.id = o.event_id
    where o.ends_at between app_now() - interval '40 days' and app_now() - interval '6 hours' and e.status = 'published' and o.status = 'scheduled'
      and not exists (select from report_release r where r.occurrence_id = o.id and r.kind = 'ended')
    order by o.ends_at, o.id limit $1
    on conflict (occurrence_id, kind) do nothing
    returning 1
  )
  select n + count(*) into n from ended;
  -- Too few came together in their year, or the date never took place.
  delete from answer_counter c using occurrence o where o.id = c.occurrence_id and greatest(o.ends_at, o.reached_until) < app_now() - interval '400 days';
  return n;
end
$$;
-- +goose StatementEnd

create trigger occurrence_moves_ahead before insert on occurrence for each row execute function occurrence_moves_ahead();
create trigger occurrence_moves_ahead_update before update on occurrence for each row
  when ((old.starts_at, old.ends_at, old.status) is distinct from (new.starts_at, new.ends_at, new.status)) execute function occurrence_moves_ahead();
create trigger part_moves_ahead before update on part for each row
  when ((old.starts_at, old.ends_at) is distinct from (new.starts_at, new.ends_at)) execute function occurrence_child_moves_ahead();
create trigger slot_moves_ahead before update on slot for each row
  when ((old.starts_at, old.ends_at) is distinct from (new.starts_at, new.ends_at)) execute function occurrence_child_moves_ahead();

grant create on schema public to tnm_ledger;
alter function occurrence_moves_ahead() owner to tnm_ledger;
alter function occurrence_child_moves_ahead() owner to tnm_ledger;
revoke create on schema public from tnm_ledger;
grant execute on function occurrence_kept_until(occurrence, interval, interval) to tnm_worker, tnm_ledger;
grant execute on function moves_into_past(timestamptz, timestamptz, timestamptz, timestamptz) to tnm_ledger;

-- +goose Down
drop trigger slot_moves_ahead on slot;
drop trigger part_moves_ahead on part;
drop trigger occurrence_moves_ahead_update on occurrence;
drop trigger occurrence_moves_ahead on occurrence;
-- +goose StatementBegin
create or replace function event_erasure(event uuid, after_date interval, after_put_off_date interval)
  returns table (occurrence_id uuid, ended_at timestamptz, erase_after timestamptz, erased boolean, contact_key text, key_destroyed_on date)
  language sql stable security definer set search_path = public, pg_temp
as $$
  select o.id, o.ends_at, d.due,
    case when app_now() > d.due then k.state <> 'kept' and not exists (
      select from ticket t
      where t.occurrence_id = o.id and t.secret_mac is not null and t.seats > 0 and not (t.status = 'waiting' and exists (
        select from ticket_wish w join quota q on q.id = w.quota_id join part p on p.id = q.part_id
        where w.ticket_id = t.id and app_now() < part_waits_until(p))))
    end,
    k.state, k.destroyed_on
  from event e
  join occurrence o on o.event_id = e.id
  cross join lateral (select o.ends_at + case when o.status = 'postponed' then $3 else $2 end as due) d
  cross join lateral (
    select coalesce(max(case when c.destroyed_on is null then 'kept' else 'destroyed' end), 'none') as state, max(c.destroyed_on) as destroyed_on
    from contact_key c where c.occurrence_id = o.id) k
  where e.id = $1 and e.listed and o.ends_at <= app_now()
  order by o.ends_at desc, o.id
  limit 500
$$;

create or replace function paper_return(after_date interval, after_put_off interval, out returned integer, out deleted integer)
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare open uuid;
begin
  returned := 0;
  for open in
    select p.open_quota_id from paper_pool p join quota_counter c on c.quota_id = p.paper_quota_id join occurrence o on o.id = p.occurrence_id
    where c.capacity > c.taken and o.ends_at > app_now() order by p.open_quota_id
  loop
    returned := returned + paper_settle(open);
  end loop;
  delete from paper_code k using paper_sheet s join paper_pool p on p.open_quota_id = s.open_quota_id join occurrence o on o.id = p.occurrence_id
  where s.id = k.sheet_id and o.ends_at < app_now() - case when o.status = 'postponed' then $2 else $1 end;
  get diagnostics deleted = row_count;
end
$$;

create or replace function report_freeze(at_most integer) returns integer
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare
  d record;
  n integer := 0;
begin
  if not pg_try_advisory_xact_lock(hashtext('report_freeze')) then
    return 0;
  end if;
  for d in
    select o.organization_id, o.event_id, o.id
    from occurrence o join event e on e.id = o.event_id
    where o.id in (
        select p.occurrence_id from part p
        where p.reservation <> 'none' and coalesce(p.closes_at, p.starts_at) between app_now() - interval '40 days' and app_now() - interval '30 minutes')
      and report_closes(o.id) <= app_now() - interval '30 minutes'
      and e.status = 'published' and o.status = 'scheduled'
      and not exists (select from report_release r where r.occurrence_id = o.id and r.kind = 'closed')
    order by o.starts_at, o.id limit $1
  loop
    insert into report_release (organization_id, event_id, occurrence_id, kind, figure)
    select d.organization_id, d.event_id, d.id, 'closed', report_rounded(coalesce(sum(c.taken), 0)::integer) from quota_counter c
    where c.occurrence_id = d.id and not exists (select from slot s where s.quota_id = c.quota_id) -- a party with three slots is one
    on conflict (occurrence_id, kind) do nothing;
    if found then
      n := n + 1;
      perform report_break_down(d.event_id, d.id);
    end if;
  end loop;
  with ended as (
    insert into report_release (organization_id, event_id, occurrence_id, kind, figure)
    select o.organization_id, o.event_id, o.id, 'ended', report_rounded(nullif(
      (select coalesce(sum(c.peak), 0) from door_counter c where c.occurrence_id = o.id) + (select coalesce(sum(a.seats), 0) from door_arrival a where a.occurrence_id = o.id), 0)::integer)
    from occurrence o join event e on e.id = o.event_id
    where o.ends_at between app_now() - interval '40 days' and app_now() - interval '6 hours' and e.status = 'published' and o.status = 'scheduled'
      and not exists (select from report_release r where r.occurrence_id = o.id and r.kind = 'ended')
    order by o.ends_at, o.id limit $1
    on conflict (occurrence_id, kind) do nothing
    returning 1
  )
  select n + count(*) into n from ended;
  -- Too few came together in their year, or the date never took place.
  delete from answer_counter c using occurrence o where o.id = c.occurrence_id and o.ends_at < app_now() - interval '400 days';
  return n;
end
$$;
-- +goose StatementEnd
drop function occurrence_child_moves_ahead();
drop function occurrence_moves_ahead();
drop function moves_into_past(timestamptz, timestamptz, timestamptz, timestamptz);
drop function occurrence_kept_until(occurrence, interval, interval);
alter table occurrence drop column reached_until;
