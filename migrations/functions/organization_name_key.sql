-- A name as the eye takes it: width, case, spaces, points, strokes that look alike, and forms of
-- incorporation make no difference. The same name gives the same text.
-- It is in the database because constraints, policies or other functions share the rule.
create or replace function organization_name_key(name text) returns text
  language sql immutable strict parallel safe set search_path = pg_catalog, pg_temp
as $$
  select translate(
    regexp_replace(
      regexp_replace(lower(normalize(name, NFKC)),
        '[[:space:][:cntrl:]\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f'
          '\u3164\ufe00-\ufe0f\ufeff・･.,、。''"!?()（）「」『』【】]',
        '', 'g'),
      '株式会社|有限会社|合同会社|特定非営利活動法人|npo法人|(一般|公益)?(社団|財団)法人|社会福祉法人|医療法人', '', 'g'),
    -- what looks like the letter at the same place below
    'ー一―‐‑‒–—−〜~_' || 'ロ囗' || 'カ' || 'ニ' || 'ハ' || 'ヘべぺ' || 'リ' || 'タ' || 'エ' || 'ト' || 'チ' || 'オ' || 'ソ' || 'ノ' ||
      'メ' || 'イ' || 'ム' || '0оοо' || '1i|іιǀ' || 'аα' || 'еε' || 'рρ' || 'с' || 'у' || 'хχ' || 'ѕ' || 'ј' || 'һ' ||
      'ԁ' || 'кκ' || 'νѵ' || 'тτ' || 'мμ' || 'н' || 'в',
    '------------' || '口口' || '力' || '二' || '八' || 'へベペ' || 'り' || '夕' || '工' || '卜' || '千' || '才' || 'ン' || '丿' ||
      '乂' || '亻' || '厶' || 'oooo' || 'llllll' || 'aa' || 'ee' || 'pp' || 'c' || 'y' || 'xx' || 's' || 'j' || 'h' ||
      'd' || 'kk' || 'vv' || 'tt' || 'mm' || 'h' || 'b')
$$;
grant execute on function organization_name_key(text) to tnm_public, tnm_staff, tnm_worker, tnm_operator, tnm_ledger;
