package app

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/config"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

const (
	patience = 3 * time.Minute
	testKey  = "MDEyMzQ1Njc4OWFiY2RlZmdoaWprbG1ub3BxcnN0dXY="
)

// settings are those of a process at an address that answers requests and runs jobs.
func settings(t *testing.T, databaseURL, baseURL string) config.Config {
	t.Helper()
	cfg, err := config.LoadFor(config.Work, []string{
		"TONARIMACHI_DATABASE_URL=" + databaseURL,
		"TONARIMACHI_SECRET_KEY=" + testKey,
		"TONARIMACHI_BASE_URL=" + baseURL,
		"TONARIMACHI_CONTACT_KEY=YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXowMTIzNDU=",
		"TONARIMACHI_CONTACT_DIR=" + filepath.Join(t.TempDir(), "contact-keys"),
	})
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}
