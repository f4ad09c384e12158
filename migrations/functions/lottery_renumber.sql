-- Gives an application that is not on a fixed list yet the number of its new secret.
-- It is in the database because only the ledger's role may write these rows, and callers no more of
-- them than this.
create or replace function lottery_renumber(mac bytea, new_number text) returns boolean
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare quota uuid;
begin
  select k.quota_id into quota from ticket k where k.secret_mac = $1 and k.status = 'applied';
  if found then
    perform from quota_counter c where c.quota_id = quota for update;
    update lottery_entry e set number = $2
    from ticket k, lottery_draw d
    where k.secret_mac = $1 and k.status = 'applied' and e.ticket_id = k.id and d.part_id = e.part_id
      and d.state = 'open';
  end if;
  return $1 is not null;
end
$$;
alter function lottery_renumber(bytea, text) owner to tnm_ledger;
grant execute on function lottery_renumber(bytea, text) to tnm_public;
