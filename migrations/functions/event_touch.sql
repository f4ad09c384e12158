-- Moves SEQUENCE and LAST-MODIFIED of one date, or of all when the id is null, and the feeds that
-- show the event.
-- It is in the database because what it writes must follow every change, in the same transaction,
-- whoever makes it.
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
alter function event_touch(uuid, uuid) owner to tnm_ledger;
