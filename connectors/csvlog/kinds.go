package csvlog

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/uprava/uprava/mining/eventlog"
)

// guess gathers the values of a column and tells what they are.
type guess struct {
	n       int // values that are not empty
	kinds   [4]bool
	layouts []*Layout // times: those that fit all values
	first   string
}

// The kinds that values are tried as, narrowest first; text is left.
const (
	asInt = iota
	asFloat
	asBool
	asText
)

// layouts that are tried where nothing is said, in groups that differ only in
// the order of day and month. ISO comes first.
var tried = func() []*Layout {
	const clock = "[[,][ ]['T'][ ]H:mm[:ss[.SSS][,SSS]][ ][X]]"
	const clock12 = "[,] h:mm[:ss] a"
	out := []*Layout{mustLayout("ISO")}
	for _, date := range []string{"d.M.yyyy", "d/M/yyyy", "M/d/yyyy", "d-M-yyyy", "M-d-yyyy", "yyyy/M/d", "yyyy.M.d"} {
		for _, c := range []string{clock, clock12} {
			out = append(out, mustLayout(date+c))
		}
	}
	return out
}()

func mustLayout(text string) *Layout {
	l, err := ParseLayout(strings.Replace(text, ".SSS][,SSS]", ".SSS]", 1))
	if err != nil {
		panic(err)
	}
	return l
}

// epochs are tried for columns with the role of a time only, where every number
// would be one: by the number of digits of times between 1990 and 2100.
var epochs = map[int]string{9: "epoch-s", 10: "epoch-s", 12: "epoch-ms", 13: "epoch-ms", 15: "epoch-us", 16: "epoch-us"}

// add takes a value into account.
func (g *guess) add(v string) {
	if strings.TrimSpace(v) == "" {
		return
	}
	if g.n++; g.n == 1 {
		g.kinds = [4]bool{true, true, true, true}
		g.first, g.layouts = v, tried
	}
	if g.kinds[asInt] {
		g.kinds[asInt] = isInt(v)
	}
	if g.kinds[asFloat] {
		g.kinds[asFloat] = isFloat(v)
	}
	if g.kinds[asBool] {
		g.kinds[asBool] = isBool(v)
	}
	if len(g.layouts) > 0 {
		g.narrow(v)
	}
}

// narrow keeps the layouts that fit v.
func (g *guess) narrow(v string) {
	var fit []*Layout
	for _, l := range g.layouts {
		if _, _, err := l.Parse(v, nil); err == nil {
			fit = append(fit, l)
		}
	}
	g.layouts = fit
}

// ambiguous reports whether layouts are left that read the same values as
// different times.
func (g *guess) ambiguous() bool {
	return len(g.layouts) > 1 && g.layouts[0].form == byPattern && dayFirst(g.layouts[0]) != dayFirst(g.layouts[1])
}

func dayFirst(l *Layout) bool { return strings.HasPrefix(l.text, "d") }

// kind returns what an attribute column holds. Ambiguous dates are text.
func (g *guess) kind() (eventlog.Kind, *Layout) {
	switch {
	case g.n == 0:
	case g.kinds[asInt]:
		return eventlog.KindInt, nil
	case g.kinds[asFloat]:
		return eventlog.KindFloat, nil
	case g.kinds[asBool]:
		return eventlog.KindBool, nil
	case len(g.layouts) > 0 && !g.ambiguous():
		return eventlog.KindTime, g.layouts[0]
	}
	return eventlog.KindString, nil
}

// epochLayout returns the layout of a column of numbers that are times.
func (g *guess) epochLayout() *Layout {
	if g.n == 0 || !g.kinds[asInt] && !g.kinds[asFloat] {
		return nil
	}
	whole, _, _ := strings.Cut(g.first, ".")
	if text, ok := epochs[len(whole)]; ok {
		return mustLayout(text)
	}
	return nil
}

// isInt reports whether v is an integer as it would be written: no plus, no
// leading zeros, which make it an identifier.
func isInt(v string) bool {
	digits := strings.TrimPrefix(v, "-")
	if digits == "" || len(digits) > 19 || digits[0] == '0' && v != "0" {
		return false
	}
	_, err := strconv.ParseInt(v, 10, 64)
	return err == nil
}

func isFloat(v string) bool {
	if isInt(v) {
		return true
	}
	digits := strings.TrimPrefix(v, "-")
	if digits == "" || len(digits) > 1 && digits[0] == '0' && digits[1] != '.' || strings.Trim(digits, "0123456789.eE+-") != "" || digits[0] > '9' || digits[0] < '0' {
		return false
	}
	if !strings.ContainsAny(digits, ".eE") {
		return false // an integer that does not fit
	}
	_, err := strconv.ParseFloat(v, 64)
	return err == nil
}

func isBool(v string) bool { return strings.EqualFold(v, "true") || strings.EqualFold(v, "false") }

// value reads v as a kind.
func value(kind eventlog.Kind, v string, l *Layout, loc *zones) (eventlog.Value, bool, error) {
	switch kind {
	case eventlog.KindString:
		return eventlog.Text(v), true, nil
	case eventlog.KindID:
		return eventlog.ID(v), true, nil
	case eventlog.KindInt:
		n, err := strconv.ParseInt(strings.TrimSpace(v), 10, 64)
		if err == nil {
			return eventlog.Int(n), true, nil
		}
	case eventlog.KindFloat:
		f, err := strconv.ParseFloat(strings.TrimSpace(v), 64)
		if err == nil {
			return eventlog.Float(f), true, nil
		}
	case eventlog.KindBool:
		if isBool(v) {
			return eventlog.Bool(strings.EqualFold(v, "true")), true, nil
		}
	case eventlog.KindTime:
		at, zoned, err := l.Parse(v, loc)
		return eventlog.TimeValue(at), zoned, err
	default:
		return eventlog.Group(kind), true, nil
	}
	return eventlog.Value{}, false, fmt.Errorf("%q is no %s", cut(v, 64), kind)
}
