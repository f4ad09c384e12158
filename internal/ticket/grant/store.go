package grant

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/ticket/query"
)

const sqlGrant = `
	select outcomes, free, most, organizations, occurrences, parts, links
	from ticket_grant($1::uuid[], $2::uuid[], $3::uuid[], $4::bytea[], $5::smallint[], $6::text[])`

// sqlGrantOnce is for batches with a secret that its caller made and may send again.
const sqlGrantOnce = `
	select outcomes, free, most, organizations, occurrences, parts, links
	from ticket_grant_once($1::uuid[], $2::uuid[], $3::uuid[], $4::bytea[], $5::smallint[], $6::text[],
	  $7::timestamptz[])`

type store struct{ query.Runner }

// outcomeName reads an outcome. There are a dozen, and a rush is told them by the thousand: known
// ones are not made anew.
type outcomeName Outcome

var outcomeNames = map[string]outcomeName{
	"granted":       "granted",
	"duplicate":     "duplicate",
	"full":          "full",
	"unknown":       "unknown",
	"not_needed":    "not_needed",
	"other_way":     "other_way",
	"not_accepting": "not_accepting",
	"not_open":      "not_open",
	"closed":        "closed",
	"too_many":      "too_many",
}

// ScanBytes is what pgx calls.
func (o *outcomeName) ScanBytes(text []byte) error {
	name, known := outcomeNames[string(text)]
	if !known {
		name = outcomeName(text)
	}
	*o = name
	return nil
}

// arguments are the arrays that ticket_grant takes, one entry a request. FlatArray goes to and from
// the database without reflection.
type arguments struct {
	events, quotas, ids pgtype.FlatArray[pgtype.UUID]
	macs                pgtype.FlatArray[[]byte]
	seats               pgtype.FlatArray[int16]
	nicknames           pgtype.FlatArray[pgtype.Text]
	askedAt             []pgtype.Timestamptz
	// once: a request has a secret of the caller's.
	once bool
}

func argumentsOf(requests []Request) arguments {
	n := len(requests)
	a := arguments{
		events:    make(pgtype.FlatArray[pgtype.UUID], n),
		quotas:    make(pgtype.FlatArray[pgtype.UUID], n),
		ids:       make(pgtype.FlatArray[pgtype.UUID], n),
		macs:      make(pgtype.FlatArray[[]byte], n),
		seats:     make(pgtype.FlatArray[int16], n),
		nicknames: make(pgtype.FlatArray[pgtype.Text], n),
		askedAt:   make([]pgtype.Timestamptz, n),
	}
	for i, r := range requests {
		a.events[i] = pgtype.UUID{Bytes: r.Event, Valid: true}
		a.quotas[i] = pgtype.UUID{Bytes: r.Quota, Valid: true}
		a.ids[i] = pgtype.UUID{Bytes: r.ID, Valid: true}
		a.macs[i], a.seats[i] = r.MAC, r.Seats
		a.nicknames[i] = pgtype.Text{String: r.Nickname, Valid: r.Nickname != ""}
		if !r.OwnSecret {
			a.askedAt[i], a.once = query.OrNull(r.AskedAt), true
		}
	}
	return a
}

// queue puts the call into a batch.
func (a arguments) queue(batch *pgx.Batch) *pgx.QueuedQuery {
	if a.once {
		return batch.Queue(sqlGrantOnce, a.events, a.quotas, a.ids, a.macs, a.seats, a.nicknames, a.askedAt)
	}
	return batch.Queue(sqlGrant, a.events, a.quotas, a.ids, a.macs, a.seats, a.nicknames)
}

// results are the arrays that it gives.
type results struct {
	outcomes                          pgtype.FlatArray[outcomeName]
	free                              pgtype.FlatArray[pgtype.Int4]
	most                              pgtype.FlatArray[pgtype.Int2]
	organizations, occurrences, parts pgtype.FlatArray[pgtype.UUID]
	links                             pgtype.FlatArray[bool]
}

func (r *results) scan(row pgx.Row) error {
	return row.Scan(&r.outcomes, &r.free, &r.most, &r.organizations, &r.occurrences, &r.parts, &r.links)
}

// grant judges requests in one transaction and gives one verdict each, in order.
func (s store) grant(ctx context.Context, requests []Request) ([]Verdict, error) {
	now := s.Now()
	var r results
	batch := s.Anybody(now)
	argumentsOf(requests).queue(batch).QueryRow(r.scan)
	if err := s.Send(ctx, batch); err != nil {
		return nil, fmt.Errorf("grant seats: %w", err)
	}
	if len(r.outcomes) != len(requests) {
		return nil, fmt.Errorf("grant seats: %d verdicts for %d requests", len(r.outcomes), len(requests))
	}
	verdicts, today := make([]Verdict, len(requests)), clock.DateOf(now)
	for i := range verdicts {
		verdicts[i] = Verdict{
			Outcome:      Outcome(r.outcomes[i]),
			Free:         int(r.free[i].Int32),
			Most:         int(r.most[i].Int16),
			Organization: r.organizations[i].Bytes,
			Occurrence:   r.occurrences[i].Bytes,
			Part:         r.parts[i].Bytes,
			On:           today,
			LinkIsOpen:   r.links[i],
		}
	}
	return verdicts, nil
}
