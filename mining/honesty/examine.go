package honesty

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
)

// Config sets what counts as a finding; zero values take the numbers in brackets.
type Config struct {
	Batch      int     // cases stamped at one moment by one activity that make a batch [5]
	Batched    float64 // share of an activity's events in batches from which it is told [0.05]
	SameMinute float64 // share of an activity's events at one minute of the day [0.2]
	Usual      float64 // share of cases that begin, or end, with an activity that makes it usual [0.05]
	Enough     int     // cases that a figure should rest on [30]
	Examples   int     // cases named by a finding [5]
}

func (c Config) withDefaults() Config {
	c.Batch = cmp.Or(c.Batch, 5)
	c.Batched = cmp.Or(c.Batched, 0.05)
	c.SameMinute = cmp.Or(c.SameMinute, 0.2)
	c.Usual = cmp.Or(c.Usual, 0.05)
	c.Enough = cmp.Or(c.Enough, 30)
	c.Examples = cmp.Or(c.Examples, 5)
	return c
}

// Examine examines a log as it was recorded. An empty log is one finding. O(n log
// n) in events.
func Examine(ctx context.Context, l *eventlog.Log, cfg Config) (*Report, error) {
	e := &examiner{log: l, cfg: cfg.withDefaults(), report: &Report{Log: l.Name(), Cases: l.Cases(), Events: l.Events(), Findings: []Finding{}, Cannot: []Words{}}}
	for _, check := range []func(){e.extent, e.precision, e.ties, e.starts, e.backwards, e.batches, e.sameMinute, e.cut, e.content, e.spelling, e.people, e.farDates, e.zones} {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		check()
	}
	r := e.report
	rank := map[Severity]int{Blocking: 0, Doubt: 1, Note: 2}
	slices.SortStableFunc(r.Findings, func(x, y Finding) int {
		return cmp.Or(rank[x.Severity]-rank[y.Severity], cmp.Compare(x.Kind, y.Kind))
	})
	for _, f := range r.Findings {
		if f.Severity == Blocking {
			r.Cannot = append(r.Cannot, f.Means)
		}
	}
	return r, nil
}

type examiner struct {
	log    *eventlog.Log
	cfg    Config
	report *Report
}

// add reports a finding with the cases at the given positions.
func (e *examiner) add(f Finding, cases []int) {
	f.Share = measure.Number(float64(f.N) / float64(f.Of))
	cases = slices.Compact(cases)
	for _, i := range cases[:min(len(cases), e.cfg.Examples)] {
		f.Cases = append(f.Cases, e.log.Case(i).ID())
	}
	e.report.Findings = append(e.report.Findings, f)
}

func words(en, ru string, args ...any) Words {
	return Words{fmt.Sprintf(en, args...), fmt.Sprintf(ru, args...)}
}

// extent tells the period and whether there is enough of it.
func (e *examiner) extent() {
	r := e.report
	for _, c := range e.log.All() {
		for i, t := range c.Times() {
			at := eventlog.Stamp{Time: t, Zone: c.Zones()[i]}
			if r.first == (eventlog.Stamp{}) || t < r.first.Time {
				r.first = at
			}
			if r.last == (eventlog.Stamp{}) || t > r.last.Time {
				r.last = at
			}
		}
	}
	if r.Events > 0 {
		r.First, r.Last = eventlog.TimeValue(r.first).String(), eventlog.TimeValue(r.last).String()
	}
	if r.Cases < e.cfg.Enough {
		severity := Doubt
		if r.Events == 0 {
			severity = Blocking
		}
		e.add(Finding{Kind: FewCases, Severity: severity, N: r.Cases, Of: e.cfg.Enough, Unit: "cases",
			Found: words("the log has %d cases", "в журнале дел: %d", r.Cases),
			Means: words("figures over fewer than %d cases are uncertain; look at their intervals", "показатели менее чем по %d делам ненадёжны: смотрите на интервалы", e.cfg.Enough)}, nil)
	}
}

