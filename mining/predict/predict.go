package predict

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
)

// Case is what is predicted of one open case. Figures that cannot be told are NaN.
type Case struct {
	ID         string          `json:"case"`
	Activity   string          `json:"activity"` // where it stands
	Since      string          `json:"since"`    // ISO 8601, UTC
	Elapsed    measure.Number  `json:"elapsed_s"`
	Over       measure.Number  `json:"ended_probability"` // that nothing more comes; NaN where that cannot be told
	Remaining  measure.Number  `json:"remaining_s"`       // median, if it goes on
	Low        measure.Number  `json:"remaining_low_s"`
	High       measure.Number  `json:"remaining_high_s"` // NaN: no bound is known
	Due        string          `json:"due,omitempty"`
	Overdue    bool            `json:"overdue"`
	Breach     *measure.Number `json:"breach_probability,omitempty"` // nil where there is no limit; 1 where overdue
	BreachLow  *measure.Number `json:"breach_low,omitempty"`
	BreachHigh *measure.Number `json:"breach_high,omitempty"`
	Next       []NextActivity  `json:"next"` // the most probable three
	Similar    int             `json:"similar_states"`
	Reason     Words           `json:"reason"` // what sets it apart
}

// NextActivity is what may come next, with its share among similar states.
type NextActivity struct {
	Activity string         `json:"activity"`
	Share    measure.Number `json:"share"`
}

// Words is a sentence in both languages.
type Words struct {
	EN string `json:"en"`
	RU string `json:"ru"`
}

// In returns the sentence in the language "ru" or "en".
func (w Words) In(lang string) string {
	if lang == "ru" {
		return w.RU
	}
	return w.EN
}

// Result is what Predict says: open cases, the most probable breaches first, then
// the longest remaining times, then by name.
type Result struct {
	Log        string         `json:"log"`
	AsOf       string         `json:"as_of"`
	Ends       []string       `json:"ends"`
	Silence    measure.Number `json:"silence_s"` // after which a case counts as ended; 0 where only Ends end cases
	Open       []Case         `json:"open_cases"`
	Quality    Quality        `json:"evaluation"`
	Choice     choice         `json:"model"`
	Warnings   []error        `json:"-"`
	Confidence float64        `json:"confidence"`
}

// ErrTooLittle says that a log holds too few cases to predict by.
var ErrTooLittle = errors.New("too few finished cases")

// leastCases is how many cases a log must hold before anything is predicted.
const leastCases = 50

// Predict predicts the open cases of a log of activity instances as of a moment,
// and evaluates the same way of predicting at moments before it: the model is
// chosen and calibrated on the middle of the log and judged on its last part, with
// nothing seen that came later. O(open cases · past states of their stages).
func Predict(ctx context.Context, l *eventlog.Log, cfg Config) (*Result, error) {
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("predicting %q: %w", l.Name(), err)
	}
	cfg.Confidence = cmp.Or(cfg.Confidence, 0.9)
	first, last := eventlog.MaxTime, eventlog.MinTime
	for _, c := range l.All() {
		if c.Len() > 0 {
			first, last = min(first, c.First()), max(last, c.Last())
		}
	}
	if cfg.AsOf == 0 {
		cfg.AsOf = last
	}
	if cfg.AsOf < last { // nothing later may be seen, not even by the evaluation
		asOf := cfg.AsOf
		l = l.WhereEvents(func(c eventlog.Case, i int) bool { return c.Times()[i] <= asOf })
	}
	ends, names, err := closings(l, cfg)
	if err != nil {
		return nil, err
	}
	list, err := passages(ctx, l, ends, cfg.AsOf, cfg)
	if err != nil {
		return nil, err
	}
	begun := make([]eventlog.Time, 0, len(list))
	finished := 0
	for _, p := range list {
		if len(p.at) > 0 {
			begun = append(begun, p.at[0])
		}
		if p.ended {
			finished++
		}
	}
	if finished < leastCases {
		return nil, fmt.Errorf("predicting %q: %d cases have ended, at least %d are needed: %w", l.Name(), finished, leastCases, ErrTooLittle)
	}
	slices.Sort(begun)
	p := &predictor{log: l, list: list, ends: ends, cfg: cfg, activities: l.Activities().Len()}
	cuts := [3]eventlog.Time{begun[len(begun)*45/100], begun[len(begun)*60/100], begun[len(begun)*80/100]}
	for _, x := range list {
		if len(x.at) > 0 && x.at[0] <= cuts[0] {
			p.old++
			if !x.ended {
				p.stale++
			}
		}
	}
	if err := p.learn(ctx, cuts, min(cfg.AsOf, last)); err != nil {
		return nil, err
	}
	r := &Result{Log: l.Name(), AsOf: iso(cfg.AsOf), Ends: names, Silence: measure.Number(float64(ends.silence) / 1e6), Quality: p.quality, Choice: p.choice, Confidence: cfg.Confidence, Open: []Case{}}
	if err := p.open(ctx, r); err != nil {
		return nil, err
	}
	r.Warnings = p.warnings(r)
	return r, nil
}

