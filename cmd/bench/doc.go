// Command bench measures the program's speed as ratios to bare limits that it takes in the same
// run, on a private durable PostgreSQL server:
//
//	go run ./cmd/bench                    every measurement, as `make bench` does
//	go run ./cmd/bench -only hot,flash    some of them; -list names them
//	go run ./cmd/bench -explain           plans and times of the queries at a million dates
//
// The server, the bare limits and the clients are processes of their own, so that the cost of the
// clients is the same on both sides. Each measurement alternates between the bare limit and ours
// and gives the median of the rounds. The absolute figures mean nothing on another machine.
package main
