-- +goose Up
-- How to take part in an online part by telephone when its link does not work. Holders of a confirmed online ticket read it under the link's own rule;
-- on their ticket {番号} is the ticket's day code, so the row is the same for all of them and nobody else has the digits.
alter table joining_link
  add column phone text not null default '',
  add constraint joining_link_phone_length check (length(phone) <= 1000);
grant update (phone) on joining_link to tnm_staff;

-- The certificate of erasure speaks of the key of the date, too, with which contacts were sealed: a date is erased when no ticket of it leads to anybody and
-- its key is gone, so that what old backups hold is noise. destroyed_on and whether there was a key are open to the same role already.
drop function event_erasure(uuid, interval, interval);
-- +goose StatementBegin
create function event_erasure(event uuid, after_date interval, after_put_off_date interval)
  returns table (occurrence_id uuid, ended_at timestamptz, erase_after timestamptz, erased boolean, contact_key text, key_destroyed_on date)
  language sql stable security definer set search_path = public, pg_temp
as $$
  select o.id, o.ends_at, d.due,
    case when app_now() > d.due then k.state <> 'kept' and not exists (
      select from ticket t
      where t.occurrence_id = o.id and t.secret_mac is not null and t.seats > 0 and not (t.status = 'waiting' and exists (
        select from ticket_wish w join quota q on q.id = w.quota_id join part p on p.id = q.part_id
        where w.ticket_id = t.id and app_now() < part_waits_until(p))))
    end,
    k.state, k.destroyed_on
  from event e
  join occurrence o on o.event_id = e.id
  cross join lateral (select o.ends_at + case when o.status = 'postponed' then $3 else $2 end as due) d
  cross join lateral (
    select coalesce(max(case when c.destroyed_on is null then 'kept' else 'destroyed' end), 'none') as state, max(c.destroyed_on) as destroyed_on
    from contact_key c where c.occurrence_id = o.id) k
  where e.id = $1 and e.listed and o.ends_at <= app_now()
  order by o.ends_at desc, o.id
  limit 500
$$;
-- +goose StatementEnd
grant create on schema public to tnm_ledger;
alter function event_erasure(uuid, interval, interval) owner to tnm_ledger;
revoke create on schema public from tnm_ledger;
grant execute on function event_erasure(uuid, interval, interval) to tnm_public;

-- +goose Down
drop function event_erasure(uuid, interval, interval);
-- +goose StatementBegin
create function event_erasure(event uuid, after_date interval, after_put_off_date interval)
  returns table (occurrence_id uuid, ended_at timestamptz, erase_after timestamptz, erased boolean)
  language sql stable security definer set search_path = public, pg_temp
as $$
  select o.id, o.ends_at, d.due,
    case when app_now() > d.due then not exists (
      select from ticket t
      where t.occurrence_id = o.id and t.secret_mac is not null and t.seats > 0 and not (t.status = 'waiting' and exists (
        select from ticket_wish w join quota q on q.id = w.quota_id join part p on p.id = q.part_id
        where w.ticket_id = t.id and app_now() < part_waits_until(p))))
    end
  from event e
  join occurrence o on o.event_id = e.id
  cross join lateral (select o.ends_at + case when o.status = 'postponed' then $3 else $2 end as due) d
  where e.id = $1 and e.listed and o.ends_at <= app_now()
  order by o.ends_at desc, o.id
  limit 500
$$;
-- +goose StatementEnd
grant create on schema public to tnm_ledger;
alter function event_erasure(uuid, interval, interval) owner to tnm_ledger;
revoke create on schema public from tnm_ledger;
grant execute on function event_erasure(uuid, interval, interval) to tnm_public;
alter table joining_link drop constraint joining_link_phone_length, drop column phone;
