-- ticket_grant for codes that callers made themselves (asked_at: when this attempt was taken up;
-- null where nobody but the program knows the code). One attempt with a code is judged at a time,
-- and an older attempt than one that was refused is refused, too.
-- It is in the database because it judges a whole batch in one call, with one commit.
create or replace function ticket_grant_once(events uuid[], quotas uuid[], ids uuid[], macs bytea[], seats smallint[],
  nicknames text[], asked_at timestamptz[],
  out outcomes text[], out free integer[], out most smallint[], out organizations uuid[], out occurrences uuid[],
  out parts uuid[], out links boolean[])
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
    on conflict on constraint ticket_refusal_pkey do update
      set asked_at = greatest(f.asked_at, excluded.asked_at), refused_at = excluded.refused_at;
  end if;
end
$$;
alter function ticket_grant_once(uuid[], uuid[], uuid[], bytea[], smallint[], text[], timestamp with time zone[])
  owner to tnm_ledger;
grant execute on function ticket_grant_once(uuid[], uuid[], uuid[], bytea[], smallint[], text[],
  timestamp with time zone[])
  to tnm_public;
