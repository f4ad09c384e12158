package notice

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
	"text/template"
)

// Texts are the words of notices. They name no gathering, no town and no date: a mail may be read
// by whoever shares the screen, or by a machine on its way.
type Texts struct {
	words *template.Template
	base  string
}

// ReadTexts reads mail/*.txt of the templates. base is the public address, without a slash at its
// end.
func ReadTexts(templates fs.FS, base string) (*Texts, error) {
	words, err := template.New("mail").Option("missingkey=error").ParseFS(templates, "mail/*.txt")
	if err != nil {
		return nil, fmt.Errorf("read mail templates: %w", err)
	}
	t := &Texts{words: words, base: base}
	for _, kind := range Kinds {
		if _, _, err := t.Mail(kind); err != nil {
			return nil, err
		}
		if _, err := t.Push(kind); err != nil {
			return nil, err
		}
	}
	return t, nil
}

func (t *Texts) say(name string, data any) (string, error) {
	var b strings.Builder
	if err := t.words.ExecuteTemplate(&b, name, data); err != nil {
		return "", fmt.Errorf("word notice: %w", err)
	}
	return strings.TrimSpace(b.String()), nil
}

// Mail gives subject and text. The address in it is that of every ticket: no secret, and nothing
// happens to whoever opens it.
func (t *Texts) Mail(k Kind) (subject, text string, err error) {
	line, err := t.say(string(k), nil)
	if err != nil {
		return "", "", err
	}
	if subject, err = t.say("subject", nil); err != nil {
		return "", "", err
	}
	text, err = t.say("notice.txt", struct{ Line, Address string }{line, t.base + "/t"})
	return subject, text + "\n", err
}

// Push gives what the service worker shows (web/static/js/notify-worker.js).
func (t *Texts) Push(k Kind) ([]byte, error) {
	line, err := t.say(string(k), nil)
	if err != nil {
		return nil, err
	}
	title, err := t.say("subject", nil)
	if err != nil {
		return nil, err
	}
	return json.Marshal(struct {
		Title string `json:"title"`
		Body  string `json:"body"`
	}{title, line})
}
