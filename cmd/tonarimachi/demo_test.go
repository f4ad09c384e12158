package main

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// demoDir is a folder that the account which runs PostgreSQL for root can reach.
func demoDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for d := dir; strings.HasPrefix(d, os.TempDir()) && d != os.TempDir(); d = filepath.Dir(d) {
		if err := os.Chmod(d, 0o711); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "demo")
}

func startDemo(t *testing.T, dir string) (*program, demoCard) {
	t.Helper()
	p := start(t, nil, "demo", "--listen", "127.0.0.1:0", "--data", dir)
	p.await("Ctrl-C ends it.")
	return p, readCard(t, dir)
}

// TestDemo is the whole path of one demo: start, use, a second process, kill -9, start again,
// Ctrl-C.
func TestDemo(t *testing.T) {
	t.Parallel()
	dir := demoDir(t)
	p, card := startDemo(t, dir)
	checkCard(t, card)
	checkFaces(t, card)
	checkDoor(t, card)
	address, secret := takeSeat(t, card)

	other := joining(t, card, "serve", "--with-worker")
	if status, body := call(
		t,
		http.MethodGet,
		other.base+"/api/v1/ticket",
		"Ticket "+secret,
		nil,
	); status != http.StatusOK {
		t.Errorf("the second process does not know the ticket: %d\n%s", status, body)
	}
	seenByBoth(t, card, other.base)
	other.program.interrupt()
	worker := start(t, card.Env, "worker")
	worker.await("working")
	worker.interrupt()
	operate(t, card)

	refuses(t, nil, []string{"demo", "--listen", "127.0.0.1:0", "--data", dir}, dir, "already running", "--data")
	refuses(
		t,
		nil,
		[]string{"demo", "--listen", strings.TrimPrefix(card.BaseURL, "http://"), "--data", dir + "2"},
		"is in use by another program",
		"--listen",
	)

	p.kill()
	again, second := startDemo(t, dir)
	if len(second.Organizations) != len(card.Organizations) || second.Organizations[0] != card.Organizations[0] {
		t.Error("the accounts are not those of the first start")
	}
	if status, body := call(
		t,
		http.MethodGet,
		second.BaseURL+"/api/v1/ticket",
		"Ticket "+secret,
		nil,
	); status != http.StatusOK ||
		!strings.Contains(body, "confirmed") {
		t.Errorf("the seat did not survive the kill: %d\n%s", status, body)
	}
	if status, _ := call(t, http.MethodGet, second.BaseURL+address, "", nil); status != http.StatusOK {
		t.Errorf("the event has another address after the kill: %d", status)
	}
	again.interrupt()
	if left := processesOf(t, dir); len(left) > 0 {
		t.Errorf("left behind: %s", left)
	}
	if _, err := os.Stat(filepath.Join(dir, "demo.json")); !os.IsNotExist(err) {
		t.Errorf("demo.json is still there: %v", err)
	}
}

func checkCard(t *testing.T, card demoCard) {
	t.Helper()
	if len(card.Organizations) != 19 || !strings.HasPrefix(card.BaseURL, "http://127.0.0.1:") ||
		!strings.HasPrefix(card.DatabaseURL, "postgres://tonarimachi:") {
		t.Errorf("card %+v", card)
	}
	for _, name := range []string{"DATABASE_URL", "SECRET_KEY", "BASE_URL"} {
		if card.Env["TONARIMACHI_"+name] == "" {
			t.Errorf("env lacks %s", name)
		}
	}
	for _, name := range []string{"LISTEN", "METRICS_LISTEN"} {
		if _, ok := card.Env["TONARIMACHI_"+name]; ok {
			t.Errorf("env has %s", name)
		}
	}
	for _, o := range card.Organizations {
		if o.Slug == "" || !strings.HasSuffix(o.StaffEmail, "@"+o.Slug+".example") || len(o.StaffPassword) < 20 ||
			!strings.HasPrefix(o.APIToken, "tnm_"+o.Slug+"_") {
			t.Errorf("account %+v", o)
		}
		if o.Slug == "toshima" &&
			(!strings.HasSuffix(
				o.Second.StaffEmail,
				"@toshima.example",
			) || o.Second.StaffEmail == o.StaffEmail || len(o.Second.StaffPassword) < 20 ||
				!strings.HasPrefix(o.Second.APIToken, "tnm_toshima_") || o.Second.APIToken == o.APIToken) {
			t.Errorf("its second member %+v", o.Second)
		}
	}
}

