package httpapi

import (
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/contact"
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// GetContactWays says how holders of an event's tickets can be told of changes.
func (f *face) GetContactWays(ctx context.Context, request api.GetContactWaysRequestObject) (api.GetContactWaysResponseObject, error) {
	if _, err := f.Events.Published(ctx, request.EventID); err != nil {
		return nil, err
	}
	ways, err := f.Contacts.Ways(ctx, request.EventID)
	if err != nil {
		return nil, err
	}
	out := api.GetContactWays200JSONResponse{Mail: ways.Mail, OccurrenceIds: []uuid.UUID{}}
	if ways.PushKey != "" {
		out.PushKey = &ways.PushKey
	}
	for id := range ways.Dates {
		if ways.For(id) {
			out.OccurrenceIds = append(out.OccurrenceIds, id)
		}
	}
	slices.SortFunc(out.OccurrenceIds, func(a, b uuid.UUID) int { return strings.Compare(a.String(), b.String()) })
	return out, nil
}

// KeepContact seals what the holder left.
func (f *face) KeepContact(ctx context.Context, request api.KeepContactRequestObject) (api.KeepContactResponseObject, error) {
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
	if err := f.Contacts.Put(ctx, codeOf(ctx), c); err != nil {
		return nil, withoutPlace(err)
	}
	t, err := f.Tickets.Look(ctx, codeOf(ctx))
	if err != nil {
		return nil, err
	}
	return api.KeepContact200JSONResponse(f.ticketWhole(codeOf(ctx), t)), nil
}

// ForgetContact deletes it.
func (f *face) ForgetContact(ctx context.Context, _ api.ForgetContactRequestObject) (api.ForgetContactResponseObject, error) {
	if err := f.Contacts.Remove(ctx, codeOf(ctx)); err != nil {
		return nil, err
	}
	t, err := f.Tickets.Look(ctx, codeOf(ctx))
	if err != nil {
		return nil, err
	}
	return api.ForgetContact200JSONResponse(f.ticketWhole(codeOf(ctx), t)), nil
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

// issuedWithContact keeps a contact for a ticket that was just given. The seat stands whatever becomes of it.
func (f *face) issuedWithContact(ctx context.Context, code secret.Ticket, t ticket.Ticket, c contact.Contact) api.IssuedTicket {
	err := f.Contacts.Put(ctx, code, c)
	t.HasContact = t.HasContact || err == nil
	out := f.issued(code, t)
	if err != nil {
		problem := fault.CodeOf(err)
		out.ContactProblem = &problem
	}
	return out
}
