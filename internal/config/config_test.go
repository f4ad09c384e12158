package config_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/config"
)

const key = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

func base(more ...string) []string {
	return append([]string{
		"PATH=/bin",
		"TONARIMACHI_DATABASE_URL=postgres://u:canary-password@127.0.0.1/db",
		"TONARIMACHI_BASE_URL=https://example.jp/",
		"TONARIMACHI_SECRET_KEY=" + key,
	}, more...)
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	c, err := config.Load(base())
	if err != nil {
		t.Fatal(err)
	}
	if c.Listen != "127.0.0.1:8080" || c.MetricsListen != "" || c.BaseURL != "https://example.jp" ||
		c.BaseURL.Host() != "example.jp" ||
		!c.BaseURL.Secure() {
		t.Errorf("addresses: %q %q %q", c.Listen, c.MetricsListen, c.BaseURL)
	}
	if c.PoolPublic != 8 || c.PoolStaff != 16 || c.PoolWorker != 4 || time.Duration(c.ShutdownGrace) != 15*time.Second {
		t.Errorf("sizes: %d %d %d %v", c.PoolPublic, c.PoolStaff, c.PoolWorker, c.ShutdownGrace)
	}
	if c.LogLevel != slog.LevelInfo || c.LogFormat != config.LogText || len(c.TrustedProxies) != 0 || c.Keys == nil ||
		len(c.Unknown) != 0 {
		t.Errorf("others: %+v", c)
	}
}

func TestEverythingSet(t *testing.T) {
	t.Parallel()
	c, err := config.Load(base(
		"TONARIMACHI_OWNER_DATABASE_URL=postgres://o@127.0.0.1/db",
		"TONARIMACHI_LISTEN=:9000",
		"TONARIMACHI_METRICS_LISTEN=[::1]:9090",
		"TONARIMACHI_BASE_URL= http://localhost:9000 ",
		"TONARIMACHI_SECRET_KEY="+key+", "+strings.ToUpper(key),
		"TONARIMACHI_TRUSTED_PROXIES=10.0.0.0/8,fd00::/8",
		"TONARIMACHI_LOG_LEVEL=debug",
		"TONARIMACHI_LOG_FORMAT=JSON",
		"TONARIMACHI_DB_POOL_PUBLIC=1",
		"TONARIMACHI_DB_POOL_STAFF=2",
		"TONARIMACHI_DB_POOL_WORKER=3",
		"TONARIMACHI_SHUTDOWN_GRACE=1m30s",
		"TONARIMACHI_LSITEN=x",
	))
	if err != nil {
		t.Fatal(err)
	}
	if c.Listen != ":9000" || c.MetricsListen != "[::1]:9090" || c.BaseURL != "http://localhost:9000" ||
		c.BaseURL.Host() != "localhost" ||
		c.BaseURL.Secure() {
		t.Errorf("addresses: %q %q %q", c.Listen, c.MetricsListen, c.BaseURL)
	}
	if len(c.TrustedProxies) != 2 || c.LogLevel != slog.LevelDebug || c.LogFormat != config.LogJSON ||
		c.PoolWorker != 3 {
		t.Errorf("others: %+v", c)
	}
	if !reflect.DeepEqual(c.Unknown, []string{"TONARIMACHI_LSITEN"}) {
		t.Errorf("Unknown = %v", c.Unknown)
	}
}

func TestEnvironReadsBack(t *testing.T) {
	t.Parallel()
	c, err := config.Load(
		base(
			"TONARIMACHI_TRUSTED_PROXIES=10.0.0.0/8",
			"TONARIMACHI_METRICS_LISTEN=:9090",
			"TONARIMACHI_LOG_LEVEL=warn",
		),
	)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for name, value := range c.Environ() {
		lines = append(lines, name+"="+value)
	}
	again, err := config.Load(lines)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(again.Environ(), c.Environ()) || again.DatabaseURL.Reveal() != c.DatabaseURL.Reveal() ||
		len(again.Unknown) != 0 {
		t.Errorf("got %v, want %v", again.Environ(), c.Environ())
	}
	if _, ok := c.Environ()["TONARIMACHI_OWNER_DATABASE_URL"]; ok {
		t.Error("what is not set is written")
	}
}