// checkDoor opens today's door as the page's script does, unless it is the small hours, and looks
// at the event that is full.
func checkDoor(t *testing.T, card demoCard) {
	t.Helper()
	_, token, ok := strings.Cut(card.Door.URL, "/door#")
	if !ok || !strings.HasPrefix(card.Door.EventURL, card.BaseURL+"/events/") || len(card.Tickets) != 3 {
		t.Fatalf("door %+v, tickets %+v", card.Door, card.Tickets)
	}
	status, body := call(t, http.MethodGet, card.BaseURL+"/api/v1/door", "Door "+token, nil)
	if early := strings.Contains(
		body,
		"door_not_open_yet",
	); status != http.StatusOK && !early ||
		status == http.StatusOK && !strings.Contains(body, `"count":10`) {
		t.Errorf("the door: %d\n%s", status, body)
	}
	if status, body := call(
		t,
		http.MethodGet,
		card.Lottery.DrawURL,
		"",
		nil,
	); status != http.StatusOK || len(card.Lottery.Tickets) != 3 ||
		!strings.Contains(body, "抽選のしくみと結果") {
		t.Errorf("the draw: %d, %d tickets", status, len(card.Lottery.Tickets))
	}
	for i, want := range []string{"confirmed", "waiting", "offered"} {
		_, code, _ := strings.Cut(card.Tickets[i].URL, "/t#")
		if status, body := call(
			t,
			http.MethodGet,
			card.BaseURL+"/api/v1/ticket",
			"Ticket "+code,
			nil,
		); status != http.StatusOK ||
			!strings.Contains(body, `"status":"`+want+`"`) {
			t.Errorf("%s: %d\n%s", want, status, body)
		}
	}
}

func checkFaces(t *testing.T, card demoCard) {
	t.Helper()
	for path, words := range map[string]string{
		"/":                                   "となりまち",
		"/events":                             "ひきこもりUX女子会",
		"/organizations/kiyose":               "清瀬市",
		"/organizations/former-group":         "参加を終えました",
		"/t":                                  "参加票",
		"/promises":                           "名前",
		"/healthz":                            "ok",
		"/readyz":                             `"database":"up"`,
		"/openapi.yaml":                       "openapi:",
		"/docs":                               "<html",
		"/api/v1/organizations":               "toshima",
		"/api/v1/partnerships":                "ux-joshikai",
		"/api/v1/events?kind=joshikai":        "ひきこもりUX女子会",
		"/feeds/all.ics":                      "BEGIN:VCALENDAR",
		"/feeds/partnerships/ux-joshikai.ics": "BEGIN:VEVENT",
	} {
		if body := get(t, card.BaseURL+path); !strings.Contains(body, words) {
			t.Errorf("%s has nothing of %q", path, words)
		}
	}
	// One UID a date in all seven feeds.
	var want string
	for _, slug := range []string{
		"kiyose",
		"kunitachi",
		"musashino",
		"higashiyamato",
		"hino",
		"bunkyo",
		"toshima",
		"ux-kaigi",
	} {
		got := strings.Join(uids(get(t, card.BaseURL+"/feeds/organizations/"+slug+".ics"), "SUMMARY:ひきこもりUX女子会"), " ")
		if want == "" {
			want = got
		}
		if got != want || strings.Count(got, " ") != 6 {
			t.Errorf("%s: UIDs %q, want %q", slug, got, want)
		}
	}
}

