-- +goose Up
-- Codes on paper go with the tickets of their date: after its end, and for a date that was put off only when it got no new times for long.
-- The rule of one interval stays for the program before this one, which knows no other.

-- +goose StatementBegin
create function paper_return(after_date interval, after_put_off interval, out returned integer, out deleted integer)
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare open uuid;
begin
  returned := 0;
  for open in
    select p.open_quota_id from paper_pool p join quota_counter c on c.quota_id = p.paper_quota_id join occurrence o on o.id = p.occurrence_id
    where c.capacity > c.taken and o.ends_at > app_now() order by p.open_quota_id
  loop
    returned := returned + paper_settle(open);
  end loop;
  delete from paper_code k using paper_sheet s join paper_pool p on p.open_quota_id = s.open_quota_id join occurrence o on o.id = p.occurrence_id
  where s.id = k.sheet_id and o.ends_at < app_now() - case when o.status = 'postponed' then $2 else $1 end;
  get diagnostics deleted = row_count;
end
$$;

create or replace function paper_return(after_date interval, out returned integer, out deleted integer)
  language sql security definer set search_path = public, pg_temp
as $$
  select r.returned, r.deleted from paper_return($1, interval '400 days') r
$$;
-- +goose StatementEnd

grant create on schema public to tnm_ledger;
alter function paper_return(interval, interval) owner to tnm_ledger;
revoke create on schema public from tnm_ledger;
grant execute on function paper_return(interval, interval) to tnm_worker;

-- +goose Down
-- +goose StatementBegin
create or replace function paper_return(after_date interval, out returned integer, out deleted integer)
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare open uuid;
begin
  returned := 0;
  for open in
    select p.open_quota_id from paper_pool p join quota_counter c on c.quota_id = p.paper_quota_id join occurrence o on o.id = p.occurrence_id
    where c.capacity > c.taken and o.ends_at > app_now() order by p.open_quota_id
  loop
    returned := returned + paper_settle(open);
  end loop;
  delete from paper_code k using paper_sheet s join paper_pool p on p.open_quota_id = s.open_quota_id join occurrence o on o.id = p.occurrence_id
  where s.id = k.sheet_id and o.ends_at < app_now() - $1;
  get diagnostics deleted = row_count;
end
$$;
-- +goose StatementEnd
drop function paper_return(interval, interval);
