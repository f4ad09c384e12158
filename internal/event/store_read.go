package event

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

// Window bounds the occurrences that are loaded with an event; zero means all.
type Window struct {
	From, To time.Time
	// EndsAfter leaves out what has ended by then; zero: nothing.
	EndsAfter time.Time
	PerEvent  int  // 0: all
	Calendar  bool // without seats and booths, which no calendar shows
}

type refRow struct {
	RefID   uuid.UUID
	RefSlug string
	RefName string
	RefKind string
	RefCode string
}

func (r refRow) ref() organization.Ref {
	return organization.Ref{
		ID:   r.RefID,
		Slug: r.RefSlug,
		Name: r.RefName,
		Kind: organization.Kind(r.RefKind),
		Code: r.RefCode,
	}
}

const refColumns = `g.id as ref_id, g.slug as ref_slug, g.name as ref_name, g.kind as ref_kind, coalesce(g.code,
	  '') as ref_code`

type eventRow struct {
	refRow
	ID               uuid.UUID
	Status           Status
	Visibility       Visibility
	Kind             Kind
	Title            string
	Summary          string
	Description      string
	Audience         string
	AudienceTags     []string
	NicknameOK       *bool `db:"nickname_ok"`
	ListenOnlyOK     *bool `db:"listen_only_ok"`
	LeaveMidwayOK    *bool `db:"leave_midway_ok"`
	WomenStaff       *bool
	CompanionOK      *bool `db:"companion_ok"`
	Wheelchair       *bool
	SignLanguage     *bool
	ChildCare        *bool
	Press            string
	AttendingOffices []string
	FeeYen           *int
	FeeNote          string
	Website          string
	Questions        []string
	PublishedAt      *time.Time
	CancelledAt      *time.Time
	CancelReason     string
	ModifiedAt       time.Time
}

const selectEvents = `
	select ` + refColumns + `, e.id, e.status, e.visibility, e.kind, e.title, e.summary, e.description, e.audience,
	  e.audience_tags,
	  e.nickname_ok, e.listen_only_ok, e.leave_midway_ok, e.women_staff, e.companion_ok, e.wheelchair,
	  e.sign_language, e.child_care,
	  coalesce(e.press, '') as press, e.attending_offices, e.fee_yen, e.fee_note, e.website, e.questions,
	  e.published_at, e.cancelled_at, e.cancel_reason, e.modified_at
	from event e join organization g on g.id = e.organization_id
	where e.id = any ($1)`

type organiserRow struct {
	refRow
	EventID   uuid.UUID
	Role      OrganiserRole
	Approval  Approval
	DecidedAt *time.Time
}

const selectOrganisers = `
	select ` + refColumns + `, o.event_id, o.role, o.approval, o.decided_at
	from event_organiser o join organization g on g.id = o.organiser_id
	where o.event_id = any ($1)
	order by o.event_id, o.position, g.position, g.slug`

type occurrenceRow struct {
	ID           uuid.UUID
	EventID      uuid.UUID
	Status       OccurrenceStatus
	StartsAt     time.Time
	EndsAt       time.Time
	DoorsAt      *time.Time
	MovedFrom    *time.Time
	PlaceKind    PlaceKind
	PlaceName    string
	PlaceAddress string
	PlaceAccess  string
	AreaCode     string
	Note         string
	CancelledAt  *time.Time
	CancelReason string
	SeriesMonth  *time.Time
	Sequence     int
	ModifiedAt   time.Time
	PlaceRoom    []byte
	PlaceLost    bool
}

// $2..$5: window. The lateral join walks the event's own index and stops after perEvent dates.
const selectOccurrences = `
	select o.*
	from unnest($1::uuid[]) as w (id)
	cross join lateral (
	  select o.id, o.event_id, o.status, o.starts_at, o.ends_at, o.doors_at, o.moved_from, o.place_kind, o.place_name,
	  o.place_address, o.place_access,
	    coalesce(o.area_code, '') as area_code, o.note, o.cancelled_at, o.cancel_reason, o.series_month, o.sequence,
	    o.modified_at,
	    o.place_room, o.place_lost
	  from occurrence o
	  where o.event_id = w.id and o.starts_at >= $2 and o.starts_at < $3 and o.ends_at > $5
	  order by o.starts_at, o.id limit $4
	) o
	order by o.event_id, o.starts_at, o.id`

type partRow struct {
	ID           uuid.UUID
	OccurrenceID uuid.UUID
	Position     int
	Name         string
	Description  string
	StartsAt     time.Time
	EndsAt       time.Time
	PlaceNote    string
	Audience     string
	Press        string
	Reservation  Reservation
	Sitting      string
	OpensAt      *time.Time
	ClosesAt     *time.Time
	DrawsAt      *time.Time
	WaitingList  bool
	WaitingUntil *time.Time
	DoorBand     Band
	PlaceRoom    []byte
	PlaceLost    bool
}

