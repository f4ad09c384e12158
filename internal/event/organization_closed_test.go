package event_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

func TestClosedOrganizationsPublishNothing(t *testing.T) {
	t.Parallel()
	w := setup(t)
	owner := testkit.Open(t, postgres.Options{URL: w.bundle.OwnerURL, Operator: 2, Clock: w.clock})
	directory := organization.NewDirectory(w.db)
	operator := organization.NewService(owner, directory)
	events := event.NewService(w.db, directory, nil)
	refused := func(slug, plan string) {
		t.Helper()
		_, err := operator.Close(w.ctx, slug)
		if f, _ := fault.As(err); !errors.Is(err, organization.ErrHasPlans) || f.Params[plan] != 1 {
			t.Errorf("close %s: %v", slug, err)
		}
	}
	past := w.publish("kiyose", gathering("きのうの集まり", -1))
	ahead := w.publish("kiyose", gathering("あしたの集まり", 1))
	shared := gathering("共催の集まり", 3)
	shared.Organisers = []event.OrganiserInput{
		{Organization: "bunkyo", Role: event.Host},
		{Organization: "kiyose", Role: event.CoHost},
	}
	shared.Occurrences[0].Parts[0].Booths = []event.BoothInput{
		{Name: "清瀬市の席", Organization: "kiyose"},
		{Name: "文京区の席", Organization: "bunkyo"},
	}
	together := must[event.Event](t)(events.Create(w.ctx, w.by["bunkyo"], shared))
	draft := must[event.Event](t)(events.Create(w.ctx, w.by["kiyose"], gathering("下書き", 2)))
	refused("kiyose", "events")
	must[event.Event](t)(events.Postpone(w.ctx, w.by["kiyose"], ahead.ID, ""))
	refused("kiyose", "events") // people still wait to hear of a new day
	must[event.Event](t)(events.Cancel(w.ctx, w.by["kiyose"], ahead.ID, "都合により"))
	o, err := operator.Close(w.ctx, "kiyose")
	if err != nil || !o.Closed() {
		t.Fatalf("nothing lies ahead: %v", err)
	}
	_, err = events.Publish(w.ctx, w.by["kiyose"], draft.ID)
	if !errors.Is(err, organization.ErrClosed) {
		t.Errorf("published for a closed town: %v", err)
	}
	if e, err := events.Published(w.ctx, past.ID); err != nil || e.Organisers[0].Organization.Name != "清瀬市" {
		t.Errorf("what was is gone: %v", err)
	}
	// Nobody can ask it any more; where it stands it may stay, and a copy leaves it out.
	named := func(what string, err error, want string) {
		t.Helper()
		if f, ok := fault.As(
			err,
		); !ok || len(f.Fields) != 1 || f.Fields[0].Name != want ||
			f.Fields[0].Code != "organization_closed" {
			t.Errorf("%s: %v", what, err)
		}
	}
	_, err = events.Create(
		w.ctx,
		w.by["bunkyo"],
		event.Input{Kind: "joshikai", Title: "新しい集まり", Organisers: shared.Organisers},
	)
	named("a new event with it", err, "organisers.1.organization")
	parts := together.Occurrences[0].PartInputs()
	parts[0].Booths = append(parts[0].Booths, event.BoothInput{Name: "もうひとつ", Organization: "kiyose"})
	_, err = events.ChangeOccurrence(
		w.ctx,
		w.by["bunkyo"],
		together.ID,
		together.Occurrences[0].ID,
		event.OccurrenceChange{Parts: &parts},
	)
	named("a new table of it", err, "parts.0.booths.2.organization")
	promoted := []event.OrganiserInput{shared.Organisers[0], {Organization: "kiyose", Role: event.Cooperator}}
	_, err = events.Change(w.ctx, w.by["bunkyo"], together.ID, event.Change{Organisers: &promoted})
	named("another role for it", err, "organisers.1.organization")
	must[event.Event](
		t,
	)(
		events.Change(w.ctx, w.by["bunkyo"], together.ID, event.Change{Organisers: &shared.Organisers}),
	)
	later := day(4, 14, 0)
	must[event.Event](
		t,
	)(
		events.ChangeOccurrence(
			w.ctx,
			w.by["bunkyo"],
			together.ID,
			together.Occurrences[0].ID,
			event.OccurrenceChange{StartsAt: &later},
		),
	)
	copied := must[event.Event](t)(events.Copy(w.ctx, w.by["bunkyo"], together.ID, 28))
	if len(copied.Organisers) != 1 || len(copied.Occurrences[0].Parts[0].Booths) != 1 {
		t.Errorf("the copy names it: %+v", copied.Organisers)
	}

	refused("toshima", "groups")
	if _, err := operator.Close(w.ctx, "rakunokai"); err != nil {
		t.Fatal(err)
	}
	if _, err := operator.Close(w.ctx, "toshima"); err != nil {
		t.Errorf("its only group is closed: %v", err)
	}
	if _, err := operator.Reopen(w.ctx, "rakunokai"); !errors.Is(err, organization.ErrClosed) {
		t.Errorf("a group that nobody vouches for came back: %v", err)
	}
	view := must[*organization.View](t)(directory.View(w.ctx))
	var slugs []string
	for _, o := range view.Organizations() {
		slugs = append(slugs, o.Slug)
	}
	if p, err := view.Partnership(
		"ux",
	); err != nil || !slices.Equal(slugs, []string{"bunkyo"}) || len(p.Members) != 1 ||
		p.Has(o.ID) {
		t.Errorf("who takes part: %v, in the partnership %v, %v", slugs, p.Members, err)
	}
	for range 2 { // the second time nothing is left to do
		for _, slug := range []string{"toshima", "rakunokai", "kiyose"} {
			if o, err := operator.Reopen(w.ctx, slug); err != nil || o.Closed() {
				t.Errorf("reopen %s: %v", slug, err)
			}
		}
	}
	must[event.Event](t)(events.Publish(w.ctx, w.by["kiyose"], draft.ID))
}
