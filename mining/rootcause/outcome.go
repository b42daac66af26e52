package rootcause

import (
	"fmt"
	"math"
	"slices"
	"time"

	"golang.org/x/text/language"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/mining/performance"
)

// Outcome is what is to be explained: a number for each case of a log.
type Outcome struct {
	EN, RU  string       // what it is, for a heading
	Numeric bool         // a quantity; otherwise 1 where the outcome came true and 0 where not
	Unit    measure.Unit // of a quantity
	Values  []float64    // by case; NaN where not known
	// Limit is how long after its start a case stays undecided: only activities until
	// then count as known before the outcome. 0 counts all.
	Limit time.Duration
}

// Late is the outcome "the lead time exceeds a limit". Cases without a lead time are
// not known: open cases take no part. It fails for a limit that is not positive and
// as performance.Between does.
func Late(l *eventlog.Log, limit time.Duration, lead performance.LeadConfig) (Outcome, error) {
	if limit <= 0 {
		return Outcome{}, fmt.Errorf("outcome of being late: limit %v: wanted more than 0", limit)
	}
	o, err := LeadTime(l, lead)
	if err != nil {
		return Outcome{}, fmt.Errorf("outcome of being late: %w", err)
	}
	return o.above(limit,
		"lead time over "+measure.FormatSeconds(language.English, limit.Seconds()),
		"срок больше "+measure.FormatSeconds(language.Russian, limit.Seconds())), nil
}

// Longest is the outcome "the lead time exceeds that quantile of lead times", 0.85
// for the longest 15 %. It fails for a quantile outside (0, 1) and a log without
// lead times.
func Longest(l *eventlog.Log, quantile float64, lead performance.LeadConfig) (Outcome, error) {
	if !(quantile > 0 && quantile < 1) {
		return Outcome{}, fmt.Errorf("outcome of being long: quantile %v: wanted more than 0 and less than 1", quantile)
	}
	o, err := LeadTime(l, lead)
	if err != nil {
		return Outcome{}, fmt.Errorf("outcome of being long: %w", err)
	}
	known := slices.DeleteFunc(slices.Clone(o.Values), math.IsNaN)
	if len(known) == 0 {
		return Outcome{}, fmt.Errorf("outcome of being long: lead times: %w", measure.ErrEmpty)
	}
	slices.Sort(known)
	at := measure.Quantile(known, quantile)
	return o.above(time.Duration(at*float64(time.Second)),
		fmt.Sprintf("among the longest %.3g%% (over %s)", 100*(1-quantile), measure.FormatSeconds(language.English, at)),
		fmt.Sprintf("среди самых долгих %.3g %% (больше %s)", 100*(1-quantile), measure.FormatSeconds(language.Russian, at))), nil
}

// LeadTime is the lead time as a quantity, in seconds.
func LeadTime(l *eventlog.Log, lead performance.LeadConfig) (Outcome, error) {
	s, err := performance.Between(l, lead)
	if err != nil {
		return Outcome{}, err
	}
	o := Outcome{EN: "lead time", RU: "срок", Numeric: true, Unit: measure.Second, Values: make([]float64, l.Cases())}
	for i := range o.Values {
		o.Values[i] = math.NaN()
	}
	for i, at := range s.Cases {
		o.Values[at] = s.Seconds[i]
	}
	return o, nil
}

// Where is an outcome that a function tells of each case, known being false where it
// cannot be told: a rule that was broken, say.
func Where(l *eventlog.Log, en, ru string, of func(eventlog.Case) (yes, known bool)) Outcome {
	o := Outcome{EN: en, RU: ru, Values: make([]float64, l.Cases())}
	for i, c := range l.All() {
		switch yes, known := of(c); {
		case !known:
			o.Values[i] = math.NaN()
		case yes:
			o.Values[i] = 1
		}
	}
	return o
}

// above turns a quantity into the outcome of exceeding a limit.
func (o Outcome) above(limit time.Duration, en, ru string) Outcome {
	out := Outcome{EN: en, RU: ru, Limit: limit, Values: make([]float64, len(o.Values))}
	for i, v := range o.Values {
		switch {
		case math.IsNaN(v):
			out.Values[i] = v
		case v > limit.Seconds():
			out.Values[i] = 1
		}
	}
	return out
}

// check fails where the outcome does not fit the log.
func (o Outcome) check(l *eventlog.Log) error {
	if len(o.Values) != l.Cases() {
		return fmt.Errorf("outcome of %d cases: the log has %d", len(o.Values), l.Cases())
	}
	for i, v := range o.Values {
		if math.IsInf(v, 0) || !o.Numeric && !math.IsNaN(v) && v != 0 && v != 1 {
			return fmt.Errorf("outcome of case %d is %v: wanted 0, 1 or, of a quantity, a finite number", i+1, v)
		}
	}
	return nil
}
