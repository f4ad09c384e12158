package postgres_test

import (
	"net"
	"net/url"
	"sync"
	"testing"
)

// line is a way to the server that can fall silent without a connection being closed, as when the
// server is stopped or a cable is cut.
type line struct {
	t        *testing.T
	url      string
	mu       sync.Mutex
	changed  *sync.Cond
	silent   bool
	earliest int // of the connections that carry anything
	accepted int
}

func newLine(t *testing.T, to string) *line {
	t.Helper()
	address, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := address.Host
	address.Host = listener.Addr().String()
	l := &line{t: t, url: address.String()}
	l.changed = sync.NewCond(&l.mu)
	var group sync.WaitGroup
	t.Cleanup(func() {
		_ = listener.Close()
		l.silence(false)
		group.Wait()
	})
	group.Go(func() {
		for n := 1; ; n++ {
			from, err := listener.Accept()
			if err != nil {
				return
			}
			to, err := net.Dial("tcp", server)
			if err != nil {
				t.Error(err)
				return
			}
			l.mu.Lock()
			l.accepted = n
			l.mu.Unlock()
			group.Go(func() { l.carry(n, from, to) })
			group.Go(func() { l.carry(n, to, from) })
		}
	})
	return l
}

func (l *line) carry(n int, from, to net.Conn) {
	defer func() { _, _ = from.Close(), to.Close() }()
	buffer := make([]byte, 1<<14)
	for {
		read, err := from.Read(buffer)
		if err != nil {
			return
		}
		l.mu.Lock()
		for l.silent {
			l.changed.Wait()
		}
		dead := n < l.earliest
		l.mu.Unlock()
		if dead {
			continue // read and never told
		}
		if _, err := to.Write(buffer[:read]); err != nil {
			return
		}
	}
}

// silence holds everything back until it is told to let go.
func (l *line) silence(on bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.silent = on
	l.changed.Broadcast()
}

// cut makes the connections there are silent for good.
func (l *line) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.earliest = l.accepted + 1
}
