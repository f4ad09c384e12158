package main

import (
	"strings"
	"testing"

	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

// An installation from before the schema's files were written anew is refused until it is migrated,
// and then served with all it had.
func TestUpgradeOfAnInstallation(t *testing.T) {
	t.Parallel()
	db := testkit.FormerDatabase(t)
	settings := serveSettings(db.LoginURL)
	settings["TONARIMACHI_OWNER_DATABASE_URL"] = db.OwnerURL
	settings["TONARIMACHI_METRICS_LISTEN"] = "127.0.0.1:0"
	const counts = `select (select count(*) from event) || ' events, ' || (select count(*) from ticket) || ' tickets, '
		|| (select sum(taken) from quota_counter) || ' seats'`
	held := func() (says string) {
		t.Helper()
		if err := db.Pool(t).QueryRow(t.Context(), counts).Scan(&says); err != nil {
			t.Fatal(err)
		}
		return says
	}
	before := held()
	refuses(t, settings, []string{"serve"}, "tonarimachi migrate up")
	if said := tells(t, settings, "migrate"); strings.Contains(said, "No account") {
		t.Errorf("migrate says %q", said)
	}
	p := start(t, settings, "serve")
	base := "http://" + listening.FindString(p.await("serving"))
	// The demo's event without a free seat: two quotas with four seats each.
	page := get(t, base+"/api/v1/events/323f9dfa-f33a-48b0-9d2d-dc91463bbf56")
	if !strings.Contains(page, "ちいさな料理の会") {
		t.Errorf("the event is %s", page)
	}
	p.interrupt()
	if after := held(); after != before || !strings.HasPrefix(after, "22 events, 169 tickets, ") {
		t.Errorf("%s, before %s", after, before)
	}
}
