-- Turns what the transaction changed into stamps as it commits, in one order for all, so that
-- stamps rise in the order in which changes become visible and no lock is held for longer than a
-- commit. A burst drives a stamp ahead of the clock by two minutes at most: nobody was told of a
-- stamp that lies ahead, so that it may stand for several changes, unless the clock was set back
-- since.
-- It is in the database because what it writes must follow every change, in the same transaction,
-- whoever makes it.
create or replace function feed_stamp_due() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare
  due text[];
  clock constant timestamptz := app_now() + (clock_timestamp() - now());
begin
  with taken as (delete from feed_due d where d.xid = pg_current_xact_id() returning d.feed)
  select array_agg(k.feed order by k.feed collate "C") into due from taken k;
  if due is null then
    return null; -- the first of the transaction's rows took them all
  end if;
  insert into feed_stamp as s (feed, at, heard)
  select d.feed, date_trunc('second', clock), clock from unnest(due) with ordinality as d (feed, place) order by d.place
  on conflict (feed) do update set heard = greatest(s.heard, excluded.heard),
    at = case when s.at >= clock + interval '2 minutes' and clock >= s.heard - interval '10 seconds' then s.at
      else greatest(excluded.at, s.at + interval '1 second') end;
  perform pg_notify('tnm_event', '');
  return null;
end
$$;
alter function feed_stamp_due() owner to tnm_ledger;

create constraint trigger feed_due_stamped after insert on feed_due deferrable initially deferred
  for each row execute function feed_stamp_due();
