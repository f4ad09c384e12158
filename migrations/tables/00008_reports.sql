-- needs: app_now, app_organization, municipality_code_valid

-- How often each answer was given for a date. No ticket, no order, no time; nobody but the
-- functions below reads it, and the row is gone as soon as its figure is released. Answers are
-- added in batches that wait until several have come together, see internal/report.
create table answer_counter (
  organization_id uuid not null,
  event_id        uuid not null,
  occurrence_id   uuid not null,
  question        text not null,
  answer          text not null,
  count           integer not null,
  constraint answer_counter_pkey primary key (occurrence_id, question, answer),
  constraint answer_counter_occurrence_fkey foreign key (organization_id, event_id, occurrence_id)
    references occurrence (organization_id, event_id, id) on delete cascade,
  constraint answer_counter_known check (case question
    when 'age' then answer in ('10s', '20s', '30s', '40s', '50s', '60s', '70s_up')
    when 'gender' then answer in ('woman', 'man', 'other')
    when 'standing' then answer in ('self', 'family', 'supporter')
    when 'home' then answer = 'elsewhere' or municipality_code_valid(answer)
    else false end),
  constraint answer_counter_count_range check (count between 1 and 1000000)
);

alter table answer_counter enable row level security;
alter table answer_counter force row level security;
create policy answer_counter_ledger on answer_counter to tnm_ledger using (true) with check (true);
grant select, insert, delete on answer_counter to tnm_ledger;
grant update (count) on answer_counter to tnm_ledger;

-- What came out of a date, once for each kind and never changed: seats taken when its registration
-- closed, people who came when it had ended. A figure is a multiple of five; 0 stands for the band
-- 0 to 7, null says that nobody counted. broken_down_in names the date with whose figures this
-- date's answers came out; null as long as too few people have come together.
create table report_release (
  organization_id uuid not null,
  event_id        uuid not null,
  occurrence_id   uuid not null,
  kind            text not null,
  figure          integer,
  released_on     date not null default (app_now() at time zone 'Asia/Tokyo')::date,
  broken_down_in  uuid,
  constraint report_release_pkey primary key (occurrence_id, kind),
  constraint report_release_occurrence_fkey foreign key (organization_id, event_id, occurrence_id)
    references occurrence (organization_id, event_id, id) on delete cascade,
  constraint report_release_kind_known check (kind in ('closed', 'ended')),
  constraint report_release_figure_form check (figure >= 0 and figure % 5 = 0 and figure <> 5),
  constraint report_release_broken_down_closed check (broken_down_in is null or kind = 'closed')
);
create index report_release_event_idx on report_release (event_id, kind);

alter table report_release enable row level security;
alter table report_release force row level security;
create policy report_release_ledger on report_release to tnm_ledger using (true) with check (true);
create policy report_release_hosts on report_release for select to tnm_staff
  using (organization_id = app_organization() or exists (
      select from event_organiser x where x.event_id = report_release.event_id and x.organiser_id = app_organization()
        and x.role in ('host', 'co_host') and x.approval = 'approved'));
grant select on report_release to tnm_staff;
grant select, insert on report_release to tnm_ledger;
grant update (broken_down_in) on report_release to tnm_ledger;

-- The answers to one question in one batch. The rows of a batch are the same whatever was answered,
-- so that a row tells nothing by being there.
create table report_figure (
  organization_id uuid not null,
  event_id        uuid not null,
  occurrence_id   uuid not null,
  question        text not null,
  answer          text not null,
  figure          integer not null,
  constraint report_figure_pkey primary key (occurrence_id, question, answer),
  constraint report_figure_release_fkey foreign key (organization_id, event_id, occurrence_id)
    references occurrence (organization_id, event_id, id) on delete cascade,
  constraint report_figure_question_known check (question in ('age', 'gender', 'standing', 'home')),
  constraint report_figure_answer_length check (length(answer) between 1 and 20),
  constraint report_figure_form check (figure >= 0 and figure % 5 = 0 and figure <> 5)
);
create index report_figure_event_idx on report_figure (event_id);

alter table report_figure enable row level security;
alter table report_figure force row level security;
create policy report_figure_ledger on report_figure to tnm_ledger using (true) with check (true);
create policy report_figure_hosts on report_figure for select to tnm_staff
  using (organization_id = app_organization() or exists (
      select from event_organiser x where x.event_id = report_figure.event_id and x.organiser_id = app_organization()
        and x.role in ('host', 'co_host') and x.approval = 'approved'));
grant select on report_figure to tnm_staff;
grant insert on report_figure to tnm_ledger;
