package organisation

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
)

// AdjustedConfig says what is compared. The zero value is useful.
type AdjustedConfig struct {
	Attribute  string  // case attribute that tells kinds of cases apart, besides the activity
	Enough     int     // instances that somebody must have; 0 for 30, never less than 10
	Confidence float64 // of all intervals together; 0 for 0.95
	By         By
}

// Validate reports all faults of the configuration.
func (cfg AdjustedConfig) Validate() error {
	switch {
	case cfg.Enough != 0 && cfg.Enough < 10:
		return fmt.Errorf("adjusting for the mix of work: at least %d instances: wanted 10 or more, or nobody can be told from chance", cfg.Enough)
	case cfg.Confidence < 0 || cfg.Confidence >= 1:
		return fmt.Errorf("adjusting for the mix of work: confidence %v: wanted more than 0 and less than 1", cfg.Confidence)
	}
	return nil
}

// Adjusted is how long somebody's work takes beside the same mix of work done by
// others: Ratio 1.2 means a fifth longer. Low and High bound it, at the confidence
// of all intervals of the report together. Different is false where 1 lies inside.
type Adjusted struct {
	Name      string         `json:"name"`
	N         int            `json:"n"`     // instances compared
	Cases     int            `json:"cases"` // that they belong to
	Ratio     measure.Number `json:"ratio"`
	Low       measure.Number `json:"low"`
	High      measure.Number `json:"high"`
	Different bool           `json:"different"`
}

// AdjustedReport lists people by name, never by rank. Withheld counts those with
// too few instances, Alone the instances that nobody else has the like of.
type AdjustedReport struct {
	People   []Adjusted `json:"people"`
	Withheld int        `json:"withheld"`
	Alone    int        `json:"alone"`
	Warnings []error    `json:"-"`
}

// stratumLeast is how many instances of others an instance is compared with at least.
const stratumLeast = 10

