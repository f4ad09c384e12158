package venue

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"io"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

// bits writes the entropy-coded data of a JPEG, with the zero byte behind each 0xFF.
type bits struct {
	out  bytes.Buffer
	have uint
	held uint32
}

func (b *bits) put(value uint32, n uint) {
	for ; n > 0; n-- {
		b.held = b.held<<1 | value>>(n-1)&1
		if b.have++; b.have == 8 {
			b.out.WriteByte(byte(b.held))
			if byte(b.held) == 0xFF {
				b.out.WriteByte(0)
			}
			b.have, b.held = 0, 0
		}
	}
}

func (b *bits) end() []byte {
	for b.have != 0 {
		b.put(1, 1)
	}
	return b.out.Bytes()
}

// progressive makes a grey progressive JPEG that is gone over so many times: one scan for the means
// of its blocks, then scans that say of 32,767 blocks at a time that nothing changes.
func progressive(width, height, scans int) []byte {
	var out bytes.Buffer
	segment := func(marker byte, content ...byte) {
		out.Write([]byte{0xFF, marker})
		_ = binary.Write(&out, binary.BigEndian, uint16(len(content)+2))
		out.Write(content)
	}
	out.Write([]byte{0xFF, 0xD8})
	segment(0xDB, append([]byte{0}, bytes.Repeat([]byte{1}, 64)...)...)
	segment(0xC2, 8, byte(height>>8), byte(height), byte(width>>8), byte(width), 1, 1, 0x11, 0)
	table := func(class byte, symbol byte) {
		segment(0xC4, append([]byte{class, 1}, append(make([]byte, 15), symbol)...)...)
	}
	table(0x00, 0)    // the one code of one bit: no difference
	table(0x10, 0xE0) // the one code of one bit: a run of blocks without coefficients, its length in 14 bits
	blocks := (width + 7) / 8 * ((height + 7) / 8)
	segment(0xDA, 1, 1, 0x00, 0, 0, 0)
	means := &bits{}
	for range blocks {
		means.put(0, 1)
	}
	out.Write(means.end())
	for range scans - 1 {
		segment(0xDA, 1, 1, 0x00, 1, 63, 0)
		runs := &bits{}
		for left := blocks; left > 0; left -= 1<<15 - 1 {
			runs.put(0, 1)
			runs.put(1<<14-1, 14)
		}
		out.Write(runs.end())
	}
	out.Write([]byte{0xFF, 0xD9})
	return out.Bytes()
}

// pngOf is a picture of one colour, which is a small file however large it is.
func pngOf(t testing.TB, m image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&out, m); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func square(side int) image.Rectangle { return image.Rect(0, 0, side, side) }

// [S4] What a picture unpacks to, and how often it is gone over, is read off the file before it is
// unpacked.
func TestPicturesAreWeighedBeforeTheyAreUnpacked(t *testing.T) {
	t.Parallel()
	hidden := progressive(640, 480, 1)
	hidden = append(
		hidden[:2:2],
		append(
			append([]byte{0xFF, 0xE5, 0xFF, 0x00}, bytes.Repeat([]byte{0xFF, 0xDA, 0, 3}, 16319)...),
			hidden[2:]...)...)
	for name, tt := range map[string]struct {
		file []byte
		need int64
		code string
	}{
		"a plain JPEG":                  {dots(t, 1200, 600), 1200 * 600 * 6 / 4, ""},
		"a progressive one":             {progressive(1024, 768, 10), 1024 * 768 * 5, ""},
		"as many scans as there may be": {progressive(640, 480, maxScans), 640 * 480 * 5, ""},
		"one more":                      {progressive(640, 480, maxScans+1), 0, "photo_too_heavy"},
		"600 scans":                     {progressive(640, 480, 600), 0, "photo_too_heavy"},
		"many scans of many pixels":     {progressive(4000, 4000, 19), 0, "photo_too_heavy"},
		"just as many as there may be":  {progressive(4000, 4000, 18), 4000 * 4000 * 5, ""},
		"scans hidden in a segment":     {hidden, 0, "photo_too_heavy"},
		"eight bits a colour":           {pngOf(t, image.NewNRGBA(square(1000))), 4_000_000, ""},
		"sixteen bits a colour":         {pngOf(t, image.NewNRGBA64(square(1000))), 8_000_000, ""},
		"too many bits":                 {pngOf(t, image.NewGray16(square(20))), 800, ""},
		"grey":                          {pngOf(t, image.NewGray(square(1000))), 1_000_000, ""},
		"a palette": {pngOf(t,
			image.NewPaletted(square(1000), color.Palette{color.White, color.Black})), 4_000_000, ""},
		"sixteen bits of 25 megapixels": {pngOf(t, image.NewNRGBA64(square(5020))), 0, "photo_too_heavy"},
		"an interlaced one of 16 bits":  {interlaced(pngOf(t, image.NewNRGBA64(square(1000)))), 16_000_000, ""},
		"an interlaced one, larger": {interlaced(pngOf(t, image.NewNRGBA64(square(3600)))), 0,
			"photo_too_heavy"},
		"more pixels than there may be":     {pngOf(t, image.NewGray(square(5500))), 0, "photo_too_many_pixels"},
		"no picture":                        {[]byte("GIF89a"), 0, "photo_invalid"},
		"a lossless WebP of a large file":   {webp("VP8L", losslessBytes+1), 0, "photo_too_heavy"},
		"a lossless WebP of a smaller file": {webp("VP8L", losslessBytes-100), 16 * 16 * 6, ""},
	} {
		need, err := weigh(tt.file)
		code := ""
		if err != nil {
			code = fault.CodeOf(err)
		}
		if code != tt.code || need != tt.need {
			t.Errorf("%s: %d bytes %q, want %d %q", name, need, code, tt.need, tt.code)
		}
	}
}

