package tickets

import (
	"context"
	"slices"
	"strings"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/contact"
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
)

// KeepContact seals the holder's contact for the keeper of the date's key.
func (h *Handlers) KeepContact(
	ctx context.Context,
	request api.KeepContactRequestObject,
) (api.KeepContactResponseObject, error) {
	given := map[string]any{}
	if request.Body.Mail != nil {
		given["mail"] = *request.Body.Mail
	}
	if p := request.Body.Push; p != nil {
		given["push"] = map[string]any{"endpoint": p.Endpoint, "p256dh": p.P256Dh, "auth": p.Auth}
	}
	c, err := contactOf(given)
	if err != nil {
		return nil, withoutPlace(err)
	}
	if err := h.Contacts.Put(ctx, caller.TicketCode(ctx), c); err != nil {
		return nil, withoutPlace(err)
	}
	t, err := h.Tickets.Look(ctx, caller.TicketCode(ctx))
	if err != nil {
		return nil, err
	}
	return api.KeepContact200JSONResponse(h.ticketWhole(caller.TicketCode(ctx), t)), nil
}

// contactOf reads a ContactInput that the contract let through.
func contactOf(given map[string]any) (contact.Contact, error) {
	mail, hasMail := given["mail"].(string)
	push, hasPush := given["push"].(map[string]any)
	switch {
	case hasMail == hasPush:
		return contact.Contact{}, contact.ErrOneWay
	case hasMail:
		return contact.FromMail(mail)
	}
	text := func(name string) string { s, _ := push[name].(string); return s }
	return contact.FromPush(text("endpoint"), text("p256dh"), text("auth"))
}

// withoutPlace names fields as they are called where the contact is the whole body.
func withoutPlace(err error) error {
	refusal, ok := fault.As(err)
	if !ok || len(refusal.Fields) == 0 {
		return err
	}
	renamed := *refusal
	renamed.Fields = slices.Clone(refusal.Fields)
	for i := range renamed.Fields {
		renamed.Fields[i].Name = strings.TrimPrefix(renamed.Fields[i].Name, "contact.")
	}
	return &renamed
}