// precision tells how finely times were written.
func (e *examiner) precision() {
	if e.report.Events == 0 {
		return
	}
	const day, minute, second = 86400_000000, 60_000000, 1_000000
	divides := func(t, unit eventlog.Time) bool { return t%unit == 0 }
	days, minutes, seconds := 0, 0, 0
	var cases []int
	for i, c := range e.log.All() {
		for k, t := range c.Times() {
			local := t + eventlog.Time(c.Zones()[k])*minute
			if divides(local, second) {
				seconds++
			}
			if divides(local, minute) {
				minutes++
			}
			if divides(local, day) {
				days++
				cases = append(cases, i)
			}
		}
	}
	n := e.report.Events
	switch {
	case days == n:
		e.report.Precision = "day"
	case minutes == n:
		e.report.Precision = "minute"
	case seconds == n:
		e.report.Precision = "second"
	default:
		e.report.Precision = "subsecond"
	}
	if days == n {
		e.add(Finding{Kind: DatesOnly, Severity: Blocking, N: days, Of: n, Unit: "events",
			Found: words("all events are dates without a time of day", "у всех событий записана только дата, без времени"),
			Means: words("times shorter than a day, and the order of events within a day, cannot be told", "нельзя узнать сроки короче дня и порядок событий внутри дня")}, cases)
	} else if days*20 > n { // midnight is 1 minute of 1,440: a twentieth is no chance
		e.add(Finding{Kind: DatesOnly, Severity: Doubt, N: days, Of: n, Unit: "events",
			Found: words("%d of %d events are dates without a time of day", "у %d событий из %d записана только дата, без времени", days, n),
			Means: words("their order within the day, and times between them, are uncertain", "порядок таких событий внутри дня и время между ними ненадёжны")}, cases)
	}
}

// ties counts events that share their time with another activity of the case.
func (e *examiner) ties() {
	n := 0
	var cases []int
	for i, c := range e.log.All() {
		times, activities := c.Times(), c.Activities()
		for lo := 0; lo < len(times); {
			hi, differ := lo+1, false
			for hi < len(times) && times[hi] == times[lo] {
				differ = differ || activities[hi] != activities[lo]
				hi++
			}
			if differ {
				n += hi - lo
				cases = append(cases, i)
			}
			lo = hi
		}
	}
	if n == 0 {
		return
	}
	severity := Note
	if n*20 > e.report.Events {
		severity = Doubt
	}
	e.add(Finding{Kind: Ties, Severity: severity, N: n, Of: e.report.Events, Unit: "events",
		Found: words("%d of %d events have the same time as another activity of their case", "%d событий из %d записаны в одно время с другим действием того же дела", n, e.report.Events),
		Means: words("their order is that of the source, not of what happened; paths and parallel work may be wrong", "их порядок взят из источника, а не из жизни: пути и параллельность могут быть неверны")}, cases)
}

// starts examines the pairing of starts with completions.
func (e *examiner) starts() {
	if e.report.Events == 0 {
		return
	}
	_, p := e.log.Instances()
	if p.Started == 0 && !e.log.HasStarts() {
		e.add(Finding{Kind: NoStarts, Severity: Blocking, N: e.report.Events, Of: e.report.Events, Unit: "events",
			Found: words("no event records the start of an activity", "начало действий нигде не записано"),
			Means: words("how long work took, and how long it waited, cannot be told apart", "нельзя отделить время работы от времени ожидания")}, nil)
		return
	}
	if p.WithoutStart > 0 {
		e.add(Finding{Kind: MissingStarts, Severity: Doubt, N: p.WithoutStart, Of: p.Instances, Unit: "instances",
			Found: words("%d of %d activity instances have no start", "у %d действий из %d не записано начало", p.WithoutStart, p.Instances),
			Means: words("processing and waiting times leave them out", "они не входят в расчёт времени работы и ожидания")}, e.casesWithoutStart())
	}
	if n := p.Unfinished + p.Aborted; n > 0 {
		e.add(Finding{Kind: Unfinished, Severity: Doubt, N: n, Of: p.Instances + n, Unit: "instances",
			Found: words("%d started activities have no completion", "начатых и не завершённых действий: %d", n),
			Means: words("they count as no activity instance; workload is underestimated", "они не считаются действиями: нагрузка занижена")}, nil)
	}
}

func (e *examiner) casesWithoutStart() []int {
	l, _ := e.log.Instances()
	position := map[string]int{}
	for i, c := range e.log.All() {
		position[c.ID()] = i
	}
	var out []int
	for _, c := range l.All() {
		if slices.Contains(c.Starts(), eventlog.NoTime) {
			out = append(out, position[c.ID()])
		}
	}
	return out
}

// backwards counts rows that start, or become possible, after their completion.
func (e *examiner) backwards() {
	l, _ := e.log.Instances()
	n := 0
	var ids []int
	for i, c := range l.All() {
		starts := c.Starts()
		for k, t := range c.Times() {
			if starts != nil && starts[k] != eventlog.NoTime && starts[k] > t {
				n++
				ids = append(ids, i)
			}
		}
	}
	if n == 0 {
		return
	}
	e.add(Finding{Kind: Backwards, Severity: Doubt, N: n, Of: l.Events(), Unit: "instances",
		Found: words("%d activity instances start after their completion", "действий, начатых после своего завершения: %d", n),
		Means: words("their processing time is negative and is left out", "их время работы отрицательно и не учитывается")}, ids)
}

