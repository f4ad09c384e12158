package organization

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"gopkg.in/yaml.v3"
)

// Roster is the YAML file with which an operator sets everything up: municipalities, partner groups
// and partnerships, each in the order of lists.
type Roster struct {
	Municipalities []RosterEntry       `yaml:"municipalities,omitempty"`
	PartnerGroups  []RosterEntry       `yaml:"partner_groups,omitempty"`
	Partnerships   []RosterPartnership `yaml:"partnerships,omitempty"`
}

// RosterEntry is one organization of a Roster; municipalities have a code, partner groups a
// registrar.
type RosterEntry struct {
	Slug         string `yaml:"slug"`
	Code         string `yaml:"code,omitempty"`
	Name         string `yaml:"name"`
	Kana         string `yaml:"kana,omitempty"`
	English      string `yaml:"english,omitempty"`
	RegisteredBy string `yaml:"registered_by,omitempty"`
	Area         string `yaml:"area,omitempty"`
	Online       bool   `yaml:"online,omitempty"`
	Introduction string `yaml:"introduction,omitempty"`
	Website      string `yaml:"website,omitempty"`
}

// RosterPartnership is one partnership of a Roster; members by slug.
type RosterPartnership struct {
	Slug          string   `yaml:"slug"`
	Name          string   `yaml:"name"`
	Description   string   `yaml:"description,omitempty"`
	Members       []string `yaml:"members"`
	PartnerGroups []string `yaml:"partner_groups,omitempty"`
}

// maxRoster is far above a file with every municipality of the country.
const maxRoster = 4 << 20

// ReadRoster reads the file; an unknown key is an error, because it is most likely a slip of the
// pen.
func ReadRoster(r io.Reader) (Roster, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxRoster+1))
	if err != nil {
		return Roster{}, fmt.Errorf("read roster: %w", err)
	}
	if len(text) > maxRoster {
		return Roster{}, fmt.Errorf("read roster: larger than %d bytes", maxRoster)
	}
	var roster Roster
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&roster); err != nil && !errors.Is(err, io.EOF) {
		return Roster{}, fmt.Errorf("read roster: %w", err)
	}
	return roster, nil
}

// Write writes the file so that ReadRoster gives the same.
func (r Roster) Write(w io.Writer) error {
	encoder := yaml.NewEncoder(w)
	encoder.SetIndent(2)
	if err := encoder.Encode(r); err != nil {
		return fmt.Errorf("write roster: %w", err)
	}
	return encoder.Close()
}

// Inputs gives the organizations in the order of the file: municipalities first. Fields of
// ErrInvalid count along it.
func (r Roster) Inputs() []Input {
	var inputs []Input
	for _, list := range []struct {
		kind    Kind
		entries []RosterEntry
	}{{Municipality, r.Municipalities}, {PartnerGroup, r.PartnerGroups}} {
		for i, e := range list.entries {
			inputs = append(inputs, Input{
				Kind:         list.kind,
				Slug:         e.Slug,
				Code:         e.Code,
				Name:         e.Name,
				Kana:         e.Kana,
				English:      e.English,
				RegisteredBy: e.RegisteredBy,
				Area:         e.Area,
				Online:       e.Online,
				Introduction: e.Introduction,
				Website:      e.Website,
				Position:     i + 1,
			})
		}
	}
	return inputs
}

// EstablishRoster sets up all of it as the operator: the organizations, all or none, then each
// partnership. It may be repeated; what the file does not name stays. It gives the organizations in
// the order of Inputs.
func (s *Service) EstablishRoster(ctx context.Context, r Roster) ([]Ref, error) {
	refs, err := s.Establish(ctx, r.Inputs())
	if err != nil {
		return nil, err
	}
	for i, p := range r.Partnerships {
		in := PartnershipInput{
			Slug:          p.Slug,
			Name:          p.Name,
			Description:   p.Description,
			Position:      i + 1,
			Members:       p.Members,
			PartnerGroups: p.PartnerGroups,
		}
		if _, err := s.EstablishPartnership(ctx, in); err != nil {
			return nil, fmt.Errorf("partnership %d (%s): %w", i+1, p.Slug, err)
		}
	}
	return refs, nil
}

// Roster gives those that take part as a file.
func (v *View) Roster() Roster {
	var r Roster
	for _, o := range v.Organizations() {
		e := RosterEntry{
			Slug:         o.Slug,
			Code:         o.Code,
			Name:         o.Name,
			Kana:         o.Kana,
			English:      o.English,
			Area:         o.Area,
			Online:       o.Online,
			Introduction: o.Introduction,
			Website:      o.Website,
		}
		if o.Kind == Municipality {
			r.Municipalities = append(r.Municipalities, e)
			continue
		}
		if o.RegisteredBy != nil {
			e.RegisteredBy = o.RegisteredBy.Slug
		}
		r.PartnerGroups = append(r.PartnerGroups, e)
	}
	for _, p := range v.partnerships {
		r.Partnerships = append(r.Partnerships, RosterPartnership{
			Slug:          p.Slug,
			Name:          p.Name,
			Description:   p.Description,
			Members:       slugs(p.Members),
			PartnerGroups: slugs(p.PartnerGroups),
		})
	}
	return r
}

func slugs(refs []Ref) []string {
	var all []string
	for _, r := range refs {
		all = append(all, r.Slug)
	}
	return all
}
