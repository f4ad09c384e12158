package facilitylist

import (
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/i18n"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/staff"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
	"github.com/tonarimachi/tonarimachi/internal/venue"
	"github.com/tonarimachi/tonarimachi/web"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// bundle is one town with its list service.
type bundle struct {
	admin   *pgxpool.Pool
	service *Service
	by      staff.Author
	owner   organization.Ref
}

func setup(t *testing.T) *bundle {
	t.Helper()
	d := testkit.Database(t)
	b := &bundle{admin: d.Pool(t)}
	db := testkit.Open(t, postgres.Options{URL: d.LoginURL, Public: 1, Staff: 1,
		Clock: clock.NewFake(clock.NewDate(2026, 11, 24).At(10, 0))})
	b.by = staff.Author{
		Organization: testkit.NewOrganization(t, b.admin, "kita"),
		Actor:        postgres.StaffActor(uuid.New()),
	}
	directory := organization.NewDirectory(db)
	found, err := directory.TakesPart(t.Context(), "kita")
	if err != nil {
		t.Fatal(err)
	}
	b.owner = found.Ref()
	messages, err := i18n.Load(web.Messages)
	if err != nil {
		t.Fatal(err)
	}
	b.service = New(venue.NewService(db, directory), messages.Localizer(i18n.Japanese),
		"https://tonarimachi.example.jp/")
	return b
}

// ledger gives the actions of the ledger with their numbers, in the order of their names.
func (b *bundle) ledger(t *testing.T) []string {
	t.Helper()
	rows, err := b.admin.Query(t.Context(), `
		select action || ' ' || count(*) from audit_entry where subject_kind = 'facility' group by action
			order by action`)
	if err != nil {
		t.Fatal(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// An import writes what it does to each facility into the ledger, and a dry run writes nothing
// [C9].
func TestImportsAreInTheLedger(t *testing.T) {
	t.Parallel()
	const header, rows = "名称,所在地_連結表記\n", "区民ひろば,東京都豊島区1-1\n区民センター,東京都豊島区1-2\n"
	for name, c := range map[string]struct {
		options ImportOptions
		want    []string
	}{
		"drafts":  {ImportOptions{}, []string{"facility.create 2"}},
		"opened":  {ImportOptions{Open: true}, []string{"facility.create 2", "facility.open 2"}},
		"dry run": {ImportOptions{Open: true, DryRun: true}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			report, err := b.service.Import(t.Context(), b.by, b.owner, []byte(header+rows), c.options)
			if err != nil || len(report.Rows) != 2 || report.Rows[0].Outcome != Created {
				t.Fatalf("report %+v, %v", report, err)
			}
			if got := b.ledger(t); !slices.Equal(got, c.want) {
				t.Errorf("the ledger has %v, want %v", got, c.want)
			}
		})
	}
}
