// Package almanac works out what stands in an almanac of Tokyo: sunrise and sunset, the age of the
// moon and the 24 seasons of the year. It is pure: moments in, values out.
package almanac
