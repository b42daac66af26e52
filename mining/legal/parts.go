package legal

import (
	"github.com/uprava/uprava/mining/internal/yamltree"
	"github.com/uprava/uprava/mining/match"
)

func readRoll(n yamltree.Node) Roll {
	r := Roll{Direction: RollNone}
	if n.Scalar() {
		n.OneOf(string(RollNone)) // another direction needs a citation
		return r
	}
	m := n.Map("direction", "citation", "check")
	if v, ok := m.Need("direction"); ok {
		r.Direction = Direction(v.OneOf(string(RollNone), string(RollNext), string(RollPrevious)))
	}
	if v, ok := m.Need("citation"); ok {
		r.Citation = match.ReadText(v)
	}
	r.Checks = readChecks(m)
	return r
}

func readSuspension(n yamltree.Node) (s Suspension) {
	m := n.Map("on", "resume", "max", "suspending-day", "resuming-day", "citation", "check")
	if v, ok := m.Need("on"); ok {
		s.On = match.ReadEvents(v)
	}
	if v, ok := m.Value("resume"); ok {
		s.Resume = match.ReadEvents(v)
	}
	if v, ok := m.Value("max"); ok {
		t := ReadTerm(v)
		if t.Unit == Month || t.Unit == Year || t.N == 0 {
			v.Fault("found %q, wanted a maximum in days or hours", t)
		}
		s.Max = &t
	}
	if len(s.Resume) == 0 && s.Max == nil {
		n.Fault("nothing ends the suspension: wanted resume or max")
	}
	if v, ok := m.Value("suspending-day"); ok {
		s.FromSameDay = v.OneOf("counts", "does-not-count") == "does-not-count"
	}
	if v, ok := m.Value("resuming-day"); ok {
		s.ThroughResumeDay = v.OneOf("counts", "does-not-count") == "does-not-count"
	}
	s.Citation, s.Checks = citation(m), readChecks(m)
	return s
}

func readExtension(n yamltree.Node) (x Extension) {
	m := n.Map("on", "application", "by", "attribute", "times", "when", "citation", "check")
	if v, ok := m.Need("on"); ok {
		x.On = match.ReadEvents(v)
	}
	if v, ok := m.Value("application"); ok {
		x.Application = match.ReadEvents(v)
	}
	x.By, x.Times = readTerm(m, "by"), 1
	if v, ok := m.Value("attribute"); ok {
		x.Attribute = v.Text()
	}
	if v, ok := m.Value("times"); ok {
		x.Times = v.Int(1, 1000)
	}
	if v, ok := m.Value("when"); ok {
		x.When = match.ReadConditions(v)
	}
	x.Citation, x.Checks = citation(m), readChecks(m)
	return x
}

func readCourt(n yamltree.Node) (c Court) {
	m := n.Map("id", "name", "from", "until")
	if v, ok := m.Need("id"); ok {
		c.ID = v.Text()
	}
	if v, ok := m.Need("name"); ok {
		c.Name = match.ReadText(v)
	}
	if v, ok := m.Need("from"); ok {
		c.From = match.ReadEvents(v)
	}
	if v, ok := m.Need("until"); ok {
		c.Until = match.ReadEvents(v)
	}
	return c
}

func citation(m yamltree.Map) match.Text {
	if v, ok := m.Value("citation"); ok {
		return match.ReadText(v)
	}
	return match.Text{}
}

func readChecks(m yamltree.Map) []match.Text {
	v, ok := m.Value("check")
	if !ok {
		return nil
	}
	var out []match.Text
	for _, n := range v.Items() {
		out = append(out, match.ReadText(n))
	}
	return out
}

func readTerm(m yamltree.Map, key string) Term {
	v, ok := m.Need(key)
	if !ok {
		return Term{Unit: CalendarDay}
	}
	return ReadTerm(v)
}

// ReadTerm reads a term such as "30 calendar-days".
func ReadTerm(v yamltree.Node) Term {
	t, err := ParseTerm(v.Text())
	if err != nil {
		v.Fault("%w", err)
		return Term{Unit: CalendarDay}
	}
	return t
}
