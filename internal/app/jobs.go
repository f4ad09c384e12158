package app

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/tonarimachi/tonarimachi/internal/config"
	"github.com/tonarimachi/tonarimachi/internal/contact"
	"github.com/tonarimachi/tonarimachi/internal/courier"
	"github.com/tonarimachi/tonarimachi/internal/httpx"
	"github.com/tonarimachi/tonarimachi/internal/job"
	"github.com/tonarimachi/tonarimachi/internal/notice"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/retention"
	"github.com/tonarimachi/tonarimachi/web"
)

// newRunner makes the runner of all jobs: the housekeeping, the keys of contacts, and the
// delivery of notices.
// contactsLost is the operator's word that the former key store is gone.
func newRunner(
	ctx context.Context,
	cfg config.Config,
	log *slog.Logger,
	db *postgres.DB,
	metrics *httpx.Metrics,
	contactsLost bool,
) (*job.Runner, error) {
	vault, err := contact.OpenVault(string(cfg.ContactDir), cfg.ContactKeys, rand.Reader)
	if err != nil {
		return nil, err
	}
	keeper := contact.NewKeeper(db, vault)
	if err := keeper.Start(ctx, !cfg.Mail.IsZero(), contactsLost); err != nil {
		return nil, fmt.Errorf("open the contact key store: %w", err)
	}
	deliverer, err := newDeliverer(cfg, log, db, vault, countNotices(metrics))
	if err != nil {
		return nil, err
	}
	return job.NewRunner(db, log, job.Work{
		Tasks:  append(Tasks(db), noticeTasks(db, keeper)...),
		Duties: []job.Duty{{Name: notice.Duty, Do: deliverer.Deliver}},
	})
}

// makeContactKeys does at once what the worker does within a minute of its start.
func makeContactKeys(ctx context.Context, cfg config.Config, db *postgres.DB) error {
	vault, err := contact.OpenVault(string(cfg.ContactDir), cfg.ContactKeys, rand.Reader)
	if err != nil {
		return err
	}
	keeper := contact.NewKeeper(db, vault)
	if err := keeper.Start(ctx, !cfg.Mail.IsZero(), false); err != nil {
		return err
	}
	_, err = keeper.MakeKeys(ctx)
	return err
}

func noticeTasks(db *postgres.DB, keeper *contact.Keeper) []job.Task {
	return []job.Task{
		{Name: contact.MakeTask, Every: time.Minute, Do: keeper.MakeKeys},
		{Name: retention.DestroyContactKeys, Every: time.Hour, Do: keeper.DestroyKeys},
		{
			Name:  notice.RemindTask,
			Every: 10 * time.Minute,
			Do:    func(ctx context.Context) (int, error) { return notice.Remind(ctx, db) },
		},
		{
			Name:  notice.WakeTask,
			Every: time.Minute,
			Do:    func(ctx context.Context) (int, error) { return notice.Wake(ctx, db) },
		},
	}
}

// countNotices counts notices by kind and outcome, nothing finer. Every count is there from the
// start, so that its first rise is seen as one.
func countNotices(metrics *httpx.Metrics) func(notice.Kind, string) {
	notices := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "tonarimachi_notices_total", Help: "Tries to deliver notices by kind and outcome.",
	}, []string{"kind", "outcome"})
	metrics.Registerer().MustRegister(notices)
	for _, kind := range notice.Kinds {
		for _, outcome := range notice.Outcomes {
			notices.WithLabelValues(string(kind), outcome)
		}
	}
	return func(kind notice.Kind, outcome string) { notices.WithLabelValues(string(kind), outcome).Inc() }
}

func newDeliverer(
	cfg config.Config,
	log *slog.Logger,
	db *postgres.DB,
	vault *contact.Vault,
	count func(notice.Kind, string),
) (*notice.Deliverer, error) {
	texts, err := notice.ReadTexts(web.Templates, string(cfg.BaseURL))
	if err != nil {
		return nil, err
	}
	private, public, err := vault.PushKeys()
	if err != nil {
		return nil, err
	}
	subject := string(cfg.MailFrom)
	if cfg.BaseURL.Secure() || subject == "" {
		subject = string(cfg.BaseURL)
	}
	o := notice.Options{
		DB:       db,
		Contacts: vault,
		Texts:    texts,
		Keys:     cfg.Keys,
		Log:      log,
		Count:    count,
		Pusher: courier.NewPush(
			courier.PushOptions{Private: private, Public: public, Subject: subject, Clock: db.Clock()},
		),
	}
	switch {
	case cfg.Mail.Folder != "":
		o.Mailer, err = courier.NewFolder(cfg.Mail.Folder, cfg.MailFrom, db.Clock())
	case !cfg.Mail.IsZero():
		o.Mailer, err = courier.NewSMTP(cfg.Mail, cfg.MailFrom, cfg.BaseURL.Host(), db.Clock())
	}
	if err != nil {
		return nil, err
	}
	return notice.NewDeliverer(o), nil
}
