-- For each date of a listed event that has ended: from when on its tickets are to be erased, and
-- whether they were; null when that is not due. A yes or no, never how many. Codes on paper and
-- answers that are still counted go by the same moment. A date is erased when no ticket of it leads
-- to anybody and the key of its contacts is gone, so that what old backups hold is noise. The
-- periods come from the caller, who has them from internal/retention. A ticket that still waits for
-- a later date is that date's.
-- It is in the database because of privacy: the caller may not read the rows, and this is all it is
-- told.
create or replace function event_erasure(event uuid, after_date interval, after_put_off_date interval)
  returns table (occurrence_id uuid, ended_at timestamptz, erase_after timestamptz, erased boolean, contact_key text,
    key_destroyed_on date)
  language sql stable security definer set search_path = public, pg_temp
as $$
  select o.id, o.ends_at, d.due,
    case when app_now() > d.due then k.state <> 'kept' and not exists (
      select from ticket t
      where t.occurrence_id = o.id and t.secret_mac is not null and t.seats > 0
        and not (t.status = 'waiting' and exists (
          select from ticket_wish w join quota q on q.id = w.quota_id join part p on p.id = q.part_id
          where w.ticket_id = t.id and app_now() < part_waits_until(p))))
    end,
    k.state, k.destroyed_on
  from event e
  join occurrence o on o.event_id = e.id
  cross join lateral (select occurrence_kept_until(o, $2, $3) as due) d
  cross join lateral (
    select coalesce(max(case when c.destroyed_on is null then 'kept' else 'destroyed' end), 'none') as state,
      max(c.destroyed_on) as destroyed_on
    from contact_key c where c.occurrence_id = o.id) k
  where e.id = $1 and e.listed and o.ends_at <= app_now()
  order by o.ends_at desc, o.id
  limit 500
$$;
alter function event_erasure(uuid, interval, interval) owner to tnm_ledger;
grant execute on function event_erasure(uuid, interval, interval) to tnm_public;
