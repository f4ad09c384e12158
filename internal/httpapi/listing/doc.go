// Package listing reads what lists are asked for (a page's size, a span of time) and seals their
// cursors.
package listing
