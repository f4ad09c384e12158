package main

import (
	"bytes"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/tonarimachi/tonarimachi/internal/app"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/contact"
	"github.com/tonarimachi/tonarimachi/internal/retention"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

type sealedRow struct {
	Key, Ticket uuid.UUID
	Sealed      []byte
}

func (i *installation) sealed() map[uuid.UUID]sealedRow {
	i.Helper()
	rows, err := i.admin.Query(i.Context(), "select key_id, ticket_id, sealed from ticket_contact")
	if err != nil {
		i.Fatal(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[sealedRow])
	if err != nil {
		i.Fatal(err)
	}
	byKey := map[uuid.UUID]sealedRow{}
	for _, row := range all {
		byKey[row.Key] = row
	}
	return byKey
}

// A backup taken while a date lived is restored when the date is over: its contacts open to nobody,
// though the worker's folder and key are as they are on that day. The one of a date that is still
// to come opens, so it is not the restoring that made them noise.
func TestOldBackupsAreNoise(t *testing.T) {
	t.Parallel()
	live := install(t, demoDir(t), clock.NewFake(clock.Today(clock.System()).At(10, 0)))
	keys, err := secret.NewKeys([]byte("0123456789abcdefghijklmnopqrstuv"))
	if err != nil {
		t.Fatal(err)
	}
	workers, err := secret.NewKeys([]byte("the worker's own contact key, 32+"))
	if err != nil {
		t.Fatal(err)
	}
	db := live.open()
	tickets := ticket.New(db, keys, rand.Reader, nil)
	t.Cleanup(tickets.Close)
	folder := filepath.Join(t.TempDir(), "keys")
	vault, err := contact.OpenVault(folder, workers, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	keeper := contact.NewKeeper(db, vault)
	if err := keeper.Start(t.Context(), true, false); err != nil {
		t.Fatal(err)
	}
	org := testkit.NewOrganization(t, live.admin, "kita")
	soon := testkit.NewEvent(t, live.admin, org, testkit.EventOptions{StartsAt: live.clock.Now().Add(4 * time.Hour)})
	later := testkit.NewEvent(t, live.admin, org, testkit.EventOptions{StartsAt: live.clock.Now().AddDate(0, 0, 40)})
	if n, err := keeper.MakeKeys(t.Context()); err != nil || n != 2 {
		t.Fatalf("made %d keys, %v", n, err)
	}
	contacts := contact.NewService(db, keys, nil)
	give := func(code secret.Ticket, address string) {
		t.Helper()
		c, err := contact.FromMail(address)
		if err == nil {
			err = contacts.Put(t.Context(), code, c)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	const address, other = "kanariya.no.adoresu@example.jp", "mukudori.no.adoresu@example.jp"
	code, canaries := live.guest(soon, tickets, keys)
	give(code, address)
	kept, _, err := tickets.Take(t.Context(), ticket.Request{EventID: later.ID, QuotaID: later.Quota(), Seats: 1})
	if err != nil {
		t.Fatal(err)
	}
	give(kept, other)

	opens := func(row sealedRow) string {
		t.Helper()
		c, err := vault.Open(row.Key, row.Ticket, row.Sealed)
		if err != nil {
			t.Fatal(err)
		}
		return c.Mail()
	}
	before := live.sealed()
	if len(before) != 2 || opens(before[soon.OccurrenceID]) != address || opens(before[later.OccurrenceID]) != other {
		t.Fatal("while the dates live, the worker can't read the contacts")
	}
	live.exec("checkpoint")
	if told := live.inFiles(map[string][]byte{"address": []byte(address)}); len(told) > 0 {
		t.Errorf("the address stands in clear in %v", told)
	}
	oldFile, err := os.ReadFile(filepath.Join(folder, soon.OccurrenceID.String()+".key"))
	if err != nil {
		t.Fatal(err)
	}

	copied := filepath.Join(filepath.Dir(live.dir), "backup")
	live.backup(copied)
	live.clock.Set(soon.EndsAt.Add(retention.AfterDate + time.Second))
	round := func(i *installation, keeper *contact.Keeper) {
		t.Helper()
		for _, task := range app.Tasks(i.open()) {
			if _, err := task.Do(t.Context()); err != nil {
				t.Fatalf("%s: %v", task.Name, err)
			}
		}
		if _, err := keeper.DestroyKeys(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	round(live, keeper)
	if left := live.sealed(); len(left) != 1 || left[later.OccurrenceID].Sealed == nil {
		t.Errorf("contacts of %d dates are left, want the later one's", len(left))
	}

	restored := install(t, copied, live.clock)
	old := restored.sealed()
	noise, alive := old[soon.OccurrenceID], old[later.OccurrenceID]
	if len(old) != 2 || !bytes.Equal(noise.Sealed, before[soon.OccurrenceID].Sealed) ||
		len(restored.inDump(canaries)) != len(canaries) {
		t.Fatal("this is not the backup that was taken")
	}
	if opens(alive) != other {
		t.Error("a contact that is still needed does not open from the backup")
	}
	if _, err := vault.Open(noise.Key, noise.Ticket, noise.Sealed); !errors.Is(err, contact.ErrNoKey) {
		t.Errorf("the contact of the past date: %v, want ErrNoKey", err)
	}
	present, err := vault.Keys()
	if err != nil || len(present) != 1 {
		t.Fatalf("%d keys are there, %v", len(present), err)
	}
	for _, key := range present {
		if _, err := vault.Open(key, noise.Ticket, noise.Sealed); err == nil {
			t.Error("the key of another date opens it")
		}
	}
	if _, err := vault.Make(noise.Key); err != nil {
		t.Fatal(err)
	}
	if _, err := vault.Open(noise.Key, noise.Ticket, noise.Sealed); !errors.Is(err, contact.ErrSealed) {
		t.Errorf("a new key of the same name: %v, want ErrSealed", err)
	}
	files, err := os.ReadDir(folder)
	if err != nil || len(files) < 3 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, f := range files {
		content, err := os.ReadFile(filepath.Join(folder, f.Name()))
		if err != nil || bytes.Contains(content, bytes.TrimSpace(oldFile)) {
			t.Errorf("%s holds the old key, %v", f.Name(), err)
		}
	}

	// The installation that goes on from the backup forgets at its first round what it has no
	// business to know, and destroys what was made of nothing.
	again := contact.NewKeeper(restored.open(), vault)
	if err := again.Start(t.Context(), true, false); err != nil {
		t.Fatal(err)
	}
	round(restored, again)
	if left := restored.inDump(canaries); len(left) > 0 {
		t.Errorf("after its first round the restored database still tells %v", left)
	}
	if left := restored.sealed(); len(left) != 1 || opens(left[later.OccurrenceID]) != other {
		t.Errorf("contacts of %d dates are left in it, want the later one's", len(left))
	}
	if present, err := vault.Keys(); err != nil || len(present) != 1 || present[0] != later.OccurrenceID {
		t.Errorf("keys %v are there, %v", present, err)
	}
}
