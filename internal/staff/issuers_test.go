package staff_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/audit"
	"github.com/tonarimachi/tonarimachi/internal/staff"
)

// [S6] A token remembers who issued it, along the whole chain of tokens that were issued with
// tokens, and the ledger names it.
func TestATokenRemembersItsIssuers(t *testing.T) {
	t.Parallel()
	b := setup(t)
	until := b.clock.Now().Add(time.Hour)
	issue := func(by staff.Session, holder staff.Member) staff.Issued {
		t.Helper()
		issued, err := b.service.IssueToken(t.Context(), by, holder.ID, "試験", until)
		if err != nil {
			t.Fatal(err)
		}
		return issued
	}
	enter := func(issued staff.Issued) staff.Session {
		t.Helper()
		s, err := b.service.Authenticate(t.Context(), issued.Secret.Reveal())
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	second := b.add(t, b.toshima, "second@toshima.example.jp", staff.Admin)
	byOperator := b.token(t, b.admin)
	forSecond := issue(enter(byOperator), second)             // the administrator, with the operator's token
	forEditor := issue(enter(forSecond), b.editor)            // the second one, with the token the first one issued
	byPassword := issue(b.session(b.toshima, second), second) // logged in
	for what, tt := range map[string]struct {
		got  staff.Issued
		want []uuid.UUID
	}{
		"the operator's": {byOperator, nil}, "an administrator's": {forSecond, []uuid.UUID{b.admin.ID}},
		"one issued with a token": {forEditor, []uuid.UUID{second.ID, b.admin.ID}},
		"one's own":               {byPassword, []uuid.UUID{second.ID}},
	} {
		if !slices.Equal(tt.got.Issuers, tt.want) {
			t.Errorf("%s: issued by %v, want %v", what, tt.got.Issuers, tt.want)
		}
	}
	listed, err := b.service.Tokens(t.Context(), enter(byPassword))
	at := slices.IndexFunc(listed, func(one staff.Token) bool { return one.ID == forEditor.ID })
	if err != nil || at < 0 || !slices.Equal(listed[at].Issuers, []uuid.UUID{second.ID, b.admin.ID}) ||
		listed[at].StaffID != b.editor.ID ||
		!listed[at].ExpiresAt.Equal(until) {
		t.Errorf("listed as %+v, %v", listed, err)
	}
	lines, _, err := audit.NewLedger(b.db, keys(t, oldKey)).List(t.Context(), b.toshima.ID, "", 0)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, l := range lines {
		switch l.SubjectID {
		case forEditor.ID:
			found++
			if l.TokenID != forSecond.ID || !slices.Equal(l.TokenIssuers, []uuid.UUID{b.admin.ID}) ||
				l.ActorID != second.ID {
				t.Errorf("the ledger has %+v", l)
			}
		case byPassword.ID:
			found++
			if l.TokenID != uuid.Nil || l.TokenIssuers != nil {
				t.Errorf("who logged in has a token in the ledger: %+v", l)
			}
		}
	}
	if found != 2 {
		t.Errorf("%d of 2 entries found", found)
	}
}
