package petri

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/uprava/uprava/mining/internal/xmldoc"
)

// Write writes the net as PNML (ISO/IEC 15909-2), in the dialect of ProM and
// PM4Py: silent transitions carry activity="$invisible$", and the final marking
// stands behind the page. The same net gives the same bytes, and Read gives it
// back.
func Write(w io.Writer, n *Net) error {
	x := writer{xmldoc.NewWriter(w)}
	x.Open("pnml")
	x.Open("net", "id", "net1", "type", "http://www.pnml.org/version-2009/grammar/pnmlcoremodel")
	x.named("name", n.Name)
	x.Open("page", "id", "n0")
	for i, p := range n.Places {
		x.Open("place", "id", p.ID)
		x.named("name", p.Name)
		if i < len(n.Initial) && n.Initial[i] > 0 {
			x.named("initialMarking", strconv.Itoa(n.Initial[i]))
		}
		x.Close("place")
	}
	for _, t := range n.Transitions {
		x.Open("transition", "id", t.ID)
		x.named("name", t.Label)
		if t.Silent {
			x.Empty("toolspecific", "tool", "ProM", "version", "6.4", "activity", "$invisible$")
		}
		x.Close("transition")
	}
	arcs := 0
	arc := func(from, to string, weight int) {
		arcs++
		id := fmt.Sprintf("arc%d", arcs)
		if weight == 1 {
			x.Empty("arc", "id", id, "source", from, "target", to)
			return
		}
		x.Open("arc", "id", id, "source", from, "target", to)
		x.named("inscription", strconv.Itoa(weight))
		x.Close("arc")
	}
	for _, t := range n.Transitions {
		for _, a := range t.In {
			arc(n.Places[a.Place].ID, t.ID, a.Weight)
		}
		for _, a := range t.Out {
			arc(t.ID, n.Places[a.Place].ID, a.Weight)
		}
	}
	x.Close("page")
	if n.Final != nil {
		x.Open("finalmarkings")
		x.Open("marking")
		for i, tokens := range n.Final {
			if tokens > 0 {
				x.Open("place", "idref", n.Places[i].ID)
				x.Text("text", strconv.Itoa(tokens))
				x.Close("place")
			}
		}
		x.Close("marking")
		x.Close("finalmarkings")
	}
	x.Close("net")
	x.Close("pnml")
	return x.Flush("PNML")
}

type writer struct{ *xmldoc.Writer }

// named writes an element around a text, as PNML has them.
func (x writer) named(name, text string) {
	x.Open(name)
	x.Text("text", text)
	x.Close(name)
}

// Read reads the first net of a PNML document, under any namespace: its places,
// transitions, arcs, initial and final marking, over all its pages. Graphics and
// what tools added are left aside. Transitions marked "$invisible$" are silent. A
// document with several final markings, arcs between two places or two
// transitions, and references to what is not there are errors that name line and
// column.
func Read(r io.Reader) (*Net, error) {
	root, err := xmldoc.Parse("PNML", r)
	if err != nil {
		return nil, err
	}
	if root.Name.Local != "pnml" {
		return nil, root.Faultf("found root element <%s>, wanted <pnml>", root.Name.Local)
	}
	net := root.Child("net")
	if net == nil {
		return nil, root.Faultf("document without a <net>")
	}
	rd := &reader{net: &Net{Name: text(net.Child("name"))}, places: map[string]int{}, transitions: map[string]int{}}
	if err := rd.elements(net); err != nil {
		return nil, err
	}
	if err := rd.connect(); err != nil {
		return nil, err
	}
	if err := rd.final(net, root); err != nil {
		return nil, err
	}
	if rd.marked {
		rd.net.Initial = rd.initial
	}
	if err := rd.net.Validate(); err != nil {
		return nil, fmt.Errorf("reading PNML: %w", err)
	}
	return rd.net, nil
}

// text returns the text child of e, "" where either is missing.
func text(e *xmldoc.Element) string {
	if e == nil {
		return ""
	}
	if t := e.Child("text"); t != nil {
		return t.Text()
	}
	return ""
}

