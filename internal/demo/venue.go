package demo

import (
	"context"
	_ "embed" // venues.yaml
	"encoding/json"
	"fmt"
	"slices"

	"gopkg.in/yaml.v3"

	"github.com/tonarimachi/tonarimachi/internal/staff"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

//go:embed venues.yaml
var venuesText []byte

// Venue is a facility of the demo with its rooms.
type Venue struct {
	Owner    string
	Facility venue.FacilityInput
	Rooms    []VenueRoom
}

// VenueRoom is a room whose spaces and neighbours are named.
type VenueRoom struct {
	venue.RoomInput
	Of, Shared []string
	Besides    []struct {
		Name string
		Rule venue.NoiseRule
	}
}

// Venues reads the demo's facilities.
func Venues() ([]Venue, error) {
	var document struct{ Facilities []any }
	if err := yaml.Unmarshal(venuesText, &document); err != nil {
		return nil, fmt.Errorf("read demo venues: %w", err)
	}
	var list []Venue
	raw, err := json.Marshal(document.Facilities)
	if err == nil {
		err = json.Unmarshal(raw, &list)
	}
	if err != nil {
		return nil, fmt.Errorf("read demo venues: %w", err)
	}
	return list, nil
}

// approvingTwice are the towns with a rule that asks for two steps of approval, by two members.
func approvingTwice() (map[string]bool, error) {
	list, err := Venues()
	if err != nil {
		return nil, err
	}
	towns := map[string]bool{}
	for _, v := range list {
		for _, r := range v.Rooms {
			if slices.ContainsFunc(r.Terms, func(t venue.Term) bool { return t.Approvals > 1 }) {
				towns[v.Owner] = true
			}
		}
	}
	return towns, nil
}

// venues makes the facilities that are not there yet. What somebody changed in the demo stays.
func (l *loader) venues(ctx context.Context) error {
	list, err := Venues()
	if err != nil {
		return err
	}
	for _, v := range list {
		if err := l.venue(ctx, v); err != nil {
			return fmt.Errorf("facility %s: %w", v.Facility.Name, err)
		}
	}
	return nil
}

func (l *loader) venue(ctx context.Context, v Venue) error {
	session, ok := l.sessions[v.Owner]
	if !ok {
		return fmt.Errorf("no organization %q", v.Owner)
	}
	by := session.Author()
	known, err := l.Venues.FacilitiesForStaff(ctx, by.Organization, venue.FacilityFilter{Limit: venue.MaxLimit})
	if err != nil {
		return err
	}
	var f venue.Facility
	for _, k := range known.Items {
		if k.Name == v.Facility.Name {
			f = k
		}
	}
	if f.Name == "" {
		if f, err = l.Venues.CreateFacility(ctx, by, v.Facility); err != nil {
			return err
		}
		if f, err = l.Venues.OpenFacility(ctx, by, f.ID); err != nil {
			return err
		}
	}
	return l.rooms(ctx, by, f, v.Rooms)
}

// rooms makes those that are missing, in order, so that a room can name neighbours made before it.
func (l *loader) rooms(ctx context.Context, by staff.Author, f venue.Facility, wanted []VenueRoom) error {
	known, err := l.Venues.RoomsForStaff(ctx, by.Organization, venue.RoomFilter{Facility: f.ID, Limit: venue.MaxLimit})
	if err != nil {
		return err
	}
	made := map[string]venue.Room{}
	for _, r := range known.Items {
		made[r.Name] = r
	}
	for _, w := range wanted {
		if _, ok := made[w.Name]; ok {
			continue
		}
		in := w.RoomInput
		for _, s := range f.Spaces {
			for _, name := range w.Of {
				if s.Name == name {
					in.Spaces = append(in.Spaces, venue.RoomSpace{SpaceID: s.ID})
				}
			}
			for _, name := range w.Shared {
				if s.Name == name {
					in.Spaces = append(in.Spaces, venue.RoomSpace{SpaceID: s.ID, Shared: true})
				}
			}
		}
		for _, b := range w.Besides {
			in.Neighbours = append(in.Neighbours, venue.Neighbour{RoomID: made[b.Name].ID, Rule: b.Rule})
		}
		r, err := l.Venues.CreateRoom(ctx, by, f.ID, in)
		if err != nil {
			return fmt.Errorf("room %s: %w", w.Name, err)
		}
		if made[w.Name], err = l.Venues.OpenRoom(ctx, by, r.ID); err != nil {
			return fmt.Errorf("room %s: %w", w.Name, err)
		}
	}
	return nil
}
