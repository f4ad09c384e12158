//go:build unix

package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/event/search"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// asked is one call of a service whose statements are looked at.
type asked struct {
	name string
	do   func(ctx context.Context) (rows int, err error)
}

// explain asks the services themselves, as the roles they work as, so that row-level security and
// prepared statements have their part in the plans.
func explain(ctx context.Context, o options, out, diagnostics io.Writer) (err error) {
	g, err := newGround(ctx, o.data, map[string]string{
		"session_preload_libraries":          "auto_explain",
		"auto_explain.log_min_duration":      "-1",
		"auto_explain.log_analyze":           "on",
		"auto_explain.log_buffers":           "on",
		"auto_explain.log_nested_statements": "on",
		"shared_buffers":                     "2GB",
		"fsync":                              "off",
		"synchronous_commit":                 "off",
		"max_wal_size":                       "16GB",
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, g.close()) }()
	var seeded bool
	if err := g.admin.QueryRow(ctx, "select exists (select from event)").Scan(&seeded); err != nil {
		return fmt.Errorf("look for events: %w", err)
	}
	if began := clock.Start(); !seeded {
		if err := g.seedMillion(ctx, o.events); err != nil {
			return err
		}
		fmt.Fprintf(diagnostics, "seeded %d events in %.0f s\n", o.events, began.Elapsed().Seconds())
	}
	if err := g.exec(ctx, "alter database bench reset auto_explain.log_min_duration"); err != nil {
		return err
	}
	timed, end, err := g.questions(ctx)
	if err != nil {
		return err
	}
	defer end()
	// Sessions opened from now on tell their plans.
	if err := g.exec(ctx, "alter database bench set auto_explain.log_min_duration = 0"); err != nil {
		return err
	}
	told, endTold, err := g.questions(ctx)
	if err != nil {
		return err
	}
	defer endTold()
	fmt.Fprintln(out, "| Question | rows | first ms | then ms | plans that took longest |\n|---|---:|---:|---:|---|")
	for i, q := range timed {
		if !strings.Contains(q.name, o.match) {
			continue
		}
		if err := g.look(ctx, q, told[i], o.plans, out); err != nil {
			return fmt.Errorf("ask %s: %w", q.name, err)
		}
	}
	return nil
}