// uids gives the UIDs of the VEVENTs with that line.
func uids(calendar, line string) (found []string) {
	for _, component := range strings.Split(calendar, "BEGIN:VEVENT")[1:] {
		if !strings.Contains(component, line+"\r\n") {
			continue
		}
		_, rest, _ := strings.Cut(component, "\r\nUID:")
		uid, _, _ := strings.Cut(rest, "\r\n")
		found = append(found, uid)
	}
	return found
}

// takeSeat takes the online seat of the joint consultation and gives the event's address and the
// secret.
func takeSeat(t *testing.T, card demoCard) (address, secret string) {
	t.Helper()
	var list struct {
		Items []struct {
			ID string `json:"id"`
		} `json:"items"`
	}
	decode(t, get(t, card.BaseURL+"/api/v1/events?kind=joint_consultation"), &list)
	if len(list.Items) != 1 {
		t.Fatalf("%d joint consultations", len(list.Items))
	}
	id := list.Items[0].ID
	var event struct {
		Occurrences []struct {
			Parts []struct {
				Reservation string `json:"reservation"`
				Quotas      []struct {
					ID string `json:"id"`
				} `json:"quotas"`
			} `json:"parts"`
		} `json:"occurrences"`
	}
	decode(t, get(t, card.BaseURL+"/api/v1/events/"+id), &event)
	quota := ""
	for _, p := range event.Occurrences[0].Parts {
		if p.Reservation == "seat" {
			quota = p.Quotas[0].ID
		}
	}
	status, body := call(
		t,
		http.MethodPost,
		card.BaseURL+"/api/v1/events/"+id+"/tickets",
		"",
		map[string]any{"quota_id": quota, "seats": 1},
	)
	if status != http.StatusCreated {
		t.Fatalf("take a seat: %d\n%s", status, body)
	}
	var taken struct {
		Secret string `json:"secret"`
	}
	decode(t, body, &taken)
	if taken.Secret == "" {
		t.Fatalf("no secret in %s", body)
	}
	return "/events/" + id, taken.Secret
}

func decode(t *testing.T, text string, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), into); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
}

type joined struct {
	program *program
	base    string
}

// joining starts another process on the demo's database and waits until it serves.
func joining(t *testing.T, card demoCard, args ...string) joined {
	t.Helper()
	settings := map[string]string{"TONARIMACHI_LISTEN": "127.0.0.1:0"}
	for name, value := range card.Env {
		settings[name] = value
	}
	settings["TONARIMACHI_LOG_FORMAT"] = "json"
	p := start(t, settings, args...)
	var line struct {
		Address string `json:"address"`
	}
	decode(t, p.await(`"msg":"serving"`), &line)
	return joined{program: p, base: "http://" + line.Address}
}

// seenByBoth changes an event through one process and finds it changed in the feed of the other, as
// soon as that has heard of it.
func seenByBoth(t *testing.T, card demoCard, other string) {
	t.Helper()
	token := ""
	for _, o := range card.Organizations {
		if o.Slug == "adachi" {
			token = o.APIToken
		}
	}
	var list struct {
		Items []struct {
			ID    string `json:"id"`
			Title string `json:"title"`
		} `json:"items"`
	}
	decode(t, get(t, card.BaseURL+"/api/v1/events?organization=adachi&kind=seminar"), &list)
	before := get(t, other+"/feeds/organizations/adachi.ics")
	path := card.BaseURL + "/api/v1/organizations/adachi/events/" + list.Items[0].ID
	if status, body := call(
		t,
		http.MethodPatch,
		path,
		"Bearer "+token,
		map[string]any{"title": list.Items[0].Title + "（新）"},
	); status != http.StatusOK {
		t.Fatalf("change title: %d\n%s", status, body)
	}
	for after := before; !strings.Contains(after, "（新）"); {
		after = get(t, other+"/feeds/organizations/adachi.ics") // ends with the test's own time limit
	}
}

