// Package qrcode draws two-dimensional codes (ISO/IEC 18004) for pages and print: text in, an SVG
// path out. What is drawn may be secret, so no error quotes it.
package qrcode
