package idempotency_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tonarimachi/tonarimachi/internal/idempotency"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

// A stored answer is told again only when it is where its write has to be [O3].
func TestAnswersToldAgainWaitForTheStandby(t *testing.T) {
	t.Parallel()
	pair := testkit.NewPair(t)
	db := testkit.Open(t, postgres.Options{URL: pair.LoginURL, Public: 2, Staff: 2})
	ledger, actor := idempotency.NewLedger(
		db,
	), postgres.Actor{
		Kind: "staff",
		ID:   testkit.NewOrganization(t, pair.Pool(t), "bunkyo"),
	}
	town := testkit.NewOrganization(t, pair.Pool(t), "kiyose")
	request := idempotency.Request{Organization: town, Actor: actor, Key: "a", Fingerprint: sha256.Sum256(nil)}
	once := func() error {
		_, err := ledger.Once(
			t.Context(),
			request,
			func(context.Context) (idempotency.Answer, error) { return created, nil },
		)
		return err
	}
	statement := func() error {
		return db.InOneStatement(
			t.Context(),
			town,
			actor,
			func(row pgx.Row, _ time.Time) error { var id string; return row.Scan(&id) },
			"update organization set website = 'https://example.jp' where id = $1 returning id::text",
			town,
		)
	}
	do := func(act func() error) (answer chan error, ended chan struct{}) {
		answer, ended = make(chan error, 1), make(chan struct{})
		go func() { answer <- act(); close(ended) }()
		return answer, ended
	}
	if err := pair.Standby.Cut(t.Context()); err != nil {
		t.Fatal(err)
	}
	for what, act := range map[string]func() error{"a transaction": once, "a statement": statement} {
		answer, _ := do(act)
		pair.LeaveLocal(t)
		if err := <-answer; !errors.Is(err, postgres.ErrUnavailable) || !errors.Is(err, postgres.ErrLeftLocal) {
			t.Errorf("%s whose commit stayed on the primary: %v, want that nobody knows", what, err)
		}
	}
	if err := db.ReadOrganization(t.Context(), town, func(*postgres.Tx) error { return nil }); err != nil {
		t.Errorf("reading without the standby: %v", err)
	}
	answer, ended := do(once)
	if !pair.Waits(t, ended) {
		t.Fatalf("the stored answer was told without the standby, with %v", <-answer)
	}
	if err := pair.Standby.Mend(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-answer; err != nil {
		t.Errorf("the stored answer, with the standby back: %v", err)
	}
}
