-- What is published changes by a publisher only, whichever way the change takes: a change of the
-- event itself, a decision about a month, or a booking that is given up and leaves a published date
-- without its room. Transactions without an organization are jobs', the operator's and the
-- public's; those of staff always have one.
-- It is in the database because it is an invariant: it holds whichever statement makes the change.
create or replace function published_by_publishers() returns trigger
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
      published := subject ->> 'published_at' is not null or tg_op = 'UPDATE'
        and to_jsonb(old) ->> 'published_at' is not null;
    elsif tg_table_name = 'series_month' then
      select e.published_at is not null into published from series s
      join event e on e.id = s.event_id
      where s.id = (subject ->> 'series_id')::uuid;
    else
      select e.published_at is not null into published from event e where e.id = (subject ->> 'event_id')::uuid;
    end if;
    if published then
      raise exception using errcode = 'insufficient_privilege', constraint = 'published_by_publishers',
        table = tg_table_name, message = 'what is published is changed by a publisher';
    end if;
  end if;
  if tg_op = 'DELETE' then
    return old;
  end if;
  return new;
end
$$;
alter function published_by_publishers() owner to tnm_ledger;

create trigger published_by_publishers before insert or update or delete on event
  for each row execute function published_by_publishers();
create trigger published_by_publishers before insert or update or delete on event_organiser
  for each row execute function published_by_publishers();
create trigger published_by_publishers before insert or update or delete on series
  for each row execute function published_by_publishers();
create trigger published_by_publishers before insert or update or delete on series_month
  for each row execute function published_by_publishers();
create trigger published_by_publishers before insert or update or delete on occurrence
  for each row execute function published_by_publishers();
create trigger published_by_publishers before insert or update or delete on part
  for each row execute function published_by_publishers();
create trigger published_by_publishers before insert or update or delete on booth
  for each row execute function published_by_publishers();
create trigger published_by_publishers before insert or update or delete on quota
  for each row execute function published_by_publishers();
create trigger published_by_publishers before insert or update or delete on joining_link
  for each row execute function published_by_publishers();
create trigger published_by_publishers before insert or update or delete on slot_rule
  for each row execute function published_by_publishers();
create trigger published_by_publishers before insert or update or delete on slot
  for each row execute function published_by_publishers();
create trigger published_by_publishers before insert or update or delete on slot_booth
  for each row execute function published_by_publishers();
create trigger published_by_publishers before insert or update or delete on event_room
  for each row execute function published_by_publishers();

-- Not when seats are taken: this is the busiest row there is.
create trigger published_by_publishers before insert or update of capacity or delete on quota_counter
  for each row execute function published_by_publishers();