const selectParts = `
	select p.id, p.occurrence_id, p.position, p.name, p.description, p.starts_at, p.ends_at, p.place_note, p.audience,
	  coalesce(p.press, '') as press,
	  p.reservation, coalesce(p.sitting, '') as sitting, p.opens_at, p.closes_at, p.draws_at, p.waiting_list,
	  p.waiting_until, coalesce(d.band, '') as door_band, p.place_room, p.place_lost
	from part p left join door_counter d on d.part_id = p.id
	  and app_now() >= p.starts_at - interval '6 hours' and app_now() < p.ends_at
	where p.event_id = any ($1) and p.ends_at >= $2 and p.starts_at < $3
	order by p.occurrence_id, p.position`

type quotaRow struct {
	ID        uuid.UUID
	PartID    uuid.UUID
	Channel   Channel
	Name      string
	MaxSeats  int
	Capacity  int
	Taken     int
	Accepting bool
}

const selectQuotas = `
	select q.id, q.part_id, q.channel, q.name, q.max_seats, c.capacity, c.taken, c.accepting
	from quota q join quota_counter c on c.quota_id = q.id join part p on p.id = q.part_id
	where q.event_id = any ($1) and q.channel <> 'slot' and p.ends_at >= $2 and p.starts_at < $3
	order by q.part_id, q.position`

type boothRow struct {
	ID      uuid.UUID
	PartID  uuid.UUID
	Name    string
	Offers  string
	RefID   *uuid.UUID
	RefSlug *string
	RefName *string
	RefKind *string
	RefCode *string
}

const selectBooths = `
	select b.id, b.part_id, b.name, b.offers, ` + refColumns + `
	from booth b left join organization g on g.id = b.by_organization_id
	where b.event_id = any ($1)
	order by b.part_id, b.position`

type seriesRow struct {
	ID         uuid.UUID
	EventID    uuid.UUID
	Rule       string
	RuleText   string
	Choose     Choose
	Template   json.RawMessage
	FirstMonth time.Time
	LastMonth  *time.Time
}

const selectSeries = `
	select s.id, s.event_id, s.rule, s.rule_text, s.choose, s.template, s.first_month, s.last_month
	from series s where s.event_id = any ($1)`

type monthRow struct {
	EventID  uuid.UUID
	Month    time.Time
	Decision MonthDecision
	Dates    []time.Time
}

const selectMonths = `
	select s.event_id, m.month, m.decision,
	  coalesce((select array_agg((o.starts_at at time zone 'Asia/Tokyo')::date order by o.starts_at) from occurrence o
	            where o.series_id = s.id and o.series_month = m.month and o.status <> 'cancelled'), '{}') as dates
	from series s join series_month m on m.series_id = s.id
	where s.event_id = any ($1)
	order by s.event_id, m.month`

type joiningLinkRow struct {
	PartID      uuid.UUID
	URL         string `db:"url"`
	Note        string
	Phone       string
	OpensBefore time.Duration
}

const selectJoiningLinks = `
	select l.part_id, l.url, l.note, l.phone, l.opens_before from joining_link l where l.event_id = any ($1)`

