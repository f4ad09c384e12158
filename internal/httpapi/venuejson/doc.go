// Package venuejson is the JSON of facilities and rooms, both ways.
package venuejson
