// Package door is the page of the phones at the entrance: it opens with the day's link, counts
// heads, checks tickets in and marks slots. Its script lets it open without a network.
package door
