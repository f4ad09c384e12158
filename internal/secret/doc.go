// Package secret makes, reads and recognises the codes that stand for a person
// or a program: the participation code of a ticket, the token of a staff
// program, sealed cursors and links.
//
// The server never stores a code, only its MAC under a key derived from
// TONARIMACHI_SECRET_KEY (HKDF-SHA256, RFC 5869, one label a purpose). The values
// print as a placeholder with every fmt verb, in slog and in JSON; the text
// comes out through Reveal alone.
package secret
