package architecture

import (
	"math"

	"github.com/uprava/uprava/mining/measure"
)

// Quality is how well found pairs agree with those that were planted.
type Quality struct {
	Found, Planted, Hits int            // pairs, each counted once; Hits are both
	Precision            measure.Number // Hits / Found, NaN where none is found
	Recall               measure.Number // Hits / Planted, NaN where none is planted
}

// Judge compares found pairs with the planted ones; which of the two comes first
// does not matter in either.
func Judge(found []Pair, planted [][2]string) Quality {
	truth := unordered(planted)
	q := Quality{Planted: len(truth)}
	seen := map[[2]string]bool{}
	for i := range found {
		k := key(found[i].A, found[i].B)
		if seen[k] {
			continue
		}
		seen[k] = true
		q.Found++
		if truth[k] {
			q.Hits++
		}
	}
	q.Precision = measure.Number(float64(q.Hits) / float64(q.Found))
	q.Recall = measure.Number(float64(q.Hits) / float64(q.Planted))
	return q
}

// RecallAt returns the greatest recall that a ranking, best first, reaches with at
// least a given precision, over all thresholds: pairs of one score stand or fall
// together. 0 where no threshold has that precision, NaN where nothing is planted.
func RecallAt(pairs []Pair, planted [][2]string, precision float64) float64 {
	truth := unordered(planted)
	if len(truth) == 0 {
		return math.NaN()
	}
	seen := map[[2]string]bool{}
	best, hits := 0, 0
	for i := range pairs {
		k := key(pairs[i].A, pairs[i].B)
		if !seen[k] {
			seen[k] = true
			if truth[k] {
				hits++
			}
		}
		end := i+1 == len(pairs) || pairs[i+1].Score != pairs[i].Score
		if end && float64(hits) >= precision*float64(len(seen)) {
			best = max(best, hits)
		}
	}
	return float64(best) / float64(len(truth))
}

func unordered(pairs [][2]string) map[[2]string]bool {
	m := make(map[[2]string]bool, len(pairs))
	for _, p := range pairs {
		m[key(p[0], p[1])] = true
	}
	return m
}

func key(a, b string) [2]string {
	if b < a {
		a, b = b, a
	}
	return [2]string{a, b}
}
