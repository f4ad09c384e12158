-- What was promised or published is never changed.
-- It is in the database because it is an invariant: it holds whichever statement makes the change.
create or replace function lottery_draw_goes_forward() returns trigger
  language plpgsql set search_path = public, pg_temp
as $$
begin
  if (new.part_id, new.commitment, new.seed) is distinct from (old.part_id, old.commitment, old.seed)
     or array_position(array['open', 'closed', 'drawn'], new.state)
          <> array_position(array['open', 'closed', 'drawn'], old.state) + 1
     or old.state = 'closed' and (new.list_digest, new.entries, new.pool_quotas, new.pool_seats, new.closed_at)
          is distinct from (old.list_digest, old.entries, old.pool_quotas, old.pool_seats, old.closed_at) then
    raise exception using errcode = 'check_violation', constraint = 'lottery_draw_goes_forward',
      message = 'a draw only goes forward';
  end if;
  return new;
end
$$;

create trigger lottery_draw_goes_forward before update on lottery_draw
  for each row execute function lottery_draw_goes_forward();
