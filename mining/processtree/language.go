package processtree

import (
	"slices"
	"strings"
)

// Language returns the traces of at most length activities that the tree allows,
// shorter before longer, else in ascending order. It is worked out from the
// definition of the operators and may take exponential time: it is for tests of
// small trees.
func (t *Tree) Language(length int) [][]string {
	words := t.words(length)
	slices.SortFunc(words, func(a, b []string) int {
		if len(a) != len(b) {
			return len(a) - len(b)
		}
		return slices.Compare(a, b)
	})
	return words
}

func (t *Tree) words(length int) [][]string {
	var out [][]string
	switch t.Operator {
	case Activity:
		if length > 0 {
			out = [][]string{{t.Label}}
		}
	case Silent:
		out = [][]string{{}}
	case Choice:
		for _, c := range t.Children {
			out = append(out, c.words(length)...)
		}
	case Sequence, Parallel:
		out = [][]string{{}}
		for _, c := range t.Children {
			out = combine(out, c.words(length), length, t.Operator == Parallel)
		}
	case Loop:
		do := t.Children[0].words(length)
		redo := New(Choice, t.Children[1:]...).words(length)
		again := combine(redo, do, length, false)
		out = distinct(do)
		for last := out; len(last) > 0; {
			longer := combine(last, again, length, false)
			before := len(out)
			out = distinct(append(out, longer...))
			last = out[before:]
		}
	}
	return distinct(out)
}

// combine returns every first word followed by, or interleaved with, every second.
func combine(first, second [][]string, length int, interleave bool) [][]string {
	var out [][]string
	for _, a := range first {
		for _, b := range second {
			switch {
			case len(a)+len(b) > length:
			case interleave:
				out = append(out, shuffle(a, b)...)
			default:
				out = append(out, slices.Concat(a, b))
			}
		}
	}
	return distinct(out)
}

func shuffle(a, b []string) [][]string {
	if len(a) == 0 || len(b) == 0 {
		return [][]string{slices.Concat(a, b)}
	}
	var out [][]string
	for _, rest := range shuffle(a[1:], b) {
		out = append(out, slices.Concat(a[:1], rest))
	}
	for _, rest := range shuffle(a, b[1:]) {
		out = append(out, slices.Concat(b[:1], rest))
	}
	return out
}

// distinct returns each word once, at its first place.
func distinct(words [][]string) [][]string {
	seen := map[string]bool{}
	var out [][]string
	for _, w := range words {
		key := strings.Join(w, "\x00")
		if len(w) > 0 {
			key = "\x00" + key
		}
		if !seen[key] {
			seen[key] = true
			out = append(out, w)
		}
	}
	return out
}
