package declarative

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
)

// Template is a kind of Declare constraint.
type Template string

// The templates (M. Pesic, "Constraint-Based Workflow Management Systems", 2008;
// C. Di Ciccio, M. Mecella, "On the Discovery of Declarative Control Flows for
// Artful Processes", TMIS 5 (2015), doi:10.1145/2629447, table 1). Those of one
// activity name it as A.
const (
	Existence          Template = "existence"           // A occurs
	Absence            Template = "absence"             // A does not occur
	ExactlyOne         Template = "exactly_one"         // if A occurs, then once
	Init               Template = "init"                // A comes first
	RespondedExistence Template = "responded_existence" // if A occurs, so does B
	Response           Template = "response"            // after each A there is a B
	AltResponse        Template = "altresponse"         // after each A there is a B before the next A
	ChainResponse      Template = "chainresponse"       // directly after each A there is a B
	Precedence         Template = "precedence"          // before each B there is an A
	AltPrecedence      Template = "altprecedence"       // before each B there is an A after the last B
	ChainPrecedence    Template = "chainprecedence"     // directly before each B there is an A
	Succession         Template = "succession"          // response and precedence
	AltSuccession      Template = "altsuccession"
	ChainSuccession    Template = "chainsuccession"
	Coexistence        Template = "coexistence"        // if A or B occurs, both do
	NotCoexistence     Template = "noncoexistence"     // A and B never both occur
	NotSuccession      Template = "nonsuccession"      // after no A there is a B
	NotChainSuccession Template = "nonchainsuccession" // directly after no A there is a B
)

// Templates lists all templates.
var Templates = []Template{Existence, Absence, ExactlyOne, Init, RespondedExistence, Response, AltResponse, ChainResponse,
	Precedence, AltPrecedence, ChainPrecedence, Succession, AltSuccession, ChainSuccession, Coexistence, NotCoexistence, NotSuccession, NotChainSuccession}

// Constraint is a template on activities. Support is the number of cases that
// activate it, Confidence how many of them satisfy it.
type Constraint struct {
	Template   Template `json:"template"`
	A          string   `json:"a"`
	B          string   `json:"b,omitempty"`
	Support    int64    `json:"support"`
	Confidence int64    `json:"confidence"`
}

// String returns the constraint as "response(A, B)".
func (c Constraint) String() string {
	if c.B == "" {
		return fmt.Sprintf("%s(%s)", c.Template, c.A)
	}
	return fmt.Sprintf("%s(%s, %s)", c.Template, c.A, c.B)
}

// DeclareConfig says which constraints are kept.
type DeclareConfig struct {
	MinSupport    float64    // least share of cases that activate it; 0 for 0.1
	MinConfidence float64    // least share of those that satisfy it; 0 for 0.9
	Templates     []Template // nil for all
	All           bool       // also those that a stronger one implies, see Reduce
}

// Validate reports all faults of the configuration.
func (cfg DeclareConfig) Validate() error {
	var faults []error
	if !(cfg.MinSupport >= 0 && cfg.MinSupport <= 1) {
		faults = append(faults, fmt.Errorf("least support %v: wanted 0 to 1", cfg.MinSupport))
	}
	if !(cfg.MinConfidence >= 0 && cfg.MinConfidence <= 1) {
		faults = append(faults, fmt.Errorf("least confidence %v: wanted 0 to 1", cfg.MinConfidence))
	}
	for _, t := range cfg.Templates {
		if !slices.Contains(Templates, t) {
			faults = append(faults, fmt.Errorf("no template %q; there are %q", t, Templates))
		}
	}
	return errors.Join(faults...)
}

// Model is a set of constraints, by template, then A, then B, found in so many
// cases.
type Model struct {
	Constraints []Constraint `json:"constraints"`
	Cases       int64        `json:"cases"`
	Warnings    []error      `json:"-"`
}

// maxActivities bounds the matrices of pairs, 12 of them.
const maxActivities = 1500

