package staff_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/staff"
)

func TestAddOperator(t *testing.T) {
	t.Parallel()
	b := setup(t)
	m, err := b.operator.AddOperator(
		t.Context(),
		b.toshima.ID,
		" Hanako@Example.JP ",
		" 花子 ",
		staff.Publisher,
		"とても長いあいことばです。",
	)
	if err != nil || m.Email != "hanako@example.jp" || m.Name != "花子" || m.Role != staff.Publisher || m.Disabled ||
		m.ID == uuid.Nil {
		t.Fatalf("AddOperator = %#v, %v", m.ID, err)
	}
	if n := b.count(
		t,
		`audit_entry where organization_id = $1 and action = 'staff.add' and actor_kind = 'operator'
			and subject_id = $2 and detail = '{"role": "publisher"}'`,
		b.toshima.ID,
		m.ID,
	); n != 1 {
		t.Errorf("%d audit entries", n)
	}
	// One address may work for several organizations.
	if _, err := b.operator.AddOperator(
		t.Context(),
		b.bunkyo.ID,
		"hanako@example.jp",
		"",
		staff.Editor,
		password,
	); err != nil {
		t.Errorf("in another organization: %v", err)
	}
	for name, tt := range map[string]struct {
		org         uuid.UUID
		email, name string
		role        staff.Role
		password    string
		want        error
		fields      []string
	}{
		"taken": {b.toshima.ID, "HANAKO@example.jp", "", staff.Editor, password,
			staff.ErrEmailTaken, nil},
		"unknown organization": {uuid.New(), "a@example.jp", "", staff.Editor, password, organization.ErrNotFound, nil},
		"all wrong": {b.toshima.ID, "canary", strings.Repeat("長", 101), "root", "11 letters!", staff.ErrInvalid,
			[]string{"email invalid_format", "name too_long", "role unknown_value", "password too_short"}},
		"long password": {b.toshima.ID, "a@example.jp", "", staff.Editor, strings.Repeat("x", 129),
			staff.ErrInvalid, []string{"password too_long"}},
		"huge password": {b.toshima.ID, "a@example.jp", "", staff.Editor, strings.Repeat("x", 1<<20),
			staff.ErrInvalid, []string{"password too_long"}},
		"broken password": {b.toshima.ID, "a@example.jp", "", staff.Editor, "long enough but \xff",
			staff.ErrInvalid, []string{"password invalid_characters"}},
		"full-width count": {b.toshima.ID, "a@example.jp", "", staff.Editor, "１１もじのパスワード", staff.ErrInvalid,
			[]string{"password too_short"}},
		"two at signs": {b.toshima.ID, "a@b@example.jp", "", staff.Editor, password, staff.ErrInvalid,
			[]string{"email invalid_format"}},
		"kana address": {b.toshima.ID, "あ@example.jp", "", staff.Editor, password, staff.ErrInvalid,
			[]string{"email invalid_format"}},
		"long address": {b.toshima.ID, strings.Repeat("a", 250) + "@b.jp", "", staff.Editor, password,
			staff.ErrInvalid, []string{"email invalid_format"}},
		"bidi name": {b.toshima.ID, "a@example.jp", "\u202e", staff.Editor, password, staff.ErrInvalid,
			[]string{"name invalid_characters"}},
	} {
		_, err := b.operator.AddOperator(t.Context(), tt.org, tt.email, tt.name, tt.role, tt.password)
		if !errors.Is(err, tt.want) || !slices.Equal(fields(err), tt.fields) {
			t.Errorf("%s: %v %v, want %v %v", name, err, fields(err), tt.want, tt.fields)
		}
		if err != nil && (strings.Contains(err.Error(), tt.email) || strings.Contains(err.Error(), tt.password)) {
			t.Errorf("%s: the error holds what was typed", name)
		}
	}
	if _, err := b.service.AddOperator(
		t.Context(),
		b.toshima.ID,
		"b@example.jp",
		"",
		staff.Admin,
		password,
	); err == nil {
		t.Error("the program's own account added staff as the operator")
	}
}

