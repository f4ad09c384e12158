package event

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm/clause"

	"github.com/tonarimachi/tonarimachi/internal/check"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

func insertEvent(tx *postgres.Tx, id uuid.UUID, in Input) error {
	row := eventModel{
		OrganizationID: tx.Organization,
		ID:             id,
		Status:         Draft,
		Visibility:     in.Visibility,
		Kind:           in.Kind,
		Title:          in.Title,
		Summary:        in.Summary,
		Description:    in.Description,
		Audience:       in.Audience,
		AudienceTags:   textList[AudienceTag](in.AudienceTags),
		FeeYen:         in.Fee.Yen,
		FeeNote:        in.Fee.Note,
		Website:        in.Website,
		Questions:      textList[Question](in.Questions),
	}
	row.assure(in.Assurance)
	return insert(tx, row)
}

// assuranceColumns are those that assure fills.
var assuranceColumns = []string{
	"nickname_ok", "listen_only_ok", "leave_midway_ok", "women_staff", "companion_ok", "wheelchair", "sign_language",
	"child_care", "press", "attending_offices",
}

func (m *eventModel) assure(a Assurance) {
	m.NicknameOK, m.ListenOnlyOK, m.LeaveMidwayOK = a.NicknameOK, a.ListenOnlyOK, a.LeaveMidwayOK
	m.WomenStaff, m.CompanionOK, m.Wheelchair = a.WomenStaff, a.CompanionOK, a.Wheelchair
	m.SignLanguage, m.ChildCare, m.Press = a.SignLanguage, a.ChildCare, orNull(a.Press)
	m.AttendingOffices = textList[string](a.AttendingOffices)
}

// eventPatch gives what a change sets, and the names of what it changes for the audit ledger.
func eventPatch(c Change) (p patch[eventModel], names []string) {
	c = check.Tidy(c)
	row := &p.row
	put := func(name string, columns ...string) {
		names, p.columns = append(names, name), append(p.columns, columns...)
	}
	if c.Visibility != nil {
		row.Visibility = *c.Visibility
		put("visibility", "visibility")
	}
	if c.Kind != nil {
		row.Kind = *c.Kind
		put("kind", "kind")
	}
	if c.Title != nil {
		row.Title = *c.Title
		put("title", "title")
	}
	if c.Summary != nil {
		row.Summary = *c.Summary
		put("summary", "summary")
	}
	if c.Description != nil {
		row.Description = *c.Description
		put("description", "description")
	}
	if c.Audience != nil {
		row.Audience = *c.Audience
		put("audience", "audience")
	}
	if c.AudienceTags != nil {
		row.AudienceTags = textList[AudienceTag](*c.AudienceTags)
		put("audience_tags", "audience_tags")
	}
	if c.Questions != nil {
		row.Questions = textList[Question](*c.Questions)
		put("questions", "questions")
	}
	if c.Website != nil {
		row.Website = *c.Website
		put("website", "website")
	}
	if c.Fee != nil {
		row.FeeYen, row.FeeNote = c.Fee.Yen, c.Fee.Note
		put("fee", "fee_yen", "fee_note")
	}
	if c.Assurance != nil {
		row.assure(*c.Assurance)
		put("assurance", assuranceColumns...)
	}
	return p, names
}

func updateEvent(tx *postgres.Tx, id uuid.UUID, p patch[eventModel]) error {
	return update(tx, id, p, ErrUnknown)
}

func deleteEvent(tx *postgres.Tx, id uuid.UUID) error {
	if err := tx.Gorm.Where(
		"organization_id = ? and id = ?",
		tx.Organization,
		id,
	).Delete(
		&eventModel{},
	).Error; err != nil {
		return fmt.Errorf("delete event: %w", err)
	}
	return nil
}

// lockEvent takes the event's row for the rest of the transaction, so that states are judged and
// moved by one at a time. Every change of an event begins here, and so this is where somebody who
// may not publish is kept from what is published; the trigger published_by_publishers keeps them
// from it on every other way.
func lockEvent(ctx context.Context, tx *postgres.Tx, id uuid.UUID) (status Status, wasPublished bool, err error) {
	var publishes bool
	err = tx.Pgx.QueryRow(ctx, `
		select status, published_at is not null, app_publishes()
		from event where id = $1 and organization_id = $2
		for update`, id, tx.Organization).Scan(&status, &wasPublished, &publishes)
	switch {
	case postgres.NoRows(err):
		return "", false, ErrUnknown
	case err != nil:
		return "", false, fmt.Errorf("lock event: %w", err)
	case wasPublished && !publishes:
		return "", false, ErrPublisherOnly
	}
	return status, wasPublished, nil
}

