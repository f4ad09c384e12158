//go:build unix

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/clock"
)

// load is what a client process is told: whole requests in bytes, sent in turn over keep-alive
// connections, one at a time on each.
type load struct {
	Addr     string
	Requests [][]byte
	Clients  int
	For      time.Duration
	Count    int // stop after so many; 0: after For
}

// tally is what it saw.
type tally struct {
	Statuses map[int]int
	Took     time.Duration
	P50, P99 time.Duration
	Max      time.Duration
	Bytes    int64 // of bodies
	Spent    spent // filled in by whoever watches
}

// rate is answers of a status a second.
func (t tally) rate(status int) float64 { return float64(t.Statuses[status]) / t.Took.Seconds() }

// count is how many answers there were.
func (t tally) count() int {
	n := 0
	for _, some := range t.Statuses {
		n += some
	}
	return n
}

// only refuses a tally with other statuses than expected.
func (t tally) only(statuses ...int) error {
	for status, n := range t.Statuses {
		if !slices.Contains(statuses, status) {
			return fmt.Errorf("measure: %d answers with status %d, wanted %v", n, status, statuses)
		}
	}
	return nil
}

// maxAnswers bounds what a client process remembers.
const maxAnswers = 20_000_000

func (l load) run(ctx context.Context) (tally, error) {
	if l.Clients < 1 || l.Clients > 1024 || len(l.Requests) == 0 || l.Count > maxAnswers ||
		l.Count == 0 && (l.For <= 0 || l.For > time.Minute) {
		return tally{}, errors.New("measure: the load is out of bounds")
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	conns := make([]net.Conn, 0, l.Clients)
	defer func() {
		for _, c := range conns {
			_ = c.Close()
		}
	}()
	var d net.Dialer
	for range l.Clients {
		c, err := d.DialContext(ctx, "tcp", l.Addr)
		if err != nil {
			return tally{}, fmt.Errorf("measure: connect: %w", err)
		}
		conns = append(conns, c)
	}
	// A client that waits in vain is cut off.
	stop := context.AfterFunc(ctx, func() {
		for _, c := range conns {
			_ = c.SetDeadline(time.Unix(1, 0))
		}
	})
	defer stop()
	var (
		next    atomic.Int64
		mu      sync.Mutex
		times   []time.Duration
		whole   = tally{Statuses: map[int]int{}}
		failure error
		group   sync.WaitGroup
	)
	began := clock.Start()
	for _, c := range conns {
		group.Go(func() {
			mine, statuses, size, err := l.client(c, &next, began)
			mu.Lock()
			defer mu.Unlock()
			times = append(times, mine...)
			whole.Bytes += size
			for status, n := range statuses {
				whole.Statuses[status] += n
			}
			failure = errors.Join(failure, err)
		})
	}
	group.Wait()
	whole.Took = began.Elapsed()
	if failure != nil {
		return tally{}, fmt.Errorf("measure: %w", failure)
	}
	if len(times) == 0 {
		return tally{}, errors.New("measure: no answers")
	}
	slices.Sort(times)
	whole.P50, whole.P99, whole.Max = times[len(times)/2], times[len(times)*99/100], times[len(times)-1]
	return whole, nil
}

func (l load) client(
	c net.Conn,
	next *atomic.Int64,
	began clock.Mark,
) (times []time.Duration, statuses map[int]int, size int64, err error) {
	statuses = map[int]int{}
	r := bufio.NewReaderSize(c, 16<<10)
	for {
		n := next.Add(1) - 1
		if l.Count > 0 && n >= int64(l.Count) || l.Count == 0 && began.Elapsed() >= l.For || n >= maxAnswers {
			return times, statuses, size, nil
		}
		sent := clock.Start()
		if _, err := c.Write(l.Requests[n%int64(len(l.Requests))]); err != nil {
			return nil, nil, 0, err
		}
		status, length, err := readAnswer(r)
		if err != nil {
			return nil, nil, 0, err
		}
		times = append(times, sent.Elapsed())
		statuses[status]++
		size += int64(length)
	}
}

// readAnswer reads as much of HTTP/1.1 as our servers speak: Content-Length, chunks, or no body for
// 204 and 304.
func readAnswer(r *bufio.Reader) (status, length int, err error) {
	line, err := r.ReadSlice('\n')
	if err != nil {
		return 0, 0, err
	}
	if len(line) < 12 {
		return 0, 0, fmt.Errorf("read answer: status line %q", line)
	}
	if status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return 0, 0, fmt.Errorf("read answer: %w", err)
	}
	chunked := false
	for {
		if line, err = r.ReadSlice('\n'); err != nil {
			return 0, 0, err
		}
		if len(line) <= 2 {
			break
		}
		switch {
		case len(line) > 16 && bytes.EqualFold(line[:15], []byte("Content-Length:")):
			if length, err = strconv.Atoi(string(bytes.TrimSpace(line[15:]))); err != nil {
				return 0, 0, fmt.Errorf("read answer: %w", err)
			}
		case len(line) > 18 && bytes.EqualFold(line[:18], []byte("Transfer-Encoding:")):
			chunked = true
		}
	}
	switch {
	case status == 204 || status == 304:
		return status, 0, nil
	case chunked:
		length, err = skipChunks(r)
		return status, length, err
	}
	_, err = r.Discard(length)
	return status, length, err
}

func skipChunks(r *bufio.Reader) (total int, err error) {
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return 0, err
		}
		n, err := strconv.ParseUint(string(bytes.TrimSpace(line)), 16, 31)
		if err != nil {
			return 0, fmt.Errorf("read chunk: %w", err)
		}
		if _, err := r.Discard(int(n) + 2); err != nil {
			return 0, err
		}
		if total += int(n); n == 0 {
			return total, nil
		}
	}
}

// runLoad is the client process.
func runLoad(ctx context.Context, in io.Reader, out io.Writer) error {
	var l load
	if err := json.NewDecoder(in).Decode(&l); err != nil {
		return fmt.Errorf("read load: %w", err)
	}
	t, err := l.run(ctx)
	if err != nil {
		return err
	}
	if err := json.NewEncoder(out).Encode(t); err != nil {
		return fmt.Errorf("write tally: %w", err)
	}
	return nil
}

// get builds a GET request.
func get(path string, headers ...string) []byte {
	return raw("GET", path, "", headers...)
}

// post builds a POST request with a JSON body.
func post(path, body string) []byte {
	return raw("POST", path, body, "Content-Type: application/json", "Content-Length: "+strconv.Itoa(len(body)))
}

func raw(method, path, body string, headers ...string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: localhost\r\n", method, path)
	for _, h := range headers {
		b.WriteString(h + "\r\n")
	}
	b.WriteString("\r\n" + body)
	return b.Bytes()
}
