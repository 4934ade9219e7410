package main

import "time"

type candidate struct {
	name string
	call func(n int)
}

// alternate returns the seconds per call in each round. In each round every candidate makes its
// calls, in changing order; the first round is a warm-up and is not counted. A candidate gets the
// number of its call, which is unique among its calls.
func alternate(candidates []candidate, rounds, calls int) map[string][]float64 {
	seconds := map[string][]float64{}
	for round := range rounds + 1 {
		for turn := range candidates {
			place := round + turn
			if round%2 == 1 {
				place = round - turn + len(candidates)
			}
			c := candidates[place%len(candidates)]
			start := time.Now()
			for n := round * calls; n < (round+1)*calls; n++ {
				c.call(n)
			}
			if round > 0 {
				seconds[c.name] = append(seconds[c.name], time.Since(start).Seconds()/float64(calls))
			}
		}
	}
	return seconds
}
