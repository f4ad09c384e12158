// Package maplink has the addresses of the maps that our pages, calendars and answers link to. They
// are links, never followed by a page itself, so that no map hears who reads what.
package maplink

import (
	"net/url"
	"strconv"
)

// Address searches OpenStreetMap for an address alone.
func Address(address string) string {
	return "https://www.openstreetmap.org/search?" + url.Values{"query": {address}}.Encode()
}

// Place searches Google Maps for words: an address with the name of what stands there.
func Place(words string) string {
	return "https://www.google.com/maps/search/?" + url.Values{"api": {"1"}, "query": {words}}.Encode()
}

// Point opens Google Maps at a point, in degrees (WGS 84).
func Point(latitude, longitude float64) string {
	return Place(strconv.FormatFloat(latitude, 'f', 6, 64) + "," + strconv.FormatFloat(longitude, 'f', 6, 64))
}
