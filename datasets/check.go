package datasets

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/mining/performance"
	"github.com/uprava/uprava/simulator/experiment"
	"github.com/uprava/uprava/twin"
	"github.com/uprava/uprava/twin/scenario"
	"github.com/uprava/uprava/twin/yamlfile"
)

// Question asks a store, which holds the logs of a pack and nothing else of it, for the
// mean lead time of a process.
type Question struct {
	Log        string
	From, To   string // activities; "" for the first and the last event
	Unit       measure.Unit
	Week       []string
	Production bool
	TimeZone   string
	Cluster    string
	AsOf       time.Time
}

// CheckConfig says how a pack is checked.
type CheckConfig struct {
	// Ask answers from the logs alone.
	Ask          func(context.Context, Question) (*performance.LongRun, error)
	Replications int // of every simulation; 0 means 40
	Seed         uint64
	Lang         string
	Progress     func(done, total int)
}

// Row is one line of a scorecard: something that must be true, what was found, and
// whether it is. A row that only tells has Pass and Told set.
type Row struct {
	Check  string    `json:"check"`
	Of     string    `json:"of"`
	Wanted twin.Text `json:"wanted"`
	Found  twin.Text `json:"found"`
	Pass   bool      `json:"pass"`
	Told   bool      `json:"told,omitempty"`
}

// Scorecard is the result of checking a pack.
type Scorecard struct {
	Pack         string `json:"pack"`
	Seed         uint64 `json:"seed"`
	Replications int    `json:"replications"`
	Rows         []Row  `json:"rows"`
}

// Failed returns the rows that are not as they must be.
func (s *Scorecard) Failed() []Row {
	return slices.DeleteFunc(slices.Clone(s.Rows), func(r Row) bool { return r.Pass })
}

// planned is one check of check.yaml.
type planned struct {
	kind string
	f    yamlfile.Mapping
}

// checkKeys are the keys that checks have.
var checkKeys = []string{"kind", "of", "n", "process", "within", "half-width", "covered", "scenario", "precision", "recall", "baseline", "attribute", "at-least", "direction", "figure", "source", "pool", "most", "least", "prefix"}

// checker is a check under way.
type checker struct {
	pack *Pack
	s    *System
	cfg  CheckConfig
	card *Scorecard
	runs map[string]*experiment.Result // by scenario, "" for as-is
	// other are the published values in other readings, once simulated.
	other []*Other
}

// kinds of checks.
var checks = map[string]func(*checker, context.Context, yamlfile.Mapping) error{
	"things": (*checker).things, "steps": (*checker).stepsOf, "cases": (*checker).casesOf, "total": (*checker).total,
	"as-is": (*checker).asIs, "to-be": (*checker).toBe, "effect": (*checker).effect, "load": (*checker).load, "duplicates": (*checker).duplicates,
	"violations": (*checker).violations, "last": (*checker).last, "times": (*checker).times,
}

// Check checks everything that check.yaml of a pack says of it against a generated
// system. It fails where a check cannot be carried out; what is not true is a row of
// the scorecard that did not pass.
func Check(ctx context.Context, p *Pack, s *System, cfg CheckConfig) (*Scorecard, error) {
	if cfg.Replications == 0 {
		cfg.Replications = 40
	}
	const name = "check.yaml"
	data, err := fs.ReadFile(p.files, name)
	if err != nil {
		return nil, fmt.Errorf("checking pack %q: %w", p.ID, err)
	}
	doc, err := yamlfile.Parse(name, data)
	if err != nil {
		return nil, err
	}
	var list []planned
	f := doc.Root().Mapping("checks")
	for _, v := range items(f, "checks") {
		g := v.Mapping(checkKeys...)
		kind := text(g, "kind")
		if checks[kind] == nil {
			v.Fault("found the check %q, which there is not", kind)
		}
		list = append(list, planned{kind, g})
	}
	if err := doc.Err(); err != nil {
		return nil, err
	}
	c := &checker{pack: p, s: s, cfg: cfg, card: &Scorecard{Pack: p.ID, Seed: s.Truth.Seed, Replications: cfg.Replications, Rows: []Row{}}, runs: map[string]*experiment.Result{}}
	for i, x := range list {
		if err := checks[x.kind](c, ctx, x.f); err != nil {
			return nil, fmt.Errorf("checking pack %q: %s: %w", p.ID, x.kind, err)
		}
		if cfg.Progress != nil {
			cfg.Progress(i+1, len(list))
		}
	}
	if err := doc.Err(); err != nil {
		return nil, err
	}
	return c.card, nil
}

