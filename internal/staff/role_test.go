package staff_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/staff"
)

func TestRoleMay(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		permission               staff.Permission
		editor, publisher, admin bool
	}{
		{staff.EventsRead, true, true, true},
		{staff.EventsDraft, true, true, true},
		{staff.ReportsRead, true, true, true},
		{staff.DoorOpen, true, true, true},
		{staff.BookingsRead, true, true, true},
		{staff.BookingsRequest, true, true, true},
		{staff.BookingsDecide, false, true, true},
		{staff.RoundsRun, false, true, true},
		{staff.EventsPublish, false, true, true},
		{staff.OrganisersDecide, false, true, true},
		{staff.SeriesDecide, false, true, true},
		{staff.AuditRead, false, false, true},
		{staff.OrganizationEdit, false, false, true},
		{staff.GroupsRegister, false, false, true},
		{staff.StaffManage, false, false, true},
		{staff.TokensManage, false, false, true},
		{"events.delete", false, false, false},
		{"", false, false, false},
	} {
		for role, want := range map[staff.Role]bool{
			staff.Editor:    tt.editor,
			staff.Publisher: tt.publisher,
			staff.Admin:     tt.admin,
			"root":          false,
			"":              false,
		} {
			if got := role.May(tt.permission); got != want {
				t.Errorf("%q may %q = %v, want %v", role, tt.permission, got, want)
			}
		}
	}
}

func TestRequire(t *testing.T) {
	t.Parallel()
	session := staff.Session{
		Organization: organization.Ref{ID: uuid.New(), Slug: "toshima"},
		Member:       staff.Member{Role: staff.Publisher},
	}
	for _, tt := range []struct {
		name       string
		session    staff.Session
		slug       string
		permission staff.Permission
		want       error
	}{
		{"may", session, "toshima", staff.EventsPublish, nil},
		{"another organization", session, "bunkyo", staff.EventsPublish, staff.ErrOrganizationForbidden},
		{"another spelling", session, "Toshima", staff.EventsPublish, staff.ErrOrganizationForbidden},
		{"role too low", session, "toshima", staff.TokensManage, staff.ErrPermissionMissing},
		{"nobody", staff.Session{}, "", staff.EventsDraft, staff.ErrOrganizationForbidden},
	} {
		if err := staff.Require(tt.session, tt.slug, tt.permission); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
}

func TestMemberHidesItsAddressWhenPrinted(t *testing.T) {
	t.Parallel()
	member := staff.Member{ID: uuid.New(), Email: "canary@example.jp", Name: "canary", Role: staff.Editor}
	session := staff.Session{Member: member}
	var out strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		fmt.Fprintf(&out, verb+verb+verb, member, &member, session)
	}
	slog.New(slog.NewJSONHandler(&out, nil)).Info("seen", "member", member)
	slog.New(slog.NewTextHandler(&out, nil)).Info("seen", "member", member, "session", session)
	if strings.Contains(out.String(), "canary") || strings.Contains(out.String(), fmt.Sprintf("%x", "canary")) {
		t.Errorf("printing leaks: %s", out.String())
	}
	if !strings.Contains(out.String(), member.ID.String()) {
		t.Error("the test looked at nothing")
	}
	if b, err := json.Marshal(member); err != nil || !strings.Contains(string(b), "canary@example.jp") {
		t.Errorf("an answer needs the address: %s, %v", b, err)
	}
}
