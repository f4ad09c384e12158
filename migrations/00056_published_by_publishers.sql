-- +goose Up
-- Whether the member who acts in this transaction may speak for the organization: the roles of internal/staff that have events.publish.
-- +goose StatementBegin
create function app_publishes() returns boolean
  language sql stable security definer set search_path = public, pg_temp
as $$
  select exists (select from staff s where s.organization_id = app_organization() and s.id = app_actor() and s.disabled_at is null and s.role in ('publisher', 'admin'))
$$;

-- What is published changes by a publisher only, whichever way the change takes: a change of the event itself, a decision about a month, or a booking that is given up and
-- leaves a published date without its room. Transactions without an organization are jobs', the operator's and the public's; those of staff always have one.
create function published_by_publishers() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare
  -- Columns that the database keeps by itself.
  kept constant text[] := array['sequence', 'modified_at', 'listed', 'search_text'];
  subject jsonb;
  published boolean;
begin
  if app_organization() is not null and not app_publishes() then
    if tg_op = 'UPDATE' and to_jsonb(new) - kept is not distinct from to_jsonb(old) - kept then
      return new;
    end if;
    subject := to_jsonb(case when tg_op = 'DELETE' then old else new end);
    if tg_table_name = 'event' then
      published := subject ->> 'published_at' is not null or tg_op = 'UPDATE' and to_jsonb(old) ->> 'published_at' is not null;
    elsif tg_table_name = 'series_month' then
      select e.published_at is not null into published from series s join event e on e.id = s.event_id where s.id = (subject ->> 'series_id')::uuid;
    else
      select e.published_at is not null into published from event e where e.id = (subject ->> 'event_id')::uuid;
    end if;
    if published then
      raise exception using errcode = 'insufficient_privilege', constraint = 'published_by_publishers', table = tg_table_name, message = 'what is published is changed by a publisher';
    end if;
  end if;
  if tg_op = 'DELETE' then
    return old;
  end if;
  return new;
end
$$;
-- +goose StatementEnd
create policy staff_ledger on staff for select to tnm_ledger using (true);
grant select (organization_id, id, role, disabled_at) on staff to tnm_ledger;
grant create on schema public to tnm_ledger;
alter function app_publishes() owner to tnm_ledger;
alter function published_by_publishers() owner to tnm_ledger;
revoke create on schema public from tnm_ledger;
grant execute on function app_publishes() to tnm_staff;
-- +goose StatementBegin
do $$
declare t text;
begin
  foreach t in array array['event', 'event_organiser', 'series', 'series_month', 'occurrence', 'part', 'booth', 'quota', 'joining_link', 'slot_rule', 'slot', 'slot_booth', 'event_room'] loop
    execute format('create trigger published_by_publishers before insert or update or delete on %I for each row execute function published_by_publishers()', t);
  end loop;
end
$$;
-- +goose StatementEnd
-- Not when seats are taken: this is the busiest row there is.
create trigger published_by_publishers before insert or update of capacity or delete on quota_counter for each row execute function published_by_publishers();

-- +goose Down
-- +goose StatementBegin
do $$
declare t text;
begin
  foreach t in array array['event', 'event_organiser', 'series', 'series_month', 'occurrence', 'part', 'booth', 'quota', 'quota_counter', 'joining_link', 'slot_rule', 'slot', 'slot_booth', 'event_room'] loop
    execute format('drop trigger published_by_publishers on %I', t);
  end loop;
end
$$;
-- +goose StatementEnd
drop function published_by_publishers();
drop function app_publishes();
revoke select (organization_id, id, role, disabled_at) on staff from tnm_ledger;
drop policy staff_ledger on staff;
