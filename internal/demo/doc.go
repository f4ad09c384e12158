// Package demo fills a database with the real towns, groups and programmes, on dates computed from
// today.
//
// It does what staff would do, through the same services: the operator sets organizations up, each
// owner enters its programmes, and every other organiser approves for itself. Loading again changes
// nothing but what has grown old: dates that passed are followed by new ones, and a load that was
// cut off is finished. Dates come from rules of the calendar ("second Saturday"), never from "in
// ten days", so that a later load finds them again.
//
// The facts are in organizations.yaml and programmes.yaml. Nobody is named there, and whatever was
// made up for the demo says so.
package demo
