package yamlfile

import (
	"math"
	"strconv"
	"strings"

	"github.com/uprava/uprava/mining/measure"
)

// seconds per unit, the largest first.
var units = []struct {
	name    string
	seconds float64
}{{"d", 86400}, {"h", 3600}, {"min", 60}, {"s", 1}}

// ParseSeconds returns the seconds of a length of time written as a number and
// a unit: "s", "min", "h", or "d" for 24 hours. A working day has the length
// that its calendar gives it, so it is no unit here: say hours in that calendar.
func ParseSeconds(s string) (float64, error) {
	number, unit := s, ""
	if i := strings.IndexFunc(s, func(r rune) bool { return r == ' ' || r >= 'a' && r <= 'z' && r != 'e' || r > 127 }); i >= 0 {
		number, unit = s[:i], strings.TrimSpace(s[i:])
	}
	switch unit {
	case "wd", "cd", "wh":
		return 0, measure.Faultf("found %q, wanted s, min, h or d (24 h); working time is a length in hours inside a calendar", "указано «%s», нужно s, min, h или d (24 часа); рабочее время задаётся в часах внутри календаря", s)
	}
	for _, u := range units {
		if u.name != unit {
			continue
		}
		x, err := strconv.ParseFloat(number, 64)
		if err != nil || math.IsNaN(x) || math.IsInf(x*u.seconds, 0) {
			break
		}
		return x * u.seconds, nil
	}
	return 0, measure.Faultf("found %q, wanted a length of time such as \"45 min\", \"1.5 h\", \"2 d\" or \"30 s\"", "указано «%s», нужна длительность, например «45 min», «1.5 h», «2 d» или «30 s»", s)
}

// FormatSeconds returns the shortest way to write a length of time that
// ParseSeconds reads back exactly, in the largest unit that reads well.
func FormatSeconds(x float64) string {
	for _, u := range units {
		q := x / u.seconds
		if math.Abs(q) < 1 && u.seconds != 1 {
			continue
		}
		s := strconv.FormatFloat(q, 'f', -1, 64)
		if back, err := strconv.ParseFloat(s, 64); err == nil && len(s) <= 6 && back*u.seconds == x {
			return s + " " + u.name
		}
	}
	return FormatNumber(x) + " s"
}

// FormatNumber returns the shortest decimal that reads back exactly.
func FormatNumber(x float64) string {
	if a := math.Abs(x); a == 0 || a >= 1e-6 && a < 1e15 {
		return strconv.FormatFloat(x, 'f', -1, 64)
	}
	return strconv.FormatFloat(x, 'g', -1, 64)
}
