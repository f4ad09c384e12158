// Package page has what the pages for residents and for staff share: the frame and its templates,
// the base of the view builders, assets under checksum addresses, forms, dates and places in words,
// and the page of an error.
//
// It renders on the server, whole without script, and keeps nothing in a browser: no cookie, no
// storage. Who asks which question of which concept is told by the packages that use it; page
// imports none of them.
package page
