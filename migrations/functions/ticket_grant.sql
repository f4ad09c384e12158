-- Grants many requests in one statement, in the order given, each judged alone. The secrets of one
-- call should differ: a repeated one is a duplicate, but holds its seats until the call ends.
-- Requests for one quota that all fit are judged and stored together, without looking for their
-- secrets first. A call with empty arrays goes through all statements, so that a connection has
-- planned them before anybody waits: the first refusals of a rush waited 30 ms for that.
-- outcome: granted, duplicate (that secret already has a ticket), full, unknown, not_needed,
-- other_way, not_accepting, not_open, closed, too_many.
-- free: seats left in the quota as seen by the verdict; most: seats one ticket may hold; both null
-- when unknown.
-- links: whether the ticket, once confirmed, shows a joining link already.
-- It is in the database because it judges a whole batch in one call, with one commit.
create or replace function ticket_grant(events uuid[], quotas uuid[], ids uuid[], macs bytea[], seats smallint[],
  nicknames text[],
  out outcomes text[], out free integer[], out most smallint[], out organizations uuid[], out occurrences uuid[],
  out parts uuid[], out links boolean[])
  language plpgsql security definer set search_path = public, pg_temp
  -- One plan for every batch size: planning afresh for each array cost 0.6 ms a call. A hash join
  -- would read whole tables, so would the hashed subplan of an exists () and, planned while ticket
  -- was empty, a merge over its index: hence one look-up for each secret.
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  n constant integer := cardinality(quotas);
  one record;
  r record;
  largest integer;
  total integer;
  today constant date := (app_now() at time zone 'Asia/Tokyo')::date;
  current uuid;
  room integer;
  candidates uuid[] := '{}';
  granted integer := 0;
  inserted bytea[];
