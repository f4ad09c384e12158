package round

import "time"

// A draw that is late by less than this is on time: workers come round within a minute or so.
const (
	drawnOnTime = 10 * time.Minute
	lateStep    = 15 * time.Minute // by which promised moments move, so that they stay readable
)

// lateness is by how much lots drawn at a moment move the day of acceptance.
func lateness(drawsAt, drawnAt time.Time) time.Duration {
	late := drawnAt.Sub(drawsAt)
	if late < drawnOnTime {
		return 0
	}
	return (late + lateStep - 1) / lateStep * lateStep
}

// Delayed is by how much the draw of lots moved the time to answer; 0 before the draw, and for one
// in time.
func (r *Round) Delayed() time.Duration {
	if r.DrawnAt == nil {
		return 0
	}
	return lateness(r.DrawsAt, *r.DrawnAt)
}

// OwnTimes tells whether, after a late draw, results run out each at a time of its own: the first
// day of use left too little time to answer.
func (r *Round) OwnTimes() bool { return r.Delayed() > 0 && r.AcceptUntil.Equal(r.FirstDay.Start()) }

// answerTimes says of lots drawn now until when the round waits for answers, which is never past
// the start of its first day, and when what was promised to those who are drawn runs out. They are
// the same unless the first day is in the way.
func (r *Round) answerTimes(now time.Time) (round, promised time.Time) {
	promised = r.AcceptUntil.Add(lateness(r.DrawsAt, now))
	if first := r.FirstDay.Start(); first.Before(promised) {
		return first, promised
	}
	return promised, promised
}

// answerUntil is until when one result is held: what was promised, and never past its own
// beginning.
func answerUntil(promised, starts time.Time) time.Time {
	if starts.Before(promised) {
		return starts
	}
	return promised
}