// closings returns how cases end: with the activities that are named, or, where
// none is, with those after which hardly any case goes on (19 of 20 times, and at
// least 20 times), and with a silence longer than all but one in a hundred of the
// gaps between events of a case.
func closings(l *eventlog.Log, cfg Config) (ends closing, names []string, err error) {
	ends.ends = make([]bool, l.Activities().Len())
	if len(cfg.Ends) > 0 {
		for _, n := range cfg.Ends {
			code, ok := l.Activities().Code(n)
			if !ok {
				return ends, nil, fmt.Errorf("predicting %q: the log has no activity %q that could end a case", l.Name(), n)
			}
			ends.ends[code] = true
		}
		return ends, slices.Sorted(slices.Values(cfg.Ends)), nil
	}
	last, all := make([]int, len(ends.ends)), make([]int, len(ends.ends))
	var gaps []float64
	for _, c := range l.All() {
		times := c.Times()
		for i, a := range c.Activities() {
			all[a]++
			if i+1 == c.Len() {
				last[a]++
			} else if gap := times[i+1] - times[i]; gap > 0 {
				gaps = append(gaps, float64(gap))
			}
		}
	}
	names = []string{}
	for a, n := range all {
		if n >= 20 && last[a]*20 >= n*19 {
			ends.ends[a] = true
			names = append(names, l.Activities().Name(eventlog.Code(a)))
		}
	}
	slices.Sort(names)
	if len(gaps) == 0 {
		return ends, nil, fmt.Errorf("predicting %q: no case of it lasts: %w", l.Name(), ErrTooLittle)
	}
	slices.Sort(gaps)
	ends.silence = eventlog.Time(math.Ceil(measure.Quantile(gaps, 0.99)))
	return ends, names, nil
}

// predictor holds what was learnt.
type predictor struct {
	log        *eventlog.Log
	list       []passage
	ends       closing
	activities int
	cfg        Config

	old, stale int // cases of the first half of the log, and those of them that never ended

	recalled map[bool]*history // of one cutoff, by whether time runs by the calendar
	cutoff   eventlog.Time

	choice
	conformal
	breach  *vennAbers
	quality Quality
}

// recall is recall of the predictor's passages, done once for each cutoff and clock.
func (p *predictor) recall(ctx context.Context, cutoff eventlog.Time, calendar bool) (*history, error) {
	if p.recalled == nil || p.cutoff != cutoff {
		p.recalled, p.cutoff = map[bool]*history{}, cutoff
	}
	if h := p.recalled[calendar]; h != nil {
		return h, nil
	}
	h, err := recall(ctx, p.list, p.ends, p.activities, cutoff, p.clock(choice{Calendar: calendar}))
	if err == nil {
		p.recalled[calendar] = h
	}
	return h, err
}

