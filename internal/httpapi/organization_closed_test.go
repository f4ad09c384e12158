package httpapi

import (
	"testing"
	"time"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

// An operator closes a town while this server runs: what its staff try to change is refused at
// once, and soon they don't get in any more.
func TestOrganizationThatLeft(t *testing.T) {
	t.Parallel()
	b := setup(t)
	owner := testkit.Open(t, postgres.Options{URL: b.OwnerURL, Operator: 1, Clock: b.clock})
	operator := organization.NewService(owner, organization.NewOperatorDirectory(owner))
	hall := b.newHall(t)
	must[api.OrganizationDetail](t, b, 200, req{operation: "getOrganization"})
	must[api.StaffEventPage](t, b, 200, req{operation: "listStaffEvents", auth: bearer(b.admin)})
	if _, err := operator.Close(t.Context(), "toshima"); err != nil {
		t.Fatal(err)
	}
	closed := func(what string, q req) {
		t.Helper()
		if r := b.do(t, q); r.StatusCode != 403 || r.code != "organization_closed" {
			t.Errorf("%s: %d %s", what, r.StatusCode, r.raw)
		}
	}
	closed("a change at once", req{operation: "changeOrganization", auth: bearer(b.admin), body: obj{"area": "巣鴨"}})
	closed("an event at once", req{operation: "createEvent", auth: bearer(b.editor), body: b.eventBody(10)})
	b.clock.Advance(11 * time.Second)
	closed("reading soon", req{operation: "listStaffEvents", auth: bearer(b.admin)})

	detail := must[api.OrganizationDetail](t, b, 200, req{operation: "getOrganization"})
	if detail.Organization.ClosedOn == nil ||
		detail.Organization.ClosedOn.Format("2006-01-02") != b.clock.Now().Format("2006-01-02") ||
		len(detail.Partnerships) != 0 {
		t.Errorf("its page says: %+v", detail)
	}
	for _, o := range must[api.OrganizationPage](t, b, 200, req{operation: "listOrganizations"}).Items {
		if o.Slug == "toshima" || o.ClosedOn != nil {
			t.Errorf("listed: %+v", o)
		}
	}
	r := b.do(
		t,
		req{
			operation: "placeBooking",
			path:      map[string]string{"slug": "bunkyo"},
			auth:      bearer(b.foreign),
			body:      b.bookingBody(hall.A, 9, 11),
		},
	)
	if r.StatusCode != 409 || r.code != "room_not_open" {
		t.Errorf("a room of a closed town: %d %s", r.StatusCode, r.raw)
	}
}
