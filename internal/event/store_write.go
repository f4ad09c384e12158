package event

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

// Every insert and update names its columns in a map: GORM's structs would drop zero values, and columns the staff role may not write.
type columns = map[string]any

func insertEvent(tx *postgres.Tx, id uuid.UUID, in Input) error {
	row := columns{
		"organization_id": tx.Organization, "id": id, "status": Draft, "visibility": in.Visibility, "kind": in.Kind, "title": in.Title,
		"summary": in.Summary, "description": in.Description, "audience": in.Audience, "audience_tags": postgres.TextArray(in.AudienceTags),
		"fee_yen": in.Fee.Yen, "fee_note": in.Fee.Note, "website": in.Website, "questions": postgres.TextArray(in.Questions),
	}
	for column, v := range assuranceColumns(in.Assurance) {
		row[column] = v
	}
	return create(tx.Gorm, "event", row)
}

func assuranceColumns(a Assurance) columns {
	return columns{
		"nickname_ok": a.NicknameOK, "listen_only_ok": a.ListenOnlyOK, "leave_midway_ok": a.LeaveMidwayOK, "women_staff": a.WomenStaff,
		"companion_ok": a.CompanionOK, "wheelchair": a.Wheelchair, "sign_language": a.SignLanguage, "child_care": a.ChildCare,
		"press": orNull(a.Press), "attending_offices": postgres.TextArray(a.AttendingOffices),
	}
}

func updateEvent(tx *postgres.Tx, id uuid.UUID, set columns) error {
	return update(tx, "event", id, set, ErrUnknown)
}

func deleteEvent(tx *postgres.Tx, id uuid.UUID) error {
	if err := tx.Gorm.Exec("delete from event where organization_id = ? and id = ?", tx.Organization, id).Error; err != nil {
		return fmt.Errorf("delete event: %w", err)
	}
	return nil
}

// lockEvent takes the event's row for the rest of the transaction, so that states are judged and moved by one at a time. Every change of an event begins here, and
// so this is where somebody who may not publish is kept from what is published; published_by_publishers in migrations/00056 keeps them from it on every other way.
func lockEvent(tx *postgres.Tx, id uuid.UUID) (Status, bool, error) {
	var row struct {
		OrganizationID uuid.UUID
		Status         Status
		PublishedAt    *time.Time
		Publishes      bool
	}
	found := tx.Gorm.Raw("select organization_id, status, published_at, app_publishes() as publishes from event where id = ? and organization_id = ? for update", id, tx.Organization).Scan(&row)
	if found.Error != nil {
		return "", false, fmt.Errorf("lock event: %w", found.Error)
	}
	if found.RowsAffected == 0 {
		return "", false, ErrUnknown
	}
	if row.PublishedAt != nil && !row.Publishes {
		return "", false, ErrPublisherOnly
	}
	return row.Status, row.PublishedAt != nil, nil
}

func insertOrganiser(tx *postgres.Tx, event, organiser uuid.UUID, role OrganiserRole, position int) error {
	row := columns{
		"organization_id": tx.Organization, "event_id": event, "organiser_id": organiser, "role": role, "position": position, "approval": Pending,
	}
	if organiser == tx.Organization {
		row["approval"], row["decided_at"] = Approved, tx.Now
	}
	return create(tx.Gorm, "event_organiser", row)
}

func updateOrganiser(tx *postgres.Tx, event, organiser uuid.UUID, set columns) (bool, error) {
	done := tx.Gorm.Table("event_organiser").Where("event_id = ? and organiser_id = ?", event, organiser).Updates(set)
	if done.Error != nil {
		return false, fmt.Errorf("update organiser: %w", done.Error)
	}
	return done.RowsAffected == 1, nil
}

func deleteOrganiser(tx *postgres.Tx, event, organiser uuid.UUID) error {
	if err := tx.Gorm.Exec("delete from event_organiser where organization_id = ? and event_id = ? and organiser_id = ?", tx.Organization, event, organiser).Error; err != nil {
		return fmt.Errorf("delete organiser: %w", err)
	}
	return nil
}

