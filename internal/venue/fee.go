package venue

// Fee is what one class of payers pays.
type Fee struct {
	Payer string `json:"payer"` // key: municipality, group, general
	Name  string `json:"name"`  // 連携自治体
	// Blocks are yen by block; of a grid, Hourly counts.
	Blocks []BlockFee `json:"blocks,omitempty"`
	Hourly *int       `json:"hourly_yen,omitempty"`
	Note   string     `json:"note,omitempty"`
}

// BlockFee is the price of a block.
type BlockFee struct {
	Block string `json:"block"`
	Yen   int    `json:"yen"`
}

// Exemption is a class of 減免: who belongs to it asks for it with a booking, and somebody approves.
type Exemption struct {
	Key     string `json:"key"`
	Name    string `json:"name"`
	Percent int    `json:"percent"` // that is let off, 1 to 100
	Note    string `json:"note,omitempty"`
}

// Apply is what is left to pay: parts of a yen are let off.
func (e Exemption) Apply(yen int) int { return yen * (100 - e.Percent) / 100 }

// Price gives the yen for these hours to one class of payers, before any exemption. False when the
// room has no price for them: then its desk says.
func Price(u Uses, fees []Fee, payer string, h Hours) (yen int, ok bool) {
	for _, f := range fees {
		if f.Payer == payer {
			return f.price(u, h)
		}
	}
	return 0, false
}

func (f Fee) price(u Uses, h Hours) (yen int, ok bool) {
	if u.Mode == ByBlocks && len(f.Blocks) > 0 {
		return f.sum(u, h)
	}
	if f.Hourly == nil || !h.Valid() {
		return 0, false
	}
	return (*f.Hourly*h.Minutes() + 59) / 60, true
}

// sum adds the blocks up; a whole block without a price of its own costs what it is made of.
func (f Fee) sum(u Uses, h Hours) (yen int, ok bool) {
	run := u.Compose(h)
	if len(run) == 1 && run[0].Kind == WholeDay {
		if yen, ok := f.of(run[0].Key); ok {
			return yen, true
		}
		plain := u
		plain.Blocks = u.steps()
		run = plain.Compose(h)
	}
	for _, b := range run {
		one, ok := f.of(b.Key)
		if !ok {
			return 0, false
		}
		yen += one
	}
	return yen, len(run) > 0
}

func (f Fee) of(block string) (int, bool) {
	for _, b := range f.Blocks {
		if b.Block == block {
			return b.Yen, true
		}
	}
	return 0, false
}
