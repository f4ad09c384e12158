package tickets

import (
	"bytes"
	"encoding/json"
	"strconv"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/httpapi/contract"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// takeDecoder reads the body of takeSeat. What decodeFlat does not read it leaves to the contract's
// own validation. A fuzz test holds that both read the same from what decodeFlat does read.
type takeDecoder struct {
	schema *openapi3.Schema
}

func (d takeDecoder) decode(raw []byte) (takeBody, error) {
	if b, ok := decodeFlat(raw); ok {
		return b, nil
	}
	return d.decodeByContract(raw)
}

func (d takeDecoder) decodeByContract(raw []byte) (takeBody, error) {
	value, err := contract.DecodeJSON(raw)
	if err != nil {
		return takeBody{}, err
	}
	if err := contract.Validate(d.schema, value); err != nil {
		return takeBody{}, err
	}
	object := value.(map[string]any) // the schema says so
	b := takeBody{seats: 1}
	if err := contract.ParseUUID(object["quota_id"].(string), &b.quota); err != nil {
		return takeBody{}, contract.ErrInvalid.Field("quota_id", "invalid_format")
	}
	if more, _ := object["slot_ids"].([]any); len(more) > 0 {
		slots := make([]uuid.UUID, len(more))
		for i, typed := range more {
			if err := contract.ParseUUID(typed.(string), &slots[i]); err != nil {
				return takeBody{}, contract.ErrInvalid.Field("slot_ids."+strconv.Itoa(i), "invalid_format")
			}
		}
		b.slots = &slots
	}
	if n, ok := object["seats"].(json.Number); ok {
		// 2.0 and 2e0 are integers to JSON Schema.
		seats, err := n.Float64()
		if err != nil {
			return takeBody{}, contract.ErrInvalid.Field("seats", "invalid_type")
		}
		b.seats = int(seats)
	}
	b.secret, b.hasSecret = object["secret"].(string)
	b.nickname, _ = object["nickname"].(string)
	if answers, ok := object["answers"].(map[string]any); ok {
		b.answers = answersOf(answers)
	}
	b.proof, _ = object["proof"].(string)
	if given, ok := object["contact"].(map[string]any); ok {
		c, err := contactOf(given)
		if err != nil {
			return takeBody{}, err
		}
		b.contact = &c
	}
	if accepts, _ := object["accept_waitlist"].(bool); accepts {
		b.wait = ticket.WaitQuota
		if reach, ok := object["wait_for"].(string); ok {
			b.wait = ticket.Reach(reach)
		}
	}
	return b, nil
}

// As the schema has them; a test compares.
const (
	maxSeats         = 20
	maxSecretText    = 200
	maxNicknameText  = 320
	bitQuota         = 1 << 0
	bitSeats         = 1 << 1
	bitSecret        = 1 << 2
	bitNickname      = 1 << 3
	bitAcceptsToWait = 1 << 4
)

// decodeFlat reads the flat object that nearly every client sends: known names once each, no
// escapes, plain digits. ok is false for anything else, right or wrong.
func decodeFlat(raw []byte) (b takeBody, ok bool) {
	b.seats = 1
	s := scanner{rest: raw}
	seen := 0
	if !s.token('{') {
		return b, false
	}
	for first := true; ; first = false {
		if s.token('}') {
			// {} and a trailing comma have no quota_id or no name after the comma; both end here
			// only after a value.
			break
		}
		if !first && !s.token(',') {
			return b, false
		}
		name, fine := s.text()
		if !fine || !s.token(':') {
			return b, false
		}
		bit := 0
		switch string(name) {
		case "quota_id":
			id, fine := s.text()
			if !fine || len(id) != 36 {
				return b, false
			}
			quota, err := uuid.ParseBytes(id)
			if err != nil {
				return b, false
			}
			b.quota, bit = quota, bitQuota
		case "seats":
			n, fine := s.digits()
			if !fine || n < 1 || n > maxSeats {
				return b, false
			}
			b.seats, bit = n, bitSeats
		case "secret":
			code, fine := s.text()
			if !fine || len(code) > maxSecretText {
				return b, false
			}
			b.secret, b.hasSecret, bit = string(code), true, bitSecret
		case "nickname":
			nickname, fine := s.text()
			if !fine || len(nickname) > maxNicknameText {
				return b, false
			}
			b.nickname, bit = string(nickname), bitNickname
		case "accept_waitlist":
			yes, fine := s.boolean()
			if !fine {
				return b, false
			}
			if yes {
				b.wait = ticket.WaitQuota
			}
			bit = bitAcceptsToWait
		default:
			return b, false
		}
		if seen&bit != 0 {
			return b, false
		}
		seen |= bit
	}
	s.space()
	return b, len(s.rest) == 0 && seen&bitQuota != 0
}

// scanner walks over JSON text.
type scanner struct {
	rest []byte
}

func (s *scanner) space() {
	for len(s.rest) > 0 {
		switch s.rest[0] {
		case ' ', '\t', '\r', '\n':
			s.rest = s.rest[1:]
		default:
			return
		}
	}
}

func (s *scanner) token(c byte) bool {
	s.space()
	if len(s.rest) == 0 || s.rest[0] != c {
		return false
	}
	s.rest = s.rest[1:]
	return true
}

// text reads a string without escapes and controls, in UTF-8.
func (s *scanner) text() ([]byte, bool) {
	if !s.token('"') {
		return nil, false
	}
	end := bytes.IndexByte(s.rest, '"')
	if end < 0 {
		return nil, false
	}
	text := s.rest[:end]
	plain := true
	for _, c := range text {
		if c < ' ' || c == '\\' {
			return nil, false
		}
		plain = plain && c < utf8.RuneSelf
	}
	if !plain && !utf8.Valid(text) {
		return nil, false
	}
	s.rest = s.rest[end+1:]
	return text, true
}

// digits reads an integer of at most four digits without sign, leading zero, fraction or exponent.
func (s *scanner) digits() (int, bool) {
	s.space()
	n, i := 0, 0
	for i < len(s.rest) && i < 5 && s.rest[i] >= '0' && s.rest[i] <= '9' {
		n = n*10 + int(s.rest[i]-'0')
		i++
	}
	if i == 0 || i > 4 || i > 1 && s.rest[0] == '0' ||
		i < len(s.rest) && (s.rest[i] == '.' || s.rest[i] == 'e' || s.rest[i] == 'E') {
		return 0, false
	}
	s.rest = s.rest[i:]
	return n, true
}

func (s *scanner) boolean() (value, ok bool) {
	s.space()
	for _, word := range [...]string{"true", "false"} {
		if len(s.rest) >= len(word) && string(s.rest[:len(word)]) == word {
			s.rest = s.rest[len(word):]
			return word == "true", true
		}
	}
	return false, false
}
