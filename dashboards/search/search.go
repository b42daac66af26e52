// Package search finds things by words, in Russian and English: each word of a question
// is found as it is written, by its stem («выдача» finds «выдачи») and as the beginning
// of a word («земл» begins «земель» too), by an abbreviation of the list of terms, in names first and then in where things belong; a word that is found
// nowhere is taken for those most like it, or for what its keys write in the other layout.
//
//	Things ─▶ New: words of names and places ─▶ Find: ranked, by kind
package search

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/uprava/uprava/twin"
	"github.com/uprava/uprava/twin/architecture"
)

// Thing is something that can be found.
type Thing struct {
	Kind string // things of one kind are shown together
	Name twin.Text
	ID   string    // found as it is written, such as the name of a log
	In   twin.Text // where it belongs
	Path []string  // parts of the address of its page, from the start page
}

// Hit is a thing that was found.
type Hit struct {
	Thing
	Score float64 // 0 to about 2; the more, the better
	Like  bool    // a word of the question is in no thing and was taken for one like it
}

// Index holds the words of things. Its methods may be called from many goroutines at
// once.
type Index struct {
	things []Thing
	forms  []form // sorted
	byForm map[string][]use
	byStem map[string][]use
	short  map[string]bool // abbreviations of the list of terms
	names  [][3]string     // in lower case
	rare   func(things int) float64
}

type form struct{ form, stem string }

// use is a word in a text of a thing.
type use struct {
	thing  int
	weight float64
}

// What a word in a name, in an identifier and in a place is worth.
const inName, inID, inPlace = 1, 0.9, 0.35

// How much is left of that for a stem, for a beginning, and for a stem that begins a word.
const byStem, byBeginning, byPart = 0.9, 0.7, 0.5

// New indexes things. O(n) in the letters of their texts.
func New(things []Thing) *Index {
	x := &Index{things: things, byForm: map[string][]use{}, byStem: map[string][]use{}, short: map[string]bool{}}
	stemmer := architecture.NewStemmer()
	seen, notions := map[form]bool{}, notions(stemmer)
	for _, n := range notions {
		for _, s := range n.short {
			x.short[s] = true
		}
	}
	for i, t := range things {
		x.names = append(x.names, [3]string{strings.ToLower(t.Name.RU), strings.ToLower(t.Name.EN), strings.ToLower(t.ID)})
		for _, part := range []struct {
			text   string
			weight float64
		}{{t.Name.RU, inName}, {t.Name.EN, inName}, {t.ID, inID}, {t.In.RU, inPlace}, {t.In.EN, inPlace}} {
			forms, stems := stemmer.Words(part.text)
			for k, f := range forms {
				x.add(x.byForm, f, use{i, part.weight})
				x.add(x.byStem, stems[k], use{i, part.weight})
				seen[form{f, stems[k]}] = true
			}
			for _, n := range notions {
				if !n.in(stems) {
					continue
				}
				for _, s := range n.short {
					x.add(x.byForm, s, use{i, part.weight})
					seen[form{s, s}] = true
				}
			}
		}
	}
	for f := range seen {
		x.forms = append(x.forms, f)
	}
	slices.SortFunc(x.forms, func(a, b form) int { return cmp.Or(cmp.Compare(a.form, b.form), cmp.Compare(a.stem, b.stem)) })
	n := float64(len(things))
	x.rare = func(k int) float64 { return math.Log(1+n/float64(max(1, k))) / math.Log(2+n) }
	return x
}

// add notes a use once, by its greatest weight.
func (x *Index) add(to map[string][]use, word string, u use) {
	list := to[word]
	if n := len(list); n > 0 && list[n-1].thing == u.thing {
		list[n-1].weight = max(list[n-1].weight, u.weight)
		return
	}
	to[word] = append(list, u)
}

// Find returns what is found by all words of a question, the best first; where no
// thing has all of them, what is found by some, and all is false.
// O(words × their uses).
func (x *Index) Find(question string) (hits []Hit, all bool) {
	forms, stems := x.words(question)
	if len(forms) == 0 { // a question of small words or single letters
		for _, f := range strings.Fields(strings.ToLower(question)) {
			forms, stems = append(forms, f), append(stems, f)
		}
	}
	if len(forms) == 0 {
		return nil, true
	}
	score, words := make([]float64, len(x.things)), make([]int, len(x.things))
	most, mistyped := 0, false
	for i, f := range forms {
		worth, like := x.word(f, stems[i], i == len(forms)-1)
		mistyped = mistyped || like
		for thing, s := range worth {
			if s > 0 {
				score[thing] += s
				words[thing]++
				most = max(most, words[thing])
			}
		}
	}
	if most == 0 {
		return nil, true
	}
	question = strings.ToLower(strings.Join(strings.Fields(question), " "))
	for thing, s := range score {
		if words[thing] == most {
			hits = append(hits, Hit{x.things[thing], s/float64(len(forms)) + x.likeness(question, thing), mistyped})
		}
	}
	slices.SortFunc(hits, func(a, b Hit) int {
		if a.Score != b.Score {
			return cmp.Compare(b.Score, a.Score)
		}
		return cmp.Or(cmp.Compare(a.Name.RU, b.Name.RU), cmp.Compare(a.Name.EN, b.Name.EN), slices.Compare(a.Path, b.Path))
	})
	return hits, most == len(forms)
}

// word returns what one word of a question is worth for each thing. Of a
// last word that is still being written, two letters are a beginning. A word that is in
// no thing is taken for those like it, which like tells.
func (x *Index) word(f, stem string, last bool) (out []float64, like bool) {
	out = make([]float64, len(x.things))
	found := false
	note := func(uses []use, share float64) {
		found = found || len(uses) > 0
		share *= 0.5 + 0.5*x.rare(len(uses))
		for _, u := range uses {
			out[u.thing] = max(out[u.thing], share*u.weight)
		}
	}
	note(x.byForm[f], 1)
	note(x.byStem[stem], byStem)
	letters := utf8.RuneCountInString(f)
	if letters < 3 && !(last && letters == 2) {
		return out, false
	}
	for k, beginning := range append([]string{f, stem}, fleeting(stem)...) {
		share := byBeginning
		if k > 0 && beginning != f {
			share = byPart
		}
		at, _ := slices.BinarySearchFunc(x.forms, beginning, func(w form, b string) int { return cmp.Compare(w.form, b) })
		for ; at < len(x.forms) && strings.HasPrefix(x.forms[at].form, beginning); at++ {
			note(x.byForm[x.forms[at].form], share*(0.5+0.5*float64(letters)/float64(utf8.RuneCountInString(x.forms[at].form))))
		}
	}
	if found {
		return out, false
	}
	for _, w := range x.like(f) {
		note(x.byForm[w.form], byLikeness)
		note(x.byStem[w.stem], byLikeness*byStem)
	}
	return out, found
}

// likeness is what the whole name says beside its words: that it is the question, in
// lower case, or begins with it; short names before long ones.
func (x *Index) likeness(question string, thing int) float64 {
	best := 0.0
	for _, n := range x.names[thing] {
		switch {
		case n == "":
			continue
		case n == question:
			best = max(best, 1)
		case strings.HasPrefix(n, question):
			best = max(best, 0.4)
		}
		best = max(best, 0.1/(1+float64(len(n))/40))
	}
	return best
}
