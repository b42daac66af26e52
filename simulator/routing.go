package simulator

import (
	"maps"
	"math"
	"slices"

	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/simulator/des"
	"github.com/uprava/uprava/twin"
)

// attribute is a property of cases ready to draw: a number, or the position of a
// value.
type attribute struct {
	id     string
	values []string
	upTo   []float64 // cumulative shares of values
	number law
}

// draw returns the value for a uniform number.
func (a *attribute) draw(u float64) float64 {
	if a.values == nil {
		return a.number.quantile(u)
	}
	for i, upTo := range a.upTo {
		if u < upTo {
			return float64(i)
		}
	}
	return float64(len(a.values) - 1)
}

// rule is a twin.Rule with its names resolved.
type rule [][]condition

type condition struct {
	value       int32 // number among the case's
	is          []bool
	from, below float64
	not         bool
}

type priority struct {
	when  rule
	level int32
}

// holds reports whether a rule holds for a case of the given numbers.
func (r rule) holds(values []float64) bool {
	if len(r) == 0 {
		return true
	}
	for _, line := range r {
		all := true
		for i := range line {
			c := &line[i]
			x := values[c.value]
			met := x >= c.from && x < c.below
			if c.is != nil {
				met = c.is[int(x)]
			}
			if all = met != c.not; !all {
				break
			}
		}
		if all {
			return true
		}
	}
	return false
}

func (c *compiler) attributes(p *process, t *twin.Process, of place) {
	for _, a := range t.Attributes {
		out := attribute{id: a.ID}
		what := of.part("attribute %q", "признак «%s»", a.ID)
		if slices.ContainsFunc(p.attributes, func(b attribute) bool { return b.id == a.ID }) {
			c.fault("%s stands twice", "%s: встречается дважды", what)
		}
		if a.Number.Law != "" {
			var err error
			if out.number, err = compileLaw(a.Number); err != nil {
				c.fault("%s: %w", "%s: %s", what, err)
			}
		} else {
			total := 0.0
			for _, value := range slices.Sorted(maps.Keys(a.Shares)) {
				total += a.Shares[value]
				out.values, out.upTo = append(out.values, value), append(out.upTo, total)
			}
			if math.Abs(total-1) > 1e-6 {
				c.fault("%s: the shares of its values sum to %.6g: wanted 1", "%s: сумма долей значений %.6g, нужна 1", what, total)
			}
		}
		p.attributes = append(p.attributes, out)
	}
	p.values = int32(len(p.attributes))
}

func attributeAt(list []twin.Attribute, id string) int32 {
	return int32(slices.IndexFunc(list, func(a twin.Attribute) bool { return a.ID == id }))
}

// rule resolves the names of a rule. A node that it asks for gets a counter.
func (c *compiler) rule(t twin.Rule, s *source, what place) rule {
	p := &c.p.processes[s.at]
	var out rule
	for _, line := range t {
		conditions := make([]condition, 0, len(line))
		for _, x := range line {
			k := condition{from: math.Inf(-1), below: math.Inf(1), not: x.Not}
			if x.Node != "" {
				k.value, k.from = c.counted(x.Node, s, what), float64(x.Times)
				conditions = append(conditions, k)
				continue
			}
			if k.value = attributeAt(s.Attributes, x.Attribute); k.value < 0 {
				c.fault("%s: condition on %q, which is no attribute of the process", "%s: условие по «%s», а такого признака у процесса нет", what, x.Attribute)
				k.value = 0
				continue
			}
			a := &p.attributes[k.value]
			if a.values != nil {
				k.is = make([]bool, len(a.values))
				for _, value := range x.Is {
					i := slices.Index(a.values, value)
					if i < 0 {
						c.fault("%s: condition on %q: found the value %q, wanted one of %q", "%s: условие по «%s»: указано значение «%s», нужно одно из %s", what, x.Attribute, value, a.values)
						continue
					}
					k.is[i] = true
				}
			}
			if x.From != nil {
				k.from = *x.From
			}
			if x.Below != nil {
				k.below = *x.Below
			}
			conditions = append(conditions, k)
		}
		out = append(out, conditions)
	}
	return out
}

// counted returns the number among the case's values that counts the completions
// of a node.
func (c *compiler) counted(id string, s *source, what place) int32 {
	i := slices.IndexFunc(c.counts, func(x counter) bool { return x.process == s.at && x.node == id })
	if i >= 0 {
		return c.counts[i].value
	}
	found := false
	s.Diagram.Walk(func(scope *bpmn.Process, _ *bpmn.Node) { found = found || scope.Node(id) != nil })
	if !found {
		c.fault("%s: condition on %q, which is no node of the process", "%s: условие по «%s», а такого элемента в процессе нет", what, id)
	}
	p := &c.p.processes[s.at]
	c.counts = append(c.counts, counter{s.at, id, p.values})
	p.values++
	return p.values - 1
}

