package datasets

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/mining/rules"
	"github.com/uprava/uprava/simulator"
	"github.com/uprava/uprava/twin"
	"github.com/uprava/uprava/twin/architecture"
	"github.com/uprava/uprava/twin/yamlfile"
)

// violations holds a log against the rules of the pack: the planted breaches of order
// must be found, and no others. Terms of law are told by other checks.
func (c *checker) violations(ctx context.Context, g yamlfile.Mapping) error {
	process := text(g, "process")
	l, err := c.log(process)
	if err != nil {
		return err
	}
	set, err := c.pack.ruleSet(language(c.cfg.Lang))
	if err != nil {
		return err
	}
	if set == nil {
		return fmt.Errorf("the pack has no %s", rulesFile)
	}
	todo, err := c.pack.plan()
	if err != nil {
		return err
	}
	cfg := rules.Config{}
	loc, err := time.LoadLocation(c.s.Twin.TimeZone)
	if err != nil {
		return err
	}
	for i := range c.s.Twin.Calendars {
		if k := &c.s.Twin.Calendars[i]; k.ID == todo.calendar {
			cfg.Calendar = k.Config(loc)
		}
	}
	r, err := rules.Check(ctx, l, set, cfg)
	if err != nil {
		return err
	}
	want := map[[2]string]bool{}
	for _, t := range c.s.Truth.Processes {
		if t.Process == process {
			for _, x := range t.Planted {
				want[[2]string{x.Case, x.Rule}] = true
			}
		}
	}
	planted, found, wrong, without := len(want), 0, 0, 0
	for _, o := range r.Rules {
		if o.Kind == rules.Deadline {
			continue
		}
		if o.Citation.Empty() {
			without++
		}
		for _, v := range o.Evidence {
			key := [2]string{v.Case, o.ID}
			switch {
			case !want[key]:
				wrong++
			case len(v.Events) == 0:
				without++
			default:
				found++
				delete(want, key)
			}
		}
	}
	n := int(numberOr(g, "n", 0))
	c.row("violations", process, planted == n && found == n && wrong == 0 && without == 0,
		source(g, say2("найдено %d, ложных 0, каждое с событиями и текстом правила", "%d found, 0 false, each with events and the rule's text", n)),
		say2("найдено %d из %d, ложных %d, без доказательства %d", "%d found of %d, %d false, %d without evidence", found, planted, wrong, without))
	return nil
}

// label returns the name of a node in the language of the logs.
func (c *checker) label(p *twin.Process, node string) string {
	if name := p.Labels[node].In(language(c.cfg.Lang)); name != "" {
		return name
	}
	if n := p.Diagram.Node(node); n != nil {
		return n.Name
	}
	return node
}

// last finds, among steps that go on side by side, the ones for which a case waits: how
// often each is the last of them where it is among them, against its share of them. The
// steps named must come out as the ones with the greatest excess.
func (c *checker) last(_ context.Context, g yamlfile.Mapping) error {
	p, err := c.process(text(g, "process"))
	if err != nil {
		return err
	}
	l, err := c.log(p.ID)
	if err != nil {
		return err
	}
	prefix := text(g, "prefix")
	var named []string
	for _, v := range items(g, "of") {
		named = append(named, c.label(p, v.Text()))
	}
	among := map[string]bool{}
	for id := range p.Tasks {
		if strings.HasPrefix(id, prefix) {
			among[c.label(p, id)] = true
		}
	}
	with, last, parts := map[string]float64{}, map[string]float64{}, map[string]float64{}
	for _, x := range l.All() {
		at := map[string]eventlog.Time{}
		latest := ""
		for i, t := range x.Times() {
			name := l.Activities().Name(x.Activities()[i])
			if !among[name] {
				continue
			}
			at[name] = max(at[name], t)
			if latest == "" || at[name] >= at[latest] {
				latest = name
			}
		}
		if len(at) < 2 {
			continue
		}
		for name := range at {
			with[name]++
			parts[name] += 1 / float64(len(at))
		}
		last[latest]++
	}
	type excess struct {
		name        string
		ratio, last float64
	}
	var list []excess
	for name, n := range with {
		list = append(list, excess{name, last[name] / parts[name], last[name] / n})
	}
	slices.SortFunc(list, func(a, b excess) int {
		if a.ratio != b.ratio {
			return cmpDown(a.ratio, b.ratio)
		}
		return strings.Compare(a.name, b.name)
	})
	var found []string
	pass := len(list) >= len(named)
	for i := range named {
		if i < len(list) {
			found = append(found, fmt.Sprintf("%s (×%.1f, %.0f %%)", list[i].name, list[i].ratio, 100*list[i].last))
			pass = pass && slices.Contains(named, list[i].name)
		}
	}
	slices.Sort(named)
	c.row("last", p.ID, pass, source(g, both("%s", strings.Join(named, ", "))), both("%s", strings.Join(found, ", ")))
	return nil
}

