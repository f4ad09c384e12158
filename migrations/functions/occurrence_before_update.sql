-- A date moves its SEQUENCE when something that calendars show of it changes.
-- It is in the database because what it writes must follow every change, in the same transaction,
-- whoever makes it.
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
      or (new.place_room -> 'latitude', new.place_room -> 'longitude')
        is distinct from (old.place_room -> 'latitude', old.place_room -> 'longitude') then
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
alter function occurrence_before_update() owner to tnm_ledger;

create trigger occurrence_before_update before update on occurrence
  for each row execute function occurrence_before_update();
