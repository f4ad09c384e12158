// Package venues is the pages of facilities and rooms: where they are, when they are free, and how
// the rooms of a season are drawn by lot.
package venues
