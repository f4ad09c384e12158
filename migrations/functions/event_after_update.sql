-- Moves SEQUENCE, feeds and mirrors of an event that changed. What no calendar shows is for mirrors
-- only. A column that is not named here counts as shown.
-- It is in the database because what it writes must follow every change, in the same transaction,
-- whoever makes it.
create or replace function event_after_update() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare hidden constant text[] := array['modified_at', 'search_text', 'published_at', 'description', 'audience_tags',
  'nickname_ok', 'listen_only_ok', 'leave_midway_ok', 'women_staff', 'companion_ok', 'wheelchair', 'sign_language',
  'child_care', 'press', 'attending_offices', 'questions'];
begin
  if new.status is distinct from old.status then
    update quota_counter c set accepting = (new.status = 'published' and o.status = 'scheduled')
    from occurrence o where c.event_id = new.id and o.id = c.occurrence_id;
  end if;
  if new.listed is not distinct from old.listed
    and to_jsonb(new) - hidden is not distinct from to_jsonb(old) - hidden then
    perform event_record_change(new.id);
    if new.listed and new.audience_tags is distinct from old.audience_tags then
      -- It may leave a calendar that is filtered by them.
      insert into feed_due (feed) values ('any') on conflict do nothing;
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
alter function event_after_update() owner to tnm_ledger;

create trigger event_after_update after update on event for each row
  when (old.* is distinct from new.*) execute function event_after_update();
