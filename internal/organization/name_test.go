package organization_test

import (
	"errors"
	"testing"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

// [S11] An organization doesn't take another's name, nor a public body's.
func TestNamesAreTheOperators(t *testing.T) {
	t.Parallel()
	b := setup(t)
	refs := b.establish(t, toshima, bunkyo, wakate)
	actor := postgres.StaffActor(uuid.New())
	for what, c := range map[string]organization.Change{
		"a town's name": {Name: ptr("文京区")}, "a ministry's": {Name: ptr("厚生労働省")},
		"any name": {Name: ptr("あおぞら")}, "the reading": {Kana: ptr("ぶんきょうく")},
		"the English name": {English: ptr("Bunkyo City"), Area: ptr("巣鴨")},
	} {
		if _, err := b.service.Update(t.Context(), refs[2].ID, actor, c); !errors.Is(err, organization.ErrNameFixed) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := b.service.Update(
		t.Context(),
		refs[2].ID,
		actor,
		organization.Change{Name: ptr(wakate.Name), Kana: ptr(wakate.Kana)},
	); err != nil {
		t.Errorf("the name it has: %v", err)
	}
	for _, tt := range []struct {
		name string
		want error
	}{
		{"文京区", organization.ErrNameReserved}, {"文 京 区", organization.ErrNameReserved},
		{"文\u3000京区", organization.ErrNameReserved}, {"文・京区", organization.ErrNameReserved},
		{"厚生労働省", organization.ErrNameReserved}, {"東京都文京区", organization.ErrNameReserved},
		{"武蔵野市", organization.ErrNameReserved}, {"文京区役所", organization.ErrNameReserved},
		{"こども家庭庁", organization.ErrNameReserved}, {"となりの町", nil}, {"みどりの会", nil}, {"みどりの市民会議", nil},
	} {
		if _, err := b.operator.Rename(
			t.Context(),
			wakate.Slug,
			tt.name,
			"",
			"",
		); !errors.Is(err, tt.want) ||
			tt.want == nil && err != nil {
			t.Errorf("renamed to %q: %v, want %v", tt.name, err, tt.want)
		}
	}
	if o, err := b.service.BySlug(t.Context(), wakate.Slug); err != nil || o.Name != "みどりの市民会議" || o.Kana != "" {
		t.Errorf("renamed: %+v, %v", o, err)
	}
	if n := b.count(
		t,
		"audit_entry where action = 'organization.rename' and actor_kind = 'operator' and organization_id = $1",
		refs[2].ID,
	); n != 3 {
		t.Errorf("%d entries of 3 renames", n)
	}
}

// [S11] What the eye takes for the same name is refused at whichever creation; two towns of one
// name are two towns.
func TestLookAlikesAreRefused(t *testing.T) {
	t.Parallel()
	b := setup(t)
	refs := b.establish(t, toshima)
	actor := postgres.StaffActor(uuid.New())
	register := func(slug, name string) error {
		_, err := b.service.RegisterGroup(t.Context(), refs[0].ID, actor, organization.Input{Slug: slug, Name: name})
		return err
	}
	for slug, name := range map[string]string{"loop": "ハートループ・カフェ1", "salon": "NPO法人 Cafe Salon", "two": "第二ニコニコの会"} {
		if err := register(slug, name); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	for _, name := range []string{
		"ハートループ・カフェ1", "ﾊｰﾄﾙｰﾌﾟ･ｶﾌｪ1", "八ートループカフェ１", "ハ一トル一プ力フェl", "ハ―トル―プカフェI", "ハートループ\u200bカフェ1",
		"ハートループ カフェ①", "株式会社ハートループカフェ1",
		"cafe salon", "ＣＡＦＥ　ＳＡＬＯＮ", "Саfе Sаlоn", "一般社団法人 Cafe Salon", "Café Salon"[:3] + "e Salon", "第ニニコニコの会",
		"第二二コ二コの会",
	} {
		if err := register(
			"again",
			name,
		); !errors.Is(err, organization.ErrNameAlike) &&
			!errors.Is(err, organization.ErrInvalid) {
			t.Errorf("%q: %v", name, err)
		}
	}
	if err := register("third", "第三ニコニコの会"); err != nil {
		t.Errorf("a name of its own: %v", err)
	}
	fuchu := []organization.Input{
		{
			Kind: organization.Municipality,
			Slug: "fuchu-tokyo",
			Code: "132063",
			Name: "府中市",
		},
		{Kind: organization.Municipality, Slug: "fuchu-hiroshima", Code: "342084", Name: "府中市"},
	}
	b.establish(t, fuchu...)
	b.establish(t, fuchu...)
	if err := register(
		"fuchu",
		"府 中 市",
	); !errors.Is(err, organization.ErrNameAlike) &&
		!errors.Is(err, organization.ErrNameReserved) {
		t.Errorf("a group like a town: %v", err)
	}
	// Two at the same moment: one of them.
	results := make(chan error, 2)
	for _, one := range []struct{ slug, name string }{{"a-circle", "まちのカフェ"}, {"b-circle", "まちの力フェ"}} {
		go func() { results <- register(one.slug, one.name) }()
	}
	if first, second := <-results, <-results; (first == nil) == (second == nil) {
		t.Errorf("two look-alikes at once: %v, %v", first, second)
	}
}
