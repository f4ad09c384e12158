package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/httpapi"
	"github.com/tonarimachi/tonarimachi/internal/httpx"
	"github.com/tonarimachi/tonarimachi/internal/i18n"
	"github.com/tonarimachi/tonarimachi/internal/site"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
	"github.com/tonarimachi/tonarimachi/web"
)

type openRoute struct{ Method, Path string }

// openRoutes are those that take a body from anybody: residents, holders, phones at the door. They
// come from the route tables, so that a new one is measured by itself.
func openRoutes(t *testing.T) (all []openRoute) {
	t.Helper()
	messages, err := i18n.Load(web.Messages)
	if err != nil {
		t.Fatal(err)
	}
	e := httpx.New(httpx.Options{Messages: messages})
	new(site.Site).Routes(e)
	if err := httpapi.Register(e, httpapi.Options{}); err != nil {
		t.Fatal(err)
	}
	for _, r := range e.Routes() {
		switch r.Method {
		case http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete:
			if !strings.HasPrefix(r.Path, httpapi.Base+"/organizations/") {
				all = append(all, openRoute{r.Method, r.Path})
			}
		}
	}
	return all
}

// peakMemory gives the most memory that a process had since the last call, in bytes (proc(5):
// VmHWM, clear_refs).
func peakMemory(t *testing.T, pid int) int64 {
	t.Helper()
	proc := filepath.Join("/proc", strconv.Itoa(pid))
	text, err := os.ReadFile(filepath.Join(proc, "status"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(proc, "clear_refs"), []byte("5"), 0); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kilobytes, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			return kilobytes << 10
		}
	}
	t.Fatal("no VmHWM")
	return 0
}

// worstBodies are those of [S1], as large as a route takes and as large as nobody should send them.
func worstBodies(limit int) map[string]string {
	fill := func(head, item, tail string, size int) string {
		return head + strings.Repeat(item, max(0, (size-len(head)-len(tail)-1)/len(item))) + tail
	}
	var names strings.Builder
	for i := 0; names.Len() < limit-100; i++ {
		fmt.Fprintf(&names, "\"n%d\":1,", i)
	}
	return map[string]string{
		"numbers":        fill(`{"slot_ids":[`, "1,", "1]}", limit),
		"objects":        fill(`{"taps":[`, "{},", "{}]}", limit),
		"answers":        `{"answers":{` + names.String() + `"n":1}}`,
		"names":          `{` + names.String() + `"n":1}`,
		"lists of lists": fill(`[`, "[[]],", "[]]", limit),
		"fields":         fill("", "a&", "a", limit),
		"a megabyte":     fill(`{"slot_ids":[`, "1,", "1]}", 1<<20),
		"eight":          fill(`{"slot_ids":[`, "1,", "1]}", 8<<20),
	}
}

// TestProofTheWorstBodiesTakeLittleMemory sends 16 of each of the worst bodies at once to every
// route that is open to all [S1]: RSS rose by 3.2 GB once, now by 100 MiB at most.
func TestProofTheWorstBodiesTakeLittleMemory(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Log("memory is measured on Linux only")
		return
	}
	const atOnce = 16
	bound := int64(100 << 20)
	if testkit.Race {
		bound *= 5 // the detector keeps notes of all memory; make proof measures the program as it runs
	}
	bundle := testkit.Database(t)
	p := start(t, serveSettings(bundle.LoginURL), "serve")
	base := "http://" + listening.FindString(p.await("serving"))
	send := func(r openRoute, body string, form bool) int {
		path := r.Path
		for _, name := range strings.Split(r.Path, "/") {
			if strings.HasPrefix(name, ":") {
				path = strings.Replace(path, name, uuid.NewString(), 1)
			}
		}
		request, err := http.NewRequestWithContext(t.Context(), r.Method, base+path, bytes.NewReader([]byte(body)))
		if err != nil {
			t.Error(err)
			return 0
		}
		request.Header.Set("Content-Type", "application/json")
		if form {
			request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		kind := "Ticket "
		if strings.Contains(r.Path, "/door") {
			kind = "Door "
		}
		request.Header.Set("Authorization", kind+newCode(t))
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Errorf("%s %s: %v", r.Method, r.Path, err)
			return 0
		}
		defer func() { _ = response.Body.Close() }()
		_, _ = io.Copy(io.Discard, response.Body)
		return response.StatusCode
	}
	routes := openRoutes(t)
	if len(routes) < 30 {
		t.Errorf("only %d routes", len(routes))
	}
	all := worstBodies(16 << 10)
	for _, r := range routes { // once, so that what is kept for ever is there
		send(r, "{}", !strings.HasPrefix(r.Path, httpapi.Base))
	}
	peakMemory(t, p.cmd.Process.Pid)
	before := peakMemory(t, p.cmd.Process.Pid)
	most, worst, requests := int64(0), "", 0
	rounds := testkit.Size(1, 5)
	for range rounds {
		for _, r := range routes {
			for name, body := range all {
				if testkit.Size(0, 1) == 0 && (name == "eight" || name == "lists of lists" || name == "names") {
					continue
				}
				var group sync.WaitGroup
				for range atOnce {
					group.Go(func() {
						if status := send(
							r,
							body,
							!strings.HasPrefix(r.Path, httpapi.Base),
						); status < 400 ||
							status >= 500 {
							t.Errorf("%s %s: %s answers %d", r.Method, r.Path, name, status)
						}
					})
				}
				group.Wait()
				requests += atOnce
				if now := peakMemory(t, p.cmd.Process.Pid) - before; now > most {
					most, worst = now, r.Method+" "+r.Path+", "+name
				}
			}
		}
	}
	if most > bound {
		t.Errorf("memory rises by %d MiB at %s", most>>20, worst)
	}
	testkit.Figure(
		t,
		"%d requests, %d at once, on %d routes: RSS %d MiB, at most +%d MiB (%s)",
		requests,
		atOnce,
		len(routes),
		before>>20,
		most>>20,
		worst,
	)
}
