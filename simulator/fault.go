package simulator

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/uprava/uprava/mining/measure"
)

// place names what a fault is of, in both languages of the interface.
type place struct{ en, ru string }

func placeOf(en, ru string, args ...any) place {
	f := measure.Faultf(en, ru, args...)
	return place{f.EN, f.RU}
}

// String returns the place in English.
func (p place) String() string { return p.en }

// In returns the place in the language "ru" or "en".
func (p place) In(lang string) string {
	if lang == "ru" {
		return p.ru
	}
	return p.en
}

// compare orders places by their English.
func (p place) compare(q place) int { return cmp.Compare(p.en, q.en) }

// names are identifiers, told in quotes: "a", "b" and «a», «b».
type names []string

// String returns the names in English.
func (n names) String() string {
	quoted := make([]string, len(n))
	for i, x := range n {
		quoted[i] = fmt.Sprintf("%q", x)
	}
	return strings.Join(quoted, ", ")
}

// In returns the names in the language "ru" or "en".
func (n names) In(lang string) string {
	if lang == "ru" {
		return "«" + strings.Join(n, "», «") + "»"
	}
	return n.String()
}

// part returns a part of the place.
func (p place) part(en, ru string, args ...any) place {
	x := placeOf(en, ru, args...)
	return place{p.en + ": " + x.en, p.ru + ": " + x.ru}
}

// fault notes what is wrong with the model, in English and in Russian, as
// measure.Faultf reads them.
func (c *compiler) fault(en, ru string, args ...any) {
	c.faults = append(c.faults, measure.Faultf(en, ru, args...))
}