// hasDates reports whether an event has a date, or a series that will yield some.
func hasDates(ctx context.Context, tx *postgres.Tx, id uuid.UUID) (has bool, err error) {
	err = tx.Pgx.QueryRow(ctx, `
		select exists (select from occurrence where event_id = $1) or exists (select from series where event_id = $1)`,
		id).Scan(&has)
	if err != nil {
		return false, fmt.Errorf("look for dates: %w", err)
	}
	return has, nil
}

// postponeDates puts off the dates of an event that are still to come, and says how many. A note
// replaces theirs.
func postponeDates(ctx context.Context, tx *postgres.Tx, event uuid.UUID, note string) (int64, error) {
	tag, err := tx.Pgx.Exec(ctx, `
		update occurrence set status = 'postponed', note = case when $1::text = '' then note else $1 end
		where organization_id = $2 and event_id = $3 and status = 'scheduled' and starts_at > $4`,
		note, tx.Organization, event, tx.Now)
	if err != nil {
		return 0, fmt.Errorf("postpone dates: %w", err)
	}
	return tag.RowsAffected(), nil
}

func insertOrganiser(tx *postgres.Tx, event, organiser uuid.UUID, role OrganiserRole, position int) error {
	row := organiserModel{
		OrganizationID: tx.Organization,
		EventID:        event,
		OrganiserID:    organiser,
		Role:           role,
		Position:       position,
		Approval:       Pending,
	}
	if organiser == tx.Organization {
		row.Approval, row.DecidedAt = Approved, &tx.Now
	}
	return insert(tx, row)
}

// updateOrganiser reports whether the organization is an organiser at all.
func updateOrganiser(tx *postgres.Tx, event, organiser uuid.UUID, p patch[organiserModel]) (bool, error) {
	return p.apply(tx.Gorm.Where("event_id = ? and organiser_id = ?", event, organiser))
}

func deleteOrganiser(tx *postgres.Tx, event, organiser uuid.UUID) error {
	if err := tx.Gorm.
		Where("organization_id = ? and event_id = ? and organiser_id = ?", tx.Organization, event, organiser).
		Delete(&organiserModel{}).Error; err != nil {
		return fmt.Errorf("delete organiser: %w", err)
	}
	return nil
}

func insertOccurrence(
	tx *postgres.Tx,
	event, id uuid.UUID,
	in OccurrenceInput,
	series uuid.UUID,
	month clock.Date,
) error {
	row := occurrenceModel{
		OrganizationID: tx.Organization,
		EventID:        event,
		ID:             id,
		Status:         Scheduled,
		StartsAt:       in.StartsAt,
		EndsAt:         in.EndsAt,
		DoorsAt:        in.DoorsAt,
		Note:           in.Note,
	}
	row.standIn(in.Place)
	if series != uuid.Nil {
		row.SeriesID, row.SeriesMonth = &series, &month
	}
	return insert(tx, row)
}

func (m *occurrenceModel) standIn(p Place) {
	m.PlaceKind, m.PlaceName, m.PlaceAddress, m.PlaceAccess = p.Kind, p.Name, p.Address, p.Access
	m.AreaCode = orNull(p.AreaCode)
}

// occurrencePatch sets what staff enter of a date.
func occurrencePatch(in OccurrenceInput) patch[occurrenceModel] {
	row := occurrenceModel{StartsAt: in.StartsAt, EndsAt: in.EndsAt, DoorsAt: in.DoorsAt, Note: in.Note}
	row.standIn(in.Place)
	return set(row, "starts_at", "ends_at", "doors_at", "note",
		"place_kind", "place_name", "place_address", "place_access", "area_code")
}

func updateOccurrence(tx *postgres.Tx, id uuid.UUID, p patch[occurrenceModel]) error {
	return update(tx, id, p, ErrOccurrenceUnknown)
}

