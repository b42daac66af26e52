package filter

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/uprava/uprava/mining/calendar"
	"github.com/uprava/uprava/mining/eventlog"
)

// Config holds what a filter needs besides the log.
type Config struct {
	Calendar *calendar.Calendar // for durations in working days; without it they are an error
}

// Effect counts what a filter left of a log.
type Effect struct {
	Filter   string `json:"filter"` // canonical text
	Cases    int    `json:"cases"`
	OfCases  int    `json:"of_cases"`
	Events   int    `json:"events"`
	OfEvents int    `json:"of_events"`
}

// NameError says that a filter names what the log does not hold.
type NameError struct {
	Step    string // its text
	Kind    string // "activity", "resource", "unit", "attribute", "case"
	Name    string
	Similar []string // names of the log that resemble it most, or the first few
	Of      int      // how many the log has
}

// Error names the step, the name and what the log holds instead.
func (e *NameError) Error() string {
	s := fmt.Sprintf("filter step %q: the log has no %s %q", e.Step, e.Kind, e.Name)
	if len(e.Similar) > 0 {
		s += fmt.Sprintf("; of its %d it has %s", e.Of, strings.Join(quoteAll(e.Similar), ", "))
	}
	return s
}

func quoteAll(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = quote(n)
	}
	return out
}

// Apply returns what the filter leaves of the log, which names nothing that was
// removed, and its counts. The log of the empty filter is l itself. Cases that an
// events or between step leaves without rows are left out. A name that the log
// does not hold, before the first step, is a *NameError; one that an earlier step
// removed is not, it just matches nothing. O(n) for each step, O(n log n) where
// a quantile or the variants are asked for.
func (f Filter) Apply(ctx context.Context, l *eventlog.Log, cfg Config) (*eventlog.Log, Effect, error) {
	e := Effect{Filter: f.String(), OfCases: l.Cases(), OfEvents: l.Events()}
	if f.Empty() {
		e.Cases, e.Events = l.Cases(), l.Events()
		return l, e, nil
	}
	view := l
	for _, s := range f.steps {
		c := &compiler{ctx: ctx, log: view, all: l, cfg: cfg, step: s.String()}
		var err error
		if view, err = c.apply(s); err != nil {
			return nil, Effect{}, err
		}
	}
	view = view.Compact()
	e.Cases, e.Events = view.Cases(), view.Events()
	return view, e, ctx.Err()
}

// Check reports whether the filter can be applied to the log: the names that it
// uses, and a calendar where it asks for one.
func (f Filter) Check(ctx context.Context, l *eventlog.Log, cfg Config) error {
	none := l.Where(func(eventlog.Case) bool { return false })
	for _, s := range f.steps {
		c := &compiler{ctx: ctx, log: none, all: l, cfg: cfg, step: s.String()}
		if _, err := c.apply(s); err != nil {
			return err
		}
	}
	return nil
}

// compiler turns the conditions of one step into functions over the log that the
// step finds.
type compiler struct {
	ctx  context.Context
	log  *eventlog.Log // that the step finds
	all  *eventlog.Log // that the filter was given
	cfg  Config
	step string
}

// keepCase tells whether the i-th case of the log is kept, keepRow its k-th row.
type (
	keepCase func(i int, c eventlog.Case) bool
	keepRow  func(c eventlog.Case, k int) bool
)

// every is how many cases pass between two looks at the context.
const every = 4096

func (c *compiler) apply(s Step) (*eventlog.Log, error) {
	switch s.Kind {
	case Rows:
		keep, err := c.row(s.Expr)
		if err != nil {
			return nil, err
		}
		return c.log.WhereEvents(func(cs eventlog.Case, k int) bool { return keep(cs, k) }), c.ctx.Err()
	case Between:
		return c.between(s.From, s.To)
	}
	keep, err := c.cases(s.Expr)
	if err != nil {
		return nil, err
	}
	i := -1
	view := c.log.Where(func(cs eventlog.Case) bool {
		i++
		if i%every == 0 && c.ctx.Err() != nil {
			return false
		}
		return keep(i, cs)
	})
	return view, c.ctx.Err()
}

