package search

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/twin/architecture"
)

// notion is an abbreviation in its forms, and the stems of what it stands for.
type notion struct {
	short []string
	long  [][]string
}

// notions are the abbreviations of the list of terms, in lower case.
func notions(stemmer *architecture.Stemmer) []notion {
	var out []notion
	for _, a := range terms.Abbreviations() {
		var n notion
		for _, s := range a.Short {
			_, stems := stemmer.Words(s) // written out, where the stemmer does so
			n.short, n.long = append(n.short, strings.ToLower(s)), append(n.long, stems)
		}
		for _, l := range a.Long {
			_, stems := stemmer.Words(l)
			n.long = append(n.long, stems)
		}
		out = append(out, n)
	}
	return out
}

// words are the words of a question, each abbreviation of the list one of them.
func (x *Index) words(question string) (forms, stems []string) {
	stemmer := architecture.NewStemmer()
	for _, w := range strings.Fields(question) {
		if short := strings.ToLower(strings.Trim(w, ".,;:!?«»\"()")); x.short[short] {
			forms, stems = append(forms, short), append(stems, short)
			continue
		}
		f, s := stemmer.Words(w)
		forms, stems = append(forms, f...), append(stems, s...)
	}
	return forms, stems
}

// in reports whether a name, by the stems of its words, says the notion at length.
func (n notion) in(stems []string) bool {
	return slices.ContainsFunc(n.long, func(long []string) bool {
		return !slices.ContainsFunc(long, func(s string) bool { return !slices.Contains(stems, s) })
	})
}

// leastOfStem is how many letters a beginning has for which a vowel may come and go.
const leastOfStem = 4

// fleeting are the stems of the same word with its fleeting vowel, or without it: «земл»
// begins «землю» and «земель», «участок» is «участка».
func fleeting(stem string) []string {
	r := []rune(stem)
	for len(r) > 0 && r[len(r)-1] == 'ь' {
		r = r[:len(r)-1]
	}
	n := len(r)
	if n < leastOfStem || !unicode.Is(unicode.Cyrillic, r[n-1]) || vowel(r[n-1]) {
		return nil
	}
	var out []string
	switch {
	case !vowel(r[n-2]):
		for _, v := range "ео" {
			out = append(out, string(r[:n-1])+string(v)+string(r[n-1]))
		}
	case r[n-2] == 'е' || r[n-2] == 'о':
		if without := string(r[:n-2]) + string(r[n-1]); utf8.RuneCountInString(without) >= leastOfStem && !vowel(r[n-3]) {
			out = append(out, without)
		}
	}
	return out
}

func vowel(r rune) bool {
	switch r {
	case 'а', 'е', 'и', 'о', 'у', 'ы', 'э', 'ю', 'я', 'ь', 'ъ', 'й':
		return true
	}
	return false
}