func (p *predictor) clock(c choice) clock {
	if c.Calendar {
		return workClock{p.cfg.Calendar}
	}
	return wallClock{}
}

func (p *predictor) tails() [2]float64 {
	return [2]float64{(1 - p.cfg.Confidence) / 2, (1 + p.cfg.Confidence) / 2}
}

// stream returns the random numbers of one purpose.
func (p *predictor) stream(purpose uint64) *rand.Rand {
	return rand.New(rand.NewPCG(p.cfg.Seed, purpose))
}

// answers asks, at moments in (from, to], a model that knows what was known at from.
func (p *predictor) answers(ctx context.Context, c choice, from, to eventlog.Time, most int, purpose uint64) ([]asked, error) {
	k := p.clock(c)
	h, err := p.recall(ctx, from, c.Calendar)
	if err != nil {
		return nil, err
	}
	plain, err := p.recall(ctx, from, false)
	if err != nil {
		return nil, err
	}
	m := newModel(h, c)
	states, at := held(p.list, p.ends, from, to, k, most, p.stream(purpose))
	return examine(ctx, p.list, m, k, plain, states, at, p.tails())
}

// learn chooses the model on (cuts[0], cuts[1]], calibrates it on (cuts[1],
// cuts[2]], evaluates it on (cuts[2], end], and calibrates what predicts now on
// both of the latter.
func (p *predictor) learn(ctx context.Context, cuts [3]eventlog.Time, end eventlog.Time) error {
	best := math.Inf(1)
	for _, c := range choices(p.cfg.Calendar != nil) {
		list, err := p.answers(ctx, c, cuts[0], cuts[1], mostChoices, 1)
		if err != nil {
			return err
		}
		sum, n := 0.0, 0
		for _, x := range list {
			if x.known && !x.over && !math.IsNaN(x.median) {
				sum += math.Abs(logMinutes(x.remaining) - logMinutes(x.median))
				n++
			}
		}
		if n > 0 && sum/float64(n) < best-1e-9 { // the simpler one where they are equal
			best, p.choice = sum/float64(n), c
		}
	}
	before, err := p.answers(ctx, p.choice, cuts[1], cuts[2], mostAsked, 2)
	if err != nil {
		return err
	}
	test, err := p.answers(ctx, p.choice, cuts[2], end, mostAsked, 3)
	if err != nil {
		return err
	}
	c, v, alone := p.calibration(before)
	p.quality = judge(test, before, c, p.cfg.Confidence, v, alone, p.stream(4))
	p.quality.From, p.quality.To = iso(cuts[2]), iso(end)
	p.conformal, p.breach, _ = p.calibration(append(before, test...))
	return nil
}

// choices are the models tried, the simpler ones first.
func choices(calendar bool) (out []choice) {
	for _, cal := range []bool{false, true} {
		if cal && !calendar {
			continue
		}
		out = append(out, choice{Calendar: cal})
		for _, n := range []int{300, 100, 40} {
			out = append(out, choice{cal, true, false, n}, choice{cal, false, true, n}, choice{cal, true, true, n})
		}
	}
	return out
}

// calibration makes the intervals and probabilities of held-out answers honest.
func (p *predictor) calibration(list []asked) (conformal, *vennAbers, *vennAbers) {
	var scores, raw, rawAlone []float64
	var yes []bool
	for _, x := range list {
		if x.known && !x.over && !math.IsNaN(x.low) {
			scores = append(scores, score(x.low, x.high, x.remaining))
		}
		if x.breach >= 0 && !x.overdue && !math.IsNaN(x.raw) && !math.IsNaN(x.rawAlone) {
			raw, rawAlone, yes = append(raw, x.raw), append(rawAlone, x.rawAlone), append(yes, x.breach == 1)
		}
	}
	return calibrated(scores, p.cfg.Confidence), newVennAbers(raw, yes), newVennAbers(rawAlone, yes)
}