// operate uses the operator's commands on the demo's database.
func operate(t *testing.T, card demoCard) {
	t.Helper()
	exported := tells(t, card.Env, "export", "organizations")
	file := filepath.Join(t.TempDir(), "organizations.yaml")
	if err := os.WriteFile(file, []byte(exported), 0o600); err != nil {
		t.Fatal(err)
	}
	if said := tells(
		t,
		card.Env,
		"import",
		"organizations",
		file,
	); !strings.Contains(
		said,
		"10 municipalities, 9 partner groups and 2 partnerships",
	) {
		t.Errorf("import says %q", said)
	}
	list := filepath.Join(t.TempDir(), "facilities.csv")
	if err := os.WriteFile(
		list,
		[]byte("都道府県コード又は市区町村コード,NO,名称,住所,開始時間,終了時間\n13212,1,新しい施設,東京都日野市1-1,9時,24:00\n"),
		0o600,
	); err != nil {
		t.Fatal(err)
	}
	if said := tells(
		t,
		card.Env,
		"import",
		"facilities",
		"hino",
		list,
		"--open",
	); !strings.Contains(said, "1 created, 0 changed, 0 unchanged, 0 refused.") ||
		!strings.Contains(said, "time_form") {
		t.Errorf("import of facilities says %q", said)
	}
	tells(t, card.Env, "holidays", "remove", "2027-11-23", "勤労感謝の日")
	if said := tells(
		t,
		card.Env,
		"holidays",
		"list",
		"2027",
	); !strings.Contains(
		said,
		"2027-11-23 勤労感謝の日 (not observed)",
	) {
		t.Errorf("holidays says %q", said)
	}
	if said := tells(
		t,
		card.Env,
		"staff",
		"add",
		"--organization",
		"hino",
		"--email",
		"new@hino.example",
		"--role",
		"editor",
	); !strings.Contains(
		said,
		"password: ",
	) {
		t.Errorf("staff add says %q", said)
	}
	token, _, _ := strings.Cut(
		tells(t, card.Env, "staff", "token", "--organization", "hino", "--email", "new@hino.example", "--days", "3"),
		"\n",
	)
	if status, body := call(
		t,
		http.MethodGet,
		card.BaseURL+"/api/v1/organizations/hino/events",
		"Bearer "+token,
		nil,
	); status != http.StatusOK {
		t.Errorf("the new token: %d\n%s", status, body)
	}
	if said := tells(t, card.Env, "migrate", "status"); !strings.Contains(said, "schema version") {
		t.Errorf("migrate status says %q", said)
	}
	refuses(
		t,
		card.Env,
		[]string{"organization", "close", "kiyose"},
		"It can't be closed while it has plans: events ahead ",
	)
	refuses(t, card.Env, []string{"organization", "close", "nowhere"}, "could not find this organization")
	if said := tells(
		t,
		card.Env,
		"organization",
		"reopen",
		"former-group",
	); !strings.Contains(
		said,
		"(former-group) takes part.",
	) {
		t.Errorf("organization reopen says %q", said)
	}
	if said := tells(
		t,
		card.Env,
		"organization",
		"close",
		"former-group",
	); !strings.Contains(
		said,
		"(former-group) no longer takes part.",
	) {
		t.Errorf("organization close says %q", said)
	}
	refuses(
		t,
		card.Env,
		[]string{"staff", "add", "--organization", "former-group", "--email", "new@former.example"},
		"no longer takes part",
	)
	refuses(t, card.Env, []string{"migrate", "down"}, "invalid argument", "down") // forward only (ADR 0030)
	refuses(
		t,
		card.Env,
		[]string{"staff", "token", "--organization", "hino", "--email", "nobody@hino.example"},
		"tonarimachi: ",
	)
}
