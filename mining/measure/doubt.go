package measure

// Doubt is a warning that is told in both languages of the interface.
type Doubt struct{ EN, RU string }

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
