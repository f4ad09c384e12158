package courier

import (
	"bytes"
	"encoding/base64"
	"errors"
	"flag"
	"io"
	"mime"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/contact"
	"github.com/tonarimachi/tonarimachi/internal/notice"
	"github.com/tonarimachi/tonarimachi/web"
)

var update = flag.Bool("update", false, "write the golden files anew")

func address(t testing.TB, typed string) contact.Contact {
	t.Helper()
	c, err := contact.FromMail(typed)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var moment = time.Date(2026, 11, 25, 9, 30, 0, 0, clock.Tokyo)

func composed(t testing.TB, m notice.Mail) []byte {
	t.Helper()
	msg, err := compose(m, "oshirase@example.jp", moment)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := write(msg, &b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Every kind as it leaves, held against files that people have read.
func TestMailsLookAsReviewed(t *testing.T) {
	t.Parallel()
	texts, err := notice.ReadTexts(web.Templates, "https://tonarimachi.example.jp")
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range notice.Kinds {
		subject, text, err := texts.Mail(kind)
		if err != nil {
			t.Fatal(err)
		}
		raw := composed(
			t,
			notice.Mail{
				To:      address(t, "x..y.@docomo.ne.jp"),
				ID:      "abcdefghijklmnopqrstuvwxyz234567",
				Subject: subject,
				Text:    text,
			},
		)
		golden := filepath.Join("testdata", string(kind)+".eml")
		if *update {
			if err := os.WriteFile(golden, raw, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(raw, want) {
			t.Errorf("%s differs from %s:\n%s", kind, golden, raw)
		}
		checkMail(t, raw, text)
	}
}

func checkMail(t *testing.T, raw []byte, text string) {
	t.Helper()
	for i, line := range bytes.Split(raw, []byte("\r\n")) {
		if len(line) > 78 || bytes.ContainsAny(line, "\r\n\x00") {
			t.Errorf("line %d has %d bytes: %q", i, len(line), line)
		}
		for _, c := range line {
			if c >= 0x80 {
				t.Fatalf("line %d is not ASCII", i)
			}
		}
	}
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	var words mime.WordDecoder
	subject, err := words.DecodeHeader(m.Header.Get("Subject"))
	if err != nil || subject != "お申し込みの予定について" {
		t.Errorf("subject %q, %v", subject, err)
	}
	from, err := m.Header.AddressList("From")
	if err != nil || len(from) != 1 || from[0].Name != "お知らせ" || from[0].Address != "oshirase@example.jp" {
		t.Errorf("from %v, %v", from, err)
	}
	to, err := m.Header.AddressList("To")
	if err != nil || len(to) != 1 || to[0].Address != "x..y.@docomo.ne.jp" {
		t.Errorf("to %v, %v", to, err)
	}
	for name, want := range map[string]string{
		"Auto-Submitted": "auto-generated", "Message-Id": "<abcdefghijklmnopqrstuvwxyz234567@example.jp>",
		"Content-Type": "text/plain; charset=UTF-8", "Content-Transfer-Encoding": "base64",
	} {
		if got := m.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	known := map[string]bool{
		"From":                      true,
		"To":                        true,
		"Subject":                   true,
		"Date":                      true,
		"Message-Id":                true,
		"Mime-Version":              true,
		"Content-Type":              true,
		"Content-Transfer-Encoding": true,
		"Auto-Submitted":            true,
		"X-Auto-Response-Suppress":  true,
	}
	for name := range m.Header {
		if !known[name] {
			t.Errorf("a header that nobody reviewed: %s", name)
		}
	}
	body, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, m.Body))
	if err != nil || string(body) != strings.ReplaceAll(text, "\n", "\r\n") {
		t.Errorf("body %q, %v", body, err)
	}
}

// Nothing in any kind names a gathering, and no address in it does anything.
func TestWordsAreNeutral(t *testing.T) {
	t.Parallel()
	texts, err := notice.ReadTexts(web.Templates, "https://tonarimachi.example.jp")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, kind := range notice.Kinds {
		subject, text, err := texts.Mail(kind)
		if err != nil {
			t.Fatal(err)
		}
		if seen[text] || !strings.Contains(text, "お申し込み") && !strings.Contains(text, "お待ちいただいていた") {
			t.Errorf("%s says %q", kind, text)
		}
		seen[text] = true
		for _, word := range []string{
			"ひきこもり",
			"女子会",
			"相談",
			"支援",
			"家族会",
			"居場所",
			"町",
			"区",
			"様",
			"患者",
			"secret",
			"code=",
			"#",
			"?",
		} {
			if strings.Contains(subject+text, word) {
				t.Errorf("%s says %q", kind, word)
			}
		}
		if strings.Count(text, "http") != 1 || !strings.Contains(text, "\nhttps://tonarimachi.example.jp/t\n") {
			t.Errorf("%s leads elsewhere than to /t: %s", kind, text)
		}
	}
}

func TestHeadersTakeNoInjection(t *testing.T) {
	t.Parallel()
	for _, m := range []notice.Mail{
		{ID: "a\r\nBcc: b@example.jp", Subject: "x", Text: "x"},
		{ID: "a", Subject: "x\r\nBcc: b@example.jp", Text: "x"},
		{ID: "a", Subject: "x\nBcc: b@example.jp", Text: "x"}, {ID: "a", Subject: "x\x00", Text: "x"},
	} {
		m.To = address(t, "a@example.jp")
		if _, err := compose(m, "oshirase@example.jp", moment); err == nil {
			t.Errorf("%q is composed", m.Subject)
		}
	}
	if _, err := compose(
		notice.Mail{ID: "a", Subject: "x", Text: "x"},
		"oshirase@example.jp",
		moment,
	); err == nil ||
		strings.Contains(err.Error(), "@") {
		t.Errorf("a mail to nobody: %v", err)
	}
	// Lines that begin with a dot, and lines that look like headers, stay what they are: words.
	raw := composed(
		t,
		notice.Mail{To: address(t, "a@example.jp"), ID: "a", Subject: "x", Text: ".\r\nBcc: b@example.jp\r\n..\n"},
	)
	if bytes.Contains(raw, []byte("Bcc")) {
		t.Errorf("the text became a header:\n%s", raw)
	}
	// A long subject is folded between encoded words, none of which is cut inside a character.
	raw = composed(
		t,
		notice.Mail{To: address(t, "a@example.jp"), ID: "a", Subject: strings.Repeat("お申し込みの予定について", 20), Text: "x"},
	)
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	var words mime.WordDecoder
	if got, err := words.DecodeHeader(
		m.Header.Get("Subject"),
	); err != nil ||
		strings.ReplaceAll(got, " ", "") != strings.Repeat("お申し込みの予定について", 20) {
		t.Errorf("a long subject reads %q, %v", got, err)
	}
	for _, line := range bytes.Split(raw, []byte("\r\n")) {
		if len(line) > 78 {
			t.Errorf("%d bytes: %q", len(line), line)
		}
	}
}

func TestFolderWritesMailsDown(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "mail")
	f, err := NewFolder(dir, "oshirase@example.jp", clock.NewFake(moment))
	if err != nil {
		t.Fatal(err)
	}
	m := notice.Mail{To: address(t, "a@example.jp"), ID: "abc", Subject: "x", Text: "y"}
	if err := f.Send(t.Context(), m, stop); !errors.Is(err, errStop) {
		t.Errorf("withdrawn: %v", err)
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) != 0 {
		t.Errorf("a withdrawn mail is written: %v %v", files, err)
	}
	for range 2 {
		if err := f.Send(t.Context(), m, goOn); err != nil {
			t.Fatal(err)
		}
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 1 || files[0].Name() != "abc.eml" {
		t.Errorf("%v %v", files, err)
	}
}
