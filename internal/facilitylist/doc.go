// Package facilitylist exchanges facilities with the lists that towns publish (公共施設一覧 of
// 自治体標準オープンデータセット): Service.Write gives a town's open facilities as such a list, and
// Service.Import brings a list in.
//
// A row of an imported list is matched with a facility of the organization (match.go) and compared
// with what our own list would say of that facility: only what differs is news and is written. So a
// town can take our list, change a cell in its spreadsheet and bring it back without losing what a
// list has no columns for. What had to be mended, left out or refused is reported row by row.
//
// The subpackage opendata reads and writes the files themselves and knows no venues.
package facilitylist
