// Package round gives the rooms of a season by lot (抽選会; docs/rounds.md, ADR 0018). A round takes
// applications with ranked wishes, fixes their list when applications close, draws from a seed that
// was promised before, and books what was drawn as holds. Its states:
//
//	open ─▶ closed ─▶ drawn ─▶ finished;  open, closed ─▶ cancelled
//
// A draw can be drawn again by anybody, as package lottery tells. Whoever writes locks the round
// first and then spaces and bookings as package booking does (ADR 0017).
package round
