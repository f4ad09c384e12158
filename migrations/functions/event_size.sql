-- What one event holds is bounded, because its page and its answers show all of it: 300 parts and
-- 600 quotas of seats on dates to come. Dates that are over don't count, so that a series goes on
-- for years. Slots have a bound of their own. Writers hold the event's row, so two of them can't
-- each add the last one. It counts as the ledger: as staff, policies would ask for each of 900 rows
-- 900 times who sees it (13 s for the largest event instead of 2).
-- It is in the database because it is an invariant: it holds whichever statement makes the change.
create or replace function event_size() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  if tg_table_name = 'part' then
    perform from part p join occurrence o on o.id = p.occurrence_id
      where p.event_id in (select event_id from added) and o.ends_at > now() group by p.event_id having count(*) > 300;
  else
    perform from quota q join occurrence o on o.id = q.occurrence_id
      where q.event_id in (select event_id from added where channel not in ('slot', 'paper'))
        and q.channel not in ('slot', 'paper') and o.ends_at > now()
      group by q.event_id having count(*) > 600;
  end if;
  if found then
    raise exception using errcode = 'check_violation', constraint = 'event_size', table = tg_table_name,
      message = 'an event holds no more than that';
  end if;
  return null;
end
$$;
alter function event_size() owner to tnm_ledger;

create trigger event_size after insert on part
  referencing new table as added for each statement execute function event_size();
create trigger event_size after insert on quota
  referencing new table as added for each statement execute function event_size();
