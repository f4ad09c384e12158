-- Mirrors of an event hear of a decision about a month.
-- It is in the database because what it writes must follow every change, in the same transaction,
-- whoever makes it.
create or replace function series_month_changed() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  perform event_record_change((select s.event_id from series s where s.id = coalesce(new.series_id, old.series_id)));
  return null;
end
$$;
alter function series_month_changed() owner to tnm_ledger;

create trigger series_month_changed after insert or update or delete on series_month
  for each row execute function series_month_changed();