// open predicts the cases that are open as of the moment.
func (p *predictor) open(ctx context.Context, r *Result) error {
	k, t := p.clock(p.choice), p.cfg.AsOf
	h, err := p.recall(ctx, t, p.Calendar)
	if err != nil {
		return err
	}
	m := newModel(h, p.choice)
	usual := newModel(m.history, choice{Calendar: p.Calendar})
	tails := p.tails()
	for _, s := range open(p.list, p.ends, t, k) {
		if err := ctx.Err(); err != nil {
			return err
		}
		a := m.ask(s)
		wall := func(d float64) float64 {
			if math.IsNaN(d) {
				return d
			}
			return float64(k.after(t, d) - t)
		}
		low, high := p.interval(wall(a.curve.quantile(tails[0])), unbounded(wall(a.curve.quantile(tails[1]))))
		if math.IsInf(high, 1) {
			high = math.NaN()
		}
		src := p.log.Case(s.c)
		c := Case{ID: src.ID(), Over: measure.Number(a.over), Activity: p.log.Activities().Name(s.stage), Since: iso(s.since), Similar: a.stays, Next: []NextActivity{},
			Elapsed: measure.Number(float64(t-p.list[s.c].at[0]) / 1e6), Remaining: measure.Number(wall(a.curve.quantile(0.5)) / 1e6),
			Low: measure.Number(low / 1e6), High: measure.Number(high / 1e6)}
		for _, n := range a.next[:min(3, len(a.next))] {
			c.Next = append(c.Next, NextActivity{p.log.Activities().Name(n.activity), measure.Number(n.share)})
		}
		if due := p.list[s.c].due; due != eventlog.NoTime {
			c.Due, c.Overdue = iso(due), due <= t
			probability, bounds := 1.0, [2]float64{1, 1}
			if !c.Overdue {
				probability, bounds[0], bounds[1] = p.breach.ask(a.longer(k.between(t, due)))
			}
			n, lo, hi := measure.Number(probability), measure.Number(bounds[0]), measure.Number(bounds[1])
			c.Breach, c.BreachLow, c.BreachHigh = &n, &lo, &hi
		}
		c.Reason = p.reason(s, a, usual, t)
		r.Open = append(r.Open, c)
	}
	breach := func(c Case) float64 {
		switch {
		case c.Breach == nil, math.IsNaN(float64(*c.Breach)):
			return -1
		case c.Overdue:
			return 2
		}
		return float64(*c.Breach)
	}
	slices.SortStableFunc(r.Open, func(x, y Case) int {
		return cmp.Or(cmp.Compare(breach(y), breach(x)), cmp.Compare(y.Remaining, x.Remaining), cmp.Compare(x.ID, y.ID))
	})
	return nil
}

// reason says what sets the state apart from the usual one at its stage.
func (p *predictor) reason(s state, a answer, usual *model, t eventlog.Time) Words {
	name := p.log.Activities().Name(s.stage)
	if a.over > 0.5 {
		return Words{fmt.Sprintf("has probably ended: nothing came after %.0f%% of such states", 100*a.over), fmt.Sprintf("вероятно, завершено: после %.0f %% таких состояний ничего не было", 100*a.over)}
	}
	if due := p.list[s.c].due; due != eventlog.NoTime && due <= t {
		return Words{"the limit has passed already", "срок уже истёк"}
	}
	if !a.stage {
		return Words{fmt.Sprintf("stands after %q longer than nearly all cases before", name), fmt.Sprintf("стоит после «%s» дольше почти всех прежних дел", name)}
	}
	var stays, queues []float64
	for _, x := range usual.history.stays[s.stage] {
		if x.next != eventlog.NoCode {
			stays = append(stays, x.here)
		}
		queues = append(queues, math.Expm1(x.queue))
	}
	slices.Sort(stays)
	slices.Sort(queues)
	switch {
	case len(stays) > 0 && s.here > measure.Quantile(stays, 0.85):
		return Words{fmt.Sprintf("stands after %q longer than 85%% of cases do", name), fmt.Sprintf("стоит после «%s» дольше, чем 85 %% дел", name)}
	case s.queue > 1 && s.queue > measure.Quantile(queues, 0.85):
		return Words{fmt.Sprintf("%.0f cases stood after %q when it came, usually %.0f", s.queue, name, measure.Quantile(queues, 0.5)),
			fmt.Sprintf("после «%s» уже стояло дел: %.0f, обычно %.0f", name, s.queue, measure.Quantile(queues, 0.5))}
	}
	if due := p.list[s.c].due; due != eventlog.NoTime {
		begun := p.list[s.c].at[0]
		used := float64(t-begun) / float64(due-begun)
		if used > 0.75 {
			return Words{fmt.Sprintf("%.0f%% of the time until the limit is used up", 100*used), fmt.Sprintf("использовано %.0f %% срока", 100*used)}
		}
	}
	return Words{fmt.Sprintf("as cases after %q usually go", name), fmt.Sprintf("как обычно после «%s»", name)}
}

