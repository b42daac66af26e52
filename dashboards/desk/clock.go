package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/uprava/uprava/mining/filter"
	"github.com/uprava/uprava/mining/legal"
	"github.com/uprava/uprava/mining/match"
	"github.com/uprava/uprava/mining/measure"
)

// Clocked is the legal clock of the cases of a log. Unbound are the words of the
// rule that no activity was bound to and that the log does not know either.
type Clocked struct {
	*legal.Result
	Unbound []string
	Filter  *filter.Effect
	Doubts  []error
}

// Term returns the term of law by which the twin of a log judges its cases; "" for none.
func (d *Desk) Term(ctx context.Context, log string) (string, error) {
	known, err := d.Known(ctx, log)
	if err != nil || known.Process == nil || known.Process.Limit == nil {
		return "", err
	}
	return known.Process.Limit.Rule, nil
}

// Clock runs the clock of a rule over a log. bind says which activities the words
// of the rule mean; words that it leaves out are bound as the log's twin says, where its
// limit is of that rule.
func (d *Desk) Clock(ctx context.Context, log string, look Look, rule *legal.Rule, bind map[string][]string, zone *time.Location, cfg legal.Config) (*Clocked, error) {
	v, err := d.View(ctx, log, look)
	if err != nil {
		return nil, err
	}
	known, err := d.Known(ctx, log)
	if err != nil {
		return nil, err
	}
	b := legal.Binding{Events: map[string][]match.Event{}}
	for word, activities := range bound(known, v.Log, rule.ID) {
		b.Events[word] = []match.Event{{Activities: activities}}
	}
	for word, activities := range bind {
		for _, a := range activities {
			if _, ok := v.Log.Activities().Code(a); !ok {
				return nil, InputError{fmt.Errorf("binding %q: the log %q has no activity %q", word, log, a)}
			}
		}
		b.Events[word] = []match.Event{{Activities: activities}}
	}
	bound, unused := rule.Bind(b)
	if len(unused) > 0 {
		return nil, InputError{fmt.Errorf("rule %q does not speak of %q", rule.ID, unused)}
	}
	cfg.Calendar = fiveDays(zone)
	r, err := legal.Clock(ctx, v.Log, bound, cfg)
	if err != nil {
		return nil, input(ctx, err)
	}
	c := &Clocked{Result: r, Filter: v.left(look)}
	for _, w := range r.Warnings { // words that the log lacks are folded into one line
		if word, ok := lacking(w); ok {
			c.Unbound = append(c.Unbound, word)
		} else {
			c.Doubts = append(c.Doubts, w)
		}
	}
	slices.Sort(c.Unbound)
	c.Unbound = slices.Compact(c.Unbound)
	return c, nil
}

// lacking returns the name of a warning that the log lacks it.
func lacking(w error) (string, bool) {
	d, ok := w.(*measure.Doubt)
	if !ok || !strings.HasPrefix(d.EN, "the log holds no activity ") {
		return "", false
	}
	_, rest, ok := strings.Cut(d.EN, `"`)
	name, _, closed := strings.Cut(rest, `"`)
	return name, ok && closed
}