func (c *checker) row(check, of string, pass bool, wanted, found twin.Text) {
	c.card.Rows = append(c.card.Rows, Row{Check: check, Of: of, Wanted: wanted, Found: found, Pass: pass})
}

func both(format string, args ...any) twin.Text {
	s := fmt.Sprintf(format, args...)
	return twin.Text{RU: s, EN: s}
}

func say2(ru, en string, args ...any) twin.Text {
	return twin.Text{RU: fmt.Sprintf(ru, args...), EN: fmt.Sprintf(en, args...)}
}

func numberOr(g yamlfile.Mapping, key string, or float64) float64 {
	if v, ok := g.Get(key); ok {
		return v.Number()
	}
	return or
}

// source adds what a check rests on to what it wants.
func source(g yamlfile.Mapping, t twin.Text) twin.Text {
	v, ok := g.Get("source")
	if !ok {
		return t
	}
	m := v.Mapping("ru", "en")
	return twin.Text{RU: t.RU + " (" + text(m, "ru") + ")", EN: t.EN + " (" + text(m, "en") + ")"}
}

// things counts things of a kind in the twin.
func (c *checker) things(_ context.Context, g yamlfile.Mapping) error {
	kind, n := twin.Kind(text(g, "of")), int(numberOr(g, "n", 0))
	found := 0
	for _, r := range c.s.Twin.Graph().Nodes() {
		if r.Kind == kind {
			found++
		}
	}
	c.row("things", string(kind), found == n, source(g, both("%d", n)), both("%d", found))
	return nil
}

// stepsOf counts the tasks of a process.
func (c *checker) stepsOf(_ context.Context, g yamlfile.Mapping) error {
	p, err := c.process(text(g, "process"))
	if err != nil {
		return err
	}
	found, n := 0, int(numberOr(g, "n", 0))
	p.Diagram.Walk(func(scope *bpmn.Process, _ *bpmn.Node) {
		for _, x := range scope.Nodes {
			if x.IsTask() {
				found++
			}
		}
	})
	c.row("steps", p.ID, found == n, source(g, both("%d", n)), both("%d", found))
	return nil
}

func (c *checker) process(id string) (*twin.Process, error) {
	for _, p := range c.s.Twin.Processes {
		if p.ID == id {
			return p, nil
		}
	}
	return nil, fmt.Errorf("process %q: %w", id, ErrUnknown)
}

func (c *checker) log(process string) (*eventlog.Log, error) {
	for _, l := range c.s.Logs {
		if l.Name() == c.pack.ID+"-"+process {
			return l, nil
		}
	}
	return nil, fmt.Errorf("log of process %q: %w", process, ErrUnknown)
}

// casesOf counts the cases of a log and how long it took to complete them.
func (c *checker) casesOf(_ context.Context, g yamlfile.Mapping) error {
	l, err := c.log(text(g, "process"))
	if err != nil {
		return err
	}
	n, within := int(numberOr(g, "n", 0)), seconds(g, "within")
	first, last := eventlog.Time(math.MaxInt64), eventlog.Time(math.MinInt64)
	for _, x := range l.All() {
		first, last = min(first, x.First()), max(last, x.Last())
	}
	took := float64(last-first) / 1e6
	c.row("cases", text(g, "process"), l.Cases() == n && took <= within, source(g, say2("%d дел за %.0f дн.", "%d cases within %.0f days", n, within/86400)),
		say2("%d дел за %.0f дн.", "%d cases within %.0f days", l.Cases(), took/86400))
	return nil
}

