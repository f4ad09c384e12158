package draw

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/tonarimachi/tonarimachi/internal/lottery"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/ticket/query"
)

type store struct{ query.Runner }

// One statement, so that draw and list are of one moment.
const sqlDraw = `
	select d.event_id, d.occurrence_id, d.part_id,
	  case
	    when d.state = 'drawn' then 'drawn'
	    when e.status = 'cancelled' or o.status = 'cancelled' or app_now() >= p.ends_at and o.status <> 'postponed'
	    then 'not_held'
	    when d.state = 'open' and app_now() >= coalesce(p.closes_at, p.starts_at) and o.status = 'scheduled'
	    then 'closing'
	    else d.state
	  end,
	  o.status = 'postponed', p.opens_at, coalesce(p.closes_at, p.starts_at), coalesce(p.draws_at, p.closes_at,
	  p.starts_at),
	  d.commitment, d.revealed, d.list_digest, coalesce(d.entries, 0), d.pool_quotas, d.pool_seats, d.closed_at,
	  d.drawn_at,
	  l.numbers, l.seats, l.quotas, l.outcomes
	from lottery_draw d join part p on p.id = d.part_id join occurrence o on o.id = d.occurrence_id
	  join event e on e.id = d.event_id
	cross join lateral (
	  select array_agg(x.number order by x.number) as numbers, array_agg(x.seats order by x.number) as seats,
	    array_agg(x.quota_id order by x.number) as quotas, array_agg(coalesce(x.outcome, '')
	    order by x.number) as outcomes
	  from lottery_published(d.event_id, d.part_id) x) l
	where d.event_id = $1 and d.part_id = $2 and e.listed`

// published gives what the public sees of a draw.
func (s store) published(ctx context.Context, eventID, partID uuid.UUID) (Draw, error) {
	var (
		d                        Draw
		entries                  int
		commitment, seed, digest []byte
		poolQuotas, quotas       []uuid.UUID
		poolSeats, seats         []int
		numbers                  []string
		outcomes                 []Outcome
	)
	found := true
	batch := s.Anybody(s.Now())
	batch.Queue(sqlDraw, eventID, partID).QueryRow(func(row pgx.Row) error {
		err := row.Scan(
			&d.EventID,
			&d.OccurrenceID,
			&d.PartID,
			&d.State,
			&d.PutOff,
			&d.OpensAt,
			&d.ClosesAt,
			&d.DrawsAt,
			&commitment,
			&seed,
			&digest,
			&entries,
			&poolQuotas,
			&poolSeats,
			&d.FixedAt,
			&d.DrawnAt,
			&numbers,
			&seats,
			&quotas,
			&outcomes,
		)
		if errors.Is(err, pgx.ErrNoRows) {
			found = false
			return nil
		}
		return err
	})
	if err := s.Send(ctx, batch); err != nil {
		return Draw{}, query.Unavailable(fmt.Errorf("read draw: %w", err))
	}
	if !found {
		return Draw{}, ErrUnknown
	}
	d.Commitment = lottery.Digest(commitment)
	if digest == nil {
		return d, nil
	}
	sum := lottery.Digest(digest)
	d.Digest, d.Pools = &sum, poolsOf(poolQuotas, poolSeats)
	if seed != nil {
		d.Seed = lottery.Seed(seed).Reveal()
	}
	if d.Erased = len(numbers) != entries; d.Erased {
		return d, nil
	}
	list := lottery.List{Draw: partID.String(), Pools: d.Pools}
	byNumber := map[string]Entry{}
	for i, number := range numbers {
		e := Entry{Number: number, Seats: seats[i], QuotaID: quotas[i], Outcome: outcomes[i]}
		d.Entries, byNumber[number] = append(d.Entries, e), e
		list.Entries = append(
			list.Entries,
			lottery.Entry{Number: number, Size: e.Seats, Choices: []string{e.QuotaID.String()}},
		)
	}
	if d.List = list.Text(); list.Digest() != sum {
		return Draw{}, fmt.Errorf("read draw of part %s: the list is not the one whose digest was published", partID)
	}
	if seed != nil {
		for i, drawn := range lottery.Draw(list, lottery.Seed(seed), nil) {
			d.Entries[i] = byNumber[drawn.Number]
		}
	}
	return d, nil
}

func poolsOf(quotas []uuid.UUID, seats []int) []lottery.Pool {
	pools := make([]lottery.Pool, len(quotas))
	for i, q := range quotas {
		pools[i] = lottery.Pool{Name: q.String(), Seats: seats[i]}
	}
	return pools
}

// selectDue gives the steps that are due.
func selectDue(ctx context.Context, tx *postgres.Tx) ([]step, error) {
	rows, err := tx.Pgx.Query(ctx, `select part_id, state from lottery_due()`)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (st step, err error) {
		return st, row.Scan(&st.part, &st.state)
	})
}

// FixList closes the list of a part in the transaction given; false when somebody else did.
func FixList(ctx context.Context, tx *postgres.Tx, part uuid.UUID) (done bool, err error) {
	err = tx.Pgx.QueryRow(ctx, `select lottery_close($1)`, part).Scan(&done)
	return done, err
}

// openDraw gives the list of a part that is due to be drawn; found is false when none is.
func openDraw(ctx context.Context, tx *postgres.Tx, part uuid.UUID) (l *lots, found bool, err error) {
	var (
		seed, digest []byte
		quotas       []uuid.UUID
		seats        []int
	)
	const open = `select seed, list_digest, pool_quotas, pool_seats from lottery_open($1)`
	err = tx.Pgx.QueryRow(ctx, open, part).Scan(&seed, &digest, &quotas, &seats)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("open draw: %w", err)
	}
	l = &lots{
		list: lottery.List{
			Draw:  part.String(),
			Pools: poolsOf(quotas, seats),
		},
		seed:      lottery.Seed(seed),
		digest:    lottery.Digest(digest),
		withdrawn: map[string]bool{},
		tickets:   map[string]uuid.UUID{},
	}
	if err := l.read(ctx, tx, part); err != nil {
		return nil, false, fmt.Errorf("read list: %w", err)
	}
	return l, true, nil
}

// read fills in who applied.
func (l *lots) read(ctx context.Context, tx *postgres.Tx, part uuid.UUID) error {
	rows, err := tx.Pgx.Query(
		ctx,
		`select ticket_id, number, quota_id, seats, coalesce(outcome, '') from lottery_entries($1)`,
		part,
	)
	if err != nil {
		return err
	}
	var (
		ticket, quota uuid.UUID
		number        string
		size          int
		outcome       Outcome
	)
	_, err = pgx.ForEachRow(rows, []any{&ticket, &number, &quota, &size, &outcome}, func() error {
		l.list.Entries = append(
			l.list.Entries,
			lottery.Entry{Number: number, Size: size, Choices: []string{quota.String()}},
		)
		l.tickets[number], l.withdrawn[number] = ticket, outcome == OutcomeWithdrawn
		return nil
	})
	return err
}

// settleDraw gives seats to the winners, in their order, and to the others what the part's rules
// say.
func settleDraw(ctx context.Context, tx *postgres.Tx, part uuid.UUID, winners, others []uuid.UUID) error {
	if _, err := tx.Pgx.Exec(ctx, `select lottery_settle($1, $2, $3)`, part, winners, others); err != nil {
		return fmt.Errorf("settle draw: %w", err)
	}
	return nil
}
