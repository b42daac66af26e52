package search

import (
	"strings"
	"unicode/utf8"

	"github.com/uprava/uprava/twin/architecture"
)

// byLikeness is how much is left for a word that was mistyped.
const byLikeness = 0.5

// mistakes is how many letters of a word may be wrong: none of a short one, for then it
// is another word.
func mistakes(word string) int {
	switch n := utf8.RuneCountInString(word); {
	case n < 5:
		return 0
	case n < 9:
		return 1
	}
	return 2
}

// like returns the forms and stems that a word may have been meant to be: as few letters
// as possible left out, too many, wrong or exchanged with their neighbour; or the word as
// the same keys give it in the other layout of the keyboard.
// O(forms × letters²) for forms of about its length.
func (x *Index) like(word string) []form {
	most := mistakes(word)
	if most == 0 {
		return nil
	}
	var out []form
	w := []rune(word)
	for _, f := range x.forms {
		for _, is := range []string{f.form, f.stem} {
			if d := distance(w, []rune(is), most); d <= most {
				if d < most {
					most, out = d, out[:0]
				}
				out = append(out, f)
				break
			}
		}
	}
	if len(out) > 0 {
		return out
	}
	_, stems := architecture.NewStemmer().Words(otherLayout(word))
	for _, f := range x.forms {
		if len(stems) == 1 && f.stem == stems[0] {
			out = append(out, f)
		}
	}
	return out
}

// distance is that of Damerau and Levenshtein in its restricted form, most+1 where it is
// more than most.
func distance(a, b []rune, most int) int {
	if len(a)-len(b) > most || len(b)-len(a) > most {
		return most + 1
	}
	before, last, now := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		now[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			wrong := 1
			if a[i-1] == b[j-1] {
				wrong = 0
			}
			now[j] = min(last[j]+1, now[j-1]+1, last[j-1]+wrong)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				now[j] = min(now[j], before[j-2]+1)
			}
			least = min(least, now[j])
		}
		if least > most {
			return most + 1
		}
		before, last, now = last, now, before
	}
	return min(last[len(b)], most+1)
}

// The keys of a keyboard in both layouts, in the same order; ё is found as е.
var latin, cyrillic = []rune("qwertyuiop[]asdfghjkl;'zxcvbnm,."), []rune("йцукенгшщзхъфывапролджэячсмитьбю")

var layout = func() map[rune]rune {
	out := map[rune]rune{}
	for i, r := range latin {
		out[r], out[cyrillic[i]] = cyrillic[i], r
	}
	return out
}()

// otherLayout is what the same keys write in the other layout.
func otherLayout(word string) string {
	return strings.Map(func(r rune) rune {
		if other, ok := layout[r]; ok {
			return other
		}
		return r
	}, word)
}
