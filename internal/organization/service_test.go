package organization_test

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/audit"
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

func ptr[T any](v T) *T { return &v }

func fields(err error) (names []string) {
	if f, ok := fault.As(err); ok {
		for _, field := range f.Fields {
			names = append(names, field.Name+" "+field.Code)
		}
	}
	return names
}

func TestEstablishAndRead(t *testing.T) {
	t.Parallel()
	b := setup(t)
	refs := b.establish(t, wakate, toshima, bunkyo) // the registrar comes after its group
	if refs[0].Slug != "wakamono" || refs[1].Code != "131164" || refs[2].Name != "文京区" {
		t.Fatalf("refs = %v", refs)
	}
	all, err := b.service.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var slugs []string
	for _, o := range all {
		slugs = append(slugs, o.Slug)
	}
	if want := []string{"bunkyo", "toshima", "wakamono"}; !slices.Equal(slugs, want) {
		t.Errorf("List = %v, want %v", slugs, want)
	}
	group, err := b.service.BySlug(t.Context(), "wakamono")
	if err != nil || group.RegisteredBy == nil || *group.RegisteredBy != refs[1] || group.Area != "南大塚" ||
		group.Ref() != refs[0] {
		t.Errorf("BySlug = %+v, %v", group, err)
	}
	if _, err := b.service.BySlug(t.Context(), "nowhere"); !errors.Is(err, organization.ErrNotFound) {
		t.Errorf("unknown slug: %v", err)
	}
	view, err := b.directory.View(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if o, err := view.ByCode("131059"); err != nil || o.Slug != "bunkyo" {
		t.Errorf("ByCode = %v, %v", o.Slug, err)
	}
	if o, err := view.ByID(refs[1].ID); err != nil || o.English != "Toshima City" {
		t.Errorf("ByID = %v, %v", o, err)
	}
}

func TestEstablishIsIdempotent(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first := b.establish(t, toshima, wakate)
	if _, err := b.service.Update(
		t.Context(),
		first[0].ID,
		postgres.StaffActor(uuid.New()),
		organization.Change{Introduction: ptr("となりのまちです。")},
	); err != nil {
		t.Fatal(err)
	}
	again := b.establish(t, toshima, wakate)
	if !slices.Equal(first, again) {
		t.Errorf("ids moved: %v, %v", first, again)
	}
	if n := b.count(t, "audit_entry where action = 'organization.establish'"); n != 2 {
		t.Errorf("%d entries for 2 set-ups that changed something", n)
	}
	renamed := toshima
	renamed.Name, renamed.Kana = "豊島区（新）", ""
	b.establish(t, renamed)
	o, err := b.service.BySlug(t.Context(), "toshima")
	if err != nil || o.Name != "豊島区（新）" || o.Kana != "としまく" || o.Introduction != "となりのまちです。" {
		t.Errorf("after the second set-up: %+v, %v", o, err)
	}
	if n := b.count(t, "organization"); n != 2 {
		t.Errorf("%d organizations, want 2", n)
	}
}

func TestEstablishRefuses(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.establish(t, toshima, wakate)
	with := func(in organization.Input, change func(*organization.Input)) organization.Input {
		change(&in)
		return in
	}
	for name, tt := range map[string]struct {
		in   organization.Input
		want []string
	}{
		"slug": {with(bunkyo, func(i *organization.Input) { i.Slug = "Bunkyo" }),
			[]string{"1.slug invalid_format"}},
		"long slug": {with(bunkyo, func(i *organization.Input) { i.Slug = strings.Repeat("a", 41) }),
			[]string{"1.slug invalid_format"}},
		"slug line break": {with(bunkyo, func(i *organization.Input) { i.Slug = "bunkyo\n" }),
			[]string{"1.slug invalid_format"}},
		"check digit": {with(bunkyo, func(i *organization.Input) { i.Code = "131058" }),
			[]string{"1.code invalid_format"}},
		"no code": {with(bunkyo, func(i *organization.Input) { i.Code = "" }),
			[]string{"1.code invalid_format"}},
		"kind": {with(bunkyo, func(i *organization.Input) { i.Kind = "state" }),
			[]string{"1.kind unknown_value"}},
		"code of a group": {with(wakate, func(i *organization.Input) { i.Code = "131059" }),
			[]string{"1.code invalid"}},
		"no registrar": {with(wakate, func(i *organization.Input) { i.RegisteredBy = "" }),
			[]string{"1.registered_by required"}},
		"two faults": {with(bunkyo,
			func(i *organization.Input) { i.Name, i.Website = " ", "javascript:alert(1)" }),
			[]string{"1.name required", "1.website invalid_format"}},
		"bidi": {with(bunkyo, func(i *organization.Input) { i.Area = "a\u202eb" }),
			[]string{"1.area invalid_characters"}},
		"invalid UTF-8": {with(bunkyo, func(i *organization.Input) { i.Introduction = "\xff" }),
			[]string{"1.introduction invalid_characters"}},
		"long name": {with(bunkyo, func(i *organization.Input) { i.Name = strings.Repeat("区", 101) }),
			[]string{"1.name too_long"}},
		"password in URL": {with(bunkyo, func(i *organization.Input) { i.Website = "https://a:b@example.jp/" }),
			[]string{"1.website invalid_format"}},
	} {
		_, err := b.operator.Establish(t.Context(), []organization.Input{toshima, tt.in})
		if !errors.Is(err, organization.ErrInvalid) || !slices.Equal(fields(err), tt.want) {
			t.Errorf("%s: %v %v, want %v", name, err, fields(err), tt.want)
		}
	}
	for name, tt := range map[string]struct {
		in   organization.Input
		want error
	}{
		"unknown registrar": {with(wakate,
			func(i *organization.Input) { i.Slug, i.RegisteredBy = "new", "nowhere" }), organization.ErrInvalid},
		"group as registrar": {with(wakate,
			func(i *organization.Input) { i.Slug, i.RegisteredBy = "new", "wakamono" }), organization.ErrInvalid},
		"another kind": {with(bunkyo, func(i *organization.Input) { i.Slug = "wakamono" }),
			organization.ErrKindFixed},
		"code taken": {with(toshima, func(i *organization.Input) { i.Slug = "toshima-2" }),
			organization.ErrCodeTaken},
	} {
		// Beside a good one: all or none.
		if _, err := b.operator.Establish(t.Context(), []organization.Input{bunkyo, tt.in}); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
	if n := b.count(t, "organization"); n != 2 {
		t.Errorf("%d organizations, want the first 2 only", n)
	}
	if _, err := b.service.Establish(t.Context(), []organization.Input{bunkyo}); err == nil {
		t.Error("the program's own account set an organization up")
	}
}

func TestEstablishFromManySidesAtOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	results := make([][]organization.Ref, 6)
	var wg sync.WaitGroup
	for i := range results {
		wg.Go(func() {
			in := []organization.Input{toshima, wakate, bunkyo}
			if i%2 == 1 {
				slices.Reverse(in)
			}
			refs, err := b.operator.Establish(t.Context(), in)
			if err != nil {
				t.Error(err)
				return
			}
			if i%2 == 1 {
				slices.Reverse(refs)
			}
			results[i] = refs
			if _, err := b.operator.EstablishPartnership(t.Context(), organization.PartnershipInput{
				Slug:          "tonari",
				Name:          "となり",
				Members:       []string{"bunkyo", "toshima"},
				PartnerGroups: []string{"wakamono"},
			}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, refs := range results[1:] {
		if !slices.Equal(refs, results[0]) {
			t.Errorf("two answers: %v, %v", refs, results[0])
		}
	}
	for sql, want := range map[string]int{
		"organization": 3, "partnership": 1, "partnership_member": 3,
		"audit_entry where action = 'organization.establish'": 3, "audit_entry where action = 'partnership.join'": 3,
	} {
		if n := b.count(t, sql); n != want {
			t.Errorf("%s: %d, want %d", sql, n, want)
		}
	}
}

func TestPartnership(t *testing.T) {
	t.Parallel()
	b := setup(t)
	refs := b.establish(t, toshima, bunkyo, wakate)
	in := organization.PartnershipInput{
		Slug:          "tonari",
		Name:          "となり連携",
		Description:   "一\r\n二",
		Members:       []string{"toshima", "bunkyo"},
		PartnerGroups: []string{"wakamono"},
	}
	agreed, err := b.operator.EstablishPartnership(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	read, err := b.service.PartnershipBySlug(t.Context(), "tonari")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []organization.Partnership{agreed, read} {
		if p.ID != agreed.ID || p.Description != "一\n二" || !slices.Equal(p.Members, refs[:2]) ||
			!slices.Equal(p.PartnerGroups, refs[2:]) ||
			!p.Has(refs[2].ID) {
			t.Errorf("partnership = %+v", p)
		}
	}
	in.Members, in.PartnerGroups = []string{"bunkyo"}, nil
	if _, err := b.operator.EstablishPartnership(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	all, err := b.service.Partnerships(t.Context())
	if err != nil || len(all) != 1 || all[0].ID != agreed.ID || len(all[0].Members) != 1 ||
		all[0].PartnerGroups != nil ||
		all[0].Has(refs[0].ID) {
		t.Errorf("after two left: %+v, %v", all, err)
	}
	if n := b.count(
		t,
		"audit_entry where action = 'partnership.leave' and organization_id in ($1, $2)",
		refs[0].ID,
		refs[2].ID,
	); n != 2 {
		t.Errorf("%d entries for two who left", n)
	}
	in.Members, in.PartnerGroups = []string{"bunkyo", "wakamono", "bunkyo"}, []string{"nowhere"}
	_, err = b.operator.EstablishPartnership(t.Context(), in)
	if want := []string{
		"members.1 not_found",
		"members.2 duplicate",
		"partner_groups.0 not_found",
	}; !slices.Equal(
		fields(err),
		want,
	) {
		t.Errorf("fields = %v, want %v (%v)", fields(err), want, err)
	}
	if _, err := b.service.PartnershipBySlug(
		t.Context(),
		"nowhere",
	); !errors.Is(
		err,
		organization.ErrPartnershipNotFound,
	) {
		t.Errorf("unknown partnership: %v", err)
	}
}

func TestUpdate(t *testing.T) {
	t.Parallel()
	b := setup(t)
	refs := b.establish(t, toshima, bunkyo, wakate)
	actor := postgres.StaffActor(uuid.New())
	o, err := b.service.Update(t.Context(), refs[2].ID, actor, organization.Change{
		Name: ptr(
			" " + wakate.Name + " ",
		),
		Introduction: ptr("一行目\r\n二行目"),
		Website:      ptr("https://example.jp/あ"),
		Online:       ptr(true),
		Area:         ptr(""),
	})
	if err != nil || o.Name != wakate.Name || o.Introduction != "一行目\n二行目" || !o.Online || o.Area != "" ||
		o.RegisteredBy == nil {
		t.Fatalf("Update = %+v, %v", o, err)
	}
	seen, err := b.service.BySlug(t.Context(), "wakamono") // at once, without waiting for the directory's age
	if err != nil || seen.Name != wakate.Name || !seen.Online {
		t.Errorf("BySlug = %+v, %v", seen, err)
	}
	if n := b.count(
		t,
		`audit_entry where organization_id = $1 and actor_id = $2 and action = 'organization.update' and subject_id = $1
		and detail = '{"fields": ["area", "introduction", "online", "website"]}'`,
		refs[2].ID,
		actor.ID,
	); n != 1 {
		t.Errorf("%d audit entries, want 1", n)
	}
	if o, err = b.service.Update(
		t.Context(),
		refs[2].ID,
		actor,
		organization.Change{Online: ptr(false)},
	); err != nil ||
		o.Online {
		t.Errorf("false was swallowed: %+v, %v", o, err)
	}
	if _, err = b.service.Update(
		t.Context(),
		refs[2].ID,
		actor,
		organization.Change{Name: ptr(""), Kana: ptr("\x00"), Website: ptr("ftp://x/")},
	); !slices.Equal(
		fields(err),
		[]string{"name required", "kana invalid_characters", "website invalid_format"},
	) {
		t.Errorf("fields = %v (%v)", fields(err), err)
	}
	if _, err = b.service.Update(
		t.Context(),
		uuid.New(),
		actor,
		organization.Change{Name: ptr("x")},
	); !errors.Is(
		err,
		organization.ErrNotFound,
	) {
		t.Errorf("unknown organization: %v", err)
	}
	if _, err = b.service.Update(
		t.Context(),
		refs[0].ID,
		postgres.Actor{},
		organization.Change{Area: ptr("x")},
	); !errors.Is(
		err,
		audit.ErrNoActor,
	) {
		t.Errorf("without an actor: %v", err)
	}
	if n := b.count(t, "organization where area = 'x'"); n != 0 {
		t.Error("the change outlived its missing audit entry")
	}
}

func TestRegisterGroup(t *testing.T) {
	t.Parallel()
	b := setup(t)
	refs := b.establish(t, toshima, wakate)
	actor := postgres.StaffActor(uuid.New())
	in := organization.Input{
		Slug:     "yorugohan",
		Name:     "ふらっとよるごはん",
		Website:  "https://example.jp/",
		Position: 9,
		Online:   true,
	}
	group, err := b.service.RegisterGroup(t.Context(), refs[0].ID, actor, in)
	if err != nil || group.Kind != organization.PartnerGroup || *group.RegisteredBy != refs[0] || group.Position != 0 ||
		!group.Online {
		t.Fatalf("RegisterGroup = %+v, %v", group, err)
	}
	if seen, err := b.service.BySlug(t.Context(), "yorugohan"); err != nil || seen.ID != group.ID {
		t.Errorf("BySlug = %+v, %v", seen, err)
	}
	if n := b.count(
		t,
		"audit_entry where organization_id = $1 and action = 'organization.register' and subject_id = $2",
		refs[0].ID,
		group.ID,
	); n != 1 {
		t.Errorf("%d audit entries", n)
	}
	if _, err := b.service.RegisterGroup(
		t.Context(),
		refs[0].ID,
		actor,
		in,
	); !errors.Is(
		err,
		organization.ErrSlugTaken,
	) {
		t.Errorf("same slug again: %v", err)
	}
	if _, err := b.service.RegisterGroup(
		t.Context(),
		refs[1].ID,
		actor,
		organization.Input{Slug: "another", Name: "x"},
	); !errors.Is(
		err,
		organization.ErrNotMunicipality,
	) {
		t.Errorf("registered by a group: %v", err)
	}
	if _, err := b.service.RegisterGroup(
		t.Context(),
		refs[0].ID,
		actor,
		organization.Input{Slug: "another", Name: "x", Code: "131059"},
	); !slices.Equal(
		fields(err),
		[]string{"code invalid"},
	) {
		t.Errorf("with a code: %v %v", err, fields(err))
	}
}

// The database itself keeps one organization's hands off another, whatever the program asks.
func TestRowLevelSecurity(t *testing.T) {
	t.Parallel()
	b := setup(t)
	refs := b.establish(t, toshima, bunkyo, wakate)
	own, other, group := refs[0].ID, refs[1].ID, refs[2].ID
	exec := func(scope uuid.UUID, sql string, args ...any) (affected int64, state string) {
		err := b.db.InOrganization(t.Context(), scope, postgres.StaffActor(uuid.New()), func(tx *postgres.Tx) error {
			tag, err := tx.Pgx.Exec(t.Context(), sql, args...)
			affected = tag.RowsAffected()
			return err
		})
		state, _ = postgres.Constraint(err)
		if err != nil && state == "" {
			t.Fatal(err)
		}
		return affected, state
	}
	const refused = "42501" // insufficient_privilege, from policies and grants alike
	for name, tt := range map[string]struct {
		scope    uuid.UUID
		sql      string
		args     []any
		affected int64
		state    string
	}{
		"own name":         {own, "update organization set name = 'x' where id = $1", []any{own}, 0, refused},
		"own area":         {own, "update organization set area = 'x' where id = $1", []any{own}, 1, ""},
		"another's area":   {own, "update organization set area = 'x' where id = $1", []any{other}, 0, ""},
		"its group's area": {own, "update organization set area = 'x' where id = $1", []any{group}, 0, ""},
		"nobody's scope":   {uuid.Nil, "update organization set area = 'x'", nil, 0, ""},
		"own slug":         {own, "update organization set slug = 'x2' where id = $1", []any{own}, 0, refused},
		"own code":         {own, "update organization set code = '131016' where id = $1", []any{own}, 0, refused},
		"own kind": {own, "update organization set kind = 'partner_group' where id = $1", []any{own},
			0, refused},
		"delete own": {own, "delete from organization where id = $1", []any{own}, 0, refused},
		"group for another": {own,
			"insert into organization (kind, slug, name, registered_by) values ('partner_group', 'new', 'x', $1)",
			[]any{other}, 0, refused},
		"a municipality": {own,
			"insert into organization (kind, slug, name) values ('municipality', 'new', 'x')", nil, 0, refused},
		"group of a group": {group,
			"insert into organization (kind, slug, name, registered_by) values ('partner_group', 'new', 'x', $1)",
			[]any{group}, 0, "23503"},
		"join a partnership": {own,
			"insert into partnership_member (partnership_id, organization_id) values ($1, $1)", []any{own}, 0, refused},
		"invent a partnership": {own, "insert into partnership (slug, name) values ('new', 'x')", nil, 0, refused},
	} {
		if affected, state := exec(tt.scope, tt.sql, tt.args...); affected != tt.affected || state != tt.state {
			t.Errorf("%s: %d rows, state %q; want %d, %q", name, affected, state, tt.affected, tt.state)
		}
	}
	if n := b.count(t, "organization where area = 'x'"); n != 1 {
		t.Errorf("%d rows changed, want one's own", n)
	}
	err := b.db.InPublic(t.Context(), func(tx *postgres.Tx) error {
		_, err := tx.Pgx.Exec(t.Context(), "update organization set name = 'x'")
		return err
	})
	if err == nil {
		t.Error("the public role changed an organization")
	}
}

func TestDirectorySeesWhatOthersWrite(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.establish(t, toshima)
	elsewhere := organization.NewDirectory(b.db) // as in another replica
	name := func() string {
		t.Helper()
		o, err := elsewhere.BySlug(t.Context(), "toshima")
		if err != nil {
			t.Fatal(err)
		}
		return o.Name
	}
	before := name()
	renamed := toshima
	renamed.Name = "新しい名前"
	b.establish(t, renamed)
	if got := name(); got != before {
		t.Fatalf("the directory reads every time: %s", got)
	}
	b.clock.Advance(5 * time.Second)
	if got := name(); got != before {
		t.Errorf("who came first after 5 s waited for a new view: %s", got)
	}
	for deadline := time.After(time.Minute); name() != "新しい名前"; runtime.Gosched() {
		select {
		case <-deadline:
			t.Fatalf("a minute after the 5 s still %s", name())
		default:
		}
	}
	renamed.Name = "もっと新しい名前"
	b.establish(t, renamed)
	if err := elsewhere.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := name(); got != "もっと新しい名前" {
		t.Errorf("after Refresh still %s", got)
	}
	view, err := elsewhere.View(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	view.Organizations()[0].Name = "scribbled over"
	if got := name(); got != "もっと新しい名前" {
		t.Errorf("a caller changed the picture: %s", got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	elsewhere.Forget()
	if _, err := elsewhere.View(ctx); err == nil {
		t.Error("a cancelled reading succeeded")
	}
	if got := name(); got != "もっと新しい名前" {
		t.Errorf("after a failed reading: %s", got)
	}
}

func TestDirectoryUnderConcurrentUse(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ref := b.establish(t, toshima)[0]
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for range 25 {
				o, err := b.directory.ByID(t.Context(), ref.ID)
				if err != nil || o.Slug != "toshima" {
					t.Errorf("ByID = %v, %v", o, err)
				}
				if i == 0 {
					b.clock.Advance(2 * 1e9)
				}
			}
		})
	}
	// Whoever writes reads what it wrote, however many read meanwhile.
	for i := range 15 {
		want := strings.Repeat("と", i+1)
		if _, err := b.service.Update(
			t.Context(),
			ref.ID,
			postgres.StaffActor(uuid.New()),
			organization.Change{Area: &want},
		); err != nil {
			t.Fatal(err)
		}
		if o, err := b.directory.ByID(t.Context(), ref.ID); err != nil || o.Area != want {
			t.Errorf("wrote %q, read %q, %v", want, o.Area, err)
		}
	}
	wg.Wait()
}

// The program's rule and the schema's are the same.
func TestValidCodeAgreesWithTheSchema(t *testing.T) {
	t.Parallel()
	b := setup(t)
	codes := slices.Concat(realCodes, []string{"131017", "000001", "000000", "999999", "13101", "abcdef", ""})
	for i := range 1000 {
		codes = append(codes, "13"+string(rune('0'+i/100))+string(rune('0'+i/10%10))+"6"+string(rune('0'+i%10)))
	}
	rows, err := b.Pool(t).Query(t.Context(), "select c, municipality_code_valid(c) from unnest($1::text[]) c", codes)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	seen := 0
	for rows.Next() {
		var code string
		var valid bool
		if err := rows.Scan(&code, &valid); err != nil {
			t.Fatal(err)
		}
		if seen++; organization.ValidCode(code) != valid {
			t.Errorf("%q: ValidCode = %v, the schema says %v", code, !valid, valid)
		}
	}
	if err := rows.Err(); err != nil || seen != len(codes) {
		t.Errorf("compared %d of %d: %v", seen, len(codes), err)
	}
}
