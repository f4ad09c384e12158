package ical

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"hash/maphash"
	"slices"
	"strings"
	"sync"
	"time"
)

// Document is one rendering of a feed. Its bytes must not be changed.
type Document struct {
	Gzip []byte // the body as one gzip member
	Size int    // of the body, in octets
	// ETag and GzipETag are strong validators, quotes included. They differ,
	// as RFC 9110 §8.8.3.3 asks of two encodings of one thing, and hang on
	// the bytes alone.
	ETag     string
	GzipETag string
	// LastModified is the latest stamp or Calendar.Modified, in whole seconds
	// UTC; zero for a feed that has neither.
	LastModified time.Time
	Events       int

	body func() []byte
}

// Body returns the feed uncompressed. It is joined when first asked for, since
// nearly every reader takes gzip. Safe for concurrent use.
func (d *Document) Body() []byte { return d.body() }

// DefaultMemory is what a Builder keeps at most, in octets, unless told.
const DefaultMemory = 64 << 20

// Builder builds documents and keeps what it rendered and deflated, so that a
// feed after one edit costs about one chunk. An event that stands in several
// feeds is rendered once. Safe for concurrent use.
type Builder struct {
	mu        sync.Mutex // never held while rendering or deflating
	build     uint64     // counts calls of Build
	seed      maphash.Seed
	fragments *generations[uint64, *fragment] // by Entry.hash
	chunks    *generations[digest, *chunk]
}

// fragment is a rendered entry.
type fragment struct {
	key, sum uint64 // Entry.hash
	seen     uint64 // the build that last asked for its UID; guarded by Builder.mu
	start    int64  // Unix seconds
	uid      string
	bytes    []byte
	digest   digest // of bytes
	stamp    time.Time
	sequence int
	cut      bool // a chunk may end behind it
}

// NewBuilder returns a Builder that keeps about memory octets at most, not
// counting the documents it returned; 0 or less means DefaultMemory.
func NewBuilder(memory int) *Builder {
	if memory <= 0 {
		memory = DefaultMemory
	}
	return &Builder{
		seed:      maphash.MakeSeed(),
		fragments: newGenerations[uint64](memory*3/8, (*fragment).cost),
		chunks:    newGenerations[digest](memory/8, (*chunk).cost),
	}
}

// Build renders a feed of entries, sorted by start and UID. Of entries with
// one UID the highest Sequence stays, then the latest Stamp. Its error wraps
// ErrInvalidCalendar, or ErrInvalidEntry and names the UID.
func (b *Builder) Build(c Calendar, entries []Entry) (*Document, error) {
	head, err := c.header()
	if err != nil {
		return nil, err
	}
	frags, err := b.render(entries)
	if err != nil {
		return nil, err
	}
	parts := make([][]byte, 0, len(frags)+2)
	parts = append(parts, head)
	modified := c.Modified
	for _, f := range frags {
		parts = append(parts, f.bytes)
		if f.stamp.After(modified) {
			modified = f.stamp
		}
	}
	parts = append(parts, []byte(footer))
	chunks, keys, err := b.deflate(frags, parts)
	if err != nil {
		return nil, err
	}

	sums := make([]byte, 0, len(chunks)*sha256.Size)
	size := 0
	for _, ch := range chunks {
		sums = append(sums, ch.sum[:]...)
		size += ch.size
	}
	return &Document{
		body:         sync.OnceValue(func() []byte { return bytes.Join(parts, nil) }),
		Gzip:         joinGzip(chunks),
		Size:         size,
		ETag:         tag(keys, ""),
		GzipETag:     tag(sums, "-gzip"),
		LastModified: modified.UTC().Truncate(time.Second),
		Events:       len(frags),
	}, nil
}

// tag hashes what stands for the bytes: the digests of their parts, in order.
func tag(digests []byte, suffix string) string {
	sum := sha256.Sum256(digests)
	return `"` + hex.EncodeToString(sum[:16]) + suffix + `"`
}

// render returns the fragments of entries in the order of the feed.
func (b *Builder) render(entries []Entry) ([]*fragment, error) {
	frags, missing, repeated := b.known(entries)
	for _, i := range missing {
		f, err := newFragment(&entries[i], b.seed)
		if err != nil {
			return nil, err
		}
		frags[i] = f
	}
	b.keep(frags, missing)
	if repeated {
		frags = newest(frags)
	}
	if !slices.IsSortedFunc(frags, feedOrder) {
		slices.SortFunc(frags, feedOrder)
	}
	return frags, nil
}

