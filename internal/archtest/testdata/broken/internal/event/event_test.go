package event

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	_ "example.com/broken/internal/postgres"
	_ "example.com/broken/internal/testkit"
)

func TestSkipped(t *testing.T) { t.Skip(time.Now()) }

func TestDraws(t *testing.T) { rapid.Check(t, func(rt *rapid.T) { rt.Skip("nothing to draw") }) }
