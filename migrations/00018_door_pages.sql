-- +goose Up
-- How to take part in an online part by telephone when its link does not work. Holders of a confirmed online ticket read it under the link's own rule;
-- on their ticket {番号} is the ticket's day code, so the row is the same for all of them and nobody else has the digits.
alter table joining_link
  add column phone text not null default '',
  add constraint joining_link_phone_length check (length(phone) <= 1000);
grant update (phone) on joining_link to tnm_staff;

-- +goose Down
alter table joining_link drop constraint joining_link_phone_length, drop column phone;
