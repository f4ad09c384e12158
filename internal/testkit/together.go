package testkit

import "sync"

// Together starts all functions at one moment and waits for the last.
func Together(all ...func()) {
	var group sync.WaitGroup
	start := make(chan struct{})
	for _, do := range all {
		group.Go(func() { <-start; do() })
	}
	close(start)
	group.Wait()
}