// LoadTx gives the events with all that belongs to them, in the order of ids, which must
// differ; what the role may not see is missing. One round trip.
func LoadTx(ctx context.Context, tx *postgres.Tx, ids []uuid.UUID, w Window, withLinks bool) ([]Event, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	if w.From.IsZero() {
		w.From = earliest
	}
	if w.EndsAfter.IsZero() {
		w.EndsAfter = earliest
	}
	if w.To.IsZero() {
		w.To = latest.AddDate(1, 0, 0)
	}
	if w.PerEvent == 0 {
		w.PerEvent = 10000
	}
	var (
		events      []eventRow
		organisers  []organiserRow
		occurrences []occurrenceRow
		parts       []partRow
		quotas      []quotaRow
		booths      []boothRow
		slots       []slotSumRow
		series      []seriesRow
		months      []monthRow
		links       []joiningLinkRow
		rooms       []roomRow
		questions   []questionRow
	)
	batch := &pgx.Batch{}
	queue(batch, &events, selectEvents, ids)
	queue(batch, &organisers, selectOrganisers, ids)
	queue(batch, &occurrences, selectOccurrences, ids, w.From, w.To, w.PerEvent, w.EndsAfter)
	queue(batch, &parts, selectParts, ids, w.From, w.To.Add(longest))
	if !w.Calendar {
		queue(batch, &quotas, selectQuotas, ids, w.From, w.To.Add(longest))
		queue(batch, &booths, selectBooths, ids)
		queue(batch, &slots, selectSlotSums, ids)
	}
	queue(batch, &series, selectSeries, ids)
	queue(batch, &months, selectMonths, ids)
	if withLinks {
		queue(batch, &links, selectJoiningLinks, ids)
		queue(batch, &rooms, selectRooms, ids)
		queue(batch, &questions, selectQuestions, ids)
	}
	if err := tx.Pgx.SendBatch(ctx, batch).Close(); err != nil {
		return nil, fmt.Errorf("load events: %w", err)
	}

	quotasOf := map[uuid.UUID][]Quota{}
	for _, q := range quotas {
		quotasOf[q.PartID] = append(
			quotasOf[q.PartID],
			Quota{
				ID:        q.ID,
				Channel:   q.Channel,
				Name:      q.Name,
				MaxSeats:  q.MaxSeats,
				Capacity:  q.Capacity,
				Taken:     q.Taken,
				Accepting: q.Accepting,
			},
		)
	}
	boothsOf := map[uuid.UUID][]Booth{}
	for _, b := range booths {
		booth := Booth{ID: b.ID, Name: b.Name, Offers: b.Offers}
		if b.RefID != nil {
			ref := refRow{*b.RefID, *b.RefSlug, *b.RefName, *b.RefKind, *b.RefCode}.ref()
			booth.By = &ref
		}
		boothsOf[b.PartID] = append(boothsOf[b.PartID], booth)
	}
	slotsOf := slotSums(slots)
	linkOf := map[uuid.UUID]*JoiningLink{}
	for _, l := range links {
		linkOf[l.PartID] = &JoiningLink{URL: l.URL, Note: l.Note, Phone: l.Phone, OpensBefore: l.OpensBefore}
	}
	bookingOf := roomBookings(rooms)
	partsOf := map[uuid.UUID][]Part{}
	for _, p := range parts {
		partsOf[p.OccurrenceID] = append(partsOf[p.OccurrenceID], Part{
			ID:           p.ID,
			Position:     p.Position,
			Name:         p.Name,
			Description:  p.Description,
			StartsAt:     p.StartsAt,
			EndsAt:       p.EndsAt,
			PlaceNote:    p.PlaceNote,
			Audience:     p.Audience,
			Press:        Press(p.Press),
			Reservation:  p.Reservation,
			Sitting:      p.Sitting,
			OpensAt:      p.OpensAt,
			ClosesAt:     p.ClosesAt,
			DrawsAt:      p.DrawsAt,
			WaitingList:  p.WaitingList,
			WaitingUntil: p.WaitingUntil,
			DoorBand:     p.DoorBand,
			Quotas:       quotasOf[p.ID],
			Booths:       boothsOf[p.ID],
			Slots:        slotsOf[p.ID],
			JoiningLink:  linkOf[p.ID],
			Room:         roomOf(p.PlaceRoom),
			NeedsPlace:   p.PlaceLost,
			Booking:      bookingOf[p.ID],
		})
	}
	byID := make(map[uuid.UUID]*Event, len(events))
	for _, r := range events {
		byID[r.ID] = r.event()
	}
	for _, o := range organisers {
		if e := byID[o.EventID]; e != nil {
			e.Organisers = append(
				e.Organisers,
				Organiser{Organization: o.ref(), Role: o.Role, Approval: o.Approval, DecidedAt: o.DecidedAt},
			)
		}
	}
	addQuestions(byID, questions)
	for _, o := range occurrences {
		if e := byID[o.EventID]; e != nil {
			occurrence := o.occurrence(partsOf[o.ID])
			occurrence.Booking = bookingOf[o.ID]
			e.Occurrences = append(e.Occurrences, occurrence)
		}
	}
	for _, s := range series {
		if e := byID[s.EventID]; e != nil {
			loaded, err := s.series()
			if err != nil {
				return nil, err
			}
			e.Series = loaded
		}
	}
	for _, m := range months {
		if e := byID[m.EventID]; e != nil && e.Series != nil {
			month := Month{Month: civil(m.Month), Decision: m.Decision}
			for _, d := range m.Dates {
				month.Dates = append(month.Dates, civil(d))
			}
			e.Series.Months = append(e.Series.Months, month)
		}
	}
	ordered := make([]Event, 0, len(byID))
	for _, id := range ids {
		if e := byID[id]; e != nil {
			ordered = append(ordered, *e)
			delete(byID, id)
		}
	}
	return ordered, nil
}
