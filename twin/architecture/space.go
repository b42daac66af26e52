package architecture

import (
	"math"
	"slices"
)

// feature is something a function has: a stem, an identifier, a step.
type feature struct {
	key    string
	weight float64 // how much it counts beside others of its kind, before its rarity
	common bool    // it tells nothing about rarity: a combination of others
}

// space holds what all functions have of one kind, as sparse vectors and as an
// inverted index from feature to functions.
type space struct {
	vectors  [][]entry // by function, by feature
	holders  [][]entry // by feature, by function
	rarity   []float64 // by feature, 0 to 1
	mass     []float64 // by function: sum of weights
	features []string  // keys, sorted
	cosine   bool      // similarity is the cosine; otherwise the weighted Jaccard index
}

// entry is the weight of the feature, or of the function, with number at.
type entry struct {
	at     int32
	weight float64
}

// newSpace weighs the features of each function by how few units have them, for what all
// procedures of one unit have is rare all the same: idf = ln(1 + N/df), Salton and
// Buckley's inverse document frequency over units, kept above 0, so that a list of three
// functions still says something. A function without a unit is one of its own. Vectors of a space of
// cosines have length one and grow with the logarithm of repetition.
// O(features · log features).
func newSpace(has [][]feature, units []int, cosine bool) *space {
	sp := &space{vectors: make([][]entry, len(has)), mass: make([]float64, len(has)), cosine: cosine}
	number := map[string]int32{}
	for _, fs := range has {
		for _, f := range fs {
			if _, ok := number[f.key]; !ok {
				number[f.key] = 0
				sp.features = append(sp.features, f.key)
			}
		}
	}
	slices.Sort(sp.features) // so that no sum depends on the order of the list
	for i, k := range sp.features {
		number[k] = int32(i)
	}
	sp.holders = make([][]entry, len(sp.features))
	common := make([]bool, len(sp.features))
	for i, fs := range has {
		v := make([]entry, 0, len(fs))
		for _, f := range fs {
			v = append(v, entry{number[f.key], f.weight})
			common[number[f.key]] = f.common
		}
		sp.vectors[i] = merge(v, cosine)
		for _, e := range sp.vectors[i] {
			sp.holders[e.at] = append(sp.holders[e.at], entry{int32(i), 0})
		}
	}
	n := 0.0
	if len(units) > 0 {
		n = float64(slices.Max(units) + 1)
	}
	idf := make([]float64, len(sp.features))
	sp.rarity = make([]float64, len(sp.features))
	last := make([]int, int(n)) // the feature that a unit was counted for, and 1 more
	for f, hs := range sp.holders {
		df := 0
		for _, h := range hs {
			if u := units[h.at]; last[u] != f+1 {
				last[u] = f + 1
				df++
			}
		}
		idf[f] = math.Log(1 + n/float64(df))
		if !common[f] {
			sp.rarity[f] = idf[f] / math.Log(1+n)
		}
	}
	next := make([]int, len(sp.features))
	for i, v := range sp.vectors {
		for k := range v {
			v[k].weight *= idf[v[k].at]
			if cosine {
				sp.mass[i] += v[k].weight * v[k].weight
			} else {
				sp.mass[i] += v[k].weight
			}
		}
		length := math.Sqrt(sp.mass[i])
		for k, e := range v {
			if cosine {
				v[k].weight /= length
			}
			sp.holders[e.at][next[e.at]].weight = v[k].weight
			next[e.at]++
		}
	}
	return sp
}

// merge sorts entries and joins those of one feature: repetition counts by its
// logarithm, or, in a set, not at all.
func merge(v []entry, counts bool) []entry {
	slices.SortStableFunc(v, func(a, b entry) int { return int(a.at) - int(b.at) })
	out := v[:0]
	for i := 0; i < len(v); {
		e, n := v[i], 0.0
		for ; i < len(v) && v[i].at == e.at; i++ {
			n += v[i].weight
		}
		if counts {
			e.weight = math.Log(1 + n)
		}
		out = append(out, e)
	}
	return out
}

// tally is what one function shares with each of the later ones.
type tally struct{ sum, rarest []float64 }

// add fills the tally of function i with every later one that shares a feature, and
// calls touch for each, as often as there are features.
func (sp *space) add(i int, t *tally, touch func(j int32)) {
	for _, e := range sp.vectors[i] {
		hs := sp.holders[e.at]
		k, _ := slices.BinarySearchFunc(hs, int32(i+1), func(h entry, j int32) int { return int(h.at) - int(j) })
		rarity := sp.rarity[e.at]
		for _, h := range hs[k:] {
			touch(h.at)
			if sp.cosine {
				t.sum[h.at] += e.weight * h.weight
			} else {
				t.sum[h.at] += e.weight
			}
			if rarity > t.rarest[h.at] {
				t.rarest[h.at] = rarity
			}
		}
	}
}

// similarity returns that of functions i and j, 0 to 1, of a tally; NaN where one of
// them has nothing.
func (sp *space) similarity(i, j int, sum float64) float64 {
	if len(sp.vectors[i]) == 0 || len(sp.vectors[j]) == 0 {
		return math.NaN()
	}
	if !sp.cosine {
		sum /= sp.mass[i] + sp.mass[j] - sum
	}
	return min(sum, 1)
}

// shared returns the features that both have, the rarest first.
func (sp *space) shared(i, j int) []string {
	var at []int32
	for _, e := range sp.vectors[i] {
		if _, ok := slices.BinarySearchFunc(sp.vectors[j], e.at, func(h entry, f int32) int { return int(h.at) - int(f) }); ok {
			at = append(at, e.at)
		}
	}
	slices.SortStableFunc(at, func(a, b int32) int { return len(sp.holders[a]) - len(sp.holders[b]) })
	out := make([]string, len(at))
	for k, f := range at {
		out[k] = sp.features[f]
	}
	return out
}
