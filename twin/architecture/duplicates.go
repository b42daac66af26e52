package architecture

import (
	"cmp"
	"context"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/uprava/uprava/mining/measure"
)

const defaultThreshold = 0.5

// trigramShare is the weight of letters beside words in the similarity of texts:
// they join compounds, unknown abbreviations and mistyped words, and mislead where
// words merely sound alike.
const trigramShare = 0.3

// Duplicates returns the pairs of functions that may be one, each of which is the likest
// to the other, best first, ties in the order of the list. A pair that shares nothing at all is never one. The same
// list gives the same pairs at any GOMAXPROCS, and the same scores in any order.
// Faults of the list and of the configuration are returned together. The time
// grows with the square of how many functions have a thing, summed over all things.
func Duplicates(ctx context.Context, list []Function, cfg DuplicateConfig) ([]Pair, error) {
	if err := faults(&cfg, list); err != nil {
		return nil, err
	}
	if cfg.Threshold == 0 {
		cfg.Threshold = defaultThreshold
	}
	in := newInventory(list, cfg.Abbreviations)
	rows := make([][]candidate, len(list))
	var next atomic.Int64
	group, ctx := errgroup.WithContext(ctx)
	for range min(runtime.GOMAXPROCS(0), len(list)) {
		group.Go(func() error {
			r := newRow(in)
			for i := int(next.Add(1)) - 1; i < len(list); i = int(next.Add(1)) - 1 {
				if err := ctx.Err(); err != nil {
					return err
				}
				rows[i] = r.candidates(i, cfg.Threshold)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	found := slices.Concat(rows...)
	slices.SortStableFunc(found, func(a, b candidate) int { return cmp.Compare(b.score, a.score) })
	found = nearest(found, len(list))
	pairs := make([]Pair, len(found))
	for k := range found {
		pairs[k] = in.pair(&found[k])
	}
	return pairs, nil
}

// nearest leaves the pairs of which each function is the likest to the other, ties kept:
// a duplicate of one procedure shares its file with the neighbours of that procedure,
// too, and would be reported with all of them.
func nearest(found []candidate, n int) []candidate {
	best := make([]float64, n)
	for _, c := range found {
		best[c.i], best[c.j] = max(best[c.i], c.score), max(best[c.j], c.score)
	}
	return slices.DeleteFunc(found, func(c candidate) bool { return c.score < best[c.i] || c.score < best[c.j] })
}

// inventory is what all functions have, of each kind.
type inventory struct {
	list     []Function
	spaces   [kinds]*space
	trigrams *space
	words    [][]word
	steps    [][]string     // key of each step, by function
	names    [][]string     // stems of each name, in alphabetical order
	named    map[string]int // in how many units a name has a stem
}

func newInventory(list []Function, own map[string]string) *inventory {
	in := &inventory{list: list, words: make([][]word, len(list)), steps: make([][]string, len(list)), names: make([][]string, len(list)), named: map[string]int{}}
	n := newNormaliser(own)
	var has [kinds][][]feature
	for k := range has {
		has[k] = make([][]feature, len(list))
	}
	letters := make([][]feature, len(list))
	for i := range list {
		f := &list[i]
		name := n.words(f.Name)
		in.names[i] = stems(name)
		in.words[i] = append(name, n.words(f.Text)...)
		for k, w := range in.words[i] {
			weight := 1.0
			if k < len(name) {
				weight = 2 // a name is chosen with more care than a sentence
			}
			has[text][i] = append(has[text][i], feature{key: w.stem, weight: weight})
		}
		for _, t := range trigrams(in.words[i]) {
			letters[i] = append(letters[i], feature{key: t, weight: 1, common: true})
		}
		has[documents][i] = identifiers(f.Documents)
		has[systems][i] = identifiers(f.Systems)
		has[regulations][i] = identifiers(f.Regulations)
		has[roles][i] = identifiers(f.Roles)
		has[steps][i], in.steps[i] = footprint(n, f.Steps)
	}
	units := unitsOf(list)
	in.countNames(units)
	for k := range has {
		in.spaces[k] = newSpace(has[k], units, k == text)
	}
	in.trigrams = newSpace(letters, units, true)
	return in
}

// countNames counts in how many units a name has a stem.
func (in *inventory) countNames(units []int) {
	type use struct {
		unit int
		stem string
	}
	seen := map[use]bool{}
	for i, name := range in.names {
		for _, s := range name {
			if u := (use{units[i], s}); !seen[u] {
				seen[u] = true
				in.named[s]++
			}
		}
	}
}

// contrast tells whether two names differ on both sides, and only by words that name
// the work of several units: two usual actions upon one thing, not one in other words.
func (in *inventory) contrast(i, j int) bool {
	return in.usualBeyond(i, j) && in.usualBeyond(j, i)
}

// usualBeyond tells whether name i has stems that name j has not, all of them usual.
func (in *inventory) usualBeyond(i, j int) bool {
	more := false
	for _, s := range in.names[i] {
		if _, shared := slices.BinarySearch(in.names[j], s); shared {
			continue
		}
		if in.named[s] < usualUnits {
			return false
		}
		more = true
	}
	return more
}

// unitsOf numbers the units of functions, from 0.
func unitsOf(list []Function) []int {
	number := map[string]int{}
	out, next := make([]int, len(list)), 0
	for i := range list {
		u := list[i].Unit
		at, known := number[u]
		if !known || u == "" {
			at = next
			number[u] = at
			next++
		}
		out[i] = at
	}
	return out
}

func identifiers(ids []string) []feature {
	out := make([]feature, len(ids))
	for i, id := range ids {
		out[i] = feature{key: id, weight: 1}
	}
	return out
}

// stems returns the stems of words in alphabetical order, each once.
func stems(words []word) []string {
	out := make([]string, len(words))
	for k, w := range words {
		out[k] = w.stem
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// footprint returns the steps as features, and the key of each step: its stems in
// alphabetical order. A step counts 1, each transition ½, for the order of steps is
// less certain than the steps, and each stem ½, so that a renamed step still shares
// the word for what it is about. Steps without a word are passed over.
func footprint(n *normaliser, steps []string) (out []feature, keys []string) {
	last := ""
	for _, s := range steps {
		stems := stems(n.words(s))
		key := strings.Join(stems, " ")
		keys = append(keys, key)
		if key == "" {
			continue
		}
		for _, stem := range stems {
			out = append(out, feature{key: "word " + stem, weight: 0.5})
		}
		out = append(out, feature{key: "step " + key, weight: 1})
		if last != "" {
			out = append(out, feature{key: "then " + last + " → " + key, weight: 0.5, common: true})
		}
		last = key
	}
	return out, keys
}

// candidate is a pair by its places in the list.
type candidate struct {
	i, j       int
	score      float64
	similarity [kinds]float64
}

// row is the working memory of one goroutine.
type row struct {
	in      *inventory
	tallies [kinds]tally
	letters tally
	seen    []bool
	touched []int32
}

func newRow(in *inventory) *row {
	n := len(in.list)
	r := &row{in: in, seen: make([]bool, n), letters: tally{make([]float64, n), make([]float64, n)}}
	for k := range r.tallies {
		r.tallies[k] = tally{make([]float64, n), make([]float64, n)}
	}
	return r
}

// candidates returns the pairs of function i with later ones that reach a score.
func (r *row) candidates(i int, least float64) []candidate {
	touch := func(j int32) {
		if !r.seen[j] {
			r.seen[j] = true
			r.touched = append(r.touched, j)
		}
	}
	for k, sp := range r.in.spaces {
		sp.add(i, &r.tallies[k], touch)
	}
	r.in.trigrams.add(i, &r.letters, touch)
	slices.Sort(r.touched)
	var out []candidate
	for _, j := range r.touched {
		c := candidate{i: i, j: int(j)}
		var rarest [kinds]float64
		for k, sp := range r.in.spaces {
			t := &r.tallies[k]
			c.similarity[k], rarest[k] = sp.similarity(i, c.j, t.sum[j]), t.rarest[j]
			t.sum[j], t.rarest[j] = 0, 0
		}
		c.similarity[text] += trigramShare * (r.in.trigrams.similarity(i, c.j, r.letters.sum[j]) - c.similarity[text])
		r.letters.sum[j], r.letters.rarest[j], r.seen[j] = 0, 0, false
		a, b := r.in.list[i].Unit, r.in.list[j].Unit
		if c.score = score(&c.similarity, &rarest, a != "" && a == b, r.in.contrast(i, c.j)); c.score >= least {
			out = append(out, c)
		}
	}
	r.touched = r.touched[:0]
	return out
}

// pair returns a candidate with its evidence.
func (in *inventory) pair(c *candidate) Pair {
	s := func(k int) measure.Number { return measure.Number(c.similarity[k]) }
	p := Pair{A: in.list[c.i].ID, B: in.list[c.j].ID, Score: c.score, Text: s(text), Roles: s(roles),
		Systems: s(systems), Documents: s(documents), Regulations: s(regulations), Steps: s(steps)}
	p.Shared.Roles = in.spaces[roles].shared(c.i, c.j)
	p.Shared.Systems = in.spaces[systems].shared(c.i, c.j)
	p.Shared.Documents = in.spaces[documents].shared(c.i, c.j)
	for _, stem := range in.spaces[text].shared(c.i, c.j) {
		k := slices.IndexFunc(in.words[c.i], func(w word) bool { return w.stem == stem })
		p.Shared.Words = append(p.Shared.Words, in.words[c.i][k].form)
	}
	for _, f := range in.spaces[steps].shared(c.i, c.j) {
		if key, ok := strings.CutPrefix(f, "step "); ok {
			p.Shared.Steps = append(p.Shared.Steps, in.list[c.i].Steps[slices.Index(in.steps[c.i], key)])
		}
	}
	return p
}
