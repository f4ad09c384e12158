package embedded

import (
	"testing"

	"github.com/jackc/pgx/v5"
)

func TestAStandbyFollowsIsCutOffAndTakesOver(t *testing.T) {
	t.Parallel()
	quick := map[string]string{"fsync": "off", "full_page_writes": "off", "wal_retrieve_retry_interval": "50ms"}
	primary := startServer(t, Options{Settings: quick})
	standby, err := StartStandby(t.Context(), Options{Dir: dataFolder(t), Settings: quick}, primary)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stopServer(t, standby) })
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	write := func(table string) {
		t.Helper()
		conn, err := pgx.Connect(t.Context(), primary.AdminURL(""))
		must(err)
		defer func() { _ = conn.Close(t.Context()) }()
		_, err = conn.Exec(t.Context(), "create table "+table+" ()")
		must(err)
	}
	has := func(table string) (there bool) {
		t.Helper()
		conn, err := pgx.Connect(t.Context(), standby.AdminURL(""))
		must(err)
		defer func() { _ = conn.Close(t.Context()) }()
		must(conn.QueryRow(t.Context(), "select to_regclass($1) is not null", table).Scan(&there))
		return there
	}
	must(primary.set(t.Context(), "synchronous_commit", "remote_apply")) // what is acknowledged is to be seen
	must(primary.Demand(t.Context(), true))
	write("followed")
	must(primary.Demand(t.Context(), false))
	must(standby.Cut(t.Context()))
	write("missed")
	if !has("followed") || has("missed") {
		t.Errorf(
			"the standby has what was acknowledged: %v; what was written after the cut: %v",
			has("followed"),
			has("missed"),
		)
	}
	must(primary.Demand(t.Context(), true))
	must(standby.Mend(t.Context()))
	write("caught_up")
	if !has("missed") || !has("caught_up") {
		t.Error("the standby did not catch up")
	}
	primary.Crash()
	must(standby.Promote(t.Context()))
	if !has("caught_up") {
		t.Error("what was acknowledged went with the primary")
	}
}
