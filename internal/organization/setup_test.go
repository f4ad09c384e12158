package organization_test

import (
	"testing"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

type bundle struct {
	*testkit.Bundle
	clock     *clock.Fake
	db        *postgres.DB // as the program
	directory *organization.Directory
	service   *organization.Service
	operator  *organization.Service // as the owner's account
}

func setup(t *testing.T) *bundle {
	t.Helper()
	b := &bundle{Bundle: testkit.Database(t), clock: clock.NewFake(time.Date(2026, 4, 1, 3, 0, 0, 0, time.UTC))}
	b.db = testkit.Open(t, postgres.Options{URL: b.LoginURL, Public: 4, Staff: 4, Clock: b.clock})
	owner := testkit.Open(t, postgres.Options{URL: b.OwnerURL, Operator: 4, Clock: b.clock})
	b.directory = organization.NewDirectory(b.db)
	b.service = organization.NewService(b.db, b.directory)
	b.operator = organization.NewService(owner, b.directory)
	return b
}

var (
	toshima = organization.Input{
		Kind:     organization.Municipality,
		Slug:     "toshima",
		Code:     "131164",
		Name:     "豊島区",
		Kana:     "としまく",
		English:  "Toshima City",
		Position: 4,
	}
	bunkyo = organization.Input{
		Kind:     organization.Municipality,
		Slug:     "bunkyo",
		Code:     "131059",
		Name:     "文京区",
		Kana:     "ぶんきょうく",
		Position: 2,
	}
	wakate = organization.Input{
		Kind:         organization.PartnerGroup,
		Slug:         "wakamono",
		Name:         "としま若者応援ネットワーク",
		Area:         "南大塚",
		RegisteredBy: "toshima",
	}
)

func (b *bundle) establish(t *testing.T, in ...organization.Input) []organization.Ref {
	t.Helper()
	refs, err := b.operator.Establish(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return refs
}

// count counts with a superuser's eyes.
func (b *bundle) count(t *testing.T, sql string, args ...any) (n int) {
	t.Helper()
	if err := b.Pool(t).QueryRow(t.Context(), "select count(*) from "+sql, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
