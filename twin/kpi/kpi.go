// Package kpi reads the indicators of a twin: what they are meant to measure, what was
// measured, how far it is from the target, and when it will be there.
//
//	twin  ─▶ Read ─▶ Tree of goals and indicators; orphans, indicators without data
//	log   ─▶ Measure ─▶ Series: a value with n and interval each period
//	Series ─▶ Forecast: gap, trend, date of reaching the target with its interval
//	       └▶ Watch: alerts that rise and fall at different levels, told in working hours
//
// Left out on purpose: indicators of single people.
package kpi

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/uprava/uprava/mining/calendar"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/mining/outline"
	"github.com/uprava/uprava/twin"
)

// Indicator is one of the twin's, read.
type Indicator struct {
	Ref                 twin.Ref
	Name                twin.Text
	Statistic           string       // mean, median, p85, share, count
	Unit                measure.Unit // of its values
	Period              string       // week, month, quarter, half-year or year
	Lower               bool         // less is better
	Figure, Of          string       // what of which process it measures; "" for what is measured elsewhere
	AsIs, Target, Ideal *twin.Figure // nil where not said
	Owners              []twin.Ref
	Goals               []twin.Ref // that it measures
}

// Node is a goal with the goals that support it and the indicators that measure it.
type Node struct {
	Ref        twin.Ref
	Name       twin.Text
	Level      string
	Below      []*Node
	Indicators []*Indicator
}

// Finding is something about the indicators that somebody should put right.
type Finding struct {
	On     twin.Ref
	EN, RU string
}

// Error returns the finding in English.
func (f *Finding) Error() string { return f.On.String() + ": " + f.EN }

// In returns the finding in the language "ru" or "en".
func (f *Finding) In(lang string) string {
	if lang == "ru" {
		return f.RU
	}
	return f.EN
}

// Tree is what a twin says of its goals.
type Tree struct {
	Top        []*Node // goals that support no other
	Indicators []*Indicator
	Findings   []Finding
}

// The figures that an indicator can have measured from a log.
var figures = []string{"lead_time", "in_time_share", "cases", ""}

// Read reads the goals and indicators of a twin and tells which measure nothing, belong
// to nobody, or cannot be measured. O(things + edges).
func Read(m *twin.Model) *Tree {
	t := &Tree{}
	g := m.Graph()
	processes := map[string]bool{}
	for _, p := range m.Processes {
		processes[p.ID] = true
	}
	find := func(on twin.Ref, en, ru string, args ...any) {
		t.Findings = append(t.Findings, Finding{on, fmt.Sprintf(en, args...), fmt.Sprintf(ru, args...)})
	}
	byRef := map[twin.Ref]*Indicator{}
	nodes := map[twin.Ref]*Node{}
	for _, e := range m.Elements {
		switch e.Kind {
		case twin.Indicator:
			i := &Indicator{Ref: e.Ref(), Name: e.Name, Statistic: e.Properties["statistic"], Unit: measure.Unit(e.Properties["unit"]), Period: cmp.Or(e.Properties["period"], "month"),
				Lower: e.Properties["better"] != "higher", Figure: e.Properties["figure"], Of: e.Properties["of"]}
			for name, at := range map[string]**twin.Figure{"as-is": &i.AsIs, "target": &i.Target, "ideal": &i.Ideal} {
				if f, ok := e.Figures[name]; ok {
					*at = &f
				}
			}
			i.Owners = g.Owners(i.Ref)
			used := false
			for _, x := range g.In(i.Ref) {
				switch x.Relation {
				case twin.MeasuredBy:
					used = true
					if x.To.Kind == twin.Goal {
						i.Goals = append(i.Goals, x.To)
					}
				}
			}
			switch {
			case !used:
				find(i.Ref, "measures no goal and no process", "не измеряет ни цель, ни процесс")
			case i.Figure == "":
				find(i.Ref, "has no data: it does not say which figure it is", "нет данных: не сказано, какая это величина")
			case !slices.Contains(figures, i.Figure):
				find(i.Ref, "has no data: the figure %q is not measured", "нет данных: величина «%s» не измеряется", i.Figure)
			case !processes[i.Of]:
				find(i.Ref, "has no data: the process %q is not in the twin", "нет данных: процесса «%s» нет в двойнике", i.Of)
			}
			if len(i.Owners) == 0 {
				find(i.Ref, "belongs to nobody", "никто не отвечает")
			}
			if i.Target == nil {
				find(i.Ref, "has no target", "нет целевого значения")
			}
			byRef[i.Ref] = i
			t.Indicators = append(t.Indicators, i)
		case twin.Goal:
			nodes[e.Ref()] = &Node{Ref: e.Ref(), Name: e.Name, Level: e.Properties["level"]}
		}
	}
	for _, r := range g.Nodes() {
		n := nodes[r]
		if n == nil {
			continue
		}
		top := true
		for _, x := range g.Out(r) {
			switch x.Relation {
			case twin.Supports:
				if above := nodes[x.To]; above != nil {
					above.Below = append(above.Below, n)
					top = false
				}
			case twin.MeasuredBy:
				if i := byRef[x.To]; i != nil {
					n.Indicators = append(n.Indicators, i)
				}
			}
		}
		if top {
			t.Top = append(t.Top, n)
		}
	}
	for _, r := range g.Nodes() {
		if n := nodes[r]; n != nil && n.Level == "goal" && len(n.Indicators) == 0 && len(n.Below) == 0 {
			find(r, "no indicator measures it", "не измеряется ни одним показателем")
		}
	}
	return t
}

