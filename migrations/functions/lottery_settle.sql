-- Gives the seats and tells the seed: winners and others are all that stand on the list and did not
-- withdraw, both in the order in which they were drawn. The others wait in that order when the part
-- keeps a line that has not ended. The counters' CHECK judges the sum.
-- It is in the database because a job's step reads and writes the same rows under one lock.
create or replace function lottery_settle(part uuid, winners uuid[], others uuid[]) returns void
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare
  d record;
  moved integer;
  n integer;
  lost text;
begin
  if not lottery_lock($1, 'closed') then
    raise exception using errcode = 'check_violation', constraint = 'lottery_draw_goes_forward',
      message = 'nothing to settle';
  end if;
  select k.organization_id, k.event_id, k.occurrence_id, p.waiting_list and app_now() < part_waits_until(p) as waits,
    (select count(*) from lottery_entry e where e.part_id = $1 and e.outcome is null) as pending into d
  from lottery_draw k join part p on p.id = k.part_id where k.part_id = $1;
  lost := case when d.waits then 'waiting' else 'not_drawn' end;
  update lottery_entry e set outcome = case when e.ticket_id = any ($2) then 'confirmed' else lost end
  where e.part_id = $1 and e.outcome is null and (e.ticket_id = any ($2) or e.ticket_id = any ($3));
  get diagnostics moved = row_count;
  if moved <> d.pending or moved <> cardinality($2) + cardinality($3) then
    raise exception using errcode = 'check_violation', constraint = 'lottery_list_fixed',
      message = 'the draw is of another list';
  end if;
  update ticket k set status = 'confirmed' where k.id = any ($2) and k.part_id = $1 and k.status = 'applied';
  get diagnostics moved = row_count;
  update ticket k
  set status = lost, nickname = case when d.waits then k.nickname end
  where k.id = any ($3) and k.part_id = $1 and k.status = 'applied';
  get diagnostics n = row_count;
  if moved <> cardinality($2) or n <> cardinality($3) then
    raise exception using errcode = 'check_violation', constraint = 'lottery_list_fixed',
      message = 'a ticket of the list is no application';
  end if;
  if d.waits then
    insert into ticket_wish (organization_id, event_id, quota_id, ticket_id, position)
    select d.organization_id, d.event_id, e.quota_id, e.ticket_id, nextval('ticket_wish_position')
    from (select x.id from unnest($3) with ordinality as x (id, place) order by x.place) o
    join lottery_entry e on e.ticket_id = o.id
    order by array_position($3, e.ticket_id);
  end if;
  update lottery_draw k set state = 'drawn', revealed = k.seed, drawn_at = app_now() where k.part_id = $1;
  perform event_touch(d.event_id, d.occurrence_id);
end
$$;
alter function lottery_settle(uuid, uuid[], uuid[]) owner to tnm_ledger;
grant execute on function lottery_settle(uuid, uuid[], uuid[]) to tnm_worker;
