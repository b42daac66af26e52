package twins

import (
	"net/http"
	"strings"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/web/shell"
	"github.com/uprava/uprava/twin"
)

// mergeGroup is what moves, of one kind.
type mergeGroup struct {
	Kind        string
	N           int
	First, Rest []shell.Link
}

type mergePage struct {
	*looked
	Into, From []choice
	Sentences  []string
	Moves      []mergeGroup
	Both       []mergeGroup
	Posts      [][2]shell.Link // of the same name
	Duplicates []pairRow
	Done       bool
}

// merge shows what making one unit of two would move, and what both have.
func (p *pages) merge(w http.ResponseWriter, r *http.Request) error {
	k, err := p.open(r, "units")
	if err != nil {
		return err
	}
	into, from := twin.Ref{Kind: twin.UnitKind, ID: k.asked("into")}, twin.Ref{Kind: twin.UnitKind, ID: k.asked("from")}
	units := map[twin.Ref]bool{}
	for _, u := range k.Model.Units {
		units[twin.Ref{Kind: twin.UnitKind, ID: u.ID}] = true
	}
	body := &mergePage{looked: k, Into: k.unitChoices(units, into.ID)[1:], From: k.unitChoices(units, from.ID)[1:]}
	if into.ID != "" && from.ID != "" {
		for _, u := range []twin.Ref{into, from} {
			if err := k.known(u); err != nil {
				return err
			}
		}
		if into == from {
			return desk.InputError{Err: errSameUnit}
		}
		if err := p.merged(body, into, from); err != nil {
			return err
		}
	}
	return p.show(w, k, "merge", k.Lang.T("twins.merge.title"), body, shell.Link{Text: k.Lang.T("twins.units.title"), Href: k.href("units")})
}

type sentence string

func (s sentence) Error() string { return string(s) }

const errSameUnit = sentence("a unit cannot be merged with itself: choose two different ones")

func (p *pages) merged(b *mergePage, into, from twin.Ref) error {
	m := b.Graph.Merge(into, from)
	b.Done = true
	b.Moves, b.Both = b.mergeGroups(m.Moves), b.mergeGroups(m.Both)
	for _, pair := range m.Twins {
		b.Posts = append(b.Posts, [2]shell.Link{b.link(pair[0]), b.link(pair[1])})
	}
	pairs, err := p.desk.Duplicates(b.r.Context(), b.Twin)
	if err != nil {
		return err
	}
	for i := range pairs {
		x, y := twin.Ref{Kind: twin.Procedure, ID: pairs[i].A}, twin.Ref{Kind: twin.Procedure, ID: pairs[i].B}
		a, c := b.Unit(x), b.Unit(y)
		if a == into && c == from || a == from && c == into {
			b.Duplicates = append(b.Duplicates, b.pairRow(&pairs[i]))
		}
	}
	l := b.Lang
	name := func(r twin.Ref) string { return b.Name(r).In(string(l)) }
	say := func(key string, args ...any) { b.Sentences = append(b.Sentences, l.T(key, args...)) }
	say("twins.merge.moves", name(from), name(into), l.Int(int64(len(m.Moves))), b.kindsOf(m.Moves))
	if len(m.Both) > 0 {
		say("twins.merge.both", l.Int(int64(len(m.Both))), b.kindsOf(m.Both))
	} else {
		say("twins.merge.nothing-shared")
	}
	heads := 0
	for _, u := range b.Model.Units {
		if u.ID == into.ID || u.ID == from.ID {
			heads += min(1, len(b.unitRow(u, 0).Heads))
		}
	}
	if heads == 2 {
		say("twins.merge.heads")
	}
	if len(m.Twins) > 0 {
		say("twins.merge.posts", l.Int(int64(len(m.Twins))))
	}
	if n := len(b.Duplicates); n > 0 {
		say("twins.merge.duplicates", l.Int(int64(n)))
	} else {
		say("twins.merge.no-duplicates")
	}
	outside := 0
	inside := map[twin.Ref]bool{into: true}
	for _, r := range m.Moves {
		inside[r] = true
	}
	for _, e := range b.Graph.Impact(from) {
		if !inside[e.On] {
			outside++
		}
	}
	say("twins.merge.felt", l.Int(int64(outside)))
	return nil
}

// kindsOf says how many things of each kind there are.
func (k *looked) kindsOf(refs []twin.Ref) string {
	n := map[twin.Kind]int{}
	for _, r := range refs {
		n[r.Kind]++
	}
	var list []string
	for _, kind := range twin.Kinds() {
		if n[kind] > 0 {
			list = append(list, kindsWithin(k.Lang, kind)+" — "+k.Lang.Int(int64(n[kind])))
		}
	}
	return strings.Join(list, ", ")
}

func (k *looked) mergeGroups(refs []twin.Ref) []mergeGroup {
	by := map[twin.Kind][]twin.Ref{}
	for _, r := range refs {
		by[r.Kind] = append(by[r.Kind], r)
	}
	var out []mergeGroup
	for _, kind := range twin.Kinds() {
		if list := by[kind]; len(list) > 0 {
			links := k.links(list)
			g := mergeGroup{Kind: kindsName(k.Lang, kind), N: len(links), First: links}
			if len(links) > shownEdges+3 {
				g.First, g.Rest = links[:shownEdges], links[shownEdges:]
			}
			out = append(out, g)
		}
	}
	return out
}
