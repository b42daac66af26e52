package yamltree

import (
	"fmt"
	"strconv"
	"strings"
)

// Nearest returns the word that is most like s, the first of equals; false where
// none is alike: more than a third of the letters differ.
func Nearest(s string, words []string) (string, bool) {
	best, least := "", (len([]rune(s))+2)/3+1
	for _, w := range words {
		if d := distance(strings.ToLower(s), strings.ToLower(w), least); d < least {
			best, least = w, d
		}
	}
	return best, best != ""
}

// Wanted lists the words that would have been right in place of found, or names
// the one that was probably meant.
func Wanted(found string, words []string) string {
	if w, ok := Nearest(found, words); ok && found != "" {
		return fmt.Sprintf("perhaps %q", w)
	}
	quoted := make([]string, 0, len(words))
	for i, w := range words {
		if i == 24 {
			quoted = append(quoted, fmt.Sprintf("… (%d in all)", len(words)))
			break
		}
		quoted = append(quoted, strconv.Quote(w))
	}
	return "one of " + strings.Join(quoted, ", ")
}

// distance is Levenshtein's distance in letters, with swaps of neighbours as one
// change (optimal string alignment); limit or more where it reaches limit.
func distance(a, b string, limit int) int {
	x, y := []rune(a), []rune(b)
	if len(x)-len(y) >= limit || len(y)-len(x) >= limit {
		return limit
	}
	before, last, row := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(x); i++ {
		row[0] = i
		for j := 1; j <= len(y); j++ {
			change := last[j-1]
			if x[i-1] != y[j-1] {
				change++
			}
			row[j] = min(change, last[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(y)]
}
