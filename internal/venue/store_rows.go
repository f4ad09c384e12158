package venue

import (
	"database/sql/driver"
	"reflect"
	"slices"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm/clause"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

// The rows that staff create, change and delete by key (ADR 0033). What has a column of its own in
// a row is what staff enter; the key and where a row stands are written apart.

// rowKey is the key of every row. The database draws the id.
type rowKey struct {
	OrganizationID uuid.UUID `gorm:"column:organization_id"`
	ID             uuid.UUID `gorm:"column:id;primaryKey"`
}

type facilityRow struct {
	Key             rowKey   `gorm:"embedded"`
	Name            string   `gorm:"column:name"`
	Kana            string   `gorm:"column:kana"`
	English         string   `gorm:"column:english"`
	Alias           string   `gorm:"column:alias"`
	AreaCode        string   `gorm:"column:area_code"`
	PostalCode      string   `gorm:"column:postal_code"`
	Address         string   `gorm:"column:address"`
	Building        string   `gorm:"column:building"`
	Latitude        *float64 `gorm:"column:latitude"`
	Longitude       *float64 `gorm:"column:longitude"`
	Access          string   `gorm:"column:access"`
	Phone           string   `gorm:"column:phone"`
	PhoneExtension  string   `gorm:"column:phone_extension"`
	Email           string   `gorm:"column:email"`
	Website         string   `gorm:"column:website"`
	Description     string   `gorm:"column:description"`
	FloorInfo       string   `gorm:"column:floor_info"`
	OperatedBy      string   `gorm:"column:operated_by"`
	CorporateNumber *string  `gorm:"column:corporate_number"`
	POICode         string   `gorm:"column:poi_code"`
	OutsideID       *string  `gorm:"column:outside_id"`
	BarrierFree     factList `gorm:"column:barrier_free"`
	Barriers        factList `gorm:"column:barriers"`
	BarrierNote     string   `gorm:"column:barrier_note"`
	Hours           Calendar `gorm:"column:hours;serializer:json"`
	HoursNote       string   `gorm:"column:hours_note"`
	Position        int      `gorm:"column:position"`
}

func (facilityRow) TableName() string { return "facility" }
func (r *facilityRow) key() *rowKey   { return &r.Key }

func (in FacilityInput) row() *facilityRow {
	return &facilityRow{
		Name:            in.Name,
		Kana:            in.Kana,
		English:         in.English,
		Alias:           in.Alias,
		AreaCode:        in.AreaCode,
		PostalCode:      in.PostalCode,
		Address:         in.Address,
		Building:        in.Building,
		Latitude:        in.Latitude,
		Longitude:       in.Longitude,
		Access:          in.Access,
		Phone:           in.Phone,
		PhoneExtension:  in.PhoneExtension,
		Email:           in.Email,
		Website:         in.Website,
		Description:     in.Description,
		FloorInfo:       in.FloorInfo,
		OperatedBy:      in.OperatedBy,
		CorporateNumber: orNull(in.CorporateNumber),
		POICode:         in.POICode,
		OutsideID:       orNull(in.OutsideID),
		BarrierFree:     list(in.BarrierFree),
		Barriers:        list(in.Barriers),
		BarrierNote:     in.BarrierNote,
		Hours:           in.Hours,
		HoursNote:       in.HoursNote,
		Position:        in.Position,
	}
}

type roomRow struct {
	Key             rowKey      `gorm:"embedded"`
	FacilityID      uuid.UUID   `gorm:"column:facility_id"`
	Name            string      `gorm:"column:name"`
	Kana            string      `gorm:"column:kana"`
	English         string      `gorm:"column:english"`
	Floor           string      `gorm:"column:floor"`
	Description     string      `gorm:"column:description"`
	AreaM2          *float64    `gorm:"column:area_m2"`
	Capacity        int         `gorm:"column:capacity"`
	FoodOK          *bool       `gorm:"column:food_ok"`
	Noise           Noise       `gorm:"column:noise"`
	SetupMinutes    int         `gorm:"column:setup_minutes"`
	ClearingMinutes int         `gorm:"column:clearing_minutes"`
	OpenTo          OpenTo      `gorm:"column:open_to"`
	Layouts         []Layout    `gorm:"column:layouts;serializer:json"`
	Equipment       []Equipment `gorm:"column:equipment;serializer:json"`
	Uses            Uses        `gorm:"column:uses;serializer:json"`
	Fees            []Fee       `gorm:"column:fees;serializer:json"`
	Exemptions      []Exemption `gorm:"column:exemptions;serializer:json"`
	Terms           []Term      `gorm:"column:terms;serializer:json"`
	Position        int         `gorm:"column:position"`
}

func (roomRow) TableName() string { return "room" }
func (r *roomRow) key() *rowKey   { return &r.Key }

func (in RoomInput) row(facility uuid.UUID) *roomRow {
	return &roomRow{
		FacilityID:      facility,
		Name:            in.Name,
		Kana:            in.Kana,
		English:         in.English,
		Floor:           in.Floor,
		Description:     in.Description,
		AreaM2:          in.AreaM2,
		Capacity:        in.Capacity,
		FoodOK:          in.FoodOK,
		Noise:           in.Noise,
		SetupMinutes:    in.SetupMinutes,
		ClearingMinutes: in.ClearingMinutes,
		OpenTo:          in.OpenTo,
		Layouts:         list(in.Layouts),
		Equipment:       list(in.Equipment),
		Uses:            in.Uses,
		Fees:            list(in.Fees),
		Exemptions:      list(in.Exemptions),
		Terms:           list(in.Terms),
		Position:        in.Position,
	}
}

type spaceRow struct {
	Key        rowKey    `gorm:"embedded"`
	FacilityID uuid.UUID `gorm:"column:facility_id"`
	Name       string    `gorm:"column:name"`
	Floor      string    `gorm:"column:floor"`
	Position   int       `gorm:"column:position"`
}

func (spaceRow) TableName() string { return "space" }
func (r *spaceRow) key() *rowKey   { return &r.Key }

type photoRow struct {
	Key        rowKey     `gorm:"embedded"`
	FacilityID uuid.UUID  `gorm:"column:facility_id"`
	RoomID     *uuid.UUID `gorm:"column:room_id"`
	Position   int        `gorm:"column:position"`
	Alt        string     `gorm:"column:alt"`
	Credit     string     `gorm:"column:credit"`
	License    string     `gorm:"column:license"`
}

func (photoRow) TableName() string { return "photo" }
func (r *photoRow) key() *rowKey   { return &r.Key }

// statusRow is the columns of a facility or a room that say where it stands.
type statusRow struct {
	Status      Status     `gorm:"column:status"`
	ClosedOn    clock.Date `gorm:"column:closed_on"`
	CloseReason string     `gorm:"column:close_reason"`
}

// factList is a column of facts.
type factList []Fact

// Value gives the text array.
func (l factList) Value() (driver.Value, error) { return postgres.TextArray(l).Value() }

// row is what insert writes.
type row interface {
	key() *rowKey
	TableName() string
}

// columnsOf lists the columns that staff's input fills.
func columnsOf(r any) []string {
	t := reflect.TypeOf(r).Elem()
	var all []string
	for i := range t.NumField() {
		if name, ok := columnOf(t.Field(i)); ok {
			all = append(all, name)
		}
	}
	return all
}

// differing lists the columns in which two rows of one table differ.
func differing(before, after any) []string {
	b, a := reflect.ValueOf(before).Elem(), reflect.ValueOf(after).Elem()
	var all []string
	for i := range b.NumField() {
		name, ok := columnOf(b.Type().Field(i))
		if ok && !reflect.DeepEqual(b.Field(i).Interface(), a.Field(i).Interface()) {
			all = append(all, name)
		}
	}
	return all
}

func columnOf(f reflect.StructField) (string, bool) {
	name, ok := strings.CutPrefix(f.Tag.Get("gorm"), "column:")
	name, _, _ = strings.Cut(name, ";")
	return name, ok
}

// insert writes a row of the transaction's organization and gives its id.
func insert(tx *postgres.Tx, r row) (uuid.UUID, error) {
	r.key().OrganizationID = tx.Organization
	err := tx.Gorm.Clauses(clause.Returning{Columns: []clause.Column{{Name: "id"}}}).
		Select(append(columnsOf(r), "organization_id")).Create(r).Error
	return r.key().ID, refused(err)
}

// update writes columns of one of the organization's own rows; unknown when there is none.
func update(tx *postgres.Tx, r row, id uuid.UUID, columns []string, unknown error) error {
	done := tx.Gorm.Model(r).Select(columns).
		Where("organization_id = ? and id = ?", tx.Organization, id).Updates(r)
	if done.Error == nil && done.RowsAffected == 0 {
		return unknown
	}
	return refused(done.Error)
}

// updateWhere writes all that staff enter of the organization's own row that a condition finds;
// unknown when there is none.
func updateWhere(tx *postgres.Tx, r row, unknown error, condition string, args ...any) error {
	columns := slices.DeleteFunc(columnsOf(r), func(c string) bool { return c == "facility_id" })
	done := tx.Gorm.Model(r).Select(columns).
		Where("organization_id = ?", tx.Organization).Where(condition, args...).Updates(r)
	if done.Error == nil && done.RowsAffected == 0 {
		return unknown
	}
	return refused(done.Error)
}

// setStatus writes where an own row of a table stands; unknown when there is none.
func setStatus(tx *postgres.Tx, table string, id uuid.UUID, to statusRow, unknown error) error {
	done := tx.Gorm.Table(table).Select("status", "closed_on", "close_reason").
		Where("organization_id = ? and id = ?", tx.Organization, id).Updates(&to)
	if done.Error == nil && done.RowsAffected == 0 {
		return unknown
	}
	return refused(done.Error)
}

// lockStatus gives where an own row stands and locks it, so that what follows sees it stay.
func lockStatus(tx *postgres.Tx, table string, id uuid.UUID, unknown error) (Status, error) {
	var now statusRow
	err := tx.Gorm.Clauses(clause.Locking{Strength: "UPDATE"}).Table(table).Select("status").
		Where("organization_id = ? and id = ?", tx.Organization, id).Take(&now).Error
	if postgres.NoRows(err) {
		return "", unknown
	}
	return now.Status, err
}

// remove deletes an own row of a table; unknown when there is none.
func remove(tx *postgres.Tx, table string, id uuid.UUID, unknown error) error {
	done := tx.Gorm.Table(table).Where("organization_id = ? and id = ?", tx.Organization, id).Delete(&rowKey{})
	if done.Error == nil && done.RowsAffected == 0 {
		return unknown
	}
	return refused(done.Error)
}