// counter says which value of a case counts the completions of a node.
type counter struct {
	process int32
	node    string
	value   int32
}

// probabilities sets those of a split. Flows with a rule come first, in their
// order; the others share what is left. Where sum is asked the shares of a split
// without rules sum to 1, or a default flow without one takes the rest.
func (c *compiler) probabilities(n *node, b *bpmn.Node, d *diagram, sum bool, what place) {
	total, rest, open := 0.0, -1, 0
	for i, f := range d.out[b.ID] {
		e := &n.out[i]
		if r, ok := d.Rules[f.ID]; ok {
			e.rule, e.ruled, e.p = c.rule(r, d.source, what), true, 0
			n.ruled = true
			continue
		}
		open++
		p, ok := d.Branches[f.ID]
		switch {
		case ok && !(p >= 0 && p <= 1):
			c.fault("%s: flow %q has probability %v: wanted 0 to 1", "%s: у перехода «%s» вероятность %v, нужна от 0 до 1", what, f.ID, p)
		case !ok && f.ID == b.Default && sum, !ok && len(d.out[b.ID]) == len(d.Rules)+1:
			rest = i
		}
		e.p = p
		total += p
		if x, ok := d.Decay[f.ID]; ok && x != 1 {
			if !(x >= 0 && x <= 1) {
				c.fault("%s: flow %q: decay %v: wanted 0 to 1", "%s: переход «%s»: убывание вероятности %v, нужно от 0 до 1", what, f.ID, x)
			}
			e.decay, n.decays = x, true
		}
	}
	for i, f := range d.out[b.ID] {
		if _, ok := d.Branches[f.ID]; ok || n.out[i].ruled || i == rest {
			continue
		}
		if n.ruled && open == 1 {
			rest = i
			continue
		}
		c.fault("%s: flow %q has no probability", "%s: у перехода «%s» нет вероятности", what, f.ID)
	}
	if rest >= 0 {
		n.out[rest].p = max(0, 1-total)
		total += n.out[rest].p
	}
	switch {
	case open == 0:
		c.fault("%s: every flow has a rule, and none is left for a case that none holds for", "%s: у каждого перехода есть правило, и для дела, к которому не подходит ни одно, перехода не осталось", what)
		return
	case sum && math.Abs(total-1) > 1e-6 && !(n.ruled && total > 0):
		c.fault("%s: the probabilities of its flows sum to %.6g: wanted 1", "%s: сумма вероятностей переходов %.6g, нужна 1", what, total)
	case total <= 0 && !(n.op == opInclusive && n.ruled):
		c.fault("%s: no flow has a probability above 0", "%s: ни у одного перехода нет вероятности больше 0", what)
	}
	upTo := 0.0
	for i := range n.out {
		if e := &n.out[i]; !e.ruled && total > 0 {
			upTo += e.p / total
		}
		n.out[i].upTo = upTo
	}
}

// expected sets, on splits with rules, the share of the cases that each flow is
// expected to take, by drawing attributes, and on splits whose shares fall with each
// visit their mean over the visits, the falling flows leading back; it is for the check
// of utilisation only.
func (c *compiler) expected(shares map[int32][]float64) {
	const draws = 2000
	for at := range c.p.nodes {
		n := &c.p.nodes[at]
		if n.decays && n.op == opExclusive && !n.ruled {
			shares[int32(at)] = n.meanShares()
			continue
		}
		if !n.ruled {
			continue
		}
		p := &c.p.processes[n.process]
		values := make([]float64, p.values)
		out := make([]float64, len(n.out))
		for i := range uint64(draws) {
			for k := range p.attributes {
				values[k] = p.attributes[k].draw(des.NewField(0, 0, p.attributes[k].id).Uniform(i, 0))
			}
			taken := false
			for k := range n.out {
				if e := &n.out[k]; e.ruled && (n.op == opInclusive || !taken) && e.rule.holds(values) {
					out[k] += 1.0 / draws
					taken = true
				}
			}
			for k := range n.out {
				if e := &n.out[k]; !e.ruled && (n.op == opInclusive || !taken) {
					out[k] += e.p / draws
				}
			}
		}
		shares[int32(at)] = out
	}
}

// meanShares returns the shares of a split over the visits of a case that comes back
// by the flows whose share falls, and by them alone.
func (n *node) meanShares() []float64 {
	out := make([]float64, len(n.out))
	visits, on := 0.0, 1.0
	for visit := uint32(0); visit < 1000 && on > 1e-9; visit++ {
		back := 0.0
		for k, p := range n.shares(visit) {
			out[k] += on * p
			if n.out[k].decay != 1 {
				back += p
			}
		}
		visits += on
		on *= back
	}
	for k := range out {
		out[k] /= visits
	}
	return out
}
