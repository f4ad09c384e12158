package contact

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/retention"
)

// readWays gives what the worker said that it can send; nothing before one has run.
func readWays(ctx context.Context, tx *postgres.Tx) (mail bool, pushKey []byte, err error) {
	err = tx.Pgx.QueryRow(ctx, `select mail, push_key from contact_store`).Scan(&mail, &pushKey)
	if postgres.NoRows(err) {
		return false, nil, nil
	}
	return mail, pushKey, err
}

func readDates(ctx context.Context, tx *postgres.Tx, event uuid.UUID) (map[uuid.UUID]bool, error) {
	rows, err := tx.Pgx.Query(
		ctx,
		`select occurrence_id from contact_key where event_id = $1 and destroyed_on is null`,
		event,
	)
	if err != nil {
		return nil, err
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return nil, err
	}
	dates := make(map[uuid.UUID]bool, len(ids))
	for _, id := range ids {
		dates[id] = true
	}
	return dates, nil
}

// addressee is whose contact is to be sealed, and for which key.
type addressee struct {
	ticket, key uuid.UUID
	active      bool
	public      []byte
}

func readAddressee(ctx context.Context, tx *postgres.Tx, mac []byte) (addressee, error) {
	var a addressee
	var key *uuid.UUID
	err := tx.Pgx.QueryRow(
		ctx,
		`select ticket_id, active, key_id, key from ticket_contact_key($1)`,
		mac,
	).Scan(
		&a.ticket,
		&a.active,
		&key,
		&a.public,
	)
	if postgres.NoRows(err) {
		return addressee{}, nil
	}
	if key != nil {
		a.key = *key
	}
	return a, err
}

func putSealed(
	ctx context.Context,
	tx *postgres.Tx,
	mac []byte,
	key uuid.UUID,
	sealed []byte,
) (outcome string, err error) {
	err = tx.Pgx.QueryRow(ctx, `select ticket_contact_put($1, $2, $3)`, mac, key, sealed).Scan(&outcome)
	return outcome, err
}

func removeSealed(ctx context.Context, tx *postgres.Tx, mac []byte) (outcome string, err error) {
	err = tx.Pgx.QueryRow(ctx, `select ticket_contact_remove($1)`, mac).Scan(&outcome)
	return outcome, err
}

// lockKeys lets one worker at a time make or destroy keys, in the folder as in the table.
func lockKeys(ctx context.Context, tx *postgres.Tx) error {
	_, err := tx.Pgx.Exec(ctx, `select pg_advisory_xact_lock(hashtextextended('tonarimachi contact keys', 0))`)
	return err
}

func readStore(ctx context.Context, tx *postgres.Tx) (id uuid.UUID, found bool, err error) {
	err = tx.Pgx.QueryRow(ctx, `select id from contact_store`).Scan(&id)
	if postgres.NoRows(err) {
		return uuid.Nil, false, nil
	}
	return id, err == nil, err
}

func writeStore(ctx context.Context, tx *postgres.Tx, id uuid.UUID, mail bool, pushKey []byte) error {
	_, err := tx.Pgx.Exec(ctx, `
		insert into contact_store (id, mail, push_key) values ($1, $2, $3)
		on conflict (single) do update set id = excluded.id, mail = excluded.mail, push_key = excluded.push_key`,
		id,
		mail,
		pushKey,
	)
	return err
}

// date is one that needs a key, or has one.
type date struct {
	Organization, Event, ID uuid.UUID
}

// datesWithoutKey are those of published events for which seats, slots or lots can be asked for
// from a day before registration opens on.
func datesWithoutKey(ctx context.Context, tx *postgres.Tx, most int) ([]date, error) {
	rows, err := tx.Pgx.Query(ctx, `
		select o.organization_id, o.event_id, o.id
		from occurrence o join event e on e.id = o.event_id
		where o.ends_at > $1 and o.status = 'scheduled' and e.status = 'published'
		  and exists (select from part p where p.occurrence_id = o.id and p.reservation <> 'none'
		  and coalesce(p.opens_at < $1 + interval '1 day', true)
		    and coalesce(p.closes_at, p.starts_at) > $1)
		  and not exists (select from contact_key k where k.occurrence_id = o.id)
		order by o.ends_at limit $2`, tx.Now, most)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[date])
}

func insertKey(ctx context.Context, tx *postgres.Tx, d date, public []byte) error {
	_, err := tx.Pgx.Exec(
		ctx,
		`insert into contact_key (organization_id, event_id, occurrence_id, public_key) values ($1, $2, $3, $4)`,
		d.Organization,
		d.Event,
		d.ID,
		public,
	)
	return err
}

func liveKeys(ctx context.Context, tx *postgres.Tx) ([]uuid.UUID, error) {
	rows, err := tx.Pgx.Query(ctx, `select occurrence_id from contact_key where public_key is not null`)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
}

// overKeys are those of dates whose tickets are not kept any longer either.
func overKeys(ctx context.Context, tx *postgres.Tx) ([]uuid.UUID, error) {
	rows, err := tx.Pgx.Query(ctx, `
		select k.occurrence_id from contact_key k join occurrence o on o.id = k.occurrence_id
		where k.public_key is not null and occurrence_kept_until(o, $1, $2) < $3`,
		retention.AfterDate,
		retention.AfterPutOffDate,
		tx.Now,
	)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
}

// retireKeys writes down that keys are gone, and deletes what they sealed.
func retireKeys(ctx context.Context, tx *postgres.Tx, keys []uuid.UUID) error {
	if _, err := tx.Pgx.Exec(ctx, `
		update contact_key set public_key = null, destroyed_on = (app_now() at time zone 'Asia/Tokyo')::date
		where occurrence_id = any ($1) and public_key is not null`, keys); err != nil {
		return fmt.Errorf("retire keys: %w", err)
	}
	if _, err := tx.Pgx.Exec(ctx, `delete from ticket_contact where key_id = any ($1)`, keys); err != nil {
		return fmt.Errorf("delete contacts: %w", err)
	}
	return nil
}

// forgetKeys takes keys out of the table whose private halves are lost, so that others are made.
func forgetKeys(ctx context.Context, tx *postgres.Tx) (int, error) {
	if _, err := tx.Pgx.Exec(ctx, `delete from ticket_contact`); err != nil {
		return 0, fmt.Errorf("delete contacts: %w", err)
	}
	tag, err := tx.Pgx.Exec(ctx, `delete from contact_key where public_key is not null`)
	if err != nil {
		return 0, fmt.Errorf("forget keys: %w", err)
	}
	return int(tag.RowsAffected()), nil
}