func cmpDown(a, b float64) int {
	switch {
	case a > b:
		return -1
	case a < b:
		return 1
	}
	return 0
}

// times counts how often a step is done a case that comes to another one, in simulated
// years, as it is or under a scenario.
func (c *checker) times(ctx context.Context, g yamlfile.Mapping) error {
	p, err := c.process(text(g, "process"))
	if err != nil {
		return err
	}
	m, err := c.pack.Model()
	if err != nil {
		return err
	}
	id := ""
	if v, ok := g.Get("scenario"); ok {
		id = v.Text()
		s, err := c.scenario(id)
		if err != nil {
			return err
		}
		if m, err = s.Apply(m); err != nil {
			return err
		}
	}
	program, err := simulator.Compile(m, language(c.cfg.Lang))
	if err != nil {
		return err
	}
	step, base := c.label(p, text(g, "of")), c.label(p, text(g, "figure"))
	var means []float64
	for k := range min(c.cfg.Replications, 20) {
		l, _, err := program.Log(ctx, simulator.Config{Seed: c.cfg.Seed + 1, Replication: k})
		if err != nil {
			return err
		}
		n, of := 0.0, 0.0
		for _, x := range l.All() {
			mine, counts := 0.0, false
			for _, a := range x.Activities() {
				switch l.Activities().Name(a) {
				case step:
					mine++
				case base:
					counts = true
				}
			}
			if counts {
				n, of = n+mine, of+1
			}
		}
		means = append(means, n/of)
	}
	iv, err := measure.MeanInterval(means, 0.95)
	if err != nil {
		return err
	}
	want, within := numberOr(g, "n", 0), numberOr(g, "within", 0.05)
	mean := (iv.Low + iv.High) / 2
	c.row("times", strings.TrimSpace(step+" "+id), math.Abs(mean-want) <= within, source(g, both("%.2f ± %.2f", want, within)), both("%.2f (%.2f … %.2f)", mean, iv.Low, iv.High))
	return nil
}

// duplicates looks for procedures that are done twice among those of the town: the
// planted ones must be found with a precision and a recall, which plain overlap of words
// does not reach. Near misses are told.
func (c *checker) duplicates(ctx context.Context, g yamlfile.Mapping) error {
	if c.s.Truth.Town == nil {
		return fmt.Errorf("town: %w", ErrUnknown)
	}
	list := architecture.Functions(c.s.Twin)
	found, err := architecture.Duplicates(ctx, list, architecture.DuplicateConfig{})
	if err != nil {
		return err
	}
	truth := c.s.Truth.Town
	q, near := architecture.Judge(found, truth.Duplicates), architecture.Judge(found, truth.NearMisses)
	precision, recall, baseline := numberOr(g, "precision", 0.85), numberOr(g, "recall", 0.8), numberOr(g, "baseline", 0.5)
	words := architecture.RecallAt(architecture.TokenOverlap(list), truth.Duplicates, precision)
	c.row("duplicates", fmt.Sprintf("%d + %d", len(truth.Duplicates), len(truth.NearMisses)), float64(q.Precision) >= precision && float64(q.Recall) >= recall && words <= baseline,
		source(g, say2("точность ≥ %.2f, полнота ≥ %.2f; по словам полнота ≤ %.2f", "precision ≥ %.2f, recall ≥ %.2f; by words recall ≤ %.2f", precision, recall, baseline)),
		say2("точность %.2f, полнота %.2f; по словам %.2f; похожих, но других, %d", "precision %.2f, recall %.2f; by words %.2f; near misses %d", float64(q.Precision), float64(q.Recall), words, near.Hits))
	return nil
}