// look times a question (a prepared statement may get another plan from its sixth use on) and then
// reads its plans.
func (g *ground) look(ctx context.Context, timed, told asked, whole bool, out io.Writer) error {
	var times []time.Duration
	var rows int
	for range 12 {
		began := clock.Start()
		var err error
		if rows, err = timed.do(ctx); err != nil {
			return err
		}
		times = append(times, began.Elapsed())
	}
	first, later := times[0], slices.Clone(times[7:])
	slices.Sort(later)
	for range 7 {
		if _, err := told.do(ctx); err != nil {
			return err
		}
	}
	before, err := os.Stat(g.logPath())
	if err != nil {
		return fmt.Errorf("read plans: %w", err)
	}
	if _, err := told.do(ctx); err != nil {
		return err
	}
	plans, err := g.plansSince(before.Size())
	if err != nil {
		return err
	}
	fmt.Fprintf(
		out,
		"| %s | %d | %.2f | %.2f | %s |\n",
		timed.name,
		rows,
		milliseconds(first),
		milliseconds(later[len(later)/2]),
		strings.Join(shapes(plans), "<br>"),
	)
	if whole {
		for _, p := range plans {
			fmt.Fprintf(out, "\n```\n%s\n```\n", p.text)
		}
	}
	return nil
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func (g *ground) logPath() string { return filepath.Join(g.dir, "postgres", "postgres.log") }

type plan struct {
	took float64 // ms
	text string
}

// plansSince reads what auto_explain wrote behind a position of the server's log.
func (g *ground) plansSince(position int64) ([]plan, error) {
	text, err := os.ReadFile(g.logPath())
	if err != nil {
		return nil, fmt.Errorf("read plans: %w", err)
	}
	var plans []plan
	for _, entry := range strings.Split(string(text[position:]), "LOG:  duration: ")[1:] {
		var p plan
		if _, err := fmt.Sscanf(entry, "%f ms  plan:", &p.took); err != nil {
			continue
		}
		p.text = entry
		plans = append(plans, p)
	}
	return plans, nil
}

var short = strings.NewReplacer(
	" using ",
	" ",
	"Index Only Scan",
	"index only",
	"Index Scan",
	"index",
	"Bitmap Heap Scan",
	"heap",
	"Bitmap Index Scan",
	"bitmap",
	"Seq Scan",
	"WHOLE TABLE",
	"Function Scan",
	"function",
	"Parallel ",
	"",
)

// shapes gives the slowest plans in short: their time and the ways they read tables.
func shapes(plans []plan) []string {
	slices.SortStableFunc(plans, func(a, b plan) int { return int(b.took*1000) - int(a.took*1000) })
	var all []string
	for _, p := range plans[:min(2, len(plans))] {
		var nodes []string
		for _, line := range strings.Split(p.text, "\n") {
			node, _, found := strings.Cut(strings.TrimLeft(line, " \t->"), "  (cost=")
			if !found || strings.Contains(line, "never executed") || !strings.Contains(node, "Scan") {
				continue
			}
			_, actual, _ := strings.Cut(line, "actual time=")
			_, actual, _ = strings.Cut(actual, " rows=")
			nodes = append(
				nodes,
				short.Replace(node)+" "+strings.ReplaceAll(strings.TrimSuffix(actual, ")"), " loops=", "×"),
			)
		}
		all = append(all, fmt.Sprintf("%.2f ms: %s", p.took, strings.Join(nodes, ", ")))
	}
	return all
}

// questions are what people and machines ask, each through the service that answers it.
func (g *ground) questions(ctx context.Context) (_ []asked, end func(), err error) {
	db, err := postgres.Open(ctx, postgres.Options{URL: g.loginURL, Public: 1, Staff: 1})
	if err != nil {
		return nil, nil, err
	}
	directory := organization.NewDirectory(db)
	if err := directory.Refresh(ctx); err != nil {
		db.Close()
		return nil, nil, err
	}
	events := event.NewService(db, directory, nil)
	lists := search.NewService(db, directory)
	key := make([]byte, secret.MinKeyBytes)
	_, _ = rand.Read(key) // never fails
	keys, err := secret.NewKeys(key)
	if err != nil {
		db.Close()
		return nil, nil, err
	}
	tickets := ticket.New(db, keys, rand.Reader, nil)
	s := &asking{ground: g, events: events, lists: lists, tickets: tickets, directory: directory}
	all, err := s.all(ctx)
	return all, func() { tickets.Close(); db.Close() }, err
}

type asking struct {
	*ground
	events    *event.Service
	lists     *search.Service
	tickets   *ticket.Service
	directory *organization.Directory
}

func (s *asking) all(ctx context.Context) ([]asked, error) {
	var all []asked
	list := func(name string, f search.Filter) {
		all = append(all, asked{"list: " + name, func(ctx context.Context) (int, error) {
			page, err := s.lists.List(ctx, f)
			return len(page.Items), err
		}})
	}
	day := func(n int) *time.Time { d := clock.Today(clock.System()).AddDays(n).Start(); return &d }
	list("plain", search.Filter{})
	list("plain, 50", search.Filter{Limit: 50})
	list("a week", search.Filter{From: day(10), To: day(17)})
	list("a year back", search.Filter{From: day(-365)})
	for _, slug := range []string{"large", "town-17", "tiny"} {
		list("organization "+slug, search.Filter{Organization: slug})
		list("not in "+slug, search.Filter{ExcludeOrganization: slug})
	}
	list("area, a town", search.Filter{Area: municipality(20017)})
	list("area, a large town", search.Filter{Area: municipality(20000)})
	list("area, a town with three", search.Filter{Area: municipality(21740)})
	list("partnership", search.Filter{Partnership: "seven"})
	list("kind, usual", search.Filter{Kind: "ibasho"})
	list("kind, rare", search.Filter{Kind: "training"})
	list("audience, usual", search.Filter{Audience: "family"})
	list("audience, rare", search.Filter{Audience: "over_40"})
	list("audience, supporters", search.Filter{Audience: "supporter"})
	list("online", search.Filter{Place: event.Online})
	for _, r := range []event.Reservation{"none", "slot", "lottery"} {
		list("reservation "+string(r), search.Filter{Reservation: r})
	}
	list("kind + area + no reservation", search.Filter{Kind: "ibasho", Area: municipality(20017), Reservation: "none"})
	for _, q := range []string{"会", "鯛", "料理", "囲碁", "居場所", "パン作り", "居場所 囲碁", "どこにもない言葉", "無い"} {
		list("words 「"+q+"」", search.Filter{Query: q})
	}
	list("words 「居場所」 of an organization", search.Filter{Query: "居場所", Organization: "town-17"})
	for _, c := range []struct {
		name string
		f    search.Filter
	}{
		{"plain", search.Filter{}},
		{"organization", search.Filter{Organization: "town-17", Limit: 5}},
		{"kind, rare", search.Filter{Kind: "training", Limit: 5}},
		{"words 「囲碁」", search.Filter{Query: "囲碁"}}, {"words 「居場所」", search.Filter{Query: "居場所"}},
	} {
		first, err := s.lists.List(ctx, c.f)
		if err != nil {
			return nil, err
		}
		if first.Next == nil {
			return nil, fmt.Errorf("list %s: it has no second page", c.name)
		}
		c.f.After = *first.Next
		list("second page, "+c.name, c.f)
	}
	list("far ahead", search.Filter{From: day(300)})
	more, err := s.others(ctx)
	return append(all, more...), err
}

func municipality(n int) string {
	sum := n/10000%10*6 + n/1000%10*5 + n/100%10*4 + n/10%10*3 + n%10*2
	return fmt.Sprintf("%05d%d", n, (11-sum%11)%10)
}

// others are the questions that are no public list.
func (s *asking) others(ctx context.Context) ([]asked, error) {
	var one, quota uuid.UUID
	err := s.admin.QueryRow(
		ctx,
		`select c.event_id, c.quota_id from quota_counter c join occurrence o on o.id = c.occurrence_id
		where o.listed and o.starts_at > now() + interval '1 day' order by o.starts_at limit 1`,
	).Scan(
		&one,
		&quota,
	)
	if err != nil {
		return nil, fmt.Errorf("choose an event: %w", err)
	}
	view, err := s.directory.View(ctx)
	if err != nil {
		return nil, fmt.Errorf("read directory: %w", err)
	}
	all := []asked{{"one event", func(ctx context.Context) (int, error) {
		e, err := s.events.Published(ctx, one)
		return len(e.Occurrences), err
	}}}
	for _, slug := range []string{"large", "town-17", "tiny"} {
		o, err := view.BySlug(slug)
		if err != nil {
			return nil, fmt.Errorf("find %s: %w", slug, err)
		}
		staff := func(name string, f search.StaffFilter) {
			all = append(all, asked{"staff list of " + slug + ": " + name, func(ctx context.Context) (int, error) {
				page, err := s.lists.ListForStaff(ctx, o.ID, f)
				return len(page.Items), err
			}})
		}
		staff("own", search.StaffFilter{})
		staff("own, drafts", search.StaffFilter{Status: event.Draft})
		staff("invited", search.StaffFilter{Scope: search.ScopeInvited})
		staff("for partner groups", search.StaffFilter{Scope: search.ScopePartners})
	}
	changes := func(name string, since search.ChangePosition) {
		all = append(all, asked{"changes, " + name, func(ctx context.Context) (int, error) {
			page, err := s.lists.Changes(ctx, since, 100)
			return len(page.Items), err
		}})
	}
	changes("from the beginning", search.ChangePosition{})
	changes("at the end", search.ChangePosition{Transaction: 1 << 40})
	feed := func(name string, selector search.Selector) {
		all = append(all, asked{"feed, " + name, func(ctx context.Context) (int, error) {
			selection, err := s.lists.Select(ctx, selector)
			return len(selection.Events), err
		}})
	}
	feed("all", search.Selector{})
	feed("organization large", search.Selector{Organization: "large"})
	feed("organization town-17", search.Selector{Organization: "town-17"})
	feed("organization tiny", search.Selector{Organization: "tiny"})
	feed("partnership", search.Selector{Partnership: "seven"})
	feed("kind, usual", search.Selector{Kind: "ibasho"})
	feed("kind, rare", search.Selector{Kind: "training"})
	feed("one event", search.Selector{Event: one})
	code, _, err := s.tickets.Take(ctx, ticket.Request{EventID: one, QuotaID: quota, Seats: 1})
	if err != nil {
		return nil, fmt.Errorf("take a seat: %w", err)
	}
	return append(
		all,
		asked{
			"ticket: look",
			func(ctx context.Context) (int, error) { _, err := s.tickets.Look(ctx, code); return 1, err },
		},
		asked{"ticket: take", func(ctx context.Context) (int, error) {
			_, _, err := s.tickets.Take(ctx, ticket.Request{EventID: one, QuotaID: quota, Seats: 1})
			if errors.Is(err, ticket.ErrFull) {
				err = nil
			}
			return 1, err
		}},
		asked{"ticket: rotate", func(ctx context.Context) (n int, err error) {
			code, _, err = s.tickets.Rotate(ctx, code)
			return 1, err
		}},
	), nil
}
