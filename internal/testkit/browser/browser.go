// Package browser gives tests a Chromium and an eye for accessibility.
//
// A test binary starts one browser for each set of flags and ends it with itself; tests open tabs
// in it, each in a browser context of its own, which shares neither cookies nor storage with
// others.
package browser

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

const (
	// testPrefix is how tests with a browser are called: make test runs them apart, without the
	// race detector, whose price their waiting would pay for nothing.
	testPrefix = "TestBrowser"
	// limit is how long one test may use the browser.
	limit = 4 * time.Minute
)

// shared holds the browsers of this test binary by their flags.
var shared struct {
	sync.Mutex

	browsers map[string]*started
}

type started struct {
	once sync.Once
	ctx  context.Context
	err  error
}

// Open gives the browser with these flags, name=value as its command line has them, to open tabs
// in:
//
//	ctx, stop := chromedp.NewContext(browser.Open(t), chromedp.WithNewBrowserContext())
//
// The context ends with the test, the browser with the test binary.
func Open(t *testing.T, flags ...string) context.Context {
	t.Helper()
	if testkit.Race && !strings.HasPrefix(t.Name(), testPrefix) {
		t.Fatalf("%s uses a browser: call it %s… so that it runs without the race detector", t.Name(), testPrefix)
	}
	b := find(strings.Join(flags, " "))
	b.once.Do(func() { b.ctx, b.err = start(flags) })
	if b.err != nil {
		t.Fatal(b.err)
	}
	ctx, stop := context.WithTimeout(b.ctx, limit)
	t.Cleanup(stop)
	return ctx
}

func find(key string) *started {
	shared.Lock()
	defer shared.Unlock()
	if shared.browsers == nil {
		shared.browsers = map[string]*started{}
	}
	if shared.browsers[key] == nil {
		shared.browsers[key] = &started{}
	}
	return shared.browsers[key]
}

func start(flags []string) (context.Context, error) {
	path, err := executable()
	if err != nil {
		return nil, err
	}
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path),
		chromedp.Headless,
		chromedp.NoSandbox,
		chromedp.DisableGPU,
		chromedp.NoFirstRun,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-dev-shm-usage", true),
		// No tab waits because another one is in front of it.
		chromedp.Flag("disable-backgrounding-occluded-windows", true),
		chromedp.Flag("disable-background-timer-throttling", true),
		chromedp.Flag("disable-renderer-backgrounding", true),
		chromedp.Flag("lang", "ja"),
	}
	for _, flag := range flags {
		name, value, given := strings.Cut(flag, "=")
		if given {
			options = append(options, chromedp.Flag(name, value))
		} else {
			options = append(options, chromedp.Flag(name, true))
		}
	}
	allocator, stopAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, stop := chromedp.NewContext(allocator)
	testkit.AtEnd(func() {
		stop()
		stopAllocator()
	})
	if err := chromedp.Do(ctx); err != nil {
		return nil, fmt.Errorf("start Chromium (%s): %w", path, err)
	}
	return ctx, nil
}

func executable() (string, error) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if found, err := exec.LookPath(name); err == nil {
			return found, nil
		}
	}
	return "", errors.New(
		"no Chromium found: install the package chromium (on Debian and Ubuntu: apt-get install chromium)",
	)
}

//go:embed axe-core@4.10.3/axe.min.js
var axe string

// Faults gives the serious faults of accessibility of the page that the tab ctx shows, and whether
// the page is wider than the window.
func Faults(ctx context.Context) ([]string, error) {
	there, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`typeof axe === "object"`))
	if err != nil {
		return nil, fmt.Errorf("look for axe: %w", err)
	}
	if !there {
		if _, err := chromedp.Run(ctx, chromedp.Evaluate[int](axe+";0")); err != nil {
			return nil, fmt.Errorf("load axe: %w", err)
		}
	}
	found, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](`axe.run(document).then((r) => [
		...(r.passes.length < 10 ? ["axe looked at nothing"] : []),
		...r.violations
			.filter((v) => v.impact === "serious" || v.impact === "critical")
			.map((v) => v.id + ": " + v.nodes.map((n) => n.target.join(" ")).join(", ")),
		...(document.documentElement.scrollWidth > document.documentElement.clientWidth
		  ? ["wider than the window"] : []),
	])`, chromedp.EvalAwaitPromise))
	if err != nil {
		return nil, fmt.Errorf("run axe: %w", err)
	}
	return found, nil
}
