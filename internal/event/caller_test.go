package event_test

import (
	"testing"

	"github.com/tonarimachi/tonarimachi/internal/event"
)

// Texts are tidied before they are stored, in a copy: what the caller's pointers and slices hold
// stays as it was [C11], and every text is tidied, those within a list too [C6].
func TestTextsAreTidiedInACopy(t *testing.T) {
	t.Parallel()
	w := setup(t)
	by := w.by["kiyose"]
	title, description := " 集い ", " 一行目\r\n二行目 "
	fee := event.Fee{Note: " 資料代 "}
	offices := []string{" 生活福祉課 "}
	in := gathering(" 集い ", 3)
	in.Description, in.Fee, in.Assurance.AttendingOffices = description, fee, offices
	in.Occurrences[0].Parts[0].Name = " 第1部 "
	made := must[event.Event](t)(w.events.Create(w.ctx, by, in))
	if made.Title != "集い" || made.Description != "一行目\n二行目" || made.Fee.Note != "資料代" ||
		made.Assurance.AttendingOffices[0] != "生活福祉課" || made.Occurrences[0].Parts[0].Name != "第1部" {
		t.Errorf("created: %+v", made)
	}
	if offices[0] != " 生活福祉課 " || in.Occurrences[0].Parts[0].Name != " 第1部 " {
		t.Errorf("Create changed what its caller holds: %q %q", offices, in.Occurrences[0].Parts[0].Name)
	}

	changed := must[event.Event](t)(w.events.Change(w.ctx, by, made.ID, event.Change{
		Title: &title, Summary: &title, Audience: &title, Description: &description, Fee: &fee,
		Assurance: &event.Assurance{AttendingOffices: offices},
	}))
	if changed.Title != "集い" || changed.Summary != "集い" || changed.Audience != "集い" ||
		changed.Description != "一行目\n二行目" || changed.Fee.Note != "資料代" ||
		changed.Assurance.AttendingOffices[0] != "生活福祉課" {
		t.Errorf("changed: %+v", changed)
	}
	if title != " 集い " || description != " 一行目\r\n二行目 " || fee.Note != " 資料代 " || offices[0] != " 生活福祉課 " {
		t.Errorf("Change changed what its caller holds: %q %q %+v %q", title, description, fee, offices)
	}

	parts := []event.PartInput{{Name: " 第2部 ", Reservation: event.NoReservation}}
	place := event.Place{Kind: event.InPerson, Name: " 公民館 "}
	moved := must[event.Event](t)(w.events.ChangeOccurrence(w.ctx, by, made.ID, made.Occurrences[0].ID,
		event.OccurrenceChange{Note: &title, Place: &place, Parts: &parts}))
	if o := moved.Occurrences[0]; o.Note != "集い" || o.Place.Name != "公民館" || o.Parts[0].Name != "第2部" {
		t.Errorf("moved: %+v", o)
	}
	if title != " 集い " || place.Name != " 公民館 " || parts[0].Name != " 第2部 " {
		t.Errorf("ChangeOccurrence changed what its caller holds: %q %+v %q", title, place, parts[0].Name)
	}
}