func TestTokens(t *testing.T) {
	t.Parallel()
	b := setup(t)
	by := b.session(b.toshima, b.admin)
	expires := b.clock.Now().Add(30 * 24 * time.Hour)
	first, err := b.service.IssueToken(t.Context(), by, b.editor.ID, " ホームページ ", expires)
	if err != nil || first.Name != "ホームページ" || !first.ExpiresAt.Equal(expires) || first.Secret.Slug() != "toshima" {
		t.Fatalf("IssueToken = %+v, %v", first.Token, err)
	}
	if s, err := b.service.Authenticate(t.Context(), first.Secret.Reveal()); err != nil || s.Member != b.editor {
		t.Errorf("Authenticate = %v, %v", s.Member, err)
	}
	b.clock.Advance(time.Second)
	second, err := b.service.IssueToken(t.Context(), by, b.admin.ID, "二つめ", expires)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time changes nothing
		if err := b.service.RevokeToken(t.Context(), by, first.ID); err != nil {
			t.Fatal(err)
		}
		b.clock.Advance(time.Second)
	}
	list, err := b.service.Tokens(t.Context(), by)
	if err != nil || len(list) != 2 || list[0].ID != second.ID || list[1].ID != first.ID || list[0].RevokedAt != nil ||
		list[1].RevokedAt == nil {
		t.Fatalf("Tokens = %+v, %v", list, err)
	}
	if want := second.CreatedAt; !list[1].RevokedAt.Equal(want) {
		t.Errorf("revoked at %v, want %v", list[1].RevokedAt, want)
	}
	for action, want := range map[string]int{"token.issue": 2, "token.revoke": 1} {
		if n := b.count(
			t,
			"audit_entry where organization_id = $1 and actor_id = $2 and action = $3",
			b.toshima.ID,
			b.admin.ID,
			action,
		); n != want {
			t.Errorf("%s: %d audit entries, want %d", action, n, want)
		}
	}
	foreign := b.token(t, b.foreign)
	if err := b.service.RevokeToken(t.Context(), by, foreign.ID); !errors.Is(err, staff.ErrTokenNotFound) {
		t.Errorf("another organization's token: %v", err)
	}
	if _, err := b.service.Authenticate(t.Context(), foreign.Secret.Reveal()); err != nil {
		t.Errorf("and it is gone: %v", err)
	}
	if err := b.service.RevokeToken(t.Context(), by, uuid.New()); !errors.Is(err, staff.ErrTokenNotFound) {
		t.Errorf("unknown token: %v", err)
	}
}

func TestIssueTokenRefuses(t *testing.T) {
	t.Parallel()
	b := setup(t)
	now := b.clock.Now()
	by := b.session(b.toshima, b.admin)
	gone := b.add(t, b.toshima, "gone@example.jp", staff.Editor)
	if err := b.service.Disable(t.Context(), by, gone.ID); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		by      staff.Session
		member  uuid.UUID
		label   string
		expires time.Time
		want    error
		fields  []string
	}{
		"editor": {b.session(b.toshima, b.editor), b.editor.ID, "x", now.Add(time.Hour),
			staff.ErrPermissionMissing, nil},
		"nobody": {staff.Session{}, b.editor.ID, "x", now.Add(time.Hour),
			staff.ErrOrganizationForbidden, nil},
		"another organization": {by, b.foreign.ID, "x", now.Add(time.Hour), staff.ErrNotFound, nil},
		"unknown member":       {by, uuid.New(), "x", now.Add(time.Hour), staff.ErrNotFound, nil},
		"disabled member":      {by, gone.ID, "x", now.Add(time.Hour), staff.ErrNotFound, nil},
		"ends now, no name": {by, b.editor.ID, " ", now, staff.ErrTokenInvalid,
			[]string{"name required", "expires_at token_period"}},
		"ends too late": {by, b.editor.ID, strings.Repeat("x", 101),
			now.Add(staff.MaxTokenAge + time.Second), staff.ErrTokenInvalid,
			[]string{"name too_long", "expires_at token_period"}},
		"no end": {by, b.editor.ID, "a\nb", time.Time{}, staff.ErrTokenInvalid,
			[]string{"name invalid_characters", "expires_at token_period"}},
	} {
		if _, err := b.service.IssueToken(
			t.Context(),
			tt.by,
			tt.member,
			tt.label,
			tt.expires,
		); !errors.Is(err, tt.want) ||
			!slices.Equal(fields(err), tt.fields) {
			t.Errorf("%s: %v %v, want %v %v", name, err, fields(err), tt.want, tt.fields)
		}
	}
	if _, err := b.operator.IssueTokenOperator(
		t.Context(),
		b.toshima.ID,
		b.foreign.ID,
		"x",
		now.Add(time.Hour),
	); !errors.Is(
		err,
		staff.ErrNotFound,
	) {
		t.Errorf("as the operator, across organizations: %v", err)
	}
	if _, err := b.operator.IssueTokenOperator(
		t.Context(),
		uuid.New(),
		b.foreign.ID,
		"x",
		now.Add(time.Hour),
	); !errors.Is(
		err,
		organization.ErrNotFound,
	) {
		t.Errorf("as the operator, of no organization: %v", err)
	}
	if n := b.count(t, "api_token"); n != 0 {
		t.Errorf("%d tokens were issued", n)
	}
}

