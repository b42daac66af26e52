package rules

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/uprava/uprava/mining/legal"
	"github.com/uprava/uprava/mining/match"
	"github.com/uprava/uprava/mining/measure"
)

// Report is what a set of rules says of a log.
type Report struct {
	Log      string    `json:"log"`
	Cases    int       `json:"cases"`
	Events   int       `json:"events"`
	AsOf     time.Time `json:"as_of"`
	Rules    []Outcome `json:"rules"` // in the order of the set
	Warnings []error   `json:"-"`     // as JSON "warnings", their sentences
}

// Outcome is what one rule says. Its cases are Satisfied + Violated +
// NotApplicable + Undecided.
type Outcome struct {
	ID       string     `json:"id"`
	Title    match.Text `json:"title"`
	Citation match.Text `json:"citation"`
	Severity Severity   `json:"severity"`
	Kind     Kind       `json:"kind"`

	Satisfied     int `json:"satisfied"`
	Violated      int `json:"violated"`
	NotApplicable int `json:"not_applicable"` // when does not hold, or what the rule speaks of did not happen
	Undecided     int `json:"undecided"`
	// Share is Violated / N, N being Satisfied + Violated; NaN where N is 0.
	// Interval: Wilson's, 95 %; nil where N is 0.
	Share    measure.Number    `json:"violated_share"`
	N        int               `json:"n"`
	Interval *measure.Interval `json:"interval"`

	Violations  int         `json:"violations"` // a case may break a rule several times
	Evidence    []Violation `json:"evidence"`   // in the order of the log
	Kept        []string    `json:"-"`          // identifiers of the satisfied cases, in that order; nil unless Config.Kept
	UndecidedOf []Tally     `json:"undecided_because"`
	// Clock is the summary of a deadline's clock over the cases that it applies to.
	Clock    *legal.Summary `json:"clock"`
	Warnings []error        `json:"-"`
}

// Violation is one breach with the events that show it.
type Violation struct {
	Case   string     `json:"case"`
	Events []Evidence `json:"events"` // ascending by position; none where what should have happened did not
	Reason match.Text `json:"reason"`
}

// Evidence is an event of a case.
type Evidence struct {
	Position int       `json:"position"` // in the case, from 0
	Activity string    `json:"activity"`
	Time     time.Time `json:"time"`
	Resource string    `json:"resource"`
}

// Tally is a number of cases and what they have in common.
type Tally struct {
	Text  match.Text `json:"text"`
	Cases int        `json:"cases"`
}

// MarshalJSON returns the fields and the sentences of the warnings.
func (r *Report) MarshalJSON() ([]byte, error) {
	type fields Report
	return json.Marshal(struct {
		*fields
		Warnings []string `json:"warnings"`
	}{(*fields)(r), measure.Texts(r.Warnings)})
}

// MarshalJSON returns the fields and the sentences of the warnings.
func (o Outcome) MarshalJSON() ([]byte, error) {
	type fields Outcome
	return json.Marshal(struct {
		fields
		Warnings []string `json:"warnings"`
	}{fields(o), measure.Texts(o.Warnings)})
}

// EnoughForShare is the number of cases below which a share is warned of.
const EnoughForShare = 30

// finish tells the share and what a reader should know of it.
func (o *Outcome) finish(undecided map[match.Text]int) {
	o.N = o.Satisfied + o.Violated
	o.Share = measure.Number(math.NaN())
	if o.N > 0 {
		o.Share = measure.Number(float64(o.Violated) / float64(o.N))
		if iv, err := measure.ShareInterval(o.Violated, o.N, 0.95); err == nil {
			o.Interval = &iv
		}
	}
	o.UndecidedOf = []Tally{}
	for text, n := range undecided {
		o.UndecidedOf = append(o.UndecidedOf, Tally{text, n})
	}
	slices.SortFunc(o.UndecidedOf, func(a, b Tally) int {
		return cmp.Or(cmp.Compare(b.Cases, a.Cases), strings.Compare(a.Text.EN, b.Text.EN))
	})
	for _, u := range o.UndecidedOf {
		o.Warnings = append(o.Warnings, &measure.Doubt{
			EN: fmt.Sprintf("%d cases cannot be told: %s", u.Cases, u.Text.In("en")),
			RU: fmt.Sprintf("дел, которые нельзя оценить: %d: %s", u.Cases, u.Text.In("ru"))})
	}
	switch {
	case o.N == 0:
		o.Warnings = append(o.Warnings, &measure.Doubt{
			EN: "the rule had something to say of no case: this is not \"no violation\"",
			RU: "правило не применилось ни к одному делу: это не значит «нарушений нет»"})
	case o.N < EnoughForShare:
		o.Warnings = append(o.Warnings, &measure.Doubt{
			EN: fmt.Sprintf("the share rests on %d cases", o.N),
			RU: fmt.Sprintf("доля рассчитана по малому числу дел: %d", o.N)})
	}
}
