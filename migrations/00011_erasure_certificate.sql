-- +goose Up
-- With the secret's MAC goes all that is its holder's, so that one look at the MAC tells whether a ticket was erased.
alter table ticket add constraint ticket_nickname_goes_with_secret check (nickname is null or secret_mac is not null);

-- For each date of a listed event that has ended: from when on its tickets are to be erased, and whether they were; null when that is not due. A yes or no,
-- never how many. The periods come from the caller, who has them from internal/retention; a shorter one tells no more than the counters do, which are
-- open to the same role. A ticket that still waits for a later date is that date's.
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

-- +goose Down
drop function event_erasure(uuid, interval, interval);
alter table ticket drop constraint ticket_nickname_goes_with_secret;
