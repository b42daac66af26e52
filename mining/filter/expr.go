package filter

import (
	"strconv"
	"strings"

	"github.com/uprava/uprava/mining/eventlog"
)

// Filter is a list of steps. The zero value keeps everything.
type Filter struct{ steps []Step }

// Step is one step of a filter: a selection of cases, of rows, or the part of
// each case between two activities.
type Step struct {
	Kind     StepKind
	Expr     Expr   // of Cases and Rows
	From, To string // of Between
}

// StepKind says what a step selects.
type StepKind uint8

// The kinds of steps.
const (
	Cases StepKind = iota
	Rows
	Between
)

// New returns the filter of the given steps.
func New(steps ...Step) Filter { return Filter{append([]Step(nil), steps...)} }

// Steps returns the steps, in their order.
func (f Filter) Steps() []Step { return append([]Step(nil), f.steps...) }

// Empty reports whether the filter keeps everything.
func (f Filter) Empty() bool { return len(f.steps) == 0 }

// Then returns the filter that applies f and then g.
func (f Filter) Then(g Filter) Filter { return New(append(f.Steps(), g.steps...)...) }

// Without returns the filter without its i-th step.
func (f Filter) Without(i int) Filter {
	return New(append(append([]Step(nil), f.steps[:i]...), f.steps[i+1:]...)...)
}

// String returns the canonical text of the filter, which Parse gives back.
func (f Filter) String() string {
	texts := make([]string, len(f.steps))
	for i, s := range f.steps {
		texts[i] = s.String()
	}
	return strings.Join(texts, "; ")
}

// String returns the canonical text of the step.
func (s Step) String() string {
	switch s.Kind {
	case Rows:
		return "events " + s.Expr.String()
	case Between:
		return "between(" + quote(s.From) + ", " + quote(s.To) + ")"
	}
	return s.Expr.String()
}

// Expr is a condition on a case or on a row: And, Or, Not, or a Test.
type Expr interface {
	String() string
	strength() int // of its outermost operator: that of Or is the least
}

// And holds where all of its conditions do, Or where one does, Not where its
// condition does not.
type (
	And []Expr
	Or  []Expr
	Not struct{ Expr }
)

// Test is a call such as has("A"), or its comparison with values.
type Test struct {
	Name   string
	Args   []string
	Op     Op
	Values []Value // one; several of In; none of Holds and Exists
}

// Op is how a test compares.
type Op uint8

// The comparisons. Holds is none: the call itself is the condition.
const (
	Holds Op = iota
	Equal
	Unequal
	Less
	AtMost
	Greater
	AtLeast
	In
	Contains
	Exists
)

var operators = [...]string{Equal: "=", Unequal: "!=", Less: "<", AtMost: "<=", Greater: ">", AtLeast: ">=", In: "in", Contains: "~", Exists: "exists"}

// ValueKind is the type of a value in a filter's text.
type ValueKind uint8

// The kinds of values.
const (
	Text     ValueKind = iota // "quoted"
	Number                    // 1.5
	Boolean                   // true
	Share                     // 80%
	Duration                  // 30d: Number in Unit
	Quantile                  // p85: Number 0.85
	Period                    // 2019-03: From to before To, on the clock of the wall
	Range                     // 1..5: Low and High
)

// Value is what a test compares with.
type Value struct {
	Kind      ValueKind
	Text      string
	Number    float64
	Unit      string // s, min, h, d, wd
	From, To  eventlog.Time
	Low, High *Value

	literal string // as it is written
}

// String returns the value as it is written.
func (v Value) String() string {
	switch v.Kind {
	case Text:
		return quote(v.Text)
	case Range:
		return v.Low.String() + ".." + v.High.String()
	}
	return v.literal
}

func (And) strength() int  { return 2 }
func (Or) strength() int   { return 1 }
func (Not) strength() int  { return 3 }
func (Test) strength() int { return 4 }

func (e And) String() string { return join(e, " and ", 2) }
func (e Or) String() string  { return join(e, " or ", 1) }
func (e Not) String() string { return "not " + inner(e.Expr, 3) }

func join(list []Expr, word string, strength int) string {
	texts := make([]string, len(list))
	for i, e := range list {
		texts[i] = inner(e, strength+1)
	}
	return strings.Join(texts, word)
}

// inner returns e, in parentheses where it binds less than asked for.
func inner(e Expr, strength int) string {
	if e.strength() < strength {
		return "(" + e.String() + ")"
	}
	return e.String()
}

// String returns the canonical text of the test.
func (t Test) String() string {
	var b strings.Builder
	b.WriteString(t.Name)
	if len(t.Args) > 0 {
		b.WriteByte('(')
		for i, a := range t.Args {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(quote(a))
		}
		b.WriteByte(')')
	}
	if t.Name == "within" { // which compares without an operator
		b.WriteString(" " + t.Values[0].String())
		return b.String()
	}
	if t.Op == Holds {
		return b.String()
	}
	b.WriteString(" " + operators[t.Op])
	switch {
	case len(t.Values) > 1 || len(t.Values) == 1 && t.Op == In && t.Values[0].Kind != Range && t.Values[0].Kind != Period:
		b.WriteString(" (")
		for i, v := range t.Values {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(v.String())
		}
		b.WriteByte(')')
	case len(t.Values) == 1:
		b.WriteString(" " + t.Values[0].String())
	}
	return b.String()
}

func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := 0; i < len(s); i++ {
		if s[i] == '"' || s[i] == '\\' {
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
	b.WriteByte('"')
	return b.String()
}

func number(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }
