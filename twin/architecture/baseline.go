package architecture

import (
	"cmp"
	"math"
	"slices"

	"github.com/uprava/uprava/mining/measure"
)

// leastOverlap keeps the baseline's list short: nearly every pair shares an «и».
const leastOverlap = 0.1

// TokenOverlap returns pairs by the plain Jaccard index of the words of their names
// and texts, as they are written but for case, best first, ties in the order of the
// list: what a spreadsheet can do, to be shown beside Duplicates. Score and Text are
// the index, all else is NaN and Shared is empty. Pairs below 0.1 are left out.
func TokenOverlap(list []Function) []Pair {
	has := make([]map[string]bool, len(list))
	number := map[string]int{}
	var holders [][]int
	for i := range list {
		has[i] = map[string]bool{}
		for _, t := range forms(list[i].Name + " " + list[i].Text) {
			if has[i][t] {
				continue
			}
			has[i][t] = true
			k, ok := number[t]
			if !ok {
				k = len(holders)
				number[t], holders = k, append(holders, nil)
			}
			holders[k] = append(holders[k], i)
		}
	}
	both := make([]map[int]int, len(list)) // by function: tokens shared with later ones
	for _, hs := range holders {
		for a, i := range hs {
			if both[i] == nil {
				both[i] = map[int]int{}
			}
			for _, j := range hs[a+1:] {
				both[i][j]++
			}
		}
	}
	nothing := measure.Number(math.NaN())
	type scored struct {
		i, j int
		s    float64
	}
	var found []scored
	for i, m := range both {
		for j, n := range m {
			if s := float64(n) / float64(len(has[i])+len(has[j])-n); s >= leastOverlap {
				found = append(found, scored{i, j, s})
			}
		}
	}
	slices.SortFunc(found, func(a, b scored) int {
		return cmp.Or(cmp.Compare(b.s, a.s), cmp.Compare(a.i, b.i), cmp.Compare(a.j, b.j))
	})
	pairs := make([]Pair, len(found))
	for k, f := range found {
		pairs[k] = Pair{A: list[f.i].ID, B: list[f.j].ID, Score: f.s, Text: measure.Number(f.s),
			Roles: nothing, Systems: nothing, Documents: nothing, Regulations: nothing, Steps: nothing}
	}
	return pairs
}