// interlaced only says so: nothing more is looked at before a picture is unpacked.
func interlaced(file []byte) []byte {
	mended := bytes.Clone(file)
	mended[interlaceAt] = 1
	sum := crc32.ChecksumIEEE(mended[12:29])
	binary.BigEndian.PutUint32(mended[29:], sum)
	return mended
}

// webp is the head of a picture of 16 by 16 with so much behind it.
func webp(kind string, size int) []byte {
	data := append([]byte{0x2F, 15, 0xC0, 3, 0}, make([]byte, size)...)
	var out bytes.Buffer
	out.WriteString("RIFF")
	_ = binary.Write(&out, binary.LittleEndian, uint32(12+len(data)))
	out.WriteString("WEBP" + kind)
	_ = binary.Write(&out, binary.LittleEndian, uint32(len(data)))
	out.Write(data)
	return out.Bytes()
}

// A decoder ends with the client that waits for it: the reader fails from then on.
func TestUnpackingEndsWithItsClient(t *testing.T) {
	t.Parallel()
	ctx, leave := context.WithCancel(t.Context())
	file := progressive(2000, 2000, 200) // far beyond what is let in, so that it would take long
	read := 0
	_, _, err := image.Decode(wanted{ctx, readerFunc(func(p []byte) (int, error) {
		if read >= len(file)/2 {
			leave()
		}
		n := copy(p, file[read:])
		read += n
		return n, nil
	})})
	if !errors.Is(err, context.Canceled) || read > len(file)/2+2*pictureAtATime {
		t.Errorf("%v after %d of %d bytes", err, read, len(file))
	}
	if _, err := newEasel().draw(ctx, dots(t, 100, 100)); !errors.Is(err, context.Canceled) {
		t.Errorf("for nobody: %v", err)
	}
	slow := newEasel()
	slow.time = 0
	if _, err := slow.draw(t.Context(), dots(t, 100, 100)); fault.CodeOf(err) != "photo_too_heavy" {
		t.Errorf("beyond its time: %v", err)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// At most two pictures are unpacked at once; who waits too long is told to come back.
func TestPicturesWaitForTheirTurn(t *testing.T) {
	t.Parallel()
	e := newEasel()
	file := dots(t, 400, 200)
	for range 2 {
		if !e.room.TryAcquire(picturesBytes / 2) {
			t.Fatal("no room for two")
		}
	}
	e.wait = 0
	if _, err := e.draw(
		t.Context(),
		file,
	); fault.CodeOf(err) != "photos_busy" ||
		fault.KindOf(err) != fault.KindUnavailable {
		t.Errorf("a third: %v", err)
	}
	e.wait = time.Minute
	done := make(chan error, 1)
	go func() { _, err := e.draw(t.Context(), file); done <- err }()
	e.room.Release(picturesBytes / 2)
	if err := <-done; err != nil {
		t.Errorf("after the first: %v", err)
	}
	if !e.room.TryAcquire(picturesBytes / 2) {
		t.Error("the turn was not given back")
	}
}

// TestProofPicturesKeepToTheirBudget sends the pictures of [S4]: 600 scans in 89 kB, which took
// minutes, the most that is let in, and six of 16 bits at once, which took 956 MB. No JPEG takes
// more than 2 s of CPU.
func TestProofPicturesKeepToTheirBudget(t *testing.T) {
	bound, wide, high := 2*time.Second, testkit.Size(1500, 3000), testkit.Size(2000, 5400)
	e := newEasel()
	if testkit.Race {
		bound, e.time = 10*bound, 10*e.time // the detector's own work; make proof measures the program as it runs
	}
	for name, tt := range map[string]struct {
		file []byte
		code string
	}{
		"600 scans of 29 megapixels": {progressive(5400, 5400, 600), "photo_too_heavy"},
		"as much as is let in":       {progressive(wide, wide, maxScans), ""},
		"30 megapixels once":         {progressive(high, high, 10), ""},
	} {
		var err error
		used := testkit.ThreadCPU(t, func() { _, err = e.draw(t.Context(), tt.file) })
		if (err == nil) != (tt.code == "") || err != nil && fault.CodeOf(err) != tt.code {
			t.Errorf("%s: %v", name, err)
		}
		if used > bound {
			t.Errorf("%s takes %s of CPU", name, used)
		}
		testkit.Figure(t, "%s, %d kB: %s of CPU", name, len(tt.file)>>10, used.Round(time.Millisecond))
	}

	deep := pngOf(t, image.NewNRGBA64(square(testkit.Size(2000, 4800))))
	runtime.GC()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	stop, peak := make(chan struct{}), make(chan uint64, 1)
	go func() {
		var most uint64
		again := time.NewTicker(2 * time.Millisecond)
		defer again.Stop()
		for {
			var now runtime.MemStats
			runtime.ReadMemStats(&now)
			most = max(most, now.HeapInuse)
			select {
			case <-again.C:
			case <-stop:
				peak <- most
				return
			}
		}
	}()
	e.wait = time.Minute
	var group sync.WaitGroup
	start := clock.Start()
	for range 6 {
		group.Go(func() {
			if _, err := e.draw(t.Context(), deep); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	close(stop)
	rise := int64(<-peak) - int64(before.HeapInuse)
	// What is unpacked, its sizes, and garbage that is not yet collected.
	if rise > 3*picturesBytes {
		t.Errorf("six pictures raise the heap by %d MiB", rise>>20)
	}
	testkit.Figure(
		t,
		"six PNGs of 16 bits (%d kB each) at once: heap +%d MiB, %s",
		len(deep)>>10,
		rise>>20,
		start.Elapsed().Round(time.Millisecond),
	)
}

var _ io.Reader = wanted{}
