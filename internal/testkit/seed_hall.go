package testkit

import (
	"cmp"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
)

// HallOptions describe a facility whose hall divides: open every day from 9:00 to 21:30, times by
// the half hour.
type HallOptions struct {
	// Partners are the organizations of a partnership to which the rooms are open, besides their
	// owner.
	Partners []uuid.UUID
	Slug     string // of the partnership; towns unless told
	// Setup and Clearing are minutes around each use of a room.
	Setup, Clearing int
	// Terms are a JSON document as internal/venue reads it. Unless told, the owner needs no
	// approval, partners need one, and both may hold for three days.
	Terms string
	// Noise is what is between the two halves: "", warn or forbid.
	Noise string
}

// Hall is what NewHall made.
type Hall struct {
	FacilityID, Organization, Partnership uuid.UUID
	// A and B are halves that share a foyer; Whole is both and the foyer for itself; Tea is a room
	// apart for 10.
	A, B, Whole, Tea uuid.UUID
}

const hallTerms = `[{"who": "own", "opens_months": 12, "hold_days": 3},
	{"who": "partners", "opens_months": 6, "approvals": 1, "hold_days": 3, "cancel_days": 3, "payer": "partner"}]`

// NewHall makes a facility with its rooms, open. pool must be a superuser's.
func NewHall(t testing.TB, pool *pgxpool.Pool, organization uuid.UUID, o HallOptions) Hall {
	t.Helper()
	h := Hall{Organization: organization}
	slug := cmp.Or(o.Slug, "towns")
	if len(o.Partners) > 0 {
		h.Partnership = insert(
			t,
			pool,
			`insert into partnership (slug, name) values ($1, $1) on conflict (slug) do update
				set slug = excluded.slug returning id`,
			slug,
		)
		for _, member := range append([]uuid.UUID{organization}, o.Partners...) {
			if _, err := pool.Exec(
				t.Context(),
				`insert into partnership_member (partnership_id, organization_id) values ($1, $2)
					on conflict do nothing`,
				h.Partnership,
				member,
			); err != nil {
				t.Fatal(err)
			}
		}
	}
	h.FacilityID = insert(t, pool, `
		insert into facility (organization_id, status, name, area_code, address, hours)
		  values ($1, 'open', '市民会館', '131164', '東京都豊島区東池袋1-1',
		  '{"seasons": [{"week": {"mon": [{"from": "09:00", "to": "21:30"}], "tue": [{"from": "09:00",
		  "to": "21:30"}], "wed": [{"from": "09:00", "to": "21:30"}],
		    "thu": [{"from": "09:00", "to": "21:30"}], "fri": [{"from": "09:00", "to": "21:30"}],
		    "sat": [{"from": "09:00", "to": "21:30"}], "sun": [{"from": "09:00", "to": "21:30"}]}}]}')
		returning id`, organization)
	space := func(name string) uuid.UUID {
		return insert(
			t,
			pool,
			`insert into space (organization_id, facility_id, name) values ($1, $2, $3) returning id`,
			organization,
			h.FacilityID,
			name,
		)
	}
	a, b, foyer, tea := space("A面"), space("B面"), space("ホワイエ"), space("和室")
	type piece struct {
		space  uuid.UUID
		shared bool
	}
	room := func(name string, capacity int, pieces ...piece) uuid.UUID {
		tx, err := pool.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = tx.Rollback(t.Context()) }()
		openTo := "own"
		if len(o.Partners) > 0 {
			openTo = "partners"
		}
		var id uuid.UUID
		err = tx.QueryRow(
			t.Context(),
			`
			insert into room (organization_id, facility_id, status, open_to, name, capacity, noise, setup_minutes,
			  clearing_minutes, uses, fees, exemptions, terms)
			values ($1, $2, 'open', $3, $4, $5, 'loud', $6, $7, '{"mode": "grid", "grid_minutes": 30}',
			  '[{"payer": "partner", "name": "連携自治体", "hourly_yen": 800}]',
			  '[{"key": "welfare", "name": "福祉の催し", "percent": 50}]', $8) returning id`,
			organization,
			h.FacilityID,
			openTo,
			name,
			capacity,
			o.Setup,
			o.Clearing,
			cmp.Or(o.Terms, hallTerms),
		).Scan(&id)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range pieces {
			if _, err := tx.Exec(
				t.Context(),
				`insert into room_space (organization_id, facility_id, room_id, space_id, exclusive)
					values ($1, $2, $3, $4, $5)`,
				organization,
				h.FacilityID,
				id,
				p.space,
				!p.shared,
			); err != nil {
				t.Fatal(err)
			}
		}
		if len(o.Partners) > 0 {
			if _, err := tx.Exec(
				t.Context(),
				`insert into room_partnership (organization_id, room_id, partnership_id) values ($1, $2, $3)`,
				organization,
				id,
				h.Partnership,
			); err != nil {
				t.Fatal(err)
			}
		}
		if err := tx.Commit(t.Context()); err != nil {
			t.Fatal(err)
		}
		return id
	}
	h.A = room("ホールA面", 40, piece{space: a}, piece{foyer, true})
	h.B = room("ホールB面", 40, piece{space: b}, piece{foyer, true})
	h.Whole = room("ホール全面", 80, piece{space: a}, piece{space: b}, piece{space: foyer})
	h.Tea = room("和室", 10, piece{space: tea})
	if o.Noise != "" {
		if _, err := pool.Exec(
			t.Context(),
			`insert into room_neighbour (organization_id, facility_id, room_id, neighbour_id, rule)
				values ($1, $2, least($3::uuid, $4), greatest($3::uuid, $4), $5)`,
			organization,
			h.FacilityID,
			h.A,
			h.B,
			o.Noise,
		); err != nil {
			t.Fatal(err)
		}
	}
	return h
}
