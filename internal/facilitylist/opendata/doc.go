// Package opendata reads and writes 公共施設一覧 of 自治体標準オープンデータセット, as towns publish it on their own
// sites: the current edition and the one before.
//
// Written are UTF-8 with a byte order mark (or CP932), CRLF, every column of the edition, and no
// cell that a spreadsheet would take for a formula. Read is what towns really have: UTF-8, UTF-16
// or CP932, commas or tabs, brackets and digits of either width in headers, swapped coordinates, 9時
// and 24:00, 〒 in front of post codes. Whatever had to be mended is told, row by row, so that the
// town can mend its file. Pure: values in, bytes out.
package opendata
