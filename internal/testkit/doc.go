// Package testkit holds what tests of several packages share. Nothing outside tests imports it.
//
// A package whose tests need a database says so once:
//
//	func TestMain(m *testing.M) { testkit.Main(m) }
//
// and each test takes a database of its own, migrated, empty, and dropped when the test ends:
//
//	db := testkit.Database(t)
//
// The first call starts one private server for the test binary, made for speed and not for keeping.
// With TONARIMACHI_TEST_DATABASE_URL (a superuser's URL) an existing server is used instead, by any
// number of test binaries at once: they share one migrated template, named after the migrations'
// hash and made under an advisory lock.
package testkit
