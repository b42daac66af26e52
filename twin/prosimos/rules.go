package prosimos

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/uprava/uprava/twin"
)

// attributes reads case_attributes: discrete ones as shares, continuous ones as laws.
func (r *reader) attributes() {
	for _, a := range r.file.CaseAttrs {
		out := twin.Attribute{ID: a.Name}
		switch a.Type {
		case "discrete":
			var values []keyed
			if err := json.Unmarshal(a.Values, &values); err != nil {
				r.fault("case attribute %q: %w", a.Name, err)
				continue
			}
			out.Shares = map[string]float64{}
			for _, v := range values {
				out.Shares[v.Key] += float64(v.Value)
			}
		case "continuous":
			var d distribution
			if err := json.Unmarshal(a.Values, &d); err != nil {
				r.fault("case attribute %q: %w", a.Name, err)
				continue
			}
			var err error
			if out.Number, err = r.law(d, fmt.Sprintf("case attribute %q", a.Name)); err != nil {
				r.fault("case attribute %q: %w", a.Name, err)
				continue
			}
		default:
			r.fault("case attribute %q: type %q: wanted discrete or continuous", a.Name, a.Type)
			continue
		}
		r.p.Attributes = append(r.p.Attributes, out)
	}
}

// rule reads conditions on case attributes. Those on others are left out with a
// warning; false says that nothing is left to ask.
func (r *reader) rule(lines [][]compare, of string) (twin.Rule, bool) {
	var out twin.Rule
	for _, line := range lines {
		var conditions []twin.Condition
		for _, c := range line {
			x, err := r.compared(c)
			if err != nil {
				r.warn("%s: %v; the rule is not simulated", of, err)
				return nil, false
			}
			conditions = append(conditions, x...)
		}
		out = append(out, conditions)
	}
	return out, len(out) > 0
}

func (r *reader) compared(c compare) ([]twin.Condition, error) {
	i := slices.IndexFunc(r.p.Attributes, func(a twin.Attribute) bool { return a.ID == c.Attribute })
	if i < 0 {
		return nil, fmt.Errorf("condition on %q, which is no case attribute", c.Attribute)
	}
	values := texts(c.Value)
	out := twin.Condition{Attribute: c.Attribute}
	if r.p.Attributes[i].Number.Law == "" {
		out.Is = values
		switch c.Comparison {
		case "=", "in":
		case "!=":
			out.Not = true
		default:
			return nil, fmt.Errorf("condition on %q: comparison %q of a text", c.Attribute, c.Comparison)
		}
		return []twin.Condition{out}, nil
	}
	var bounds []float64
	for _, s := range values {
		x, err := strconv.ParseFloat(s, 64) // "inf" too
		if err != nil {
			return nil, fmt.Errorf("condition on %q: found %q, wanted a number", c.Attribute, s)
		}
		bounds = append(bounds, x)
	}
	if len(bounds) == 0 {
		return nil, fmt.Errorf("condition on %q without a value", c.Attribute)
	}
	from, below := math.Inf(-1), math.Inf(1)
	above := func(x float64) float64 { return math.Nextafter(x, math.Inf(1)) }
	switch x := bounds[0]; {
	case c.Comparison == ">":
		from = above(x)
	case c.Comparison == ">=":
		from = x
	case c.Comparison == "<":
		below = x
	case c.Comparison == "<=":
		below = above(x)
	case len(bounds) == 2 && (c.Comparison == "in" || c.Comparison == "="):
		from, below = x, bounds[1]
	case c.Comparison == "=" || c.Comparison == "!=":
		from, below, out.Not = x, above(x), c.Comparison == "!="
	default:
		return nil, fmt.Errorf("condition on %q: comparison %q", c.Attribute, c.Comparison)
	}
	if !math.IsInf(from, -1) {
		out.From = &from
	}
	if !math.IsInf(below, 1) {
		out.Below = &below
	}
	return []twin.Condition{out}, nil
}

// texts reads a value that is a text, a number, or a list of these.
func texts(raw json.RawMessage) []string {
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		list = []json.RawMessage{raw}
	}
	var out []string
	for _, x := range list {
		var s string
		if json.Unmarshal(x, &s) != nil {
			s = string(x)
		}
		out = append(out, s)
	}
	return out
}

// condition gives a flow the rule of a condition; false where there is none that can
// be simulated.
func (r *reader) condition(flow, id string) bool {
	i := slices.IndexFunc(r.file.BranchRules, func(b branchRule) bool { return b.ID == id })
	if i < 0 {
		r.fault("flow %q: condition %q is not in the file", flow, id)
		return false
	}
	rule, ok := r.rule(r.file.BranchRules[i].Rules, fmt.Sprintf("branch_rules: %q", id))
	if !ok {
		return false
	}
	if r.p.Rules == nil {
		r.p.Rules = map[string]twin.Rule{}
	}
	r.p.Rules[flow] = rule
	return true
}