func insertOccurrence(tx *postgres.Tx, event, id uuid.UUID, in OccurrenceInput, series uuid.UUID, month clock.Date) error {
	row := columns{
		"organization_id": tx.Organization, "event_id": event, "id": id, "status": Scheduled,
		"starts_at": in.StartsAt, "ends_at": in.EndsAt, "doors_at": in.DoorsAt, "note": in.Note,
	}
	for column, v := range placeColumns(in.Place) {
		row[column] = v
	}
	if series != uuid.Nil {
		row["series_id"], row["series_month"] = series, month
	}
	return create(tx.Gorm, "occurrence", row)
}

func placeColumns(p Place) columns {
	return columns{
		"place_kind": p.Kind, "place_name": p.Name, "place_address": p.Address, "place_access": p.Access, "area_code": orNull(p.AreaCode),
	}
}

func updateOccurrence(tx *postgres.Tx, id uuid.UUID, set columns) error {
	return update(tx, "occurrence", id, set, ErrOccurrenceUnknown)
}

// allowCorrection tells the database that this transaction says when a date really took place.
func allowCorrection(ctx context.Context, tx *postgres.Tx, id uuid.UUID) error {
	if _, err := tx.Pgx.Exec(ctx, "select set_config('app.correction', $1, true)", id.String()); err != nil {
		return fmt.Errorf("allow correction: %w", err)
	}
	return nil
}

func deleteOccurrence(tx *postgres.Tx, event, id uuid.UUID) error {
	done := tx.Gorm.Exec("delete from occurrence where organization_id = ? and event_id = ? and id = ?", tx.Organization, event, id)
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
	set := columns{
		"position": position, "name": in.Name, "description": in.Description, "starts_at": starts, "ends_at": ends, "place_note": in.PlaceNote,
		"audience": in.Audience, "press": orNull(in.Press), "reservation": in.Reservation, "sitting": orNull(in.Sitting),
		"opens_at": in.OpensAt, "closes_at": in.ClosesAt, "draws_at": in.DrawsAt,
		"waiting_list": in.WaitingList, "waiting_until": in.WaitingUntil,
	}
	if !isNew {
		return update(tx, "part", at.part, set, ErrOccurrenceUnknown)
	}
	set["organization_id"], set["event_id"], set["occurrence_id"], set["id"] = tx.Organization, at.event, at.occurrence, at.part
	return create(tx.Gorm, "part", set)
}

func upsertQuota(tx *postgres.Tx, at placed, id uuid.UUID, isNew bool, position int, in QuotaInput) error {
	set := columns{"position": position, "channel": in.Channel, "name": in.Name, "max_seats": max(in.MaxSeats, 1)}
	if !isNew {
		if err := update(tx, "quota", id, set, ErrOccurrenceUnknown); err != nil {
			return err
		}
		done := tx.Gorm.Exec("update quota_counter set capacity = ? where quota_id = ? and organization_id = ? and capacity <> ?", in.Capacity, id, tx.Organization, in.Capacity)
		if done.Error != nil {
			return fmt.Errorf("change capacity: %w", done.Error)
		}
		return nil
	}
	set["organization_id"], set["event_id"], set["occurrence_id"], set["part_id"], set["id"] = tx.Organization, at.event, at.occurrence, at.part, id
	if err := create(tx.Gorm, "quota", set); err != nil {
		return err
	}
	return create(tx.Gorm, "quota_counter", columns{
		"organization_id": tx.Organization, "event_id": at.event, "occurrence_id": at.occurrence, "quota_id": id, "capacity": in.Capacity,
	})
}

func upsertBooth(tx *postgres.Tx, at placed, position int, by *uuid.UUID, in BoothInput) error {
	set := columns{"position": position, "by_organization_id": by, "name": in.Name, "offers": in.Offers}
	if in.ID != nil {
		return update(tx, "booth", *in.ID, set, ErrOccurrenceUnknown)
	}
	set["organization_id"], set["event_id"], set["part_id"], set["id"] = tx.Organization, at.event, at.part, uuid.New()
	return create(tx.Gorm, "booth", set)
}