// content counts cases without events and rows that stand twice.
func (e *examiner) content() {
	var empty, twice []int
	duplicates := 0
	for i, c := range e.log.All() {
		if c.Len() == 0 {
			empty = append(empty, i)
		}
		times := c.Times()
		for lo := 0; lo < len(times); {
			hi := lo + 1
			for hi < len(times) && times[hi] == times[lo] {
				hi++
			}
			if hi > lo+1 {
				seen := map[string]bool{}
				for k := lo; k < hi; k++ {
					row := fmt.Sprint(c.Event(k))
					if seen[row] {
						duplicates++
						twice = append(twice, i)
					}
					seen[row] = true
				}
			}
			lo = hi
		}
	}
	if len(empty) > 0 {
		e.add(Finding{Kind: EmptyCases, Severity: Note, N: len(empty), Of: e.report.Cases, Unit: "cases",
			Found: words("%d cases have no events", "дел без событий: %d", len(empty)),
			Means: words("they are left out of every figure but the number of cases", "они учтены только в числе дел")}, empty)
	}
	if duplicates > 0 {
		e.add(Finding{Kind: Duplicates, Severity: Doubt, N: duplicates, Of: e.report.Events, Unit: "events",
			Found: words("%d events repeat another one in everything", "событий, полностью повторяющих другое: %d", duplicates),
			Means: words("counts and rework are too high by them", "частоты и доля повторов завышены")}, twice)
	}
}

// spelling finds labels that differ in case, spaces and punctuation alone.
func (e *examiner) spelling() {
	n := 0
	var pairs []string
	dictionaries := []*eventlog.Dictionary{e.log.Activities(), e.log.Resources(), e.log.Units()}
	total := 0
	for _, d := range dictionaries {
		by := map[string][]string{}
		for _, name := range d.Names() {
			by[folded(name)] = append(by[folded(name)], name)
		}
		total += d.Len()
		for _, names := range by {
			if len(names) > 1 {
				n += len(names)
				slices.Sort(names)
				pairs = append(pairs, strings.Join(quoted(names), " = "))
			}
		}
	}
	if n == 0 {
		return
	}
	slices.Sort(pairs)
	shown := strings.Join(pairs[:min(3, len(pairs))], "; ")
	e.add(Finding{Kind: Spelling, Severity: Doubt, N: n, Of: total, Unit: "labels",
		Found: words("%d labels differ from another only in capitals, spaces or punctuation: %s", "названий, которые отличаются от другого только регистром, пробелами или знаками: %d (%s)", n, shown),
		Means: words("the same thing counts as several", "одно и то же считается как разное")}, nil)
}

// people counts events without a resource.
func (e *examiner) people() {
	missing := 0
	var cases []int
	for i, c := range e.log.All() {
		who := c.Resources()
		for k := range c.Len() {
			if who == nil || who[k] == eventlog.NoCode {
				missing++
				cases = append(cases, i)
			}
		}
	}
	switch n := e.report.Events; {
	case n == 0:
	case missing == n:
		e.add(Finding{Kind: NoResources, Severity: Blocking, N: n, Of: n, Unit: "events",
			Found: words("no event names who acted", "исполнители нигде не указаны"),
			Means: words("workload, hand-overs and people cannot be analysed", "нельзя исследовать нагрузку, передачи и исполнителей")}, nil)
	case missing*100 > n:
		e.add(Finding{Kind: MissingPeople, Severity: Doubt, N: missing, Of: n, Unit: "events",
			Found: words("%d of %d events do not name who acted", "у %d событий из %d не указан исполнитель", missing, n),
			Means: words("hand-overs and workload leave them out", "они не входят в передачи и нагрузку")}, cases)
	}
}

// zones tells of several offsets from UTC.
func (e *examiner) zones() {
	counts := map[eventlog.Zone]int{}
	for _, c := range e.log.All() {
		for _, z := range c.Zones() {
			counts[z]++
		}
	}
	if len(counts) < 2 {
		return
	}
	most := 0
	for _, n := range counts {
		most = max(most, n)
	}
	e.add(Finding{Kind: Zones, Severity: Note, N: e.report.Events - most, Of: e.report.Events, Unit: "events",
		Found: words("times were written in %d offsets from UTC", "время записано с разными смещениями от UTC: %d", len(counts)),
		Means: words("durations are exact; the hour of the day is that of each event's own zone", "длительности точны; час дня взят по поясу каждого события")}, nil)
}

func quoted(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = fmt.Sprintf("%q", n)
	}
	return out
}