// priorities reads prioritisation_rules: level 1 goes first. Pools then take up the
// most urgent first.
func (r *reader) priorities() {
	for i, p := range r.file.Priorities {
		rule, ok := r.rule(p.Rules, fmt.Sprintf("prioritisation_rules: rule %d", i+1))
		if !ok {
			continue
		}
		r.p.Priorities = append(r.p.Priorities, twin.Priority{When: rule, Level: -p.Level})
	}
	slices.SortStableFunc(r.p.Priorities, func(a, b twin.Priority) int { return b.Level - a.Level })
	if len(r.p.Priorities) == 0 {
		return
	}
	least := r.p.Priorities[len(r.p.Priorities)-1].Level
	r.p.Priorities = append(r.p.Priorities, twin.Priority{When: twin.Rule{}, Level: least - 1}) // others come last
	for i := range r.m.Pools {
		r.m.Pools[i].Queue = twin.MostUrgent
	}
}

// batches reads batch_processing as far as a twin's batches go.
func (r *reader) batches() {
	for _, b := range r.file.Batches {
		of := fmt.Sprintf("batch_processing: task %q", b.Task)
		task, ok := r.p.Tasks[b.Task]
		if !ok {
			r.warn("%s: no task of the diagram, left out", of)
			continue
		}
		out := &twin.Batch{Together: b.Type == "Parallel" || b.Type == "Concurrent"}
		switch {
		case out.Together:
			out.Factor = r.factor(b, of)
		case b.Type != "Sequential":
			r.fault("%s: type %q: wanted Sequential or Parallel", of, b.Type)
			continue
		case slices.ContainsFunc(b.Durations, func(k keyed) bool { return k.Value != 1 }):
			r.warn("%s: the time of work in a sequential batch is not changed by its size", of)
		}
		if b.Frequency != 0 && b.Frequency != 1 {
			r.warn("%s: every case is batched, not %v of them", of, b.Frequency)
		}
		for _, line := range b.Rules {
			r.firing(out, line, of)
		}
		if len(out.Days) == 0 && out.Size == 0 && out.Wait == 0 {
			r.warn("%s: no firing rule that is simulated: work is taken up one by one", of)
			continue
		}
		task.Batch = out
		r.p.Tasks[b.Task] = task
	}
}

// factor returns the share of the time of its cases that a batch takes, by the most
// frequent size.
func (r *reader) factor(b batch, of string) float64 {
	if len(b.Durations) == 0 {
		return 0
	}
	most, factor := number(-1), float64(b.Durations[0].Value)
	for _, size := range b.Sizes {
		for _, d := range b.Durations {
			if d.Key == size.Key && size.Value > most && size.Key != "1" {
				most, factor = size.Value, float64(d.Value)
			}
		}
	}
	if len(b.Durations) > 1 {
		r.warn("%s: the time of a batch is its cases' times %v, whatever its size", of, factor)
	}
	return factor
}

// firing adds a line of firing rules to a batch.
func (r *reader) firing(b *twin.Batch, line []compare, of string) {
	var hour, day *compare
	alone := len(line) == 1
	for i, c := range line {
		values := texts(c.Value)
		x := math.NaN()
		if len(values) > 0 {
			x, _ = strconv.ParseFloat(values[0], 64)
		}
		switch {
		case c.Attribute == "size" && (c.Comparison == ">=" || c.Comparison == "=") && x >= 1:
			if b.Size == 0 || int(x) < b.Size {
				b.Size = int(x)
			}
		case c.Attribute == "large_wt" && (c.Comparison == ">=" || c.Comparison == ">") && x > 0 && alone:
			b.Wait = x
		case c.Attribute == "daily_hour":
			hour = &line[i]
		case c.Attribute == "week_day":
			day = &line[i]
		default:
			r.warn("%s: the condition on %q is not simulated", of, c.Attribute)
		}
	}
	if hour == nil && day == nil {
		return
	}
	b.Days = nil
	if day != nil {
		for _, s := range texts(day.Value) {
			if i := slices.IndexFunc(days, func(name string) bool { return strings.EqualFold(name, s) }); i >= 0 {
				b.Days = append(b.Days, time.Weekday(i))
			}
		}
	}
	if len(b.Days) == 0 {
		b.Days = []time.Weekday{0, 1, 2, 3, 4, 5, 6}
	}
	if hour != nil {
		if x, err := strconv.ParseFloat(texts(hour.Value)[0], 64); err == nil && x >= 0 && x < 24 {
			b.At = time.Duration(x * float64(time.Hour))
		}
	}
}
