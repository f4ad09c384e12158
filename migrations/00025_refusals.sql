-- +goose Up
-- An answer that got lost is asked for again with the same code, of another process perhaps; and what the lost attempt sent may still be on its way. If the second
-- attempt hears "full", the first must not get seats afterwards: nobody would know of them. So a refusal of a code is remembered for a while.
-- Unlogged: nothing of it reaches the write-ahead log or a backup, refusing costs no flush, and a crash of the database ends what was on its way to it, too.
create unlogged table ticket_refusal (
  secret_mac bytea not null,
  asked_at   timestamptz not null, -- when a process took up the latest attempt that was refused, by that process's clock
  refused_at timestamptz not null,
  constraint ticket_refusal_pkey primary key (secret_mac),
  constraint ticket_refusal_mac_length check (octet_length(secret_mac) = 32)
);
create index ticket_refusal_refused_idx on ticket_refusal (refused_at);
alter table ticket_refusal enable row level security;
alter table ticket_refusal force row level security;
create policy ticket_refusal_ledger on ticket_refusal to tnm_ledger using (true) with check (true);
grant select, insert, update, delete on ticket_refusal to tnm_ledger;

-- +goose StatementBegin
-- ticket_grant for codes that callers made themselves (asked_at: when this attempt was taken up; null where nobody but the program knows the code). One attempt with a
-- code is judged at a time, and an older attempt than one that was refused is refused, too.
create function ticket_grant_once(events uuid[], quotas uuid[], ids uuid[], macs bytea[], seats smallint[], nicknames text[], asked_at timestamptz[],
                                  out outcomes text[], out free integer[], out most smallint[],
                                  out organizations uuid[], out occurrences uuid[], out parts uuid[], out links boolean[])
  language plpgsql security definer set search_path = public, pg_temp
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  nowhere constant uuid := '00000000-0000-0000-0000-000000000000';
  late integer[];
  i integer;
begin
  -- Before any counter, in one order. What follows sees all that whoever held the lock has done.
  perform pg_advisory_xact_lock(l.key) from (
    select distinct ('x' || encode(substr(q.mac, 1, 8), 'hex'))::bit(64)::bigint as key
    from unnest(macs, asked_at) as q (mac, asked_at) where q.asked_at is not null order by 1) l;
  late := array(
    select q.ord from unnest(macs, asked_at) with ordinality as q (mac, asked_at, ord)
    join ticket_refusal f on f.secret_mac = q.mac where q.asked_at < f.asked_at);
  foreach i in array late loop
    events[i] := nowhere; -- still a duplicate if the code has a ticket
  end loop;
  select g.outcomes, g.free, g.most, g.organizations, g.occurrences, g.parts, g.links
    into outcomes, free, most, organizations, occurrences, parts, links
    from ticket_grant(events, quotas, ids, macs, seats, nicknames) g;
  foreach i in array late loop
    if outcomes[i] = 'unknown' then
      outcomes[i] := 'full';
    end if;
  end loop;
  if 'full' = any (outcomes) then
    insert into ticket_refusal as f (secret_mac, asked_at, refused_at)
    select q.mac, max(q.asked_at), app_now() from unnest(macs, asked_at, outcomes) as q (mac, asked_at, outcome)
    where q.asked_at is not null and q.outcome = 'full' group by q.mac order by q.mac
    on conflict on constraint ticket_refusal_pkey do update set asked_at = greatest(f.asked_at, excluded.asked_at), refused_at = excluded.refused_at;
  end if;
end
$$;

create or replace function guard_forget() returns integer
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare n integer; total integer;
begin
  delete from guard_spent s where s.expires_at < app_now() - interval '1 hour';
  get diagnostics total = row_count;
  delete from guard_share s where s.slot < app_now() - interval '10 minutes';
  get diagnostics n = row_count;
  total := total + n;
  delete from guard_key k where k.hour < app_now() - interval '2 hours';
  get diagnostics n = row_count;
  total := total + n;
  delete from guard_process p where p.seen_at < app_now() - interval '5 minutes';
  get diagnostics n = row_count;
  total := total + n;
  delete from ticket_refusal f where f.refused_at < app_now() - interval '1 minute';
  get diagnostics n = row_count;
  return total + n;
end
$$;
-- +goose StatementEnd

grant create on schema public to tnm_ledger;
alter function ticket_grant_once(uuid[], uuid[], uuid[], bytea[], smallint[], text[], timestamptz[]) owner to tnm_ledger;
revoke create on schema public from tnm_ledger;
grant execute on function ticket_grant_once(uuid[], uuid[], uuid[], bytea[], smallint[], text[], timestamptz[]) to tnm_public;

-- +goose Down
drop function ticket_grant_once(uuid[], uuid[], uuid[], bytea[], smallint[], text[], timestamptz[]);
-- +goose StatementBegin
create or replace function guard_forget() returns integer
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare n integer; total integer;
begin
  delete from guard_spent s where s.expires_at < app_now() - interval '1 hour';
  get diagnostics total = row_count;
  delete from guard_share s where s.slot < app_now() - interval '10 minutes';
  get diagnostics n = row_count;
  total := total + n;
  delete from guard_key k where k.hour < app_now() - interval '2 hours';
  get diagnostics n = row_count;
  total := total + n;
  delete from guard_process p where p.seen_at < app_now() - interval '5 minutes';
  get diagnostics n = row_count;
  return total + n;
end
$$;
-- +goose StatementEnd
drop table ticket_refusal;
