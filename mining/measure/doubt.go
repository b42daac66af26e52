package measure

import (
	"fmt"
	"slices"
)

// Doubt is a warning that is told in both languages of the interface.
type Doubt struct{ EN, RU string }

// Doubtf returns a doubt of two formats over the same arguments; an argument with a
// method In(lang string) string is told in the language of the sentence.
func Doubtf(en, ru string, args ...any) *Doubt {
	say := func(format, lang string) string {
		words := slices.Clone(args)
		for i, x := range words {
			if t, ok := x.(interface{ In(lang string) string }); ok {
				words[i] = t.In(lang)
			}
		}
		return fmt.Sprintf(format, words...)
	}
	return &Doubt{EN: say(en, "en"), RU: say(ru, "ru")}
}

// Error returns the doubt in English.
func (d *Doubt) Error() string { return d.EN }

// In returns the doubt in the language "ru" or "en"; where it is not told in
// Russian the English stands in.
func (d *Doubt) In(lang string) string {
	if lang == "ru" && d.RU != "" {
		return d.RU
	}
	return d.EN
}

// TextsIn returns warnings in the language "ru" or "en", those that are told in
// one language alone as they are; never nil.
func TextsIn(lang string, warnings []error) []string {
	out := make([]string, len(warnings))
	for i, w := range warnings {
		out[i] = w.Error()
		if d, ok := w.(interface{ In(lang string) string }); ok {
			out[i] = d.In(lang)
		}
	}
	return out
}
