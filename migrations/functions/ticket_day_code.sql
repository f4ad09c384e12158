-- Gives the ticket its day code for the first time, or tells which turn it has. codes: the MACs of
-- the digits of that turn, the one to store first.
-- outcome: set, taken (another ticket of the date has these digits), early, over, not_confirmed,
-- unknown.
-- It is in the database because only the ledger's role may write these rows, and callers no more of
-- them than this.
create or replace function ticket_day_code(mac bytea, turn smallint, codes bytea[], out outcome text,
  out now_turn smallint)
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare t record;
begin
  select k.id, k.status, k.occurrence_id, k.day_code_mac, k.day_code_turn, p.starts_at, p.ends_at into t
  from ticket k join part p on p.id = k.part_id where k.secret_mac = $1 for update of k;
  if not found then
    outcome := 'unknown';
  elsif t.status <> 'confirmed' then
    outcome := 'not_confirmed';
  elsif app_now() >= t.ends_at + interval '6 hours' then
    outcome := 'over';
  elsif app_now()
      < (date_trunc('day', t.starts_at at time zone 'Asia/Tokyo') - interval '1 day') at time zone 'Asia/Tokyo' then
    outcome := 'early';
  elsif t.day_code_mac is not null then
    outcome := 'set';
    now_turn := t.day_code_turn;
  elsif exists (select from ticket k where k.occurrence_id = t.occurrence_id and k.day_code_mac = any ($3)) then
    outcome := 'taken';
  else
    update ticket k set day_code_mac = $3[1], day_code_turn = $2 where k.id = t.id;
    outcome := 'set';
    now_turn := $2;
  end if;
exception when unique_violation then
  outcome := 'taken'; -- another ticket got these digits at this moment
end
$$;
alter function ticket_day_code(bytea, smallint, bytea[]) owner to tnm_ledger;
grant execute on function ticket_day_code(bytea, smallint, bytea[]) to tnm_public;