// known looks entries up, names those it must render, and tells whether a UID
// may have come twice.
func (b *Builder) known(entries []Entry) (frags []*fragment, missing []int, repeated bool) {
	frags = make([]*fragment, len(entries))
	unknown := make(map[uint64]bool)

	b.mu.Lock()
	defer b.mu.Unlock()
	b.build++
	turns := b.fragments.turns
	for i := range entries {
		e := &entries[i]
		key, sum := e.hash(b.seed)
		f, ok := b.fragments.get(key)
		if !ok {
			repeated = repeated || unknown[key]
			unknown[key] = true
			missing = append(missing, i)
			continue
		}
		repeated = repeated || f.seen == b.build
		f.seen = b.build
		if f.sum == sum {
			frags[i] = f
		} else {
			missing = append(missing, i)
		}
	}
	// What a full cache let go meanwhile can't be told from what it never had.
	return frags, missing, repeated || b.fragments.turns != turns
}

func (b *Builder) keep(frags []*fragment, missing []int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, i := range missing {
		b.fragments.put(frags[i].key, frags[i])
	}
}

func newFragment(e *Entry, seed maphash.Seed) (*fragment, error) {
	rendered, err := e.render()
	if err != nil {
		return nil, err
	}
	key, sum := e.hash(seed)
	return &fragment{
		key:      key,
		sum:      sum,
		start:    e.Start.Unix(),
		uid:      strings.Clone(e.UID), // kept for long: pins nothing larger
		bytes:    rendered,
		digest:   sha256.Sum256(rendered),
		stamp:    e.Stamp,
		sequence: e.Sequence,
		cut:      cutsAfter(sha256.Sum256([]byte(e.UID))),
	}, nil
}

func (f *fragment) cost() int { return cap(f.bytes) + len(f.uid) + 256 }

// newest keeps one fragment a UID.
func newest(frags []*fragment) []*fragment {
	best := make(map[string]*fragment, len(frags))
	for _, f := range frags {
		if rival, ok := best[f.uid]; !ok || f.newer(rival) {
			best[f.uid] = f
		}
	}
	kept := make([]*fragment, 0, len(best))
	for _, f := range best {
		kept = append(kept, f)
	}
	return kept
}

// newer ends with the bytes, so that the order of entries never matters.
func (f *fragment) newer(o *fragment) bool {
	return cmp.Or(
		cmp.Compare(f.sequence, o.sequence),
		f.stamp.Compare(o.stamp),
		bytes.Compare(f.bytes, o.bytes),
	) > 0
}

func feedOrder(a, b *fragment) int {
	if a.start != b.start {
		return cmp.Compare(a.start, b.start)
	}
	return strings.Compare(a.uid, b.uid)
}

// deflate returns the chunks of the feed and the digests that stand for its
// content. Parts are the header, the bytes of frags, and the footer.
func (b *Builder) deflate(frags []*fragment, parts [][]byte) (chunks []*chunk, keys []byte, err error) {
	add := func(key digest, parts [][]byte) error {
		c, err := b.chunk(key, parts)
		chunks = append(chunks, c)
		keys = append(keys, key[:]...)
		return err
	}
	if err := add(sha256.Sum256(parts[0]), parts[:1]); err != nil {
		return nil, nil, err
	}
	var digests []byte
	for at, n := 0, 0; at < len(frags); at += n {
		n = chunkEnd(frags[at:])
		digests = digests[:0]
		for _, f := range frags[at : at+n] {
			digests = append(digests, f.digest[:]...)
		}
		if err := add(sha256.Sum256(digests), parts[1+at:1+at+n]); err != nil {
			return nil, nil, err
		}
	}
	end, err := closingChunk()
	if err != nil {
		return nil, nil, err
	}
	return append(chunks, end), keys, nil
}

var closingChunk = sync.OnceValues(func() (*chunk, error) {
	return deflate(true, []byte(footer))
})

// chunk returns the chunk of this content, deflating it if it isn't kept.
func (b *Builder) chunk(key digest, parts [][]byte) (*chunk, error) {
	b.mu.Lock()
	c, ok := b.chunks.get(key)
	b.mu.Unlock()
	if ok {
		return c, nil
	}
	c, err := deflate(false, parts...)
	if err != nil {
		return nil, err
	}
	b.mu.Lock()
	b.chunks.put(key, c)
	b.mu.Unlock()
	return c, nil
}