func (p *predictor) warnings(r *Result) (out []error) {
	add := func(en, ru string, args ...any) {
		out = append(out, &measure.Doubt{EN: fmt.Sprintf(en, args...), RU: fmt.Sprintf(ru, args...)})
	}
	if p.ends.silence > 0 {
		days := float64(p.ends.silence) / 86400e6
		add("no activities that end a case are named: a case counts as ended with its last event once it has stood still for %.1f days", "завершающие действия не указаны: дело считается завершённым последним событием, если стоит дольше %.1f дн.", days)
	}
	if p.ends.silence == 0 && p.old > 0 && p.stale*5 > p.old {
		add("%d of %d cases of the log's first half never came to %q: name all activities that end a case", "до действий %[3]q не дошло дел первой половины журнала: %[1]d из %[2]d; укажите все завершающие действия", p.stale, p.old, r.Ends)
	}
	q := r.Quality
	if q.Remaining.N < 100 {
		add("the evaluation rests on %d states of %d cases: too few to trust", "проверка опирается на %d состояний %d дел: этого мало", q.Remaining.N, q.Cases)
	}
	if !q.Remaining.Beats {
		add("remaining times do not beat the base rate and the elapsed time alone on later cases: do not rely on them", "оценка оставшегося времени не лучше простых (среднее по журналу, прошедшее время): не полагайтесь на неё")
	}
	if c := float64(q.Remaining.Coverage); c < r.Confidence-0.05 {
		add("intervals of %.0f%% held in %.0f%% of later states: the process has changed", "интервалы %.0f %% оправдались в %.0f %% поздних состояний: процесс изменился", 100*r.Confidence, 100*c)
	}
	if q.Breach.N > 0 && !q.Breach.Beats {
		add("probabilities of a breach do not beat the base rate and the elapsed time alone on later cases", "вероятность просрочки не точнее простых оценок (доля просрочек, прошедшее время)")
	}
	if (p.cfg.Limit > 0 || p.cfg.Due != "") && q.Breach.N == 0 {
		add("no probability of a breach could be checked: too few states with a known outcome", "вероятность просрочки проверить не на чем: слишком мало состояний с известным исходом")
	}
	if q.Over > 0 {
		add("remaining times are those of cases that go on: after %d of %d states of the evaluation nothing came any more", "оставшееся время указано для дел, которые продолжатся: после %d состояний из %d ничего больше не было", q.Over, q.States)
	}
	if q.Unknown > 0 {
		add("%d of %d states of the evaluation are left out because their cases had not ended", "из проверки исключено состояний незавершённых дел: %d из %d", q.Unknown, q.States)
	}
	return out
}

// Ends returns the activities after which hardly any case of a log goes on, and the
// silence after which a case counts as having ended with its last event; 0 where no
// case lasts. It is what Predict takes where no ends are named. O(n log n).
func Ends(l *eventlog.Log) (activities []string, silence eventlog.Time) {
	ends, names, err := closings(l, Config{})
	if err != nil {
		return names, 0
	}
	return names, ends.silence
}
