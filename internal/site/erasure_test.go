package site_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

func TestErasureIsCertified(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.publish("bunkyo", meeting(nil))
	k.take(e, "はる")
	path := "/events/" + e.ID.String() + "/erasure"
	says := func(want string) {
		t.Helper()
		a := k.get(path)
		if got := text(
			a.doc.Find("main"),
		); a.Code != http.StatusOK || !strings.Contains(got, want) ||
			strings.Contains(got, "はる") {
			t.Errorf("%d %s, want %q", a.Code, got, want)
		}
	}
	says("終わった日は、まだありません。")
	ended := e.Occurrences[0].EndsAt
	k.clock.Set(ended.Add(time.Hour))
	says("これから消します")
	k.exec(
		"insert into contact_key (organization_id, event_id, occurrence_id, public_key) values ($1, $2, $3, "+
			"convert_to(repeat('p', 1216), 'UTF8'))",
		k.by["bunkyo"].Organization,
		e.ID,
		e.Occurrences[0].ID,
	)
	says("連絡先を開く鍵も、いっしょにこわします。")
	if link := k.get("/events/" + e.ID.String()).doc.Find("a[href='" + path + "']"); link.Length() != 1 {
		t.Errorf("%d links to the certificate", link.Length())
	}
	k.clock.Set(ended.Add(8 * 24 * time.Hour))
	says("消しているところです")
	db := testkit.Open(t, postgres.Options{URL: k.bundle.LoginURL, Worker: 1, Clock: k.clock})
	if n, err := ticket.NewEraser(db).EraseEnded(t.Context()); n != 1 || err != nil {
		t.Fatalf("erased %d, %v", n, err)
	}
	says("消しているところです") // the key is there
	k.exec("update contact_key set public_key = null, destroyed_on = '2026-12-24'")
	says("消しました")
	says("連絡先を開く鍵は、12月24日（木）にこわしました。")
	if a := k.get("/events/6f1f6c1e-7f63-4bb4-9f6a-3d1f5a0c0b11/erasure"); a.Code != http.StatusNotFound {
		t.Errorf("an unknown event: %d", a.Code)
	}
}
