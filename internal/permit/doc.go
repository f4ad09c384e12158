// Package permit prints the permit to use a room (使用許可書): values in, a PDF of A4 out. The font is M
// PLUS 1p (SIL Open Font License 1.1, font/LICENSE), of which only the glyphs that occur go into a
// document. The same values give the same bytes.
package permit
