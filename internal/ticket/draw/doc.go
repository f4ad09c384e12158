// Package draw shows the draw of a part whose seats are given out by lot, and draws it.
//
// The list of applications is fixed once they have closed, and lots are drawn by it: each step is a
// transaction of its own under the counters' locks, which applications and cancellations take as
// well (package ticket). What is published lets anyone draw again and compare; package lottery says
// what that proves.
package draw
