package paper

import (
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/secret"
)

// Limits of a sheet.
const (
	MaxCodes  = 200
	MaxSeats  = 20
	MaxSheets = 100 // live ones of an event
)

// Input asks for a sheet.
type Input struct {
	EventID, OccurrenceID, PartID, QuotaID uuid.UUID
	Codes                                  int
	SeatsEach                              int
	// ReturnsAt is when unused seats go back; nil: when the waiting list ends, the start's eve
	// unless told otherwise.
	ReturnsAt *time.Time
}

// Sheet is a printed sheet without its codes.
type Sheet struct {
	ID           uuid.UUID
	EventID      uuid.UUID
	OccurrenceID uuid.UUID
	PartID       uuid.UUID
	QuotaID      uuid.UUID // the open quota whose seats were set aside
	Codes        int
	SeatsEach    int
	Used         int // codes that have become tickets
	ReturnsAt    time.Time
	CreatedAt    time.Time
	RevokedAt    *time.Time
}

// Issued is a new sheet with its codes, which are known here only.
type Issued struct {
	Sheet
	PlainCodes []secret.Paper
}

// Reservation is the seats that a code can take.
type Reservation struct {
	EventID, OccurrenceID, PartID, QuotaID uuid.UUID
	Seats                                  int // at most
	ReturnsAt                              time.Time
}