type reader struct {
	net                 *Net
	places, transitions map[string]int
	initial             Marking
	marked              bool
	arcs                []*xmldoc.Element
}

// elements gathers places, transitions and arcs, from pages too.
func (rd *reader) elements(e *xmldoc.Element) error {
	for _, c := range e.Children {
		id := c.Attr("id")
		switch c.Name.Local {
		case "page":
			if err := rd.elements(c); err != nil {
				return err
			}
		case "place":
			tokens := 0
			if m := c.Child("initialMarking"); m != nil {
				var err error
				if tokens, err = count(m, 0); err != nil {
					return err
				}
				rd.marked = rd.marked || tokens > 0
			}
			rd.places[id] = len(rd.net.Places)
			rd.net.Places = append(rd.net.Places, Place{id, text(c.Child("name"))})
			rd.initial = append(rd.initial, tokens)
		case "transition":
			t := Transition{ID: id, Label: text(c.Child("name"))}
			for _, tool := range c.Children {
				t.Silent = t.Silent || tool.Name.Local == "toolspecific" && tool.Attr("activity") == "$invisible$"
			}
			rd.transitions[id] = len(rd.net.Transitions)
			rd.net.Transitions = append(rd.net.Transitions, t)
		case "arc":
			rd.arcs = append(rd.arcs, c)
		}
	}
	return nil
}

// count returns the number in the text of e, at least least.
func count(e *xmldoc.Element, least int) (int, error) {
	found := strings.TrimSpace(text(e))
	n, err := strconv.Atoi(found)
	if err != nil || n < least || n > 1<<30 {
		return 0, e.Faultf("<%s>: found %q, wanted a number from %d", e.Name.Local, found, least)
	}
	return n, nil
}

func (rd *reader) connect() error {
	for _, e := range rd.arcs {
		weight := 1
		if in := e.Child("inscription"); in != nil {
			var err error
			if weight, err = count(in, 1); err != nil {
				return err
			}
		}
		source, target := e.Attr("source"), e.Attr("target")
		from, fromPlace := rd.places[source]
		to, toPlace := rd.places[target]
		switch {
		case fromPlace:
			t, ok := rd.transitions[target]
			if !ok {
				return e.Faultf("arc %q: target %q is not a transition", e.Attr("id"), target)
			}
			rd.net.Transitions[t].In = add(rd.net.Transitions[t].In, from, weight)
		case toPlace:
			t, ok := rd.transitions[source]
			if !ok {
				return e.Faultf("arc %q: source %q is not a transition", e.Attr("id"), source)
			}
			rd.net.Transitions[t].Out = add(rd.net.Transitions[t].Out, to, weight)
		default:
			return e.Faultf("arc %q: neither source %q nor target %q is a place", e.Attr("id"), source, target)
		}
	}
	return nil
}

// add appends an arc, or adds to the weight of one with the same place.
func add(arcs []Arc, place, weight int) []Arc {
	if i := slices.IndexFunc(arcs, func(a Arc) bool { return a.Place == place }); i >= 0 {
		arcs[i].Weight += weight
		return arcs
	}
	return append(arcs, Arc{place, weight})
}

// final reads the final marking, which stands in the net or beside it.
func (rd *reader) final(places ...*xmldoc.Element) error {
	for _, parent := range places {
		all := parent.Child("finalmarkings")
		if all == nil {
			continue
		}
		for _, marking := range all.Children {
			if marking.Name.Local != "marking" {
				continue
			}
			if rd.net.Final != nil {
				return marking.Faultf("second final marking, wanted one")
			}
			rd.net.Final = make(Marking, len(rd.net.Places))
			for _, p := range marking.Children {
				i, ok := rd.places[p.Attr("idref")]
				if !ok {
					return p.Faultf("final marking of %q, which is not a place", p.Attr("idref"))
				}
				tokens, err := count(p, 0)
				if err != nil {
					return err
				}
				rd.net.Final[i] = tokens
			}
		}
	}
	return nil
}
