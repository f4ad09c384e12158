package organization_test

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

const roster = `
municipalities:
  - {slug: toshima, code: "131164", name: 豊島区, kana: としまく, english: Toshima City}
  - {slug: bunkyo, code: "131059", name: 文京区}
partner_groups:
  - {slug: wakamono, name: としま若者応援ネットワーク, registered_by: toshima, area: 南大塚}
partnerships:
  - {slug: two-wards, name: ふたつの区, members: [toshima, bunkyo], partner_groups: [wakamono]}
`

func TestRosterGoesInAndComesOut(t *testing.T) {
	t.Parallel()
	b := setup(t)
	want, err := organization.ReadRoster(strings.NewReader(roster))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // may be repeated
		refs, err := b.operator.EstablishRoster(t.Context(), want)
		if err != nil {
			t.Fatal(err)
		}
		if len(refs) != 3 || refs[1].Slug != "bunkyo" {
			t.Fatalf("got %v, want the order of the file", refs)
		}
	}
	view, err := b.directory.View(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	if err := view.Roster().Write(&text); err != nil {
		t.Fatal(err)
	}
	got, err := organization.ReadRoster(&text)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
}

func TestRosterIsReadByTheOperatorToo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	owner := testkit.Open(t, postgresOwner(b))
	if _, err := b.operator.Establish(t.Context(), []organization.Input{toshima}); err != nil {
		t.Fatal(err)
	}
	found, err := organization.NewOperatorDirectory(owner).BySlug(t.Context(), "toshima")
	if err != nil || found.Code != "131164" {
		t.Errorf("got %v, %v", found, err)
	}
}

func TestReadRosterRefusesUnknownKeys(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"municipalties: []", "municipalities: [{slug: a, nmae: x}]", "- no map"} {
		if _, err := organization.ReadRoster(strings.NewReader(text)); err == nil {
			t.Errorf("%q was read", text)
		}
	}
}

func postgresOwner(b *bundle) postgres.Options {
	return postgres.Options{URL: b.OwnerURL, Operator: 1, Clock: b.clock}
}