// total sums an attribute over the cases of a log.
func (c *checker) total(_ context.Context, g yamlfile.Mapping) error {
	l, err := c.log(text(g, "process"))
	if err != nil {
		return err
	}
	sum, least := 0.0, numberOr(g, "at-least", 0)
	for _, x := range l.All() {
		if v, ok := x.Attribute(text(g, "attribute")); ok {
			sum += math.Floor(v.Float())
		}
	}
	c.row("total", text(g, "attribute"), sum >= least, source(g, say2("не меньше %.0f", "at least %.0f", least)), both("%.0f", sum))
	return nil
}

// run simulates the pack as it is, or under a scenario, on common random numbers, over
// the years of the logs: holidays fall otherwise in each.
func (c *checker) run(ctx context.Context, id string) (*experiment.Result, error) {
	if r := c.runs[id]; r != nil {
		return r, nil
	}
	m, err := c.pack.Model()
	if err != nil {
		return nil, err
	}
	if id != "" {
		s, err := c.scenario(id)
		if err != nil {
			return nil, err
		}
		if m, err = s.Apply(m); err != nil {
			return nil, fmt.Errorf("scenario %q: %w", id, err)
		}
	}
	m.Start, m.Days = c.s.Twin.Start, c.s.Twin.Days
	r, err := experiment.Run(ctx, m, experiment.Config{Replications: c.cfg.Replications, Seed: c.cfg.Seed + 1, Language: language(c.cfg.Lang)})
	if err != nil {
		return nil, err
	}
	c.runs[id] = r
	return r, nil
}

func (c *checker) scenario(id string) (*scenario.Scenario, error) {
	all, err := c.pack.Scenarios()
	if err != nil {
		return nil, err
	}
	for _, s := range all {
		if s.ID == id {
			return s, nil
		}
	}
	return nil, fmt.Errorf("scenario %q: %w", id, ErrUnknown)
}

// lead returns the mean lead time of a process in a result.
func lead(r *experiment.Result, m *twin.Model, process string) (experiment.KPI, error) {
	of := process
	if len(m.Processes) == 1 {
		of = ""
	}
	for _, name := range []string{experiment.LeadTime, experiment.CycleTime} {
		if k, ok := r.Find(name, of); ok {
			return k, nil
		}
	}
	return experiment.KPI{}, fmt.Errorf("the result has no lead time of %q", process)
}

// LeadQuestion asks for the as-is of a process of a system: what its lead time is, by
// definition, and nothing of how the log was made. Names are those of logs in the
// given language.
func LeadQuestion(pack *Pack, s *System, process, lang string) (Question, error) {
	i := slices.IndexFunc(s.Twin.Processes, func(p *twin.Process) bool { return p.ID == process })
	if i < 0 {
		return Question{}, fmt.Errorf("process %q: %w", process, ErrUnknown)
	}
	p := s.Twin.Processes[i]
	name := func(id string) string {
		if id == "" {
			return ""
		}
		if label := p.Labels[id].In(language(lang)); label != "" {
			return label
		}
		if n := p.Diagram.Node(id); n != nil {
			return n.Name
		}
		return id
	}
	q := Question{Log: pack.ID + "-" + p.ID, From: name(p.RequestedBy), To: name(p.DeliveredBy), Unit: measure.Second, TimeZone: s.Twin.TimeZone, AsOf: s.Truth.To}
	switch p.LeadTime.Unit {
	case twin.WorkingDay:
		q.Unit = measure.WorkingDay
	case twin.WorkingHour:
		q.Unit = measure.WorkingHour
	}
	for _, k := range s.Twin.Calendars {
		if k.ID != p.LeadTime.Calendar || p.LeadTime.Unit == "" {
			continue
		}
		q.Production = k.Production
		for _, iv := range k.Week {
			q.Week = append(q.Week, twin.FormatInterval(iv))
		}
	}
	return q, nil
}

// amount writes a number of a unit for a row.
func amount(x float64, u measure.Unit) twin.Text { return amountBeside(x, u, x) }