// allowCorrection tells the database that this transaction says when a date really took place.
func allowCorrection(ctx context.Context, tx *postgres.Tx, id uuid.UUID) error {
	if _, err := tx.Pgx.Exec(ctx, "select set_config('app.correction', $1, true)", id.String()); err != nil {
		return fmt.Errorf("allow correction: %w", err)
	}
	return nil
}

func deleteOccurrence(tx *postgres.Tx, event, id uuid.UUID) error {
	done := tx.Gorm.Where("organization_id = ? and event_id = ? and id = ?", tx.Organization, event, id).
		Delete(&occurrenceModel{})
	if done.Error != nil {
		return fmt.Errorf("delete occurrence: %w", done.Error)
	}
	if done.RowsAffected == 0 {
		return ErrOccurrenceUnknown
	}
	return nil
}

// placed says where a part belongs.
type placed struct{ event, occurrence, part uuid.UUID }

func upsertPart(tx *postgres.Tx, at placed, isNew bool, position int, starts, ends time.Time, in PartInput) error {
	row := partModel{
		OrganizationID: tx.Organization,
		EventID:        at.event,
		OccurrenceID:   at.occurrence,
		ID:             at.part,
		Position:       position,
		Name:           in.Name,
		Description:    in.Description,
		StartsAt:       starts,
		EndsAt:         ends,
		PlaceNote:      in.PlaceNote,
		Audience:       in.Audience,
		Press:          orNull(in.Press),
		Reservation:    in.Reservation,
		Sitting:        orNull(in.Sitting),
		OpensAt:        in.OpensAt,
		ClosesAt:       in.ClosesAt,
		DrawsAt:        in.DrawsAt,
		WaitingList:    in.WaitingList,
		WaitingUntil:   in.WaitingUntil,
	}
	if isNew {
		return insert(tx, row)
	}
	return update(tx, at.part, set(row, "position", "name", "description", "starts_at", "ends_at", "place_note",
		"audience", "press", "reservation", "sitting", "opens_at", "closes_at", "draws_at", "waiting_list",
		"waiting_until"), ErrOccurrenceUnknown)
}

func upsertQuota(tx *postgres.Tx, at placed, id uuid.UUID, isNew bool, position int, in QuotaInput) error {
	row := quotaModel{
		OrganizationID: tx.Organization,
		EventID:        at.event,
		OccurrenceID:   at.occurrence,
		PartID:         at.part,
		ID:             id,
		Position:       position,
		Channel:        in.Channel,
		Name:           in.Name,
		MaxSeats:       max(in.MaxSeats, 1),
	}
	counter := quotaCounterModel{
		OrganizationID: tx.Organization,
		EventID:        at.event,
		OccurrenceID:   at.occurrence,
		QuotaID:        id,
		Capacity:       in.Capacity,
	}
	if isNew {
		if err := insert(tx, row); err != nil {
			return err
		}
		return insert(tx, counter)
	}
	if err := update(tx, id, set(row, "position", "channel", "name", "max_seats"), ErrOccurrenceUnknown); err != nil {
		return err
	}
	// A counter that stays as it is takes no lock from those who take seats.
	_, err := set(counter, "capacity").apply(tx.Gorm.Where(
		"quota_id = ? and organization_id = ? and capacity <> ?", id, tx.Organization, in.Capacity))
	return err
}

func upsertBooth(tx *postgres.Tx, at placed, position int, by *uuid.UUID, in BoothInput) error {
	row := boothModel{
		OrganizationID:   tx.Organization,
		EventID:          at.event,
		PartID:           at.part,
		ID:               uuid.New(),
		Position:         position,
		ByOrganizationID: by,
		Name:             in.Name,
		Offers:           in.Offers,
	}
	if in.ID == nil {
		return insert(tx, row)
	}
	return update(tx, *in.ID, set(row, "position", "by_organization_id", "name", "offers"), ErrOccurrenceUnknown)
}