func upsertJoiningLink(tx *postgres.Tx, at placed, in *JoiningLinkInput) error {
	if in == nil {
		if err := tx.Gorm.Exec("delete from joining_link where organization_id = ? and part_id = ?", tx.Organization, at.part).Error; err != nil {
			return fmt.Errorf("delete joining link: %w", err)
		}
		return nil
	}
	hours := 24
	if in.OpensHoursBefore != nil {
		hours = *in.OpensHoursBefore
	}
	err := tx.Gorm.Exec(`insert into joining_link (organization_id, event_id, part_id, url, note, phone, opens_before) values (?, ?, ?, ?, ?, ?, make_interval(hours => ?))
		on conflict (part_id) do update set url = excluded.url, note = excluded.note, phone = excluded.phone, opens_before = excluded.opens_before`,
		tx.Organization, at.event, at.part, in.URL, in.Note, in.Phone, hours).Error
	if err != nil {
		return fmt.Errorf("store joining link: %w", err)
	}
	return nil
}

func deleteMissing(tx *postgres.Tx, table, parent string, of uuid.UUID, keep []uuid.UUID) error {
	keep = append(keep, uuid.Nil) // an empty list would be "in (NULL)"
	err := tx.Gorm.Exec("delete from "+table+" where organization_id = ? and "+parent+" = ? and id not in ?", tx.Organization, of, keep).Error
	if err != nil {
		return fmt.Errorf("delete %s: %w", table, err)
	}
	return nil
}

func insertSeries(tx *postgres.Tx, event, id uuid.UUID, in SeriesInput) error {
	set, err := seriesColumns(in)
	if err != nil {
		return err
	}
	set["organization_id"], set["event_id"], set["id"] = tx.Organization, event, id
	return create(tx.Gorm, "series", set)
}

func seriesColumns(in SeriesInput) (columns, error) {
	template, err := json.Marshal(in.Template)
	if err != nil {
		return nil, fmt.Errorf("write series template: %w", err)
	}
	first, err := parseMonth(in.FirstMonth)
	if err != nil {
		return nil, ErrInvalid.Field("first_month", "not_a_month")
	}
	set := columns{"rule": in.Rule, "rule_text": in.RuleText, "choose": in.Choose, "template": string(template), "first_month": first, "last_month": nil}
	if in.LastMonth != "" {
		last, err := parseMonth(in.LastMonth)
		if err != nil {
			return nil, ErrInvalid.Field("last_month", "not_a_month")
		}
		set["last_month"] = last
	}
	return set, nil
}

func upsertMonth(tx *postgres.Tx, series uuid.UUID, month clock.Date, decision MonthDecision) error {
	err := tx.Gorm.Exec(`insert into series_month (organization_id, series_id, month, decision, decided_at) values (?, ?, ?, ?, ?)
		on conflict (series_id, month) do update set decision = excluded.decision, decided_at = excluded.decided_at`,
		tx.Organization, series, month, decision, tx.Now).Error
	if err != nil {
		return fmt.Errorf("store month: %w", err)
	}
	return nil
}

func create(g *gorm.DB, table string, row columns) error {
	if err := g.Table(table).Create(row).Error; err != nil {
		return fmt.Errorf("insert %s: %w", table, err)
	}
	return nil
}

// update changes one row of the transaction's organization; no such row is unknown, not success.
func update(tx *postgres.Tx, table string, id uuid.UUID, set columns, unknown error) error {
	done := tx.Gorm.Table(table).Where("organization_id = ? and id = ?", tx.Organization, id).Updates(set)
	if done.Error != nil {
		return fmt.Errorf("update %s: %w", table, done.Error)
	}
	if done.RowsAffected == 0 {
		return unknown
	}
	return nil
}

// orNull stores an empty text as NULL where the column means "not stated" by it.
func orNull[T ~string](s T) any {
	if s == "" {
		return nil
	}
	return string(s)
}