// amountBeside writes a figure in the unit in which another of its kind is read.
func amountBeside(x float64, u measure.Unit, other float64) twin.Text {
	digits, ru, en := 2, "дн.", "d"
	switch {
	case math.IsNaN(x):
		return both("—")
	case u == measure.WorkingDay:
		ru, en = "раб. дн.", "wd"
	case u == measure.WorkingHour:
		ru, en = "раб. ч", "wh"
	case u == measure.Share:
		x, digits, ru, en = 100*x, 1, "%", "%"
	case u == measure.Second && other < 6*3600:
		x, digits, ru, en = x/60, 1, "мин", "min"
	case u == measure.Second:
		x /= 86400
	default:
		ru, en = string(u), string(u)
	}
	n := strconv.FormatFloat(x, 'f', digits, 64)
	return twin.Text{RU: strings.Replace(n, ".", ",", 1) + " " + ru, EN: n + " " + en}
}

func join(format string, parts ...twin.Text) twin.Text {
	ru, en := make([]any, len(parts)), make([]any, len(parts))
	for i, p := range parts {
		ru[i], en[i] = p.RU, p.EN
	}
	return twin.Text{RU: fmt.Sprintf(format, ru...), EN: fmt.Sprintf(format, en...)}
}

// asIs asks the store for the lead time of each published process and compares it with
// the truth of the log, with the long run of the model, and that with what was published.
func (c *checker) asIs(ctx context.Context, g yamlfile.Mapping) error {
	if c.cfg.Ask == nil {
		return errors.New("there is no store to ask")
	}
	r, err := c.run(ctx, "")
	if err != nil {
		return err
	}
	within, share := numberOr(g, "within", 0.05), numberOr(g, "covered", 0.8)
	covered, asked := 0, 0
	for _, v := range c.pack.Processes {
		p, err := c.process(v.Process)
		if err != nil {
			return err
		}
		q, err := LeadQuestion(c.pack, c.s, p.ID, c.cfg.Lang)
		if err != nil {
			return err
		}
		mined, err := c.cfg.Ask(ctx, q)
		if err != nil {
			return fmt.Errorf("process %q: %w", p.ID, err)
		}
		var truth *ProcessTruth
		for i := range c.s.Truth.Processes {
			if c.s.Truth.Processes[i].Process == p.ID {
				truth = &c.s.Truth.Processes[i]
			}
		}
		c.row("as-is-mined", p.ID, mined.Completed == truth.Completed && mined.CompletedMean == truth.Mean,
			join("%s, n = "+fmt.Sprint(truth.Completed), amount(float64(truth.Mean), truth.Unit)), join("%s, n = "+fmt.Sprint(mined.Completed), amount(float64(mined.CompletedMean), truth.Unit)))
		k, err := lead(r, c.s.Twin, p.ID)
		if err != nil {
			return err
		}
		mean := float64(k.Mean)
		published := v.AsIs
		c.row("as-is-planted", p.ID, math.Abs(mean-published) <= within*published,
			join(fmt.Sprintf("%%s ± %.0f %%%%", 100*within), amount(published, k.Unit)), join("%s (%s … %s)", amount(mean, k.Unit), amount(float64(k.Low), k.Unit), amount(float64(k.High), k.Unit)))
		asked++
		in := float64(mined.Low) <= mean && mean <= float64(mined.High)
		if in {
			covered++
		}
		c.card.Rows = append(c.card.Rows, Row{Check: "as-is-interval", Of: p.ID, Pass: true, Told: true, Wanted: join("%s", amount(mean, k.Unit)),
			Found: join(fmt.Sprintf("%%s (%%s … %%s), n = %d + %d, n* = %.0f", mined.Completed, mined.Open, float64(mined.EffectiveN)), amount(float64(mined.Mean), k.Unit), amount(float64(mined.Low), k.Unit), amount(float64(mined.High), k.Unit))})
	}
	if err := c.readings(r); err != nil {
		return err
	}
	if err := c.otherAsIs(ctx, within); err != nil {
		return err
	}
	c.row("as-is-cover", "", float64(covered) >= share*float64(asked), say2("не меньше %.0f из %d", "at least %.0f of %d", math.Ceil(share*float64(asked)), asked), both("%d", covered))
	return nil
}