begin
  -- A rush is requests for one quota that all fit: judged as one, under the lock, and stored
  -- without a look at each. Whatever does not fit locks nothing here (the condition is tried before
  -- the row is locked, and again on what the lock waited for) and is judged one by one below.
  if n = 0 or quotas[1] = all (quotas) and events[1] = all (events) then
    select max(s), sum(s) into largest, total from unnest(seats) s;
    select k.organization_id, k.occurrence_id, k.part_id, k.max_seats, c.capacity - c.taken - total as room,
      coalesce(k.channel = 'online' and app_now() >= p.starts_at - l.opens_before, false) as link
    into one
    from quota_counter c
    join quota k on k.id = c.quota_id
    join part p on p.id = k.part_id
    left join joining_link l on l.part_id = p.id
    where c.quota_id = quotas[1] and c.event_id = events[1] and c.accepting and c.capacity - c.taken >= total
      and p.reservation = 'seat' and k.channel in ('in_person', 'online') and largest <= k.max_seats
      and (p.opens_at is null or app_now() >= p.opens_at) and app_now() < coalesce(p.closes_at, p.starts_at)
    for update of c;
    if found or n = 0 then
      -- Not "on conflict do nothing", which looks each key up beforehand and marks each row twice
      -- in the log: a known secret is rare, and then all are judged one by one.
      begin
        insert into ticket (organization_id, event_id, occurrence_id, part_id, quota_id, id, secret_mac, status, seats,
          nickname, taken_on)
        select one.organization_id, events[1], one.occurrence_id, one.part_id, quotas[1], q.id, q.mac, 'confirmed',
          q.seats, q.nickname, today
        from unnest(ids, macs, seats, nicknames) as q (id, mac, seats, nickname)
        order by q.mac;
        outcomes := array_fill('granted'::text, array[n]);
        free := array_fill(one.room, array[n]);
        most := array_fill(one.max_seats, array[n]);
        organizations := array_fill(one.organization_id, array[n]);
        occurrences := array_fill(one.occurrence_id, array[n]);
        parts := array_fill(one.part_id, array[n]);
        links := array_fill(one.link, array[n]);
        if n > 0 then
          return;
        end if;
      exception when unique_violation then
      end;
    end if;
  end if;
  outcomes := array_fill('unknown'::text, array[n]);
  free := array_fill(null::integer, array[n]);
  most := array_fill(null::smallint, array[n]);
  organizations := array_fill(null::uuid, array[n]);
  occurrences := organizations;
  parts := organizations;
  links := array_fill(false, array[n]);
  -- Refusals take no lock.
  for r in
    select q.ord, c.quota_id, c.capacity - c.taken as room, k.max_seats, k.organization_id, k.occurrence_id, k.part_id,
      coalesce(k.channel = 'online' and app_now() >= p.starts_at - l.opens_before, false) as link,
      case
        when t.id is not null then 'duplicate'
        when c.quota_id is null or c.event_id <> q.event_id then 'unknown'
        when p.reservation = 'none' then 'not_needed'
        when p.reservation <> 'seat' or k.channel not in ('in_person', 'online') then 'other_way'
        when not c.accepting then 'not_accepting'
        when app_now() < p.opens_at then 'not_open'
        when app_now() >= coalesce(p.closes_at, p.starts_at) then 'closed'
        when q.seats > k.max_seats then 'too_many'
        when c.taken + q.seats > c.capacity then 'full'
        else 'candidate'
      end as verdict
    from unnest(events, quotas, macs, seats) with ordinality as q (event_id, quota_id, mac, seats, ord)
    left join quota_counter c on c.quota_id = q.quota_id
    left join quota k on k.id = c.quota_id
    left join part p on p.id = k.part_id
    left join joining_link l on l.part_id = p.id
    left join lateral (select x.id from ticket x where x.secret_mac = q.mac limit 1) t on true
  loop
    outcomes[r.ord] := r.verdict;
    continue when r.quota_id is null or r.verdict = 'unknown';
    free[r.ord] := r.room;
    most[r.ord] := r.max_seats;
    if r.verdict = 'candidate' then
      candidates := candidates || r.quota_id;
      organizations[r.ord] := r.organization_id;
      occurrences[r.ord] := r.occurrence_id;
      parts[r.ord] := r.part_id;
      links[r.ord] := r.link;
    end if;
  end loop;
  if candidates = '{}' and n > 0 then
    return;
  end if;
  -- Counters are always locked in id order, before any ticket row, and in a statement of their own:
  -- the next one then sees what the lock waited for, the seats as well as a ticket that the same
  -- secret got meanwhile.
  perform from quota_counter c where c.quota_id = any (candidates) order by c.quota_id for update;
  for r in
    select q.ord, q.seats, c.quota_id, c.capacity - c.taken as room, c.accepting,
      t.id is not null as known
    from unnest(quotas, macs, seats, outcomes) with ordinality as q (quota_id, mac, seats, outcome, ord)
    join quota_counter c on c.quota_id = q.quota_id
    left join lateral (select x.id from ticket x where x.secret_mac = q.mac limit 1) t on true
    where q.outcome = 'candidate'
    order by c.quota_id, q.ord
  loop
    if current is distinct from r.quota_id then
      current := r.quota_id;
      room := r.room;
    end if;
    if r.known then
      outcomes[r.ord] := 'duplicate';
    elsif not r.accepting then
      outcomes[r.ord] := 'not_accepting';
    elsif r.seats > room then
      outcomes[r.ord] := 'full';
    else
      outcomes[r.ord] := 'granted';
      room := room - r.seats;
      granted := granted + 1;
    end if;
    free[r.ord] := room;
  end loop;
  if granted = 0 and n > 0 then
    return;
  end if;
  with i as (
    insert into ticket (organization_id, event_id, occurrence_id, part_id, quota_id, id, secret_mac, status, seats,
      nickname)
    select q.organization_id, q.event_id, q.occurrence_id, q.part_id, q.quota_id, q.id, q.mac, 'confirmed', q.seats,
      q.nickname
    from unnest(organizations, events, occurrences, parts, quotas, ids, macs, seats, nicknames, outcomes)
      as q (organization_id, event_id, occurrence_id, part_id, quota_id, id, mac, seats, nickname, outcome)
    where q.outcome = 'granted'
    order by q.mac
    on conflict (secret_mac) do nothing
    returning secret_mac
  )
  select array_agg(i.secret_mac) into inserted from i;
  if coalesce(cardinality(inserted), 0) < granted then
    -- The same secret in another quota at the same moment, or twice in this call.
    for r in
      select q.ord, q.mac, row_number() over (partition by q.mac order by q.ord) as nth
      from unnest(macs, outcomes) with ordinality as q (mac, outcome, ord) where q.outcome = 'granted'
    loop
      if r.nth > 1 or not r.mac = any (coalesce(inserted, '{}')) then
        outcomes[r.ord] := 'duplicate';
      end if;
    end loop;
  end if;
end
$$;
alter function ticket_grant(uuid[], uuid[], uuid[], bytea[], smallint[], text[]) owner to tnm_ledger;
grant execute on function ticket_grant(uuid[], uuid[], uuid[], bytea[], smallint[], text[]) to tnm_public;
