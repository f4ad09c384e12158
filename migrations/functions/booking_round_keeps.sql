-- Keeps the floor of the round's rooms: whole where one of them takes it whole, in common
-- otherwise.
-- It is in the database because what it writes must follow every change, in the same transaction,
-- whoever makes it.
create or replace function booking_round_keeps() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  insert into booking_round_space as k (round_id, space_id, span, taker)
  select new.round_id, s.space_id, r.span,
    case when s.exclusive then new.round_id else '00000000-0000-0000-0000-000000000000' end
  from room_space s join booking_round r on r.id = new.round_id where s.room_id = new.room_id
  on conflict on constraint booking_round_space_pkey do update set taker = excluded.taker
    where excluded.taker = excluded.round_id and k.taker <> excluded.taker;
  return null;
end
$$;
alter function booking_round_keeps() owner to tnm_ledger;

create trigger booking_round_keeps after insert on booking_round_room
  for each row execute function booking_round_keeps();