// toBe compares the lead times under a scenario with those published, and the headcount
// with that of the model as it is.
func (c *checker) toBe(ctx context.Context, g yamlfile.Mapping) error {
	id := text(g, "scenario")
	s, err := c.scenario(id)
	if err != nil {
		return err
	}
	m, err := c.pack.Model()
	if err != nil {
		return err
	}
	changed, err := s.Apply(m)
	if err != nil {
		return err
	}
	r, err := c.run(ctx, id)
	if err != nil {
		return err
	}
	within, half := numberOr(g, "within", 0.1), numberOr(g, "half-width", 0.05)
	for _, v := range c.pack.Processes {
		k, err := lead(r, c.s.Twin, v.Process)
		if err != nil {
			return err
		}
		mean, width := float64(k.Mean), float64(k.High-k.Low)/2
		target := v.ToBe
		c.row("to-be", v.Process, math.Abs(mean-target) <= within*target && width <= half*mean,
			join(fmt.Sprintf("%%s ± %.0f %%%%", 100*within), amount(target, k.Unit)), join("%s (%s … %s)", amount(mean, k.Unit), amount(float64(k.Low), k.Unit), amount(float64(k.High), k.Unit)))
	}
	if err := c.otherToBe(ctx, within, half); err != nil {
		return err
	}
	was, is := m.Headcount(), changed.Headcount()
	c.row("headcount", id, was == is, both("%d", was), both("%d", is))
	return nil
}

// effect compares a figure under a scenario with that of the model as it is, paired.
func (c *checker) effect(ctx context.Context, g yamlfile.Mapping) error {
	was, err := c.run(ctx, "")
	if err != nil {
		return err
	}
	id := text(g, "scenario")
	is, err := c.run(ctx, id)
	if err != nil {
		return err
	}
	figure, of := text(g, "figure"), ""
	if v, ok := g.Get("of"); ok {
		of = v.Text()
	}
	a, okA := was.Find(figure, of)
	b, okB := is.Find(figure, of)
	if !okA || !okB {
		return fmt.Errorf("the results have no %s of %q", figure, of)
	}
	p, err := measure.Paired(a.Values, b.Values, 0.95)
	if err != nil {
		return err
	}
	fewer := text(g, "direction") == "less"
	pass := fewer && p.Interval.High < 0 || !fewer && p.Interval.Low > 0
	wanted := say2("больше, интервал не задевает 0", "more, interval clear of 0")
	if fewer {
		wanted = say2("меньше, интервал не задевает 0", "less, interval clear of 0")
	}
	signed := func(x float64) twin.Text {
		t := amountBeside(math.Abs(x), a.Unit, float64(a.Mean))
		sign := "+"
		if x < 0 {
			sign = "−"
		}
		return join(sign+"%s", t)
	}
	c.row("effect", strings.TrimSpace(id+": "+figure+" "+of), pass, source(g, wanted), join("%s → %s: %s (%s … %s)", amount(float64(a.Mean), a.Unit), amount(float64(b.Mean), a.Unit), signed(p.Difference), signed(p.Interval.Low), signed(p.Interval.High)))
	return nil
}

// load compares the load of a pool with bounds, by its interval.
func (c *checker) load(ctx context.Context, g yamlfile.Mapping) error {
	r, err := c.run(ctx, "")
	if err != nil {
		return err
	}
	k, ok := r.Find(experiment.Utilisation, text(g, "pool"))
	if !ok {
		return fmt.Errorf("the result has no load of %q", text(g, "pool"))
	}
	least, most := numberOr(g, "least", 0), numberOr(g, "most", 1)
	c.row("load", text(g, "pool"), float64(k.Low) >= least && float64(k.High) <= most, source(g, both("%.2f … %.2f", least, most)), both("%.3f (%.3f … %.3f)", float64(k.Mean), float64(k.Low), float64(k.High)))
	return nil
}