// Point is a value of one period.
type Point struct {
	Begin time.Time      `json:"begin"`
	End   time.Time      `json:"end"`
	Value measure.Number `json:"value"`
	Low   measure.Number `json:"low"`
	High  measure.Number `json:"high"`
	N     int            `json:"n"`
}

// Series is an indicator over its periods, in order.
type Series []Point

// periods are the months of each kind; 0 for a week.
var periods = map[string]int{"week": 0, "month": 1, "quarter": 3, "half-year": 6, "year": 12}

// Measure returns the statistic of an indicator by its periods; see MeasureAll.
func Measure(o *outline.Outline, i *Indicator, zone *time.Location) (Series, error) {
	all, err := MeasureAll(o, i.Period, zone, i.Statistic)
	if err != nil {
		return nil, fmt.Errorf("indicator %s: %w", i.Ref, err)
	}
	return all[i.Statistic], nil
}

// MeasureAll returns statistics of the lead times of the cases that were delivered in
// each whole period of a log, in the zone, by their names; a period without such cases
// has no value (NaN), nor has a share where no case of it has a due date. O(cases · log
// periods), once for all statistics.
func MeasureAll(o *outline.Outline, period string, zone *time.Location, statistics ...string) (map[string]Series, error) {
	months, ok := periods[period]
	if !ok {
		return nil, fmt.Errorf("period %q: wanted one of %s", period, strings.Join(slices.Sorted(maps.Keys(periods)), ", "))
	}
	all := map[string]Series{}
	first, last := eventlog.MaxTime, eventlog.MinTime
	for k, to := range o.To {
		if !math.IsNaN(o.Length[k]) {
			first, last = min(first, to), max(last, to)
		}
	}
	if first > last {
		return all, nil
	}
	out := between(first.Go().In(zone), last.Go(), months)
	begins := make([]eventlog.Time, len(out))
	for k, p := range out {
		begins[k] = eventlog.Time(p.Begin.UnixMicro())
	}
	type sample struct {
		values         []float64 // ascending
		inTime, judged int
	}
	samples := make([]sample, len(out))
	for k, to := range o.To { // the shortest first
		if math.IsNaN(o.Length[k]) {
			continue
		}
		at, found := slices.BinarySearch(begins, to)
		if !found {
			at--
		}
		s := &samples[at]
		s.values = append(s.values, o.Length[k])
		if o.Due[k] != eventlog.NoTime {
			s.judged++
			if to < o.Due[k] {
				s.inTime++
			}
		}
	}
	for _, statistic := range statistics {
		series := slices.Clone(out)
		for k, s := range samples {
			series[k].fill(statistic, s.values, s.inTime, s.judged)
		}
		all[statistic] = series
	}
	return all, nil
}