// between keeps of each case the rows from the first from to the first to behind it.
func (c *compiler) between(from, to string) (*eventlog.Log, error) {
	a, err := c.codes("activity", c.log.Activities(), from)
	if err != nil {
		return nil, err
	}
	b, err := c.codes("activity", c.log.Activities(), to)
	if err != nil {
		return nil, err
	}
	lo, hi := 0, 0 // of the case at hand
	return c.log.WhereEvents(func(cs eventlog.Case, k int) bool {
		if k == 0 {
			lo, hi = segment(cs.Activities(), a, b)
		}
		return lo <= k && k < hi
	}), c.ctx.Err()
}

// segment returns the positions of the first row in a and behind the first row
// in b that comes after it; an empty one where there is none.
func segment(activities []eventlog.Code, a, b set) (lo, hi int) {
	for i, x := range activities {
		if !a.has(x) {
			continue
		}
		for j := i + 1; j < len(activities); j++ {
			if b.has(activities[j]) {
				return i, j + 1
			}
		}
		return 0, 0
	}
	return 0, 0
}

// set holds codes of one dictionary.
type set []bool

func (s set) has(c eventlog.Code) bool { return int64(c) < int64(len(s)) && s[c] }

// codes returns the codes of names in the dictionary, which may have lost some of
// them to an earlier step; a name that the whole log lacks is an error.
func (c *compiler) codes(kind string, d *eventlog.Dictionary, names ...string) (set, error) {
	s := make(set, d.Len())
	for _, n := range names {
		if code, ok := d.Code(n); ok {
			s[code] = true
			continue
		}
		return nil, &NameError{c.step, kind, n, similar(n, d.Names()), d.Len()}
	}
	return s, nil
}

// cases compiles a condition on cases.
func (c *compiler) cases(e Expr) (keepCase, error) {
	switch e := e.(type) {
	case And:
		list, err := each(e, c.cases)
		return func(i int, cs eventlog.Case) bool {
			return !slices.ContainsFunc(list, func(k keepCase) bool { return !k(i, cs) })
		}, err
	case Or:
		list, err := each(e, c.cases)
		return func(i int, cs eventlog.Case) bool {
			return slices.ContainsFunc(list, func(k keepCase) bool { return k(i, cs) })
		}, err
	case Not:
		keep, err := c.cases(e.Expr)
		return func(i int, cs eventlog.Case) bool { return !keep(i, cs) }, err
	case Test:
		return c.caseTest(e)
	}
	return nil, fmt.Errorf("filter step %q: %T is no condition", c.step, e)
}

// row compiles a condition on rows.
func (c *compiler) row(e Expr) (keepRow, error) {
	switch e := e.(type) {
	case And:
		list, err := each(e, c.row)
		return func(cs eventlog.Case, k int) bool {
			return !slices.ContainsFunc(list, func(keep keepRow) bool { return !keep(cs, k) })
		}, err
	case Or:
		list, err := each(e, c.row)
		return func(cs eventlog.Case, k int) bool {
			return slices.ContainsFunc(list, func(keep keepRow) bool { return keep(cs, k) })
		}, err
	case Not:
		keep, err := c.row(e.Expr)
		return func(cs eventlog.Case, k int) bool { return !keep(cs, k) }, err
	case Test:
		return c.rowTest(e)
	}
	return nil, fmt.Errorf("filter step %q: %T is no condition", c.step, e)
}

func each[F any](list []Expr, compile func(Expr) (F, error)) ([]F, error) {
	out := make([]F, len(list))
	for i, e := range list {
		f, err := compile(e)
		if err != nil {
			return nil, err
		}
		out[i] = f
	}
	return out, nil
}

// similar returns up to three of the names, those first that share most with name.
func similar(name string, names []string) []string {
	type scored struct {
		name  string
		score float64
	}
	grams := func(s string) map[string]bool {
		r := []rune(" " + strings.ToLower(s) + " ")
		m := map[string]bool{}
		for i := range len(r) - 1 {
			m[string(r[i:i+2])] = true
		}
		return m
	}
	own := grams(name)
	list := make([]scored, len(names))
	for i, n := range names {
		g := grams(n)
		both := 0
		for x := range g {
			if own[x] {
				both++
			}
		}
		list[i] = scored{n, float64(2*both) / float64(len(g)+len(own))} // Dice over pairs of letters
	}
	slices.SortStableFunc(list, func(x, y scored) int {
		if x.score != y.score {
			if x.score > y.score {
				return -1
			}
			return 1
		}
		return strings.Compare(x.name, y.name)
	})
	var out []string
	for _, s := range list[:min(3, len(list))] {
		out = append(out, s.name)
	}
	return out
}
