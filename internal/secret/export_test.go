package secret

// TicketBytes shows the bits to the leak test.
func TicketBytes(t Ticket) []byte { return t.bytes() }

// TokenBytes shows the bits to the leak test.
func TokenBytes(t APIToken) []byte { return t.bits() }

// TicketKey shows a derived key to the leak test.
func TicketKey(k *Keys) []byte { return k.ring[0](PurposeTicket).key }