// between returns the periods of so many months, 0 for weeks, that hold two moments
// and all that lies between.
func between(first, last time.Time, months int) Series {
	zone := first.Location()
	var begin time.Time
	step := func(n int) time.Time { return begin.AddDate(0, n*months, 0) }
	if months == 0 {
		begin = time.Date(first.Year(), first.Month(), first.Day()-(int(first.Weekday())+6)%7, 0, 0, 0, 0, zone)
		step = func(n int) time.Time { return begin.AddDate(0, 0, 7*n) }
	} else {
		begin = time.Date(first.Year(), first.Month()-(first.Month()-1)%time.Month(months), 1, 0, 0, 0, 0, zone)
	}
	var out Series
	for k := 0; !step(k).After(last); k++ {
		out = append(out, Point{Begin: step(k), End: step(k + 1)})
	}
	return out
}

// fill computes a statistic of values in ascending order with its interval.
func (p *Point) fill(statistic string, values []float64, inTime, judged int) {
	none := measure.Number(math.NaN())
	p.Value, p.Low, p.High, p.N = none, none, none, len(values)
	if statistic == "share" {
		p.N = judged
	}
	if p.N == 0 {
		return
	}
	var interval measure.Interval
	var err error
	switch statistic {
	case "p85":
		p.Value = measure.Number(measure.Quantile(values, 0.85))
		interval, err = measure.QuantileInterval(values, 0.85, 0.95)
	case "median":
		p.Value = measure.Number(measure.Quantile(values, 0.5))
		interval, err = measure.QuantileInterval(values, 0.5, 0.95)
	case "share":
		p.Value = measure.Number(float64(inTime) / float64(judged))
		interval, err = measure.ShareInterval(inTime, judged, 0.95)
	case "count":
		p.Value = measure.Number(float64(len(values)))
		return
	default:
		p.Value = measure.Number(mean(values))
		interval, err = measure.MeanInterval(values, 0.95)
	}
	if err == nil {
		p.Low, p.High = measure.Number(interval.Low), measure.Number(interval.High)
	}
}

// mean of values in ascending order, so that the same values give the same bits.
func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

// Outlook is where an indicator is going.
type Outlook struct {
	Now    measure.Number `json:"now"` // of the last period with a value
	Target measure.Number `json:"target"`
	// Gap is what is missing to the target, 0 or less where it is reached.
	Gap     measure.Number `json:"gap"`
	Reached bool           `json:"reached"`
	// Slope a period, with its 95 % interval.
	Slope     measure.Number `json:"slope"`
	SlopeLow  measure.Number `json:"slope_low"`
	SlopeHigh measure.Number `json:"slope_high"`
	// Date at which the trend is at the target, and the dates between which 95 % of
	// such trends are; zero for never at this trend.
	Date     time.Time `json:"date,omitzero"`
	Earliest time.Time `json:"earliest,omitzero"`
	Latest   time.Time `json:"latest,omitzero"`
	N        int       `json:"periods"`
	Warnings []error   `json:"-"`
}

// fewestPeriods is what a trend needs.
const fewestPeriods = 4

// farthest is how many periods ahead a trend is followed.
const farthest = 120

