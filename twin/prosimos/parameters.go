package prosimos

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// parameters is the JSON file.
type parameters struct {
	Profiles     []profile      `json:"resource_profiles"`
	Between      *distribution  `json:"arrival_time_distribution"`
	ArrivalHours []period       `json:"arrival_time_calendar"`
	Gateways     []gateway      `json:"gateway_branching_probabilities"`
	Tasks        []task         `json:"task_resource_distribution"`
	Calendars    []hours        `json:"resource_calendars"`
	Events       []event        `json:"event_distribution"`
	Batches      []batch        `json:"batch_processing"`
	CaseAttrs    []attribute    `json:"case_attributes"`
	EventAttrs   []any          `json:"event_attributes"`
	GlobalAttrs  []any          `json:"global_attributes"`
	BranchRules  []branchRule   `json:"branch_rules"`
	Priorities   []priority     `json:"prioritisation_rules"`
	Rest         map[string]any `json:"-"`
}

type profile struct {
	ID, Name  string
	Resources []resource `json:"resource_list"`
}

type resource struct {
	ID, Name string
	Cost     number `json:"cost_per_hour"`
	Amount   number
	Calendar string
}

type task struct {
	Task      string            `json:"task_id"`
	Resources []taskPerformance `json:"resources"`
}

type taskPerformance struct {
	Resource string `json:"resource_id"`
	distribution
}

type event struct {
	Event string `json:"event_id"`
	distribution
}

type distribution struct {
	Name      string      `json:"distribution_name"`
	Params    []parameter `json:"distribution_params"`
	Histogram *histogram  `json:"histogram_data"`
}

type parameter struct{ Value number }

type histogram struct {
	CDF       []float64 `json:"cdf"`
	Midpoints []float64 `json:"bin_midpoints"`
}

type gateway struct {
	Gateway string `json:"gateway_id"`
	Paths   []path `json:"probabilities"`
}

type path struct {
	Path      string  `json:"path_id"`
	Value     *number `json:"value"`
	Condition string  `json:"condition_id"`
}

// batch is a rule of batch_processing: a batch is done when any line of firing rules
// holds, all conditions of a line together.
type batch struct {
	Task      string      `json:"task_id"`
	Type      string      `json:"type"` // Sequential or Parallel
	Frequency number      `json:"batch_frequency"`
	Sizes     []keyed     `json:"size_distrib"`
	Durations []keyed     `json:"duration_distrib"`
	Rules     [][]compare `json:"firing_rules"`
}

type keyed struct {
	Key   string `json:"key"`
	Value number `json:"value"`
}

// compare is a condition: of a batch, an attribute or a branch.
type compare struct {
	Attribute  string          `json:"attribute"`
	Comparison string          `json:"comparison"`
	Value      json.RawMessage `json:"value"`
}

type attribute struct {
	Name   string          `json:"name"`
	Type   string          `json:"type"` // discrete or continuous
	Values json.RawMessage `json:"values"`
}

type branchRule struct {
	ID    string      `json:"id"`
	Rules [][]compare `json:"rules"`
}

type priority struct {
	Level int         `json:"priority_level"` // 1 goes first
	Rules [][]compare `json:"rules"`
}

type hours struct {
	ID      string
	Name    string
	Periods []period `json:"time_periods"`
}

type period struct {
	From, To, BeginTime, EndTime string
}

// number is a JSON number, or one written as a string as older files have it.
type number float64

func (n *number) UnmarshalJSON(b []byte) error {
	b = bytes.Trim(b, `"`)
	var f float64
	if err := json.Unmarshal(b, &f); err != nil {
		return fmt.Errorf("found %q, wanted a number", b)
	}
	*n = number(f)
	return nil
}

// known are the keys of the file that decode reads or lists by name.
var known = []string{
	"resource_profiles", "arrival_time_distribution", "arrival_time_calendar", "gateway_branching_probabilities",
	"task_resource_distribution", "resource_calendars", "event_distribution", "batch_processing", "case_attributes",
	"event_attributes", "global_attributes", "branch_rules", "prioritisation_rules",
}

// maxSize bounds the parameters file.
const maxSize = 64 << 20

func decode(r io.Reader) (*parameters, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxSize+1))
	if err != nil {
		return nil, fmt.Errorf("reading the parameters: %w", err)
	}
	if len(text) > maxSize {
		return nil, fmt.Errorf("reading the parameters: more than %d MiB", maxSize>>20)
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	p := &parameters{}
	if err := json.Unmarshal(text, p); err != nil {
		return nil, fmt.Errorf("reading the parameters: %s%w", position(text, err), err)
	}
	if err := json.Unmarshal(text, &p.Rest); err != nil {
		return nil, fmt.Errorf("reading the parameters: %w", err)
	}
	return p, nil
}

// position returns "line 3, column 7: " of a fault of syntax or type.
func position(text []byte, err error) string {
	var offset int64
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.As(err, &kind):
		offset = kind.Offset
	default:
		return ""
	}
	before := string(text[:min(max(offset, 0), int64(len(text)))])
	line := strings.Count(before, "\n") + 1
	return fmt.Sprintf("line %d, column %d: ", line, len(before)-strings.LastIndex(before, "\n"))
}

// unread lists what the file asks for and a twin does not do.
func (p *parameters) unread() []error {
	var out []error
	for _, u := range []struct {
		n         int
		one, many string
	}{
		{len(p.EventAttrs), "event_attributes: 1 entry is not read", "event_attributes: %d entries are not read"},
		{len(p.GlobalAttrs), "global_attributes: 1 attribute is not read", "global_attributes: %d attributes are not read"},
	} {
		switch {
		case u.n == 1:
			out = append(out, errors.New(u.one))
		case u.n > 1:
			out = append(out, fmt.Errorf(u.many, u.n))
		}
	}
	var rest []string
	for key := range p.Rest {
		if !slices.Contains(known, key) {
			rest = append(rest, key)
		}
	}
	slices.Sort(rest)
	for _, key := range rest {
		out = append(out, fmt.Errorf("%s: not read", key))
	}
	return out
}