// DiscoverDeclare returns the constraints that hold of enough cases. A case
// without events activates none. O(distinct activities² + events · activities/64)
// for each variant, and 12 counters for each pair of activities of the log, of
// which there may be 1,500.
func DiscoverDeclare(ctx context.Context, variants []eventlog.Variant, activities *eventlog.Dictionary, cfg DeclareConfig) (*Model, error) {
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("discovering constraints: %w", err)
	}
	if activities.Len() > maxActivities {
		return nil, fmt.Errorf("discovering constraints: %d activities are too many, at most %d: filter the log", activities.Len(), maxActivities)
	}
	cfg.MinSupport, cfg.MinConfidence = cmp.Or(cfg.MinSupport, 0.1), cmp.Or(cfg.MinConfidence, 0.9)
	if cfg.Templates == nil {
		cfg.Templates = Templates
	}
	c := newCounts(activities.Len())
	for i, v := range variants {
		if i%256 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if len(v.Activities) > 0 {
			c.add(v.Activities, int64(v.Count))
		}
	}
	m := &Model{Constraints: []Constraint{}, Cases: c.cases}
	if c.cases < 30 {
		m.Warnings = append(m.Warnings, &measure.Doubt{
			EN: fmt.Sprintf("the constraints rest on %d cases", c.cases),
			RU: fmt.Sprintf("правила выведены всего по %d делам", c.cases),
		})
	}
	names := activities.Names()
	for _, t := range cfg.Templates {
		c.each(t, func(a, b int, support, confidence int64) {
			if support == 0 || float64(support) < cfg.MinSupport*float64(c.cases) || float64(confidence) < cfg.MinConfidence*float64(support) {
				return
			}
			k := Constraint{Template: t, A: names[a], Support: support, Confidence: confidence}
			if b >= 0 {
				k.B = names[b]
			}
			m.Constraints = append(m.Constraints, k)
		})
	}
	slices.SortFunc(m.Constraints, func(x, y Constraint) int {
		return cmp.Or(cmp.Compare(slices.Index(Templates, x.Template), slices.Index(Templates, y.Template)), cmp.Compare(x.A, y.A), cmp.Compare(x.B, y.B))
	})
	if !cfg.All {
		m.Constraints = Reduce(m.Constraints)
	}
	return m, nil
}

// stronger names, for each template, those that imply it.
var stronger = map[Template][]Template{
	RespondedExistence: {Response, AltResponse, ChainResponse, Coexistence, Succession, AltSuccession, ChainSuccession},
	Response:           {AltResponse, ChainResponse, Succession, AltSuccession, ChainSuccession},
	AltResponse:        {ChainResponse, AltSuccession, ChainSuccession},
	ChainResponse:      {ChainSuccession},
	Precedence:         {AltPrecedence, ChainPrecedence, Succession, AltSuccession, ChainSuccession},
	AltPrecedence:      {ChainPrecedence, AltSuccession, ChainSuccession},
	ChainPrecedence:    {ChainSuccession},
	Succession:         {AltSuccession, ChainSuccession},
	AltSuccession:      {ChainSuccession},
	Coexistence:        {Succession, AltSuccession, ChainSuccession},
	NotSuccession:      {NotCoexistence},
	NotChainSuccession: {NotSuccession, NotCoexistence},
}

// Reduce leaves out the constraints that a stronger one of the list implies with
// as many satisfied cases as they have activated ones, or at the same share of
// them.
func Reduce(list []Constraint) []Constraint {
	type key struct {
		t    Template
		a, b string
	}
	index := map[key]Constraint{}
	for _, c := range list {
		index[key{c.Template, c.A, c.B}] = c
	}
	out := []Constraint{}
	for _, c := range list {
		implied := slices.ContainsFunc(stronger[c.Template], func(t Template) bool {
			s, ok := index[key{t, c.A, c.B}]
			if !ok && (t == Coexistence || t == NotCoexistence) {
				s, ok = index[key{t, c.B, c.A}]
			}
			return ok && s.Confidence*c.Support >= c.Confidence*s.Support
		})
		// of a symmetric constraint the first suffices
		twin := (c.Template == Coexistence || c.Template == NotCoexistence) && c.A > c.B
		if !implied && !twin {
			out = append(out, c)
		}
	}
	return out
}
