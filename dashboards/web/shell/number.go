package shell

import (
	"math"
	"net/http"

	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/mining/measure"
)

// Number is one number on a page with what it rests on, shown by the template part
// "number" (in a table cell as well). All texts are in the reader's language.
type Number struct {
	Label  string   // what it is, said by the link to its definition
	Value  string   // with its unit; measure.Unknown where it cannot be told
	Range  string   // its interval, "" for none
	N      string   // what it rests on, "n = 12 cases"
	Why    string   // why there is no value, or no interval
	Change string   // how it differs from what it is compared with
	Doubts []string // warnings
	Href   string   // its definition, sources and the cases behind it; "" for none
}

// NumberHref leads to the definition of a number of a log, as it is looked at here.
func NumberHref(r *http.Request, v View, log, key string) string {
	return Href(r, v.Query(), "logs", log, "number", key)
}

// Known reports whether there is a value to show.
func (n Number) Known() bool { return n.Value != "" && n.Value != measure.Unknown }

// Shown is the value, or the sign that there is none.
func (n Number) Shown() string {
	if n.Value == "" {
		return measure.Unknown
	}
	return n.Value
}

// Interval writes an interval in words, each end by write; "" where an end is no
// number.
func Interval(lang terms.Lang, low, high float64, write func(float64) string) string {
	if math.IsNaN(low) || math.IsNaN(high) {
		return ""
	}
	return lang.T("number.interval", write(low), write(high))
}
