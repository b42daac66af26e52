package experiment

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
)

// genome is a choice of all decision variables, each from 0 to its number of values
// less one.
type genome []int

// verdict is what a genome comes to: objectives, all to be made small, and by how
// much constraints are broken in all, 0 for none.
type verdict struct {
	objectives []float64
	broken     float64
}

// individual is a genome with its verdict, rank and crowding.
type individual struct {
	genes genome
	verdict
	rank     int
	crowding float64
}

// nsga2 looks for the choices that no other beats in all objectives, by NSGA-II (Deb,
// Pratap, Agarwal & Meyarivan 2002, doi:10.1109/4235.996017): fast non-dominated
// sorting, crowding distance, constrained domination; uniform crossover and a
// mutation of each variable with probability one over their number, for variables
// are whole numbers. The search begins with start and random choices. judge is handed the new genomes of a generation; those it has
// judged before are not handed again. It returns the first front of the last
// population without repetitions, sorted by genes.
func nsga2(sizes []int, start genome, population, generations int, seed uint64, judge func([]genome) ([]verdict, error)) ([]individual, error) {
	rng := rand.New(rand.NewPCG(seed, 0x4e53))
	known := map[string]verdict{}
	key := func(g genome) string {
		b := make([]byte, 0, 2*len(g))
		for _, v := range g {
			b = append(b, byte(v), byte(v>>8))
		}
		return string(b)
	}
	judged := func(genes []genome) ([]individual, error) {
		var fresh []genome
		seen := map[string]bool{}
		for _, g := range genes {
			if k := key(g); !seen[k] {
				if _, ok := known[k]; !ok {
					fresh = append(fresh, g)
				}
				seen[k] = true
			}
		}
		if len(fresh) > 0 {
			verdicts, err := judge(fresh)
			if err != nil {
				return nil, err
			}
			for i, g := range fresh {
				known[key(g)] = verdicts[i]
			}
		}
		out := make([]individual, len(genes))
		for i, g := range genes {
			out[i] = individual{genes: g, verdict: known[key(g)]}
		}
		return out, nil
	}
	var genes []genome
	genes = append(genes, start)
	for len(genes) < population {
		g := make(genome, len(sizes))
		for i, n := range sizes {
			g[i] = rng.IntN(n)
		}
		genes = append(genes, g)
	}
	parents, err := judged(genes)
	if err != nil {
		return nil, err
	}
	parents = survivors(parents, population)
	for range generations {
		tournament := func() genome {
			a, b := &parents[rng.IntN(len(parents))], &parents[rng.IntN(len(parents))]
			if b.rank < a.rank || b.rank == a.rank && b.crowding > a.crowding {
				a = b
			}
			return a.genes
		}
		genes = genes[:0:0]
		for len(genes) < population {
			a, b := tournament(), tournament()
			g := slices.Clone(a)
			if rng.Float64() < 0.9 {
				for i := range g {
					if rng.IntN(2) == 0 {
						g[i] = b[i]
					}
				}
			}
			for i, n := range sizes {
				if rng.Float64() >= 1/float64(len(sizes)) {
					continue
				}
				if n > 3 && rng.IntN(2) == 0 { // to a neighbour, else anywhere
					g[i] = min(max(g[i]+2*rng.IntN(2)-1, 0), n-1)
				} else {
					g[i] = rng.IntN(n)
				}
			}
			genes = append(genes, g)
		}
		children, err := judged(genes)
		if err != nil {
			return nil, err
		}
		parents = survivors(distinct(append(parents, children...)), population)
	}
	front := slices.DeleteFunc(distinct(parents), func(x individual) bool { return x.rank > 0 })
	slices.SortFunc(front, func(a, b individual) int { return slices.Compare(a.genes, b.genes) })
	return front, nil
}

// distinct drops individuals of the same genes but the first.
func distinct(list []individual) []individual {
	var out []individual
	seen := map[string]bool{}
	for _, x := range list {
		k := ""
		for _, v := range x.genes {
			k += string(rune(v + 1))
		}
		if !seen[k] {
			seen[k] = true
			out = append(out, x)
		}
	}
	return out
}

// dominates reports constrained domination: what breaks less goes before, and of
// what breaks nothing, what is as good in all objectives and better in one.
func (a *verdict) dominates(b *verdict) bool {
	if a.broken > 0 || b.broken > 0 {
		return a.broken < b.broken
	}
	better := false
	for i := range a.objectives {
		if a.objectives[i] > b.objectives[i] {
			return false
		}
		better = better || a.objectives[i] < b.objectives[i]
	}
	return better
}

// survivors returns the n best, front by front, of the last front those that stand
// least crowded. O(m n²).
func survivors(list []individual, n int) []individual {
	count := make([]int, len(list)) // that dominate it
	beats := make([][]int, len(list))
	for i := range list {
		for j := range list {
			if list[i].dominates(&list[j].verdict) {
				beats[i] = append(beats[i], j)
			} else if list[j].dominates(&list[i].verdict) {
				count[i]++
			}
		}
	}
	var front []int
	for i := range list {
		if count[i] == 0 {
			front = append(front, i)
		}
	}
	var out []individual
	for rank := 0; len(front) > 0 && len(out) < n; rank++ {
		var next []int
		for _, i := range front {
			list[i].rank = rank
			for _, j := range beats[i] {
				if count[j]--; count[j] == 0 {
					next = append(next, j)
				}
			}
		}
		crowd(list, front)
		slices.SortStableFunc(front, func(a, b int) int { return cmp.Compare(list[b].crowding, list[a].crowding) })
		for _, i := range front {
			if len(out) < n {
				out = append(out, list[i])
			}
		}
		slices.Sort(next)
		front = next
	}
	return out
}

// crowd sets the crowding distances of a front.
func crowd(list []individual, front []int) {
	for _, i := range front {
		list[i].crowding = 0
	}
	for m := range list[front[0]].objectives {
		at := slices.Clone(front)
		slices.SortStableFunc(at, func(a, b int) int { return cmp.Compare(list[a].objectives[m], list[b].objectives[m]) })
		low, high := list[at[0]].objectives[m], list[at[len(at)-1]].objectives[m]
		list[at[0]].crowding, list[at[len(at)-1]].crowding = math.Inf(1), math.Inf(1)
		for k := 1; k < len(at)-1 && high > low; k++ {
			list[at[k]].crowding += (list[at[k+1]].objectives[m] - list[at[k-1]].objectives[m]) / (high - low)
		}
	}
}
