package simulator

import (
	"slices"

	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/twin"
)

// repeat is how often an activity is done, see twin.Repeat.
type repeat struct {
	form      bpmn.LoopForm
	upTo      []float64 // cumulative shares of counts
	counts    []int32
	attribute int32 // number among the case's values; -1
	enough    int32
	again     float64
	decay     float64
	most      int32
}

func (c *compiler) repeat(b *bpmn.Node, t *twin.Repeat, d *diagram, what place) *repeat {
	switch {
	case b.Loop == nil && t == nil:
		return nil
	case b.Loop == nil:
		c.fault("%s: it is said how often it is repeated, and the diagram does not repeat it", "%s: указано, сколько раз повторять, а на схеме повторения нет", what)
		return nil
	case t == nil:
		c.fault("%s: the diagram repeats it, and nothing says how often", "%s: на схеме есть повторение, а сколько раз повторять, не указано", what)
		return nil
	}
	r := &repeat{form: b.Loop.Form, attribute: -1, enough: int32(t.Enough), again: t.Again, decay: t.Decay, most: int32(t.Most)}
	if r.decay == 0 {
		r.decay = 1
	}
	if b.Loop.Maximum > 0 && (r.most == 0 || int(r.most) > b.Loop.Maximum) {
		r.most = int32(b.Loop.Maximum)
	}
	if r.form == bpmn.StandardLoop {
		if !(r.again >= 0 && r.again <= 1 && r.decay > 0 && r.decay <= 1) || r.most < 0 {
			c.fault("%s: repeated with again %v, decay %v, most %d: wanted probabilities and a number from 0", "%s: повторяется с вероятностью %v, убыванием %v, не больше %d раз: нужны вероятности и число от 0", what, t.Again, t.Decay, t.Most)
		} else if r.again*r.decay == 1 && r.most == 0 {
			c.fault("%s: the loop never ends: wanted a probability below 1, a decay or a greatest number", "%s: цикл не кончается: нужна вероятность меньше 1, убывание или наибольшее число повторений", what)
		}
		return r
	}
	if t.Attribute != "" {
		if r.attribute = attributeAt(d.Attributes, t.Attribute); r.attribute < 0 || d.Attributes[r.attribute].Number.Law == "" {
			c.fault("%s: repeated as often as %q says, which is no attribute that is a number", "%s: число повторений задаёт «%s», а это не числовой признак", what, t.Attribute)
		}
		return r
	}
	var counts []int
	for k := range t.Instances {
		counts = append(counts, k)
	}
	slices.Sort(counts)
	total := 0.0
	for _, k := range counts {
		if k < 0 || k > mostInstances || !(t.Instances[k] >= 0) {
			c.fault("%s: %d instances with probability %v: wanted 0 to %d, and a share", "%s: %d экземпляров с вероятностью %v: нужно число от 0 до %d и доля", what, k, t.Instances[k], mostInstances)
		}
		total += t.Instances[k]
		r.counts, r.upTo = append(r.counts, int32(k)), append(r.upTo, total)
	}
	if len(counts) == 0 || total < 1-1e-6 || total > 1+1e-6 {
		c.fault("%s: the shares of its numbers of instances sum to %.6g: wanted 1", "%s: сумма долей числа экземпляров %.6g, нужна 1", what, total)
	}
	return r
}

// mostInstances bounds the instances of one activity.
const mostInstances = 10_000

// mean returns the mean number of times that an activity is done.
func (r *repeat) mean(p *process) float64 {
	switch {
	case r == nil:
		return 1
	case r.form == bpmn.StandardLoop:
		sum, on := 1.0, 1.0
		for k, again := 1, r.again; k < 100_000 && (r.most == 0 || k < int(r.most)) && on > 1e-12; k, again = k+1, again*r.decay {
			on *= again
			sum += on
		}
		return sum
	case r.attribute >= 0:
		return p.attributes[r.attribute].number.mean()
	}
	sum, last := 0.0, 0.0
	for i, n := range r.counts {
		done := float64(n)
		if r.enough > 0 {
			done = min(done, float64(r.enough))
		}
		sum += done * (r.upTo[i] - last)
		last = r.upTo[i]
	}
	return sum
}
