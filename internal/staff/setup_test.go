package staff_test

import (
	"crypto/rand"
	"testing"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/staff"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

const password = "correct horse battery"

type bundle struct {
	*testkit.Bundle
	clock     *clock.Fake
	db        *postgres.DB
	owner     *postgres.DB
	directory *organization.Directory
	service   *staff.Service // as the program
	operator  *staff.Service // as the owner's account
	// Two organizations with an administrator each, and an editor of the first.
	toshima, bunkyo organization.Ref
	admin, editor   staff.Member
	foreign         staff.Member
}

var (
	oldKey = []byte("the first key of the staff tests")
	newKey = []byte("their second key, after rotation")
)

func setup(t *testing.T) *bundle {
	t.Helper()
	b := &bundle{Bundle: testkit.Database(t), clock: clock.NewFake(time.Date(2026, 4, 1, 3, 0, 0, 0, time.UTC))}
	b.db = testkit.Open(t, postgres.Options{URL: b.LoginURL, Public: 2, Staff: 4, Clock: b.clock})
	b.owner = testkit.Open(t, postgres.Options{URL: b.OwnerURL, Operator: 2, Clock: b.clock})
	b.directory = organization.NewDirectory(b.db)
	b.service = b.serve(t, oldKey)
	b.operator = staff.NewService(b.owner, organization.NewDirectory(b.owner), keys(t, oldKey), rand.Reader)
	refs, err := organization.NewService(b.owner, b.directory).Establish(t.Context(), []organization.Input{
		{Kind: organization.Municipality, Slug: "toshima", Code: "131164", Name: "豊島区"},
		{Kind: organization.Municipality, Slug: "bunkyo", Code: "131059", Name: "文京区"},
	})
	if err != nil {
		t.Fatal(err)
	}
	b.toshima, b.bunkyo = refs[0], refs[1]
	b.admin = b.add(t, b.toshima, "admin@toshima.example.jp", staff.Admin)
	b.editor = b.add(t, b.toshima, "editor@toshima.example.jp", staff.Editor)
	b.foreign = b.add(t, b.bunkyo, "admin@bunkyo.example.jp", staff.Admin)
	return b
}

func keys(t *testing.T, raw ...[]byte) *secret.Keys {
	t.Helper()
	k, err := secret.NewKeys(raw...)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// serve is another process of the program, with caches of its own.
func (b *bundle) serve(t *testing.T, raw ...[]byte) *staff.Service {
	t.Helper()
	return staff.NewService(b.db, organization.NewDirectory(b.db), keys(t, raw...), rand.Reader)
}

func (b *bundle) add(t *testing.T, org organization.Ref, email string, role staff.Role) staff.Member {
	t.Helper()
	m, err := b.operator.AddOperator(t.Context(), org.ID, email, "担当", role, password)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// token issues one that lives for a day.
func (b *bundle) token(t *testing.T, m staff.Member) staff.Issued {
	t.Helper()
	issued, err := b.operator.IssueTokenOperator(
		t.Context(),
		m.OrganizationID,
		m.ID,
		"試験",
		b.clock.Now().Add(24*time.Hour),
	)
	if err != nil {
		t.Fatal(err)
	}
	return issued
}

func (b *bundle) session(org organization.Ref, m staff.Member) staff.Session {
	return staff.Session{Organization: org, Member: m}
}

func (b *bundle) count(t *testing.T, sql string, args ...any) (n int) {
	t.Helper()
	if err := b.Pool(t).QueryRow(t.Context(), "select count(*) from "+sql, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func fields(err error) (names []string) {
	if f, ok := fault.As(err); ok {
		for _, field := range f.Fields {
			names = append(names, field.Name+" "+field.Code)
		}
	}
	return names
}
