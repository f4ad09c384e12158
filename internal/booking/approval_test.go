package booking

import (
	"testing"
	"time"

	"github.com/google/uuid"
)

// A borrower's move takes back what was approved, and by whom; a lender's keeps it.
func TestAMoveByTheBorrowerAsksForApprovalAnew(t *testing.T) {
	t.Parallel()
	member := uuid.New()
	for name, tt := range map[string]struct {
		status         Status
		approvals      int
		lends          bool
		wantStatus     Status
		wantApprovals  int
		wantApprovedBy bool
	}{
		"once approved, by the borrower": {Requested, 1, false, Requested, 0, false},
		"approved, by the borrower":      {Approved, 2, false, Requested, 0, false},
		"confirmed, by the borrower":     {Confirmed, 2, false, Requested, 0, false},
		"once approved, by the lender":   {Requested, 1, true, Requested, 1, true},
		"approved, by the lender":        {Approved, 2, true, Approved, 2, true},
		"held, by the borrower":          {Held, 0, false, Held, 0, true},
	} {
		b := Booking{Status: tt.status, Approvals: tt.approvals, ApprovalSteps: 2, approvedBy: &member}
		was := b
		b.ask(&was, tt.lends)
		if b.Status != tt.wantStatus || b.Approvals != tt.wantApprovals || (b.approvedBy != nil) != tt.wantApprovedBy {
			t.Errorf("%s: %s, %d approvals, first by %v", name, b.Status, b.Approvals, b.approvedBy)
		}
	}
}

// A refusal that was judged before something was freed is not kept after it.
func TestARefusalFromBeforeAReleaseIsNotKept(t *testing.T) {
	t.Parallel()
	var cache refusalCache
	w, now := wish{asker: uuid.New()}, time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)
	_, before := cache.recently(w, now)
	cache.clear()
	cache.note(w, now, before)
	if refused, _ := cache.recently(w, now); refused {
		t.Error("a refusal from before the release is kept")
	}
	_, after := cache.recently(w, now)
	cache.note(w, now, after)
	for age, want := range map[time.Duration]bool{
		-1: false, 0: true, refusalLasts - 1: true, refusalLasts: false, refusalLasts + 1: false,
	} {
		if refused, _ := cache.recently(w, now.Add(age)); refused != want {
			t.Errorf("%s later: refused %v, want %v", age, refused, want)
		}
	}
}
