-- +goose Up
-- Six digits can be tried one after another by whoever has a day link. So misses are counted for each link: ten at once, then one a minute, and between them no
-- day code is judged for a while, neither a right nor a wrong one. Participation codes can't be guessed and are judged always.
-- misses: those that are not forgiven yet; one is forgiven a minute, counted from missed_at. pauses: how many followed each other, which sets how long the next one is.
alter table door_link
  add column misses       smallint not null default 0,
  add column missed_at    timestamptz,
  add column pauses       smallint not null default 0,
  add column paused_until timestamptz,
  add constraint door_link_misses_range check (misses between 0 and 10),
  add constraint door_link_misses_since check (misses = 0 or missed_at is not null),
  add constraint door_link_pauses_range check (pauses between 0 and 4),
  add constraint door_link_pauses_until check (pauses = 0 or paused_until is not null);
grant select (paused_until) on door_link to tnm_staff;
grant update (misses, missed_at, pauses, paused_until) on door_link to tnm_ledger;

-- +goose StatementBegin
-- Notes that a day code shown with this link was nobody's; the caller holds the link's row. The tenth miss that is not forgiven begins a pause of 1, 2, 4, then 5 minutes;
-- half an hour without a pause makes the next one a step shorter.
create function door_miss(link uuid) returns void
  language plpgsql set search_path = public, pg_temp
as $$
declare
  l record;
  forgiven integer;
  calm integer;
begin
  select k.misses, k.missed_at, k.pauses, k.paused_until into strict l from door_link k where k.id = $1;
  forgiven := greatest(0, floor(extract(epoch from app_now() - l.missed_at) / 60));
  if l.missed_at is null or forgiven >= l.misses then
    l.misses := 0;
    l.missed_at := app_now();
  else
    l.misses := l.misses - forgiven;
    l.missed_at := l.missed_at + forgiven * interval '1 minute';
  end if;
  l.misses := l.misses + 1;
  if l.misses >= 10 then
    calm := greatest(0, floor(extract(epoch from app_now() - coalesce(l.paused_until, app_now())) / 1800));
    l.pauses := least(4, greatest(0, l.pauses - calm) + 1);
    l.paused_until := app_now() + (array[1, 2, 4, 5])[l.pauses] * interval '1 minute';
  end if;
  update door_link k set misses = least(10, l.misses), missed_at = l.missed_at, pauses = l.pauses, paused_until = l.paused_until where k.id = $1;
end
$$;

-- Until when a link judges no day codes; null when it does.
create function door_paused(macs bytea[]) returns timestamptz
  language sql stable security definer set search_path = public, pg_temp
as $$
  select l.paused_until from door_link l where l.mac = any ($1) and l.revoked_at is null and l.paused_until > app_now()
$$;

-- As before, but the link's row is held while a day code is judged, so that as many misses are counted as there are, and
-- state is 'paused' while none is judged.
-- Marks a confirmed ticket of the door's date as arrived, or takes that back. The ticket is named by its secret or by its day code.
-- outcome: arrived, already; with undo: undone, not_counted; none (no confirmed ticket of this date has it).
create or replace function door_check_in(macs bytea[], secrets bytea[], codes bytea[], undo boolean,
                              out state text, out outcome text, out seats integer, out part_id uuid, out channel text)
  language plpgsql security definer set search_path = public, pg_temp
as $$
#variable_conflict use_column
declare
  d record;
  k record;
  l record;
begin
  select x.* into d from door_of($1) x;
  if not found then
    $5 := 'unknown';
    return;
  end if;
  $5 := d.state;
  if d.state <> 'open' then
    return;
  end if;
  if cardinality($3) > 0 then
    select x.id, x.paused_until into l from door_link x where x.mac = any ($1) and x.revoked_at is null for no key update;
    if not found then
      $5 := 'unknown'; -- revoked at this moment
      return;
    elsif l.paused_until > app_now() then
      $5 := 'paused';
      return;
    end if;
  end if;
  select t.id, t.seats, t.part_id, t.arrived, q.channel into k
  from ticket t join quota q on q.id = t.quota_id
  where (t.secret_mac = any ($2) or t.day_code_mac = any ($3) and t.secret_mac is not null) and t.occurrence_id = d.occurrence_id and t.status = 'confirmed'
  for update of t;
  if not found then
    $6 := 'none';
    if cardinality($3) > 0 then
      perform door_miss(l.id);
    end if;
    return;
  end if;
  $6 := case when k.arrived <> $4 then case when $4 then 'not_counted' else 'already' end when $4 then 'undone' else 'arrived' end;
  $7 := k.seats;
  $8 := k.part_id;
  $9 := k.channel;
  if k.arrived = $4 then
    update ticket t set arrived = not $4 where t.id = k.id;
  end if;
end
$$;
-- +goose StatementEnd
grant create on schema public to tnm_ledger;
alter function door_miss(uuid) owner to tnm_ledger;
alter function door_paused(bytea[]) owner to tnm_ledger;
revoke create on schema public from tnm_ledger;
grant execute on function door_paused(bytea[]) to tnm_public;

-- +goose Down
-- +goose StatementBegin
create or replace function door_check_in(macs bytea[], secrets bytea[], codes bytea[], undo boolean,
                              out state text, out outcome text, out seats integer, out part_id uuid, out channel text)
  language plpgsql security definer set search_path = public, pg_temp
as $$
#variable_conflict use_column
declare
  d record;
  k record;
begin
  select x.* into d from door_of($1) x;
  if not found then
    $5 := 'unknown';
    return;
  end if;
  $5 := d.state;
  if d.state <> 'open' then
    return;
  end if;
  select t.id, t.seats, t.part_id, t.arrived, q.channel into k
  from ticket t join quota q on q.id = t.quota_id
  where (t.secret_mac = any ($2) or t.day_code_mac = any ($3) and t.secret_mac is not null) and t.occurrence_id = d.occurrence_id and t.status = 'confirmed'
  for update of t;
  if not found then
    $6 := 'none';
    return;
  end if;
  $6 := case when k.arrived <> $4 then case when $4 then 'not_counted' else 'already' end when $4 then 'undone' else 'arrived' end;
  $7 := k.seats;
  $8 := k.part_id;
  $9 := k.channel;
  if k.arrived = $4 then
    update ticket t set arrived = not $4 where t.id = k.id;
  end if;
end
$$;
-- +goose StatementEnd
drop function door_paused(bytea[]);
drop function door_miss(uuid);
alter table door_link
  drop constraint door_link_misses_range, drop constraint door_link_misses_since, drop constraint door_link_pauses_range, drop constraint door_link_pauses_until,
  drop column misses, drop column missed_at, drop column pauses, drop column paused_until;
