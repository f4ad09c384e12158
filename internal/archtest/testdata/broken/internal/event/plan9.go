//go:build plan9

package event

import (
	"time"
)

var since = time.Since(time.Time{})