// ProcessingAdjusted compares the processing times (start to completion, wall
// clock) of each person with those of others in the same stratum: the same
// activity and, where asked for, the same value of a case attribute. Each log
// duration is set against the mean of the others' in its stratum (indirect
// standardisation); the ratio is the exponential of the mean difference, its
// interval Student's over cases, because instances of one case are alike, widened by
// the uncertainty of the others' means, with Bonferroni's correction for the number
// of people shown.
//
// The figures say how long work took, not how good it was, nor why it took long:
// what the strata do not tell apart stays unadjusted. Article 86 of the Labour
// Code forbids decisions on a person from such figures alone. Warnings say both.
// Instances without a start or without length are left out; a log that records no
// starts has nothing to compare. O(n).
func ProcessingAdjusted(ctx context.Context, l *eventlog.Log, cfg AdjustedConfig) (*AdjustedReport, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	cfg.Enough, cfg.Confidence = cmp.Or(cfg.Enough, 30), cmp.Or(cfg.Confidence, 0.95)
	names, column := l.Resources(), eventlog.Case.Resources
	if cfg.By == Units {
		names, column = l.Units(), eventlog.Case.Units
	}
	order, position := byName(names)
	type stratum struct {
		activity eventlog.Code
		value    string
	}
	type instance struct {
		stratum, person, at int
		log                 float64
	}
	type sum struct {
		n           int
		log, square float64
	}
	index := map[stratum]int{}
	var instances []instance
	var totals []sum
	var own []map[int]sum // by stratum, by person
	startless := 0
	for i, c := range l.All() {
		if i%every == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		who, starts, times := column(c), c.Starts(), c.Times()
		value := ""
		if cfg.Attribute != "" {
			if v, ok := c.Attribute(cfg.Attribute); ok {
				value = v.String()
			}
		}
		for k, a := range c.Activities() {
			if who == nil || who[k] == eventlog.NoCode {
				continue
			}
			if starts == nil || starts[k] == eventlog.NoTime || starts[k] >= times[k] {
				startless++
				continue
			}
			s, ok := index[stratum{a, value}]
			if !ok {
				s = len(totals)
				index[stratum{a, value}] = s
				totals, own = append(totals, sum{}), append(own, map[int]sum{})
			}
			in := instance{s, position[who[k]], i, math.Log(float64(times[k] - starts[k]))}
			instances = append(instances, in)
			totals[s].n++
			totals[s].log += in.log
			totals[s].square += in.log * in.log
			o := own[s][in.person]
			own[s][in.person] = sum{o.n + 1, o.log + in.log, o.square + in.log*in.log}
		}
	}
	differences := make([]map[int]sum, len(order)) // by person, by case
	counts := make([]int, len(order))
	compared := make([]map[int]int, len(order)) // by person, by stratum
	r := &AdjustedReport{People: []Adjusted{}}
	seen := make([]bool, len(order))
	for _, in := range instances {
		seen[in.person] = true
		o := own[in.stratum][in.person]
		others := totals[in.stratum].n - o.n
		if others < stratumLeast {
			r.Alone++
			continue
		}
		if differences[in.person] == nil {
			differences[in.person], compared[in.person] = map[int]sum{}, map[int]int{}
		}
		compared[in.person][in.stratum]++
		d := differences[in.person][in.at]
		differences[in.person][in.at] = sum{n: d.n + 1, log: d.log + in.log - (totals[in.stratum].log-o.log)/float64(others)}
		counts[in.person]++
	}
	shown := 0
	for p := range order {
		if counts[p] >= cfg.Enough && len(differences[p]) >= 3 {
			shown++
		} else if seen[p] {
			r.Withheld++
		}
	}
	for p := range order {
		if counts[p] < cfg.Enough || len(differences[p]) < 3 {
			continue
		}
		r.People = append(r.People, func() Adjusted {
			cases := make([]int, 0, len(differences[p]))
			for i := range differences[p] {
				cases = append(cases, i)
			}
			slices.Sort(cases)
			mean := 0.0
			for _, i := range cases {
				mean += differences[p][i].log
			}
			mean /= float64(counts[p])
			square := 0.0 // of the residuals summed within cases
			for _, i := range cases {
				d := differences[p][i]
				e := d.log - float64(d.n)*mean
				square += e * e
			}
			n := float64(len(cases))
			variance := square * n / (n - 1)
			strata := make([]int, 0, len(compared[p]))
			for s := range compared[p] {
				strata = append(strata, s)
			}
			slices.Sort(strata)
			for _, s := range strata { // the others' means are uncertain too
				o, all := own[s][p], totals[s]
				m := float64(all.n - o.n)
				center := (all.log - o.log) / m
				spread := max(0, (all.square-o.square)-m*center*center) / (m - 1)
				variance += float64(compared[p][s]) * float64(compared[p][s]) * spread / m
			}
			se := math.Sqrt(variance) / float64(counts[p])
			t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: n - 1}.Quantile(1 - (1-cfg.Confidence)/2/float64(shown))
			low, high := mean-t*se, mean+t*se
			return Adjusted{Name: names.Name(order[p]), N: counts[p], Cases: len(cases),
				Ratio: measure.Number(math.Exp(mean)), Low: measure.Number(math.Exp(low)), High: measure.Number(math.Exp(high)),
				Different: low > 0 || high < 0}
		}())
	}
	r.Warnings = adjustedWarnings(cfg, r, startless, len(instances))
	return r, nil
}

func adjustedWarnings(cfg AdjustedConfig, r *AdjustedReport, startless, compared int) []error {
	warnings := []error{&measure.Doubt{
		EN: "these figures say how long work took, not how well it was done; a decision on a person must not rest on them alone (Labour Code, article 86)",
		RU: "показано, сколько длилась работа, а не её качество; решение о работнике нельзя принимать только по этим данным (статья 86 ТК РФ)",
	}}
	if cfg.Attribute == "" {
		warnings = append(warnings, &measure.Doubt{
			EN: "adjusted for the activity alone: harder cases are not told from easier ones",
			RU: "поправка сделана только на вид действия: сложные дела не отличены от простых",
		})
	}
	add := func(n int, en, ru string) {
		if n > 0 {
			warnings = append(warnings, &measure.Doubt{EN: fmt.Sprintf(en, n), RU: fmt.Sprintf(ru, n)})
		}
	}
	add(r.Withheld, "%d are not shown: too few instances to tell from chance", "не показано исполнителей: %d (слишком мало действий)")
	add(r.Alone, "%d instances are left out because hardly anybody else does the like", "не учтено действий: %d (почти никто другой таких не выполняет)")
	add(startless, "%d instances without a start, or without length, are left out", "не учтено действий без времени начала или длительности: %d")
	if compared == 0 {
		warnings = append(warnings, &measure.Doubt{EN: "the log records no starts: processing times cannot be compared", RU: "начало действий не записано: сравнить время работы нельзя"})
	}
	return warnings
}
