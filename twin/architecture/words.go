package architecture

import (
	"strings"
	"unicode"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/english"
	"github.com/blevesearch/snowballstem/russian"
	"golang.org/x/text/unicode/norm"
)

// word is a token of a text: as it was written, lower-case, and its stem.
type word struct{ form, stem string }

// normaliser turns texts into words. It is not safe for concurrent use.
type normaliser struct {
	env    *snowballstem.Env
	known  map[string]string   // stem by form
	expand map[string][]string // forms by abbreviation, lower-case
}

// newNormaliser returns one that knows the general abbreviations and those handed
// in, which win.
func newNormaliser(own map[string]string) *normaliser {
	n := &normaliser{env: snowballstem.NewEnv(""), known: map[string]string{}, expand: map[string][]string{}}
	for short, long := range abbreviations {
		n.expand[short] = forms(long)
	}
	for short, long := range own {
		if f := forms(short); len(f) == 1 {
			n.expand[f[0]] = forms(long)
		}
	}
	return n
}

// Stemmer turns texts into words, for a search. It is not safe for concurrent use.
type Stemmer struct{ n *normaliser }

// NewStemmer returns a Stemmer that expands the general abbreviations.
func NewStemmer() *Stemmer { return &Stemmer{newNormaliser(nil)} }

// Words returns the words of a text in its order, each in lower case and as its Snowball
// stem; words without a meaning of their own are left out. O(n) in letters.
func (s *Stemmer) Words(text string) (forms, stems []string) {
	for _, w := range s.n.words(text) {
		forms, stems = append(forms, w.form), append(stems, w.stem)
	}
	return forms, stems
}

// words returns the words of a text in its order: abbreviations expanded, words
// without a meaning of their own and single letters dropped, each with its
// Snowball stem (Russian for Cyrillic, English for Latin). O(n) in letters.
func (n *normaliser) words(text string) []word {
	var out []word
	for _, f := range forms(text) {
		long, ok := n.expand[f]
		if !ok {
			out = n.add(out, f)
			continue
		}
		for _, f := range long {
			out = n.add(out, f)
		}
	}
	return out
}

func (n *normaliser) add(out []word, form string) []word {
	r := []rune(form)
	if functionWords[form] || len(r) == 1 && !unicode.IsDigit(r[0]) {
		return out
	}
	stem, ok := n.known[form]
	if !ok {
		n.env.SetCurrent(form)
		if unicode.Is(unicode.Cyrillic, r[0]) {
			russian.Stem(n.env)
		} else if r[0] < unicode.MaxASCII {
			english.Stem(n.env)
		}
		if stem = n.env.Current(); stem == "" {
			stem = form
		}
		n.known[form] = stem
	}
	return append(out, word{form, stem})
}

// forms splits a text at whatever is no letter and no digit, in lower case with ё
// as е. Letters of one word that only look Cyrillic («CMЭВ» with two Latin ones)
// become Cyrillic.
func forms(text string) []string {
	text = norm.NFKC.String(strings.ToLower(norm.NFKC.String(text)))
	text = strings.Map(func(r rune) rune { // stress marks and soft hyphens
		if unicode.Is(unicode.Mn, r) || r == '\u00ad' {
			return -1
		}
		return r
	}, text)
	out := strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for i, f := range out {
		f = strings.ReplaceAll(f, "ё", "е")
		if strings.ContainsFunc(f, func(r rune) bool { return unicode.Is(unicode.Cyrillic, r) }) {
			f = lookalikes.Replace(f)
		}
		out[i] = f
	}
	return out
}

var lookalikes = strings.NewReplacer("a", "а", "b", "в", "c", "с", "e", "е", "h", "н", "k", "к",
	"m", "м", "o", "о", "p", "р", "t", "т", "x", "х", "y", "у")

// trigrams returns the runs of three letters of words, with a mark at both ends of
// each word, repeated as often as they occur: what abbreviations, compounds and
// mistyped words still share with the word they stand for.
func trigrams(words []word) []string {
	var out []string
	for _, w := range words {
		r := []rune("^" + w.stem + "$")
		for i := 0; i+3 <= len(r); i++ {
			out = append(out, string(r[i:i+3]))
		}
	}
	return out
}
