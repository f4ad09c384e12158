-- +goose Up
-- Lists begin with what has not ended, so the index that they walk knows ends too. Few dates go on for more than a day; lists look for them apart.
create index occurrence_ahead_idx on occurrence (starts_at, id) include (event_id, ends_at) where listed;
create index occurrence_long_idx on occurrence (ends_at) include (starts_at) where listed and ends_at - starts_at > interval '1 day';
drop index occurrence_upcoming_idx;

-- +goose Down
create index occurrence_upcoming_idx on occurrence (starts_at, id) include (event_id) where listed;
drop index occurrence_long_idx;
drop index occurrence_ahead_idx;
