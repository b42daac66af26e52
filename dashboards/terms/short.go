package terms

import (
	"maps"
	"slices"
	"strings"
)

// Abbreviation is a notion by its short forms and by what they stand for, in both languages.
type Abbreviation struct{ Short, Long []string }

// Abbreviations are those by which things are searched for, by their keys.
func Abbreviations() []Abbreviation {
	var out []Abbreviation
	for _, key := range slices.Sorted(maps.Keys(entries)) {
		if !strings.HasPrefix(key, "short.") {
			continue
		}
		var a Abbreviation
		for _, text := range []string{entries[key].RU, entries[key].EN} {
			short, long, _ := strings.Cut(text, ": ")
			a.Short = append(a.Short, short)
			a.Long = append(a.Long, strings.Split(long, "; ")...)
		}
		out = append(out, a)
	}
	return out
}