func TestAllFaultsAtOnce(t *testing.T) {
	t.Parallel()
	bad := map[string]string{
		"LISTEN":          "8080",
		"METRICS_LISTEN":  "host:99999",
		"BASE_URL":        "ftp://canary-a",
		"TRUSTED_PROXIES": "10.0.0.1,canary-b",
		"LOG_LEVEL":       "canary-c",
		"LOG_FORMAT":      "canary-d",
		"DB_POOL_PUBLIC":  "0",
		"DB_POOL_STAFF":   "canary-e",
		"DB_POOL_WORKER":  "1001",
		"SHUTDOWN_GRACE":  "-1s",
		"SECRET_KEY":      "canary-f",
	}
	var environ []string
	for name, value := range bad {
		environ = append(environ, "TONARIMACHI_"+name+"="+value)
	}
	_, err := config.Load(environ)
	var faults config.Faults
	if !errors.As(err, &faults) {
		t.Fatalf("err = %v", err)
	}
	for name := range bad {
		if !strings.Contains(err.Error(), "TONARIMACHI_"+name+" ") {
			t.Errorf("%s is not told", name)
		}
	}
	if !strings.Contains(err.Error(), "TONARIMACHI_DATABASE_URL is missing: want ") ||
		!strings.Contains(err.Error(), "for example postgres://") {
		t.Errorf("the missing variable is not told: %v", err)
	}
	if len(faults) != len(bad)+1 {
		t.Errorf("%d faults, want %d:\n%v", len(faults), len(bad)+1, err)
	}
	if strings.Contains(err.Error(), "canary") {
		t.Errorf("the faults repeat a value:\n%v", err)
	}
	for _, f := range faults {
		if f.Want == "" || f.Example == "" {
			t.Errorf("%s says nothing of what it wants", f.Variable)
		}
	}
}

func TestNeeds(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		use     config.Use
		environ []string
		missing []string
	}{
		{config.Serve, nil, []string{"DATABASE_URL", "SECRET_KEY", "BASE_URL"}},
		{config.Migrate, nil, []string{"OWNER_DATABASE_URL"}},
		{config.Tool, nil, []string{"DATABASE_URL", "SECRET_KEY"}},
		{config.Operate, nil, []string{"OWNER_DATABASE_URL", "SECRET_KEY"}},
		{
			config.Tool,
			[]string{"TONARIMACHI_DATABASE_URL=", "TONARIMACHI_SECRET_KEY= "},
			[]string{"DATABASE_URL", "SECRET_KEY"},
		},
		{config.Migrate, []string{"TONARIMACHI_OWNER_DATABASE_URL=postgres://o@h/db"}, nil},
	} {
		_, err := config.LoadFor(tt.use, tt.environ)
		var faults config.Faults
		errors.As(err, &faults)
		var got []string
		for _, f := range faults {
			if f.Problem != "is missing" {
				t.Errorf("%v", f)
			}
			got = append(got, strings.TrimPrefix(f.Variable, config.Prefix))
		}
		if !reflect.DeepEqual(got, tt.missing) {
			t.Errorf("use %v: missing %v, want %v", tt.use, got, tt.missing)
		}
	}
}

func TestBaseURL(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{
		"example.jp",
		"https://",
		"https://h/path",
		"https://h?q",
		"https://h?",
		"https://h#f",
		"https://h#",
		"https://u:p@h",
		"javascript:x",
		"https://h//",
		"https://:80",
	} {
		if _, err := config.Load(base("TONARIMACHI_BASE_URL=" + bad)); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}

func TestSecretsAreNotPrinted(t *testing.T) {
	t.Parallel()
	c, err := config.Load(base())
	if err != nil {
		t.Fatal(err)
	}
	type wrapper struct{ inner config.Config }
	var out strings.Builder
	for _, v := range []any{c, &c, wrapper{c}, c.DatabaseURL} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
	}
	j, err := json.Marshal(c.DatabaseURL)
	if err != nil {
		t.Fatal(err)
	}
	out.Write(j)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("settings", "config", c)
	c.Logger(&out).Info("settings", "url", c.DatabaseURL, "key", c.SecretKey)
	for _, leak := range []string{"canary", key, fmt.Sprintf("%x", "canary")} {
		if strings.Contains(out.String(), leak) {
			t.Errorf("printing leaks %q", leak)
		}
	}
	if !strings.Contains(out.String(), "[hidden]") {
		t.Error("the test looked at nothing")
	}
}

func TestFromEnvironment(t *testing.T) {
	t.Setenv("TONARIMACHI_OWNER_DATABASE_URL", "postgres://from-environment/db")
	c, err := config.FromEnvironment(config.Migrate)
	if err != nil || c.OwnerDatabaseURL.Reveal() != "postgres://from-environment/db" {
		t.Errorf("%v, %v", c.OwnerDatabaseURL.Reveal(), err)
	}
}
