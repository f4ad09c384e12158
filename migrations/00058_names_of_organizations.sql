-- +goose Up
-- A name as the eye takes it: width, case, spaces, points, strokes that look alike, and forms of incorporation make no difference. The same name gives the same text.
-- +goose StatementBegin
create function organization_name_key(name text) returns text
  language sql immutable strict parallel safe set search_path = pg_catalog, pg_temp
as $$
  select translate(
    regexp_replace(
      regexp_replace(lower(normalize(name, NFKC)), '[[:space:][:cntrl:]\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff・･.,、。''"!?()（）「」『』【】]', '', 'g'),
      '株式会社|有限会社|合同会社|特定非営利活動法人|npo法人|(一般|公益)?(社団|財団)法人|社会福祉法人|医療法人', '', 'g'),
    -- what looks like the letter at the same place below
    'ー一―‐‑‒–—−〜~_' || 'ロ囗' || 'カ' || 'ニ' || 'ハ' || 'ヘべぺ' || 'リ' || 'タ' || 'エ' || 'ト' || 'チ' || 'オ' || 'ソ' || 'ノ' || 'メ' || 'イ' || 'ム' || '0оοо' || '1i|іιǀ' || 'аα' || 'еε' || 'рρ' || 'с' || 'у' || 'хχ' || 'ѕ' || 'ј' || 'һ' || 'ԁ' || 'кκ' || 'νѵ' || 'тτ' || 'мμ' || 'н' || 'в',
    '------------' || '口口' || '力' || '二' || '八' || 'へベペ' || 'り' || '夕' || '工' || '卜' || '千' || '才' || 'ン' || '丿' || '乂' || '亻' || '厶' || 'oooo' || 'llllll' || 'aa' || 'ee' || 'pp' || 'c' || 'y' || 'xx' || 's' || 'j' || 'h' || 'd' || 'kk' || 'vv' || 'tt' || 'mm' || 'h' || 'b')
$$;
-- +goose StatementEnd
grant execute on function organization_name_key(text) to tnm_public, tnm_staff, tnm_worker, tnm_operator, tnm_ledger;

alter table organization
  add column name_key text not null generated always as (organization_name_key(name)) stored,
  -- Two municipalities may have one name (府中市), each with its own code; a partner group's is like nobody else's.
  add constraint organization_name_alike exclude using gist (
    name_key with =, (case when code is null then '(,)'::int4range else int4range(code::int, code::int, '[]') end) with &&),
  -- Names of ministries and towns are for those who have a code. Rows that stand are left.
  add constraint organization_name_reserved check (code is not null or name_key !~ '^([一-龥々ヶ-]{1,12}(都|道|府|県|市|区|町|村|郡)|.*(省|庁|委員会|役所|役場|内閣府|法務局|支所|出張所))$') not valid;

-- An organization doesn't rename itself: the operator does.
revoke update (name, kana, english) on organization from tnm_staff;

-- +goose Down
grant update (name, kana, english) on organization to tnm_staff;
alter table organization drop constraint organization_name_reserved, drop constraint organization_name_alike, drop column name_key;
drop function organization_name_key(text);