func upsertJoiningLink(tx *postgres.Tx, at placed, in *JoiningLinkInput) error {
	if in == nil {
		if err := tx.Gorm.Where("organization_id = ? and part_id = ?", tx.Organization, at.part).
			Delete(&joiningLinkModel{}).Error; err != nil {
			return fmt.Errorf("delete joining link: %w", err)
		}
		return nil
	}
	hours := 24
	if in.OpensHoursBefore != nil {
		hours = *in.OpensHoursBefore
	}
	err := tx.Gorm.Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "part_id"}},
		DoUpdates: clause.AssignmentColumns([]string{"url", "note", "phone", "opens_before"}),
	}).Select("*").Create(&joiningLinkModel{
		OrganizationID: tx.Organization,
		EventID:        at.event,
		PartID:         at.part,
		URL:            in.URL,
		Note:           in.Note,
		Phone:          in.Phone,
		OpensBefore:    fmt.Sprintf("%d hours", hours),
	}).Error
	if err != nil {
		return fmt.Errorf("store joining link: %w", err)
	}
	return nil
}

func deletePartsBut(tx *postgres.Tx, occurrence uuid.UUID, keep []uuid.UUID) error {
	return deleteBut[partModel](tx, keep, "occurrence_id = ?", occurrence)
}

// deleteQuotasBut leaves the quotas of slots, which go with their slots.
func deleteQuotasBut(tx *postgres.Tx, part uuid.UUID, keep []uuid.UUID) error {
	return deleteBut[quotaModel](tx, keep, "channel <> 'slot' and part_id = ?", part)
}

func deleteBoothsBut(tx *postgres.Tx, part uuid.UUID, keep []uuid.UUID) error {
	return deleteBut[boothModel](tx, keep, "part_id = ?", part)
}

func deleteBut[M model](tx *postgres.Tx, keep []uuid.UUID, where string, args ...any) error {
	keep = append(keep, uuid.Nil) // an empty list would be "in (NULL)"
	var row M
	err := tx.Gorm.Where("organization_id = ?", tx.Organization).Where(where, args...).Where("id not in ?", keep).
		Delete(&row).Error
	if err != nil {
		return fmt.Errorf("delete %s: %w", row.TableName(), err)
	}
	return nil
}

// eventOfSeries finds the event that a series belongs to.
func eventOfSeries(ctx context.Context, tx *postgres.Tx, series uuid.UUID) (event uuid.UUID, err error) {
	err = tx.Pgx.QueryRow(ctx, "select event_id from series where id = $1", series).Scan(&event)
	if postgres.NoRows(err) {
		return uuid.Nil, ErrSeriesUnknown
	}
	if err != nil {
		return uuid.Nil, fmt.Errorf("find series: %w", err)
	}
	return event, nil
}

func insertSeries(tx *postgres.Tx, event, id uuid.UUID, in SeriesInput) error {
	row, err := seriesRowOf(in)
	if err != nil {
		return err
	}
	row.OrganizationID, row.EventID, row.ID = tx.Organization, event, id
	return insert(tx, row)
}

func updateSeries(tx *postgres.Tx, id uuid.UUID, in SeriesInput) error {
	row, err := seriesRowOf(in)
	if err != nil {
		return err
	}
	return update(tx, id,
		set(row, "rule", "rule_text", "choose", "template", "first_month", "last_month"), ErrSeriesUnknown)
}

func seriesRowOf(in SeriesInput) (seriesModel, error) {
	template, err := json.Marshal(in.Template)
	if err != nil {
		return seriesModel{}, fmt.Errorf("write series template: %w", err)
	}
	first, err := parseMonth(in.FirstMonth)
	if err != nil {
		return seriesModel{}, ErrInvalid.Field("first_month", "not_a_month")
	}
	row := seriesModel{
		Rule:       in.Rule,
		RuleText:   in.RuleText,
		Choose:     in.Choose,
		Template:   string(template),
		FirstMonth: first,
	}
	if in.LastMonth != "" {
		last, err := parseMonth(in.LastMonth)
		if err != nil {
			return seriesModel{}, ErrInvalid.Field("last_month", "not_a_month")
		}
		row.LastMonth = &last
	}
	return row, nil
}

func upsertMonth(tx *postgres.Tx, series uuid.UUID, month clock.Date, decision MonthDecision) error {
	err := tx.Gorm.Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "series_id"}, {Name: "month"}},
		DoUpdates: clause.AssignmentColumns([]string{"decision", "decided_at"}),
	}).Select("*").Create(&monthModel{
		OrganizationID: tx.Organization,
		SeriesID:       series,
		Month:          month,
		Decision:       decision,
		DecidedAt:      tx.Now,
	}).Error
	if err != nil {
		return fmt.Errorf("store month: %w", err)
	}
	return nil
}
