package cohort

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
)

// ErrOneGroup says that a log has no two groups to compare.
var ErrOneGroup = errors.New("fewer than two groups")

// Group is the cases of one value of an attribute, and the others that have one.
type Group struct {
	Name string
	Log  *eventlog.Log
	Rest *eventlog.Log
}

// Groups are what Split makes of a log.
type Groups struct {
	Attribute string
	Groups    []Group // the largest first, ties by name
	Further   int     // values beyond MostGroups: their cases are in the rests alone
	Without   int     // cases without the attribute: in no group, in no rest
}

// MostGroups is the largest number of groups that Split makes.
const MostGroups = 64

// Split returns a group for each value of a case attribute, given by its path,
// and where no case has it, by that of the first event of each case. Numbers and
// times are values as they are written: bin them first. It fails where the
// attribute is unknown, and with ErrOneGroup where it has one value alone. The
// groups are views and share the columns of the log. O(cases·values).
func Split(l *eventlog.Log, attribute string) (*Groups, error) {
	values := make(map[string]string, l.Cases())
	sizes := map[string]int{}
	out := &Groups{Attribute: attribute}
	has := func(list []eventlog.AttributeInfo) bool {
		return slices.ContainsFunc(list, func(a eventlog.AttributeInfo) bool { return a.Path == attribute })
	}
	ofCase, ofEvent := has(l.CaseAttributes()), has(l.EventAttributes())
	if !ofCase && !ofEvent {
		return nil, fmt.Errorf("splitting by %q: no case and no event has it", attribute)
	}
	for _, c := range l.All() {
		v, ok := c.Attribute(attribute)
		if !ok && !ofCase && c.Len() > 0 {
			v, ok = c.EventAttribute(0, attribute)
		}
		if !ok {
			out.Without++
			continue
		}
		values[c.ID()] = v.String()
		sizes[v.String()]++
	}
	if len(sizes) < 2 {
		return nil, fmt.Errorf("splitting by %q: %d values: %w", attribute, len(sizes), ErrOneGroup)
	}
	names := make([]string, 0, len(sizes))
	for name := range sizes {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		if d := sizes[b] - sizes[a]; d != 0 {
			return d
		}
		if a < b {
			return -1
		}
		return 1
	})
	for _, name := range names {
		out.Groups = append(out.Groups, Group{
			Name: name,
			Log:  l.Where(func(c eventlog.Case) bool { v, ok := values[c.ID()]; return ok && v == name }).Named(name),
			Rest: l.Where(func(c eventlog.Case) bool { v, ok := values[c.ID()]; return ok && v != name }).Named("≠ " + name),
		})
		if len(out.Groups) == MostGroups {
			out.Further = len(names) - MostGroups
			break // each group costs a pass
		}
	}
	return out, nil
}

// Before returns the cases that began before an instant and those that began at it
// or later; cases without events are in neither. A case is of the period in which
// it began, so that the periods do not share cases; those of the later period had
// less time to become slow in, which Compare warns of.
func Before(l *eventlog.Log, at eventlog.Time) (before, after *eventlog.Log) {
	before = l.Where(func(c eventlog.Case) bool { return c.Len() > 0 && c.First() < at })
	after = l.Where(func(c eventlog.Case) bool { return c.Len() > 0 && c.First() >= at })
	return before, after
}

// Each is the comparison of every group against the rest.
type Each struct {
	Attribute string           `json:"attribute"`
	Results   []*Result        `json:"results"`              // the group is b, the rest a; of two groups, one result
	LeadTime  []measure.Number `json:"lead_time_p_adjusted"` // over the groups
	Left      int              `json:"left"`                 // groups of fewer than MinCases cases, values beyond MostGroups
	Without   int              `json:"without"`              // cases without the attribute
	Warnings  []error          `json:"-"`                    // beside those of the results
}

// CompareEach compares every group of an attribute with the rest, of two groups
// the smaller with the larger. Groups of fewer than MinCases cases are left out of
// the results, not of the rest. The probabilities of the lead times are adjusted
// over the groups by Holm's procedure (LeadTime); those within a result are not,
// which Warnings says. Errors as of Split and Compare.
func CompareEach(ctx context.Context, l *eventlog.Log, attribute string, cfg Config) (*Each, error) {
	groups, err := Split(l, attribute)
	if err != nil {
		return nil, err
	}
	least := cfg.defaults(l, l).MinCases
	list := groups.Groups
	if len(list) == 2 {
		list = list[1:]
	}
	out := &Each{Attribute: attribute, Left: groups.Further, Without: groups.Without}
	cfg.Without = append(slices.Clone(cfg.Without), attribute)
	var p []float64
	for _, g := range list {
		if g.Log.Cases() < least {
			out.Left++
			continue
		}
		cfg.Names = [2]string{g.Rest.Name(), g.Name}
		r, err := Compare(ctx, g.Rest, g.Log, cfg)
		if err != nil {
			return nil, err
		}
		out.Results = append(out.Results, r)
		at := math.NaN()
		if r.LeadTime != nil {
			at = float64(r.LeadTime.P)
		}
		p = append(p, at)
	}
	for _, v := range measure.Holm(p) {
		out.LeadTime = append(out.LeadTime, measure.Number(v))
	}
	if len(out.Results) > 1 {
		out.Warnings = append(out.Warnings, &measure.Doubt{
			EN: fmt.Sprintf("%d groups are each compared with the rest: within one comparison probabilities are adjusted, over the groups only those of the lead time", len(out.Results)),
			RU: fmt.Sprintf("с остальными сравнены %d групп: поправка на число проверок сделана внутри каждого сравнения, а между группами только для срока", len(out.Results)),
		})
	}
	if out.Without > 0 {
		out.Warnings = append(out.Warnings, &measure.Doubt{
			EN: fmt.Sprintf("%d of %d cases have no %q and are in no group", out.Without, l.Cases(), attribute),
			RU: fmt.Sprintf("у %d из %d случаев нет «%s», они ни в одной группе", out.Without, l.Cases(), attribute),
		})
	}
	return out, nil
}

// MarshalJSON returns the fields and "warnings", in English.
func (e *Each) MarshalJSON() ([]byte, error) {
	type plain Each
	return json.Marshal(struct {
		*plain
		Warnings []string `json:"warnings"`
	}{(*plain)(e), measure.Texts(e.Warnings)})
}