func TestMembersAndDisable(t *testing.T) {
	t.Parallel()
	b := setup(t)
	by := b.session(b.toshima, b.admin)
	bearer := b.token(t, b.editor).Secret.Reveal()
	if _, err := b.service.Authenticate(t.Context(), bearer); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := b.service.Disable(t.Context(), by, b.editor.ID); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := b.service.Authenticate(t.Context(), bearer); !errors.Is(err, staff.ErrDisabled) {
		t.Errorf("here, at once: %v", err)
	}
	all, err := b.service.Members(t.Context(), by)
	if err != nil || len(all) != 2 || all[0] != b.admin || all[1].ID != b.editor.ID || !all[1].Disabled {
		t.Errorf("Members = %v, %v", all, err)
	}
	if n := b.count(t, "audit_entry where action = 'staff.disable' and subject_id = $1", b.editor.ID); n != 1 {
		t.Errorf("%d audit entries", n)
	}
	for name, tt := range map[string]struct {
		by     staff.Session
		member uuid.UUID
		want   error
	}{
		"oneself":              {by, b.admin.ID, staff.ErrDisableSelf},
		"another organization": {by, b.foreign.ID, staff.ErrNotFound},
		"unknown":              {by, uuid.New(), staff.ErrNotFound},
		"as editor":            {b.session(b.toshima, b.editor), b.admin.ID, staff.ErrPermissionMissing},
	} {
		if err := b.service.Disable(t.Context(), tt.by, tt.member); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
	if _, err := b.service.Members(
		t.Context(),
		b.session(b.toshima, b.editor),
	); !errors.Is(
		err,
		staff.ErrPermissionMissing,
	) {
		t.Errorf("Members as editor: %v", err)
	}
	if _, err := b.service.Tokens(
		t.Context(),
		b.session(b.toshima, b.editor),
	); !errors.Is(
		err,
		staff.ErrPermissionMissing,
	) {
		t.Errorf("Tokens as editor: %v", err)
	}
}

// The database itself keeps one organization's hands off another, whatever the program asks.
func TestRowLevelSecurity(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.token(t, b.admin)
	b.token(t, b.foreign)
	for name, scope := range map[string]struct {
		id            uuid.UUID
		staff, tokens int
	}{"toshima": {b.toshima.ID, 2, 1}, "bunkyo": {b.bunkyo.ID, 1, 1}, "unset": {uuid.Nil, 0, 0},
		"unknown": {uuid.New(), 0, 0}} {
		err := b.db.ReadOrganization(t.Context(), scope.id, func(tx *postgres.Tx) error {
			var people, tokens int
			if err := tx.Pgx.QueryRow(
				t.Context(),
				"select (select count(*) from staff), (select count(*) from api_token)",
			).Scan(
				&people,
				&tokens,
			); err != nil {
				return err
			}
			if people != scope.staff || tokens != scope.tokens {
				t.Errorf(
					"%s sees %d staff and %d tokens, want %d and %d",
					name,
					people,
					tokens,
					scope.staff,
					scope.tokens,
				)
			}
			return nil
		})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	mac := func(c byte) []byte { return []byte(strings.Repeat(string(rune(c)), 32)) }
	const refused = "42501" // insufficient_privilege
	for name, tt := range map[string]struct {
		scope    uuid.UUID
		sql      string
		args     []any
		affected int64
		state    string
	}{
		"change all staff": {b.toshima.ID, "update staff set name = 'x'", nil, 2, ""},
		"change theirs": {b.toshima.ID, "update staff set role = 'admin' where id = $1",
			[]any{b.foreign.ID}, 0, ""},
		"change with nothing set": {uuid.Nil, "update staff set name = 'y'", nil, 0, ""},
		"revoke theirs": {b.toshima.ID,
			"update api_token set revoked_at = now() where organization_id = $1", []any{b.bunkyo.ID}, 0, ""},
		"give one's staff away": {b.toshima.ID, "update staff set organization_id = $1", []any{b.bunkyo.ID},
			0, refused},
		"staff for them": {b.toshima.ID,
			"insert into staff (organization_id, email, password_hash, role) values ($1, 'x@x', 'x', 'admin')",
			[]any{b.bunkyo.ID}, 0, refused},
		"token for them": {b.toshima.ID,
			"insert into api_token (organization_id, staff_id, name, mac, expires_at) values ($1, $2, 'x', $3, now())",
			[]any{b.bunkyo.ID, b.foreign.ID, mac('a')},
			0,
			refused,
		},
		"one's token, their member": {b.toshima.ID,
			"insert into api_token (organization_id, staff_id, name, mac, expires_at) values ($1, $2, 'x', $3, now())",
			[]any{b.toshima.ID, b.foreign.ID, mac('b')},
			0,
			"23503",
		},
		"token moved to theirs": {b.toshima.ID, "update api_token set staff_id = $1", []any{b.foreign.ID}, 0,
			"23503"},
		"delete": {b.toshima.ID, "delete from staff", nil, 0, refused},
		"token with nothing set": {uuid.Nil,
			"insert into api_token (organization_id, staff_id, name, mac, expires_at) values ($1, $2, 'x', $3, now())",
			[]any{b.toshima.ID, b.admin.ID, mac('c')},
			0,
			refused,
		},
	} {
		var affected int64
		err := b.db.InOrganization(t.Context(), tt.scope, postgres.StaffActor(b.admin.ID), func(tx *postgres.Tx) error {
			tag, err := tx.Pgx.Exec(t.Context(), tt.sql, tt.args...)
			affected = tag.RowsAffected()
			return err
		})
		state, constraint := postgres.Constraint(err)
		if affected != tt.affected || state != tt.state || err != nil && state == "" {
			t.Errorf(
				"%s: %d rows, state %q %s (%v); want %d, %q",
				name,
				affected,
				state,
				constraint,
				err,
				tt.affected,
				tt.state,
			)
		}
	}
	err := b.db.InPublic(t.Context(), func(tx *postgres.Tx) error {
		_, err := tx.Pgx.Exec(t.Context(), "select email from staff")
		return err
	})
	if state, _ := postgres.Constraint(err); state != refused {
		t.Errorf("the public role reads staff: %v", err)
	}
	// The operator, who is above the policies, can't cross organizations either: that is the
	// composite key's work.
	_, err = b.Pool(
		t,
	).Exec(
		t.Context(),
		"insert into api_token (organization_id, staff_id, name, mac, expires_at) values ($1, $2, 'x', $3, now())",
		b.toshima.ID,
		b.foreign.ID,
		mac('d'),
	)
	if !postgres.Violates(err, "api_token_staff_fkey") {
		t.Errorf("a token across organizations: %v", err)
	}
}
