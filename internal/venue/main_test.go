package venue

import (
	"errors"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/staff"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// kit is one test's ground: two towns in a partnership, and a third beside it.
type kit struct {
	*testing.T
	bundle              *testkit.Bundle
	admin               *pgxpool.Pool
	clock               *clock.Fake
	db, owner           *postgres.DB
	service             *Service
	kita, minami, nishi staff.Author
	directory           *organization.Directory
}

func setup(t *testing.T) *kit {
	t.Helper()
	b := testkit.Database(t)
	k := &kit{T: t, bundle: b, admin: b.Pool(t), clock: clock.NewFake(day("2026-11-24").At(10, 0))}
	k.db = testkit.Open(t, postgres.Options{URL: b.LoginURL, Public: 4, Staff: 4, Worker: 2, Clock: k.clock})
	k.owner = testkit.Open(t, postgres.Options{URL: b.OwnerURL, Operator: 1, Clock: k.clock})
	for slug, author := range map[string]*staff.Author{"kita": &k.kita, "minami": &k.minami, "nishi": &k.nishi} {
		*author = staff.Author{
			Organization: testkit.NewOrganization(t, k.admin, slug),
			Actor:        postgres.StaffActor(uuid.New()),
		}
	}
	k.exec(`insert into partnership (slug, name) values ('ux', '連携')`)
	k.exec(
		`insert into partnership_member (partnership_id, organization_id) select p.id, o.id
			from partnership p, organization o where o.slug in ('kita', 'minami')`,
	)
	k.directory = organization.NewDirectory(k.db)
	k.service = NewService(k.db, k.directory)
	return k
}

func (k *kit) exec(sql string, args ...any) {
	k.Helper()
	if _, err := k.admin.Exec(k.Context(), sql, args...); err != nil {
		k.Fatal(err)
	}
}

func (k *kit) number(sql string, args ...any) (n int) {
	k.Helper()
	if err := k.admin.QueryRow(k.Context(), sql, args...).Scan(&n); err != nil {
		k.Fatal(err)
	}
	return n
}

func (k *kit) want(what string, err, want error) {
	k.Helper()
	if !errors.Is(err, want) {
		k.Errorf("%s: %v, want %v", what, err, want)
	}
}

// building is an open facility of kita with a hall that can be halved and a foyer.
func (k *kit) building() Facility {
	k.Helper()
	f, err := k.service.CreateFacility(k.Context(), k.kita, FacilityInput{
		Name:     "区民センター",
		AreaCode: "131164",
		Address:  "東京都豊島区1-1",
		Hours:    hall(),
		Spaces:   []Space{{Name: "A面"}, {Name: "B面"}, {Name: "ホワイエ"}},
	})
	if err != nil {
		k.Fatal(err)
	}
	if f, err = k.service.OpenFacility(k.Context(), k.kita, f.ID); err != nil {
		k.Fatal(err)
	}
	return f
}

func (k *kit) room(f Facility, name string, openTo OpenTo, spaces ...RoomSpace) Room {
	k.Helper()
	in := RoomInput{
		Name:     name,
		Capacity: 40,
		Spaces:   spaces,
		Uses:     blocks(),
		OpenTo:   openTo,
		Terms:    []Term{{Who: Own, OpensMonths: 3}},
	}
	if openTo != OpenToOwn {
		in.Partnerships = []string{"ux"}
	}
	r, err := k.service.CreateRoom(k.Context(), k.kita, f.ID, in)
	if err != nil {
		k.Fatal(err)
	}
	if r, err = k.service.OpenRoom(k.Context(), k.kita, r.ID); err != nil {
		k.Fatal(err)
	}
	return r
}
