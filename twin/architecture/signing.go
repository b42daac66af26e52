package architecture

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/twin"
)

var unknownNumber = measure.Number(math.NaN())

// Step is how often an activity of a process is done a year by a pool ("" for nobody),
// and the working hours that it takes there.
type Step struct {
	Process, Activity, Pool string
	Yearly, Hours           float64
}

// Signature is something that is signed, approved or endorsed.
type Signature struct {
	In     twin.Ref // process or procedure
	Step   string   // in the words of the twin
	Yearly measure.Number
	Hours  measure.Number // NaN where only the effort of the whole procedure is known
}

// Signer is who signs: a pool in processes, the head of a unit in its procedures.
type Signer struct {
	By         twin.Ref
	Signs      []Signature // most a year first
	Yearly     measure.Number
	Hours      measure.Number // of the signatures whose time is known
	People     int            // of a pool; 1 of a post, 0 of a unit whose head is not known
	Processes  int
	Procedures int
	// Unknown counts the signatures whose number a year the twin does not tell.
	Unknown int
}

// signing are the beginnings of the words, in Russian and English, that say that
// somebody signs, approves or endorses.
var signing = []string{"подпис", "утвержд", "соглас", "завизир", "визирован", "одобр", "signed", "signing", "signature", "approv", "endors"}

// Signs reports whether a step is a signature, which only its words tell.
func Signs(step string) bool {
	for _, word := range forms(step) {
		if slices.ContainsFunc(signing, func(stem string) bool { return strings.HasPrefix(word, stem) }) {
			return true
		}
	}
	return false
}

// leading begin the names of posts that lead a unit.
var leading = []string{"начальник", "глава", "руководитель", "заведующий", "заведующая", "директор", "председатель"}

// Leads reports whether a post leads its unit, which only its name tells.
func Leads(name twin.Text) bool {
	words := forms(name.In("ru"))
	return len(words) > 0 && slices.Contains(leading, words[0])
}

// Heads returns the posts that lead a unit, by identifier.
func Heads(g *twin.Graph, unit twin.Ref) []twin.Ref {
	var out []twin.Ref
	for _, e := range g.In(unit) {
		if e.Relation == twin.BelongsTo && e.To.Kind == twin.Post && Leads(g.Name(e.To)) {
			out = append(out, e.To)
		}
	}
	return out
}

// Signers returns who signs how much a year, the most first. In processes it is the pool
// that does an activity whose words say so, as often as steps tells. The twin does not
// say who signs in a procedure: that is put down to the heads of its unit, in equal
// parts, and to the unit itself where none is known. O(things + edges).
func Signers(m *twin.Model, steps []Step) []Signer {
	g := m.Graph()
	at := map[twin.Ref]*Signer{}
	add := func(by twin.Ref, s Signature) {
		x := at[by]
		if x == nil {
			x = &Signer{By: by}
			at[by] = x
		}
		x.Signs = append(x.Signs, s)
	}
	for _, s := range steps {
		if s.Pool != "" && Signs(s.Activity) {
			add(twin.Ref{Kind: twin.PoolKind, ID: s.Pool}, Signature{twin.Ref{Kind: twin.ProcessKind, ID: s.Process}, s.Activity, measure.Number(s.Yearly), measure.Number(s.Hours)})
		}
	}
	heads := map[twin.Ref][]twin.Ref{}
	for _, e := range m.Elements {
		if e.Kind != twin.Procedure {
			continue
		}
		unit := twin.Ref{}
		for _, r := range e.To(twin.BelongsTo) {
			if r.Kind == twin.UnitKind {
				unit = r
			}
		}
		if unit == (twin.Ref{}) {
			continue
		}
		by, known := heads[unit]
		if !known {
			if by = Heads(g, unit); len(by) == 0 {
				by = []twin.Ref{unit}
			}
			heads[unit] = by
		}
		yearly := unknownNumber
		if f, ok := e.Figures["executions-a-year"]; ok {
			yearly = measure.Number(f.Value / float64(len(by)))
		}
		for step := range strings.SplitSeq(e.Properties["steps"], ";") {
			if step = strings.TrimSpace(step); Signs(step) {
				for _, r := range by {
					add(r, Signature{e.Ref(), step, yearly, unknownNumber})
				}
			}
		}
	}
	out := make([]Signer, 0, len(at))
	for _, x := range at {
		x.settle(m)
		out = append(out, *x)
	}
	slices.SortFunc(out, func(a, b Signer) int {
		return cmp.Or(cmp.Compare(b.Yearly, a.Yearly), cmp.Compare(a.By.Kind, b.By.Kind), cmp.Compare(a.By.ID, b.By.ID))
	})
	return out
}

func (x *Signer) settle(m *twin.Model) {
	in := map[twin.Ref]bool{}
	for _, s := range x.Signs {
		if !in[s.In] {
			in[s.In] = true
			if s.In.Kind == twin.ProcessKind {
				x.Processes++
			} else {
				x.Procedures++
			}
		}
		if s.Yearly != s.Yearly { // NaN
			x.Unknown++
		} else {
			x.Yearly += s.Yearly
		}
		if s.Hours == s.Hours {
			x.Hours += s.Hours
		}
	}
	slices.SortStableFunc(x.Signs, func(a, b Signature) int { return cmp.Compare(b.Yearly, a.Yearly) })
	switch x.By.Kind {
	case twin.Post:
		x.People = 1
	case twin.PoolKind:
		for _, p := range m.Pools {
			if p.ID == x.By.ID {
				if x.People = p.Size; len(p.Members) > 0 {
					x.People = len(p.Members)
				}
			}
		}
	}
}