// Forecast follows the straight line through the periods (least squares; the interval
// of the date is where the 95 % band of the line meets the target, Draper & Smith,
// Applied Regression Analysis, section 1.4) to the target.
func Forecast(s Series, target float64, lower bool) Outlook {
	var x, y []float64
	var width time.Duration
	var origin time.Time
	for k, p := range s {
		if !math.IsNaN(float64(p.Value)) {
			x, y = append(x, float64(k)), append(y, float64(p.Value))
		}
		width, origin = p.End.Sub(s[0].Begin)/time.Duration(k+1), s[0].End
	}
	none := measure.Number(math.NaN())
	o := Outlook{Now: none, Target: measure.Number(target), Gap: none, Slope: none, SlopeLow: none, SlopeHigh: none, N: len(x)}
	if len(x) == 0 {
		o.Warnings = append(o.Warnings, &measure.Doubt{EN: "there are no values", RU: "значений нет"})
		return o
	}
	now := y[len(y)-1]
	sign := 1.0
	if !lower {
		sign = -1
	}
	o.Now, o.Gap = measure.Number(now), measure.Number(sign*(now-target))
	o.Reached = sign*(now-target) <= 0
	if len(x) < fewestPeriods {
		o.Warnings = append(o.Warnings, &measure.Doubt{EN: fmt.Sprintf("%d periods give no trend: wanted %d", len(x), fewestPeriods), RU: fmt.Sprintf("по %d периодам тенденции не видно: нужно %d", len(x), fewestPeriods)})
		return o
	}
	n := float64(len(x))
	mx, my, sxx, sxy := 0.0, 0.0, 0.0, 0.0
	for i := range x {
		mx, my = mx+x[i]/n, my+y[i]/n
	}
	for i := range x {
		sxx, sxy = sxx+(x[i]-mx)*(x[i]-mx), sxy+(x[i]-mx)*(y[i]-my)
	}
	slope, rest := sxy/sxx, 0.0
	for i := range x {
		e := y[i] - my - slope*(x[i]-mx)
		rest += e * e
	}
	sd := math.Sqrt(rest / (n - 2))
	t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: n - 2}.Quantile(0.975)
	half := t * sd / math.Sqrt(sxx)
	o.Slope, o.SlopeLow, o.SlopeHigh = measure.Number(slope), measure.Number(slope-half), measure.Number(slope+half)
	if o.Reached {
		return o
	}
	at := func(k float64) time.Time {
		return origin.Add(time.Duration(k * float64(width))).Truncate(24 * time.Hour)
	}
	last := x[len(x)-1]
	meets := func(shift float64) time.Time {
		for k := last; k <= last+farthest; k += 0.05 {
			band := t * sd * math.Sqrt(1/n+(k-mx)*(k-mx)/sxx)
			if sign*(my+slope*(k-mx)-target)+shift*band <= 0 {
				return at(k)
			}
		}
		return time.Time{}
	}
	o.Earliest, o.Date, o.Latest = meets(-1), meets(0), meets(1)
	if o.Date.IsZero() {
		o.Warnings = append(o.Warnings, &measure.Doubt{EN: "at this trend the target is not reached", RU: "при такой тенденции цель не достигается"})
	} else if o.Latest.IsZero() {
		o.Warnings = append(o.Warnings, &measure.Doubt{EN: "the trend may as well not lead to the target", RU: "тенденция может и не вести к цели"})
	}
	return o
}

// Alarm says when an indicator is to be told of.
type Alarm struct {
	// Raise is the value from which it is bad, Clear the better one from which it is
	// good again: between them it stays as it was, so that it does not flicker.
	Raise, Clear float64
	Lower        bool // less is better
	// Quiet holds messages back until the calendar is open; nil for at once.
	Quiet *calendar.Calendar
}

// Validate reports a level of return that is worse than that of the alarm.
func (a Alarm) Validate() error {
	if a.Lower && a.Clear > a.Raise || !a.Lower && a.Clear < a.Raise {
		return fmt.Errorf("alarm at %v, cleared at %v: wanted the second to be the better one", a.Raise, a.Clear)
	}
	return nil
}

// Message is the rise or the end of an alarm.
type Message struct {
	At     time.Time // end of the period whose value it is about
	Told   time.Time // when it is told, outside quiet hours
	Raised bool
	Value  float64
}

// Watch returns the messages of an alarm over a series: one when it rises and one when
// it ends; periods without a value change nothing.
func Watch(s Series, a Alarm) ([]Message, error) {
	if err := a.Validate(); err != nil {
		return nil, err
	}
	var out []Message
	raised := false
	for _, p := range s {
		v := float64(p.Value)
		bad, good := v >= a.Raise, v <= a.Clear
		if !a.Lower {
			bad, good = v <= a.Raise, v >= a.Clear
		}
		if math.IsNaN(v) || raised && !good || !raised && !bad {
			continue
		}
		raised = !raised
		told := p.End
		if a.Quiet != nil {
			told = a.Quiet.Next(told)
		}
		out = append(out, Message{p.End, told, raised, v})
	}
	return out, nil
}
