package event

import (
	"database/sql/driver"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

// The models have the columns that staff write, and no others: the role may not set the rest.
type (
	eventModel struct {
		OrganizationID   uuid.UUID             `gorm:"column:organization_id"`
		ID               uuid.UUID             `gorm:"column:id"`
		Status           Status                `gorm:"column:status"`
		Visibility       Visibility            `gorm:"column:visibility"`
		Kind             Kind                  `gorm:"column:kind"`
		Title            string                `gorm:"column:title"`
		Summary          string                `gorm:"column:summary"`
		Description      string                `gorm:"column:description"`
		Audience         string                `gorm:"column:audience"`
		AudienceTags     textList[AudienceTag] `gorm:"column:audience_tags"`
		NicknameOK       *bool                 `gorm:"column:nickname_ok"`
		ListenOnlyOK     *bool                 `gorm:"column:listen_only_ok"`
		LeaveMidwayOK    *bool                 `gorm:"column:leave_midway_ok"`
		WomenStaff       *bool                 `gorm:"column:women_staff"`
		CompanionOK      *bool                 `gorm:"column:companion_ok"`
		Wheelchair       *bool                 `gorm:"column:wheelchair"`
		SignLanguage     *bool                 `gorm:"column:sign_language"`
		ChildCare        *bool                 `gorm:"column:child_care"`
		Press            *Press                `gorm:"column:press"`
		AttendingOffices textList[string]      `gorm:"column:attending_offices"`
		FeeYen           *int                  `gorm:"column:fee_yen"`
		FeeNote          string                `gorm:"column:fee_note"`
		Website          string                `gorm:"column:website"`
		Questions        textList[Question]    `gorm:"column:questions"`
		PublishedAt      *time.Time            `gorm:"column:published_at"`
		CancelledAt      *time.Time            `gorm:"column:cancelled_at"`
		CancelReason     string                `gorm:"column:cancel_reason"`
	}
	organiserModel struct {
		OrganizationID uuid.UUID     `gorm:"column:organization_id"`
		EventID        uuid.UUID     `gorm:"column:event_id"`
		OrganiserID    uuid.UUID     `gorm:"column:organiser_id"`
		Role           OrganiserRole `gorm:"column:role"`
		Position       int           `gorm:"column:position"`
		Approval       Approval      `gorm:"column:approval"`
		DecidedAt      *time.Time    `gorm:"column:decided_at"`
	}
	occurrenceModel struct {
		OrganizationID uuid.UUID        `gorm:"column:organization_id"`
		EventID        uuid.UUID        `gorm:"column:event_id"`
		ID             uuid.UUID        `gorm:"column:id"`
		Status         OccurrenceStatus `gorm:"column:status"`
		StartsAt       time.Time        `gorm:"column:starts_at"`
		EndsAt         time.Time        `gorm:"column:ends_at"`
		DoorsAt        *time.Time       `gorm:"column:doors_at"`
		MovedFrom      *time.Time       `gorm:"column:moved_from"`
		PlaceKind      PlaceKind        `gorm:"column:place_kind"`
		PlaceName      string           `gorm:"column:place_name"`
		PlaceAddress   string           `gorm:"column:place_address"`
		PlaceAccess    string           `gorm:"column:place_access"`
		AreaCode       *string          `gorm:"column:area_code"`
		Note           string           `gorm:"column:note"`
		CancelledAt    *time.Time       `gorm:"column:cancelled_at"`
		CancelReason   string           `gorm:"column:cancel_reason"`
		SeriesID       *uuid.UUID       `gorm:"column:series_id"`
		SeriesMonth    *clock.Date      `gorm:"column:series_month"`
	}
	partModel struct {
		OrganizationID uuid.UUID   `gorm:"column:organization_id"`
		EventID        uuid.UUID   `gorm:"column:event_id"`
		OccurrenceID   uuid.UUID   `gorm:"column:occurrence_id"`
		ID             uuid.UUID   `gorm:"column:id"`
		Position       int         `gorm:"column:position"`
		Name           string      `gorm:"column:name"`
		Description    string      `gorm:"column:description"`
		StartsAt       time.Time   `gorm:"column:starts_at"`
		EndsAt         time.Time   `gorm:"column:ends_at"`
		PlaceNote      string      `gorm:"column:place_note"`
		Audience       string      `gorm:"column:audience"`
		Press          *Press      `gorm:"column:press"`
		Reservation    Reservation `gorm:"column:reservation"`
		Sitting        *string     `gorm:"column:sitting"`
		OpensAt        *time.Time  `gorm:"column:opens_at"`
		ClosesAt       *time.Time  `gorm:"column:closes_at"`
		DrawsAt        *time.Time  `gorm:"column:draws_at"`
		WaitingList    bool        `gorm:"column:waiting_list"`
		WaitingUntil   *time.Time  `gorm:"column:waiting_until"`
	}
	quotaModel struct {
		OrganizationID uuid.UUID `gorm:"column:organization_id"`
		EventID        uuid.UUID `gorm:"column:event_id"`
		OccurrenceID   uuid.UUID `gorm:"column:occurrence_id"`
		PartID         uuid.UUID `gorm:"column:part_id"`
		ID             uuid.UUID `gorm:"column:id"`
		Position       int       `gorm:"column:position"`
		Channel        Channel   `gorm:"column:channel"`
		Name           string    `gorm:"column:name"`
		MaxSeats       int       `gorm:"column:max_seats"`
	}
	quotaCounterModel struct {
		OrganizationID uuid.UUID `gorm:"column:organization_id"`
		EventID        uuid.UUID `gorm:"column:event_id"`
		OccurrenceID   uuid.UUID `gorm:"column:occurrence_id"`
		QuotaID        uuid.UUID `gorm:"column:quota_id"`
		Capacity       int       `gorm:"column:capacity"`
	}
	boothModel struct {
		OrganizationID   uuid.UUID  `gorm:"column:organization_id"`
		EventID          uuid.UUID  `gorm:"column:event_id"`
		PartID           uuid.UUID  `gorm:"column:part_id"`
		ID               uuid.UUID  `gorm:"column:id"`
		Position         int        `gorm:"column:position"`
		ByOrganizationID *uuid.UUID `gorm:"column:by_organization_id"`
		Name             string     `gorm:"column:name"`
		Offers           string     `gorm:"column:offers"`
	}
	joiningLinkModel struct {
		OrganizationID uuid.UUID `gorm:"column:organization_id"`
		EventID        uuid.UUID `gorm:"column:event_id"`
		PartID         uuid.UUID `gorm:"column:part_id"`
		URL            string    `gorm:"column:url"`
		Note           string    `gorm:"column:note"`
		Phone          string    `gorm:"column:phone"`
		OpensBefore    string    `gorm:"column:opens_before"` // an interval, as "24 hours"
	}
	seriesModel struct {
		OrganizationID uuid.UUID   `gorm:"column:organization_id"`
		EventID        uuid.UUID   `gorm:"column:event_id"`
		ID             uuid.UUID   `gorm:"column:id"`
		Rule           string      `gorm:"column:rule"`
		RuleText       string      `gorm:"column:rule_text"`
		Choose         Choose      `gorm:"column:choose"`
		Template       string      `gorm:"column:template"` // JSON
		FirstMonth     clock.Date  `gorm:"column:first_month"`
		LastMonth      *clock.Date `gorm:"column:last_month"`
	}
	monthModel struct {
		OrganizationID uuid.UUID     `gorm:"column:organization_id"`
		SeriesID       uuid.UUID     `gorm:"column:series_id"`
		Month          clock.Date    `gorm:"column:month"`
		Decision       MonthDecision `gorm:"column:decision"`
		DecidedAt      time.Time     `gorm:"column:decided_at"`
	}
)

func (eventModel) TableName() string        { return "event" }
func (organiserModel) TableName() string    { return "event_organiser" }
func (occurrenceModel) TableName() string   { return "occurrence" }
func (partModel) TableName() string         { return "part" }
func (quotaModel) TableName() string        { return "quota" }
func (quotaCounterModel) TableName() string { return "quota_counter" }
func (boothModel) TableName() string        { return "booth" }
func (joiningLinkModel) TableName() string  { return "joining_link" }
func (seriesModel) TableName() string       { return "series" }
func (monthModel) TableName() string        { return "series_month" }

// model is one of the models above.
type model interface{ TableName() string }

// textList is a text[] column.
type textList[T ~string] []T

// Value is the array's literal; an empty list is an empty array, not NULL.
func (l textList[T]) Value() (driver.Value, error) { return postgres.TextArray(l).Value() }

// patch is a change of one row: the values, and the columns that it sets, zero values too.
type patch[M model] struct {
	row     M
	columns []string
}

func set[M model](row M, columns ...string) patch[M] { return patch[M]{row: row, columns: columns} }

// insert writes a new row with every column of its model.
func insert[M model](tx *postgres.Tx, row M) error {
	if err := tx.Gorm.Select("*").Create(&row).Error; err != nil {
		return fmt.Errorf("insert %s: %w", row.TableName(), err)
	}
	return nil
}

// update changes one row of the transaction's organization; no such row is unknown, not success.
func update[M model](tx *postgres.Tx, id uuid.UUID, p patch[M], unknown error) error {
	found, err := p.apply(tx.Gorm.Where("organization_id = ? and id = ?", tx.Organization, id))
	if err != nil {
		return err
	}
	if !found {
		return unknown
	}
	return nil
}

// apply changes the rows that where finds, and reports whether there was one.
func (p patch[M]) apply(where *gorm.DB) (bool, error) {
	table := p.row.TableName()
	if err := p.check(where); err != nil {
		return false, err
	}
	done := where.Model(new(M)).Select(p.columns).Updates(&p.row)
	if done.Error != nil {
		return false, fmt.Errorf("update %s: %w", table, done.Error)
	}
	return done.RowsAffected > 0, nil
}

// check finds a column that the model does not have: GORM would leave it out without a word.
func (p patch[M]) check(g *gorm.DB) error {
	statement := &gorm.Statement{DB: g}
	if err := statement.Parse(new(M)); err != nil {
		return fmt.Errorf("read model of %s: %w", p.row.TableName(), err)
	}
	for _, column := range p.columns {
		if !slices.Contains(statement.Schema.DBNames, column) {
			return fmt.Errorf("update %s: no column %s", p.row.TableName(), column)
		}
	}
	return nil
}

// orNull stores an empty text as NULL where the column means "not stated" by it.
func orNull[T ~string](s T) *T {
	if s == "" {
		return nil
	}
	return &s
}
