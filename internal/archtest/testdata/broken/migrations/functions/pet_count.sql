-- needs: pet_valid, pet_named, pet_called, pet_has_a_long_name_that_takes_the_list_beyond_the_columns_of_comments
-- A comment that goes on for longer than a reader's eye, which is wider than comments may ever be here.
create or replace function pet_count() returns integer language sql as $$ select count(*)::int from pet where name <> '' $$;
