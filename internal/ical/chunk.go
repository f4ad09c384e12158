package ical

import (
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"sync"
)

// Chunk sizes in events. Whether a chunk ends depends on the UID of the event before the boundary,
// so that an event added or removed moves the boundaries around it and no
// others. An edit costs the chunk it falls into, and edits fall into large
// chunks more often than into small ones: hence the narrow spread.
const (
	chunkMin = 64
	chunkMax = 256
	// After chunkMin events, one event in chunkCut ends the chunk.
	chunkCut = 32
)

// digest is SHA-256.
type digest = [sha256.Size]byte

// chunk is a run of bytes, deflated apart from its neighbours. It holds what is
// needed to join it to others without looking at its bytes again.
type chunk struct {
	deflated []byte
	sum      digest // of deflated
	size     int    // before deflation
	crc      uint32
	shift    uint32 // shifts a CRC past size octets
}

func (c *chunk) cost() int { return len(c.deflated) + 256 }

// chunkEnd returns the length of the first chunk of frags.
func chunkEnd(frags []*fragment) int {
	if len(frags) <= chunkMin {
		return len(frags)
	}
	last := min(len(frags), chunkMax)
	for i := chunkMin - 1; i < last; i++ {
		if frags[i].cut {
			return i + 1
		}
	}
	return last
}

// cutsAfter tells whether a chunk may end behind the event of this digest.
func cutsAfter(uid digest) bool {
	return binary.BigEndian.Uint32(uid[:])%chunkCut == 0
}

// flateWriters: a new one costs a megabyte, a reset none.
var flateWriters sync.Pool

// deflate makes a chunk of parts. It begins with no history and ends at a byte
// boundary (RFC 1951 §3.2.4: an empty stored block), so that chunks may be
// laid one behind the other; the last one of a stream closes it.
func deflate(last bool, parts ...[]byte) (*chunk, error) {
	var b bytes.Buffer
	w, ok := flateWriters.Get().(*flate.Writer)
	if ok {
		w.Reset(&b)
	} else {
		var err error
		if w, err = flate.NewWriter(&b, flate.DefaultCompression); err != nil {
			return nil, fmt.Errorf("start deflate: %w", err)
		}
	}
	c := &chunk{}
	for _, part := range parts {
		if _, err := w.Write(part); err != nil {
			return nil, fmt.Errorf("deflate chunk: %w", err)
		}
		c.crc = crc32.Update(c.crc, crc32.IEEETable, part)
		c.size += len(part)
	}
	end := w.Flush
	if last {
		end = w.Close
	}
	if err := end(); err != nil {
		return nil, fmt.Errorf("end chunk: %w", err)
	}
	flateWriters.Put(w)
	c.deflated = bytes.Clone(b.Bytes()) // kept for long: no slack
	c.sum = sha256.Sum256(c.deflated)
	c.shift = crcShift(c.size)
	return c, nil
}

// gzipHeader has no time and no name (RFC 1952 §2.3): equal content, equal bytes.
var gzipHeader = []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255}

// joinGzip lays chunks, the last of them closed, into one gzip member.
func joinGzip(chunks []*chunk) []byte {
	parts := make([][]byte, 0, len(chunks)+2)
	parts = append(parts, gzipHeader)
	var crc uint32
	size := 0
	for _, c := range chunks {
		parts = append(parts, c.deflated)
		crc = crcMultiply(crc, c.shift) ^ c.crc
		size += c.size
	}
	trailer := binary.LittleEndian.AppendUint32(nil, crc)
	trailer = binary.LittleEndian.AppendUint32(trailer, uint32(size)) // ISIZE is modulo 2^32
	return bytes.Join(append(parts, trailer), nil)
}

// A CRC is a polynomial over GF(2) modulo the generator, its highest power in
// the lowest bit. The CRC of A‖B is that of A times x^(8·len B), plus that of B;
// the conditioning of CRC-32 cancels out.

const crcOne = 1 << 31 // the polynomial 1

// crcMultiply multiplies two polynomials modulo the generator.
func crcMultiply(a, b uint32) uint32 {
	var product uint32
	for ; a != 0; a <<= 1 {
		if a&crcOne != 0 {
			product ^= b
		}
		// b times x: the bit that falls off is x^32.
		overflow := b & 1
		b >>= 1
		if overflow != 0 {
			b ^= crc32.IEEE
		}
	}
	return product
}

// crcShift returns x^(8·octets).
func crcShift(octets int) uint32 {
	shift, power := uint32(crcOne), uint32(crcOne>>8)
	for ; octets > 0; octets >>= 1 {
		if octets&1 != 0 {
			shift = crcMultiply(shift, power)
		}
		power = crcMultiply(power, power)
	}
	return shift
}
