package testkit

import (
	"cmp"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tonarimachi/tonarimachi/internal/clock"
)

// EventOptions describe an event with one occurrence. The zero value is a published in-person event
// ten days from today, 14:00 to 16:00 in Tokyo, with one part that takes reservations and one quota
// of twenty seats.
type EventOptions struct {
	Title      string
	Kind       string // ibasho unless told
	Status     string // published unless told
	Visibility string // public unless told

	OccurrenceStatus string // scheduled unless told
	StartsAt         time.Time
	Length           time.Duration // two hours unless told
	Parts            []PartOptions
}

// PartOptions describe a part; it spans the whole occurrence.
type PartOptions struct {
	Reservation       string // seat unless told
	OpensAt, ClosesAt time.Time
	// JoiningLink is an https address that holders of an online ticket see from LinkOpensBefore the
	// start on.
	JoiningLink     string
	Phone           string // how to take part by telephone when the link fails
	LinkOpensBefore time.Duration
	Quotas          []QuotaOptions
}

// QuotaOptions describe a quota; Capacity 0 means no seats.
type QuotaOptions struct {
	Channel  string // in_person unless told
	Capacity int
	MaxSeats int // 4 unless told
}

// Event is what NewEvent made.
type Event struct {
	ID, OrganizationID, OccurrenceID uuid.UUID
	StartsAt, EndsAt                 time.Time
	Parts                            []Part
}

// Part is a part of an Event.
type Part struct {
	ID     uuid.UUID
	Quotas []uuid.UUID
}

// Quota is the first quota of the first part.
func (e Event) Quota() uuid.UUID { return e.Parts[0].Quotas[0] }

// municipalities counts up to the codes, in a range that no prefecture has.
var municipalities atomic.Int64

// NewOrganization makes a municipality. pool must be a superuser's, as Bundle.Pool is.
func NewOrganization(t testing.TB, pool *pgxpool.Pool, slug string) uuid.UUID {
	t.Helper()
	return insert(
		t,
		pool,
		`insert into organization (kind, slug, code, name) values ('municipality', $1, $2, $3) returning id`,
		slug,
		municipalityCode(90000+municipalities.Add(1)%10000),
		slug,
	)
}

var members atomic.Int64

// NewStaff makes a member of an organization: editor, publisher or admin. pool must be a
// superuser's, as Bundle.Pool is.
func NewStaff(t testing.TB, pool *pgxpool.Pool, organization uuid.UUID, role string) uuid.UUID {
	t.Helper()
	return insert(
		t,
		pool,
		`insert into staff (organization_id, email, password_hash, role) values ($1, $2, 'x', $3) returning id`,
		organization,
		fmt.Sprintf("%s%d@staff.example.jp", role, members.Add(1)),
		role,
	)
}

func municipalityCode(five int64) string {
	digits, sum := fmt.Sprintf("%05d", five), 0
	for i, d := range digits {
		sum += int(d-'0') * (6 - i)
	}
	return fmt.Sprintf("%s%d", digits, (11-sum%11)%10)
}

// NewEvent makes an event of an organization. pool must be a superuser's, as Bundle.Pool is.
func NewEvent(t testing.TB, pool *pgxpool.Pool, organization uuid.UUID, o EventOptions) Event {
	t.Helper()
	e := Event{OrganizationID: organization, StartsAt: o.StartsAt}
	if e.StartsAt.IsZero() {
		e.StartsAt = clock.Today(clock.System()).AddDays(10).At(14, 0)
	}
	e.EndsAt = e.StartsAt.Add(cmp.Or(o.Length, 2*time.Hour))
	if o.Parts == nil {
		o.Parts = []PartOptions{{}}
	}
	e.ID = insert(
		t,
		pool,
		`
		insert into event (organization_id, status, visibility, kind, title, published_at, cancelled_at)
		values ($1, $2::text, $3, $4, $5, case when $2 in ('published', 'cancelled') then now() end, case
		  when $2 = 'cancelled' then now() end) returning id`,
		organization,
		cmp.Or(o.Status, "published"),
		cmp.Or(o.Visibility, "public"),
		cmp.Or(o.Kind, "ibasho"),
		cmp.Or(o.Title, "お茶の会"),
	)
	e.OccurrenceID = insert(t, pool, `
		insert into occurrence (organization_id, event_id, status, starts_at, ends_at, place_kind, place_name,
		  cancelled_at)
		values ($1, $2, $3::text, $4, $5, 'both', '公民館', case when $3 = 'cancelled' then now() end) returning id`,
		organization, e.ID, cmp.Or(o.OccurrenceStatus, "scheduled"), e.StartsAt, e.EndsAt)
	for i, p := range o.Parts {
		e.Parts = append(e.Parts, newPart(t, pool, e, i, p))
	}
	return e
}

func newPart(t testing.TB, pool *pgxpool.Pool, e Event, position int, o PartOptions) Part {
	t.Helper()
	part := Part{ID: insert(
		t,
		pool,
		`
		insert into part (organization_id, event_id, occurrence_id, position, starts_at, ends_at, reservation,
		  opens_at, closes_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning id`,
		e.OrganizationID,
		e.ID,
		e.OccurrenceID,
		position,
		e.StartsAt,
		e.EndsAt,
		cmp.Or(o.Reservation, "seat"),
		instant(o.OpensAt),
		instant(o.ClosesAt),
	)}
	if o.JoiningLink != "" {
		insert(
			t,
			pool,
			`insert into joining_link (organization_id, event_id, part_id, url, opens_before, phone)
				values ($1, $2, $3, $4, $5, $6) returning part_id`,
			e.OrganizationID,
			e.ID,
			part.ID,
			o.JoiningLink,
			o.LinkOpensBefore,
			o.Phone,
		)
	}
	if o.Quotas == nil {
		o.Quotas = []QuotaOptions{{Capacity: 20}}
	}
	for i, q := range o.Quotas {
		id := insert(t, pool, `
			insert into quota (organization_id, event_id, occurrence_id, part_id, position, channel, max_seats)
			  values ($1, $2, $3, $4, $5, $6, $7) returning id`,
			e.OrganizationID, e.ID, e.OccurrenceID, part.ID, i, cmp.Or(q.Channel, "in_person"), cmp.Or(q.MaxSeats, 4))
		insert(
			t,
			pool,
			`insert into quota_counter (organization_id, event_id, occurrence_id, quota_id, capacity)
				values ($1, $2, $3, $4, $5) returning quota_id`,
			e.OrganizationID,
			e.ID,
			e.OccurrenceID,
			id,
			q.Capacity,
		)
		part.Quotas = append(part.Quotas, id)
	}
	return part
}

// instant is NULL for the zero time.
func instant(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t
}

func insert(t testing.TB, pool *pgxpool.Pool, statement string, args ...any) uuid.UUID {
	t.Helper()
	var id uuid.UUID
	if err := pool.QueryRow(t.Context(), statement, args...).Scan(&id); err != nil {
		t.Fatalf("seed: %v", err)
	}
	return id
}
