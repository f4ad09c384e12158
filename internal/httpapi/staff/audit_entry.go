package staff

import (
	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/audit"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
)

func auditEntry(l audit.Line) api.AuditEntry {
	out := api.AuditEntry{
		ID:           l.ID,
		At:           wire.Tokyo(l.At),
		ActorKind:    api.AuditEntryActorKind(l.ActorKind),
		Action:       l.Action,
		SubjectKind:  l.SubjectKind,
		SubjectID:    l.SubjectID,
		Detail:       l.Detail,
		TokenIssuers: wire.List(l.TokenIssuers),
	}
	if l.TokenID != uuid.Nil {
		out.TokenID = &l.TokenID
	}
	if l.ActorID != uuid.Nil {
		out.ActorID = &l.ActorID
	}
	if out.Detail == nil {
		out.Detail = map[string]any{}
	}
	return out
}
