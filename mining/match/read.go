package match

import (
	"strings"

	"github.com/uprava/uprava/mining/internal/yamltree"
)

// ReadText reads a text: {ru: …, en: …}, or one text for both.
func ReadText(n yamltree.Node) Text {
	if n.Scalar() {
		s := n.Text()
		return Text{s, s}
	}
	m := n.Map("ru", "en")
	var t Text
	if v, ok := m.Need("ru"); ok {
		t.RU = v.Text()
	}
	if v, ok := m.Need("en"); ok {
		t.EN = v.Text()
	}
	return t
}

// ReadTexts reads one text or a list of texts of one language.
func ReadTexts(n yamltree.Node) []string {
	var out []string
	for _, v := range n.Items() {
		if s := v.Text(); s != "" {
			out = append(out, s)
		}
	}
	if len(out) == 0 && n.Sequence() {
		n.Fault("found an empty list, wanted one or more")
	}
	return out
}

// ReadEvents reads one event or a list of them: the name of an activity, or
//
//	{activity: NAME or [NAME, …], lifecycle: start, where: CONDITIONS}
func ReadEvents(n yamltree.Node) []Event {
	var out []Event
	for _, v := range n.Items() {
		if v.Scalar() {
			if s := v.Text(); s != "" {
				out = append(out, Event{Activities: []string{s}})
			}
			continue
		}
		m := v.Map("activity", "lifecycle", "where")
		var e Event
		if a, ok := m.Need("activity"); ok {
			e.Activities = ReadTexts(a)
		}
		if l, ok := m.Value("lifecycle"); ok {
			if e.Lifecycle = strings.ToLower(l.Text()); e.Lifecycle == "complete" {
				e.Lifecycle = ""
			}
		}
		if w, ok := m.Value("where"); ok {
			e.Where = ReadConditions(w)
		}
		if len(e.Activities) > 0 {
			out = append(out, e)
		}
	}
	if n.Sequence() && len(n.List()) == 0 {
		n.Fault("found an empty list, wanted one event or more")
	}
	return out
}

var ops = []Op{Is, IsNot, OneOf, NoneOf, AtLeast, AtMost, MoreThan, LessThan, Present}

// ReadConditions reads one condition or a list of them, all of which must hold:
//
//	{attribute: channel, one-of: [post, desk]}   {attribute: sum, more-than: 500000}
//
// A mapping may hold several comparisons of its attribute.
func ReadConditions(n yamltree.Node) []Condition {
	keys := []string{"attribute"}
	for _, op := range ops {
		keys = append(keys, string(op))
	}
	var out []Condition
	for _, v := range n.Items() {
		m := v.Map(keys...)
		a, ok := m.Need("attribute")
		if !ok {
			continue
		}
		attribute, compared := a.Text(), false
		for _, op := range ops {
			x, ok := m.Value(string(op))
			if !ok {
				continue
			}
			compared = true
			c := Condition{Attribute: attribute, Op: op}
			switch op {
			case OneOf, NoneOf:
				c.Values = ReadTexts(x)
			case Present:
				c.Values = []string{x.OneOf("true", "false")}
			default:
				c.Values = []string{x.Text()}
				if _, ok := order(c.Values[0]); !ok && op != Is && op != IsNot {
					x.Fault("found %q, wanted a number or a date to compare with", c.Values[0])
				}
			}
			out = append(out, c)
		}
		if !compared {
			v.Fault("the attribute %q is compared with nothing, wanted %s", attribute, yamltree.Wanted("", keys[1:]))
		}
	}
	return out
}
