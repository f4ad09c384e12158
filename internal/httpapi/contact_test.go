package httpapi

import (
	"bytes"
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/contact"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

// keeper is the worker's side of contacts, over a key store of the test's own.
func (b *bundle) keeper(t testing.TB) (*contact.Keeper, *contact.Vault) {
	t.Helper()
	keys, err := secret.NewKeys([]byte("the worker's one key, in tests of httpapi"))
	if err != nil {
		t.Fatal(err)
	}
	vault, err := contact.OpenVault(t.TempDir()+"/keys", keys, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	keeper := contact.NewKeeper(b.db, vault)
	if err := keeper.Start(t.Context(), true, false); err != nil {
		t.Fatal(err)
	}
	return keeper, vault
}

// subscription is one as a browser gives it.
func subscription(t testing.TB, endpoint string) obj {
	t.Helper()
	k, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return obj{
		"endpoint": endpoint,
		"p256dh":   base64.RawURLEncoding.EncodeToString(k.PublicKey().Bytes()),
		"auth": base64.URLEncoding.EncodeToString(
			bytes.Repeat([]byte{7}, 16),
		), // with padding, as some libraries write it
	}
}

func (b *bundle) tourContact(t *testing.T, at map[string]string, code string) {
	t.Helper()
	auth := "Ticket " + code
	ways := must[api.ContactWays](t, b, 200, req{operation: "getContactWays", path: at})
	if ways.Mail || ways.PushKey != nil || len(ways.OccurrenceIds) != 0 {
		t.Errorf("without a worker something can be kept: %+v", ways)
	}
	if r := b.do(
		t,
		req{operation: "keepContact", auth: auth, body: obj{"mail": "sumire@example.jp"}},
	); r.StatusCode != 409 ||
		r.code != "contact_not_possible_yet" {
		t.Errorf("a contact without a key: %d %s", r.StatusCode, r.code)
	}
	keeper, _ := b.keeper(t)
	if n, err := keeper.MakeKeys(t.Context()); n == 0 || err != nil {
		t.Fatalf("make keys: %d, %v", n, err)
	}
	b.clock.Advance(time.Minute)
	ways = must[api.ContactWays](t, b, 200, req{operation: "getContactWays", path: at})
	if !ways.Mail || ways.PushKey == nil || len(ways.OccurrenceIds) == 0 {
		t.Errorf("ways = %+v", ways)
	}
	if kept := must[api.Ticket](
		t,
		b,
		200,
		req{operation: "keepContact", auth: auth, body: obj{"mail": "　ＳＵＭＩＲＥ@example.jp "}},
	); !kept.ContactKept {
		t.Error("the ticket does not say that a contact is kept")
	}
	must[api.Ticket](
		t,
		b,
		200,
		req{operation: "keepContact", auth: auth, body: obj{"push": subscription(t, "https://push.example/abc")}},
	)
	for name, body := range map[string]obj{
		"no address":               {"mail": "sumire"},
		"two":                      {"mail": "a@example.jp", "push": subscription(t, "https://push.example/a")},
		"none":                     {},
		"a private address":        {"push": subscription(t, "https://127.0.0.1/a")},
		"a name that leads inside": {"push": subscription(t, "https://inside.example/a")},
		"an unknown name":          {"push": subscription(t, "https://nowhere.example/a")},
		"http":                     {"push": subscription(t, "http://push.example/a")},
		"a line break":             {"mail": "a@example.jp\r\nBcc: b@example.jp"},
	} {
		if r := b.refuse(t, name, req{operation: "keepContact", auth: auth, body: body}, 422); strings.Contains(
			string(r.raw),
			"example",
		) {
			t.Errorf("%s: the answer repeats what was typed: %s", name, r.raw)
		}
	}
	if gone := must[api.Ticket](t, b, 200, req{operation: "forgetContact", auth: auth}); gone.ContactKept {
		t.Error("a forgotten contact is kept")
	}
	must[api.Ticket](t, b, 200, req{operation: "forgetContact", auth: auth})
}

// A contact never costs the seat, and a wrong one costs nothing.
func TestContactComesAfterTheSeat(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e := testkit.NewEvent(t, b.Pool(t), b.toshima.ID, testkit.EventOptions{})
	at := map[string]string{"event_id": e.ID.String()}
	ask := func(contact any) req {
		return req{operation: "takeSeat", path: at, body: obj{"quota_id": e.Quota().String(), "contact": contact}}
	}
	early := must[api.IssuedTicket](t, b, 201, ask(obj{"mail": "sumire@example.jp"}))
	if early.Ticket.ContactKept || early.ContactProblem == nil || *early.ContactProblem != "contact_not_possible_yet" {
		t.Errorf("before there is a key: kept %v, problem %v", early.Ticket.ContactKept, early.ContactProblem)
	}
	keeper, vault := b.keeper(t)
	if _, err := keeper.MakeKeys(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, wrong := range []any{
		obj{"mail": "nowhere"},
		obj{},
		"x",
		obj{"fax": "1"},
		obj{"push": subscription(t, "https://10.0.0.1/")},
	} {
		b.refuse(t, "a contact that is none", ask(wrong), 422)
	}
	code := "7BEBM6F474KRN78C7XN5T5G7MC"
	q := ask(obj{"mail": "sumire@example.jp"})
	q.body.(obj)["secret"] = code
	for range 2 {
		if got := must[api.IssuedTicket](t, b, 201, q); !got.Ticket.ContactKept || got.ContactProblem != nil ||
			got.Secret != code {
			t.Errorf("kept %v, problem %v\n%s", got.Ticket.ContactKept, got.ContactProblem, b.log.String())
		}
	}
	var ticket, key uuid.UUID
	var sealed []byte
	if err := b.Pool(t).QueryRow(t.Context(), "select ticket_id, key_id, sealed from ticket_contact").Scan(
		&ticket,
		&key,
		&sealed,
	); err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(sealed, []byte("sumire")) {
		t.Error("the address stands in the table")
	}
	if c, err := vault.Open(key, ticket, sealed); err != nil || c.Mail() != "sumire@example.jp" {
		t.Errorf("the worker reads %q, %v", c.Mail(), err)
	}
	if strings.Contains(b.log.String(), "sumire") {
		t.Error("the address stands in the log")
	}
	must[api.Ticket](t, b, 200, req{operation: "cancelTicket", auth: "Ticket " + code})
	if n := count(t, b, "ticket_contact"); n != 0 {
		t.Errorf("%d contacts outlive their tickets", n)
	}
	if r := b.do(
		t,
		req{operation: "keepContact", auth: "Ticket " + code, body: obj{"mail": "sumire@example.jp"}},
	); r.StatusCode != 409 ||
		r.code != "contact_ticket_over" {
		t.Errorf("a contact for a cancelled ticket: %d %s", r.StatusCode, r.code)
	}
	if r := b.do(t, req{operation: "getTicket", auth: "Ticket " + code}); r.StatusCode != 200 {
		t.Errorf("get = %d", r.StatusCode)
	}
	if err := b.db.InTicket(t.Context(), nil, func(tx *postgres.Tx) error {
		_, err := tx.Pgx.Exec(t.Context(), "select sealed from ticket_contact")
		return err
	}); err == nil {
		t.Error("the public role may read what is sealed")
	}
}

func count(t *testing.T, b *bundle, table string) (n int) {
	t.Helper()
	if err := b.Pool(t).QueryRow(t.Context(), "select count(*) from "+table).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
