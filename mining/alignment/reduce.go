package alignment

import (
	"encoding/binary"
	"slices"
)

// reduction folds a net into one block. A part is a block between places: it
// takes a token from each place of in when it begins and puts one into each
// place of out when it ends. The rules are inverses of refinements that keep a
// net safe and its language what the tree says (the series, parallel and loop
// reductions of Murata 1989, doi:10.1109/5.24143, section VI, on blocks).
type reduction struct {
	parts []*part
	// producers and consumers are the parts around each place.
	producers, consumers [][]*part
}

type part struct {
	in, out []int // ascending
	block   *block
	gone    bool
}

// reduce returns the block structure of a net, nil where the rules do not fold
// it into one block. O(transitions · arcs) at worst, in practice some passes.
func reduce(m *model) *block {
	places := len(m.net.Places)
	r := &reduction{producers: make([][]*part, places+2), consumers: make([][]*part, places+2)}
	source, sink := places, places+1
	first, last := marked(m.initial), marked(m.final)
	if first == nil || last == nil {
		return nil
	}
	r.add(&part{in: []int{source}, out: first, block: &block{operator: quiet}})
	for i := range m.net.Transitions {
		t := &m.net.Transitions[i]
		b := &block{operator: labelled, transition: int32(i), label: m.label[i]}
		if t.Silent {
			b = &block{operator: quiet, before: []int32{int32(i)}}
		}
		p := &part{block: b}
		for _, a := range t.In {
			p.in = append(p.in, a.Place)
			if a.Weight != 1 {
				return nil
			}
		}
		for _, a := range t.Out {
			p.out = append(p.out, a.Place)
			if a.Weight != 1 {
				return nil
			}
		}
		if len(p.in) == 0 || len(p.out) == 0 {
			return nil
		}
		slices.Sort(p.in)
		slices.Sort(p.out)
		r.add(p)
	}
	r.add(&part{in: last, out: []int{sink}, block: &block{operator: quiet}})
	for r.choices() || r.sequences() || r.parallels() || r.loops() {
		r.parts = slices.DeleteFunc(r.parts, func(p *part) bool { return p.gone })
	}
	r.parts = slices.DeleteFunc(r.parts, func(p *part) bool { return p.gone })
	if len(r.parts) != 1 || !only(r.parts[0].in, source) || !only(r.parts[0].out, sink) {
		return nil
	}
	return r.parts[0].block.tidy()
}

// marked returns the places with a token, nil if some has more or none has one.
func marked(m []byte) []int {
	var out []int
	for p, tokens := range m {
		if tokens > 1 {
			return nil
		}
		if tokens == 1 {
			out = append(out, p)
		}
	}
	return out
}

func only(places []int, p int) bool { return len(places) == 1 && places[0] == p }

func (r *reduction) add(p *part) {
	r.parts = append(r.parts, p)
	for _, x := range p.in {
		r.consumers[x] = append(r.consumers[x], p)
	}
	for _, x := range p.out {
		r.producers[x] = append(r.producers[x], p)
	}
}

func (r *reduction) remove(p *part) {
	p.gone = true
	for _, x := range p.in {
		r.consumers[x] = without(r.consumers[x], p)
	}
	for _, x := range p.out {
		r.producers[x] = without(r.producers[x], p)
	}
}

func without[T comparable](list []T, x T) []T {
	return slices.DeleteFunc(list, func(y T) bool { return y == x })
}

// choices joins parts between the same places.
func (r *reduction) choices() bool {
	changed := false
	between := map[string]*part{}
	for _, p := range r.parts {
		if p.gone {
			continue
		}
		var key []byte
		for _, x := range p.in {
			key = binary.AppendUvarint(key, uint64(x)+1)
		}
		key = append(key, 0)
		for _, x := range p.out {
			key = binary.AppendUvarint(key, uint64(x)+1)
		}
		first := between[string(key)]
		if first == nil {
			between[string(key)] = p
			continue
		}
		changed = true
		if first.block.operator == choice {
			first.block.children = append(first.block.children, p.block)
		} else {
			first.block = &block{operator: choice, children: []*block{first.block, p.block}}
		}
		r.remove(p)
	}
	return changed
}

// sequences joins two parts with a place between them that is theirs alone.
func (r *reduction) sequences() bool {
	changed := false
	for x := range r.producers {
		if len(r.producers[x]) != 1 || len(r.consumers[x]) != 1 {
			continue
		}
		a, b := r.producers[x][0], r.consumers[x][0]
		if a == b || !only(a.out, x) || !only(b.in, x) {
			continue
		}
		changed = true
		r.remove(b)
		r.producers[x] = nil
		a.out = b.out
		for _, y := range a.out {
			r.producers[y] = append(r.producers[y], a)
		}
		a.block = &block{operator: sequence, children: []*block{a.block, b.block}}
	}
	return changed
}

// parallels joins parts that begin where the same part ends and end where the
// same part begins; a place that leads straight from the one to the other is an
// empty such part.
func (r *reduction) parallels() bool {
	type fork struct{ from, to *part }
	type branch struct {
		part *part // nil of a place that leads straight on
		x, y int
	}
	branches := map[fork][]branch{}
	var order []fork
	for x := range r.producers {
		if len(r.producers[x]) != 1 || len(r.consumers[x]) != 1 {
			continue
		}
		a, b := r.producers[x][0], r.consumers[x][0]
		f, br := fork{a, b}, branch{nil, x, x}
		if len(b.in) == 1 {
			if len(b.out) != 1 {
				continue
			}
			y := b.out[0]
			if y == x || len(r.producers[y]) != 1 || len(r.consumers[y]) != 1 {
				continue
			}
			f, br = fork{a, r.consumers[y][0]}, branch{b, x, y}
		}
		if f.from == f.to || f.from == br.part || f.to == br.part {
			continue
		}
		if branches[f] == nil {
			order = append(order, f)
		}
		branches[f] = append(branches[f], br)
	}
	changed := false
	for _, f := range order {
		group := branches[f]
		if len(group) < 2 {
			continue
		}
		changed = true
		kept := max(0, slices.IndexFunc(group, func(b branch) bool { return b.part != nil }))
		var children []*block
		for i, b := range group {
			if b.part != nil {
				children = append(children, b.part.block)
			}
			if i == kept {
				continue
			}
			if b.part != nil {
				r.remove(b.part)
			}
			f.from.out, f.to.in = without(f.from.out, b.x), without(f.to.in, b.y)
			r.producers[b.x], r.consumers[b.x] = nil, nil
			r.producers[b.y], r.consumers[b.y] = nil, nil
		}
		if p := group[kept].part; p != nil && len(children) > 1 {
			p.block = &block{operator: parallel, children: children}
		}
	}
	return changed
}

// loops joins a part with what leads back from its end to its beginning. A part
// that leads back to where it began is a loop with nothing in between: the place
// becomes two, with the loop between them.
func (r *reduction) loops() bool {
	changed := false
	for x := 0; x < len(r.producers); x++ {
		for _, p := range slices.Clone(r.consumers[x]) {
			if only(p.in, x) && only(p.out, x) {
				r.unroll(p, x)
				changed = true
				break
			}
		}
		if len(r.consumers[x]) != 1 {
			continue
		}
		do := r.consumers[x][0]
		if !only(do.in, x) || len(do.out) != 1 || do.out[0] == x {
			continue
		}
		y := do.out[0]
		if !only2(r.producers[y], do) {
			continue
		}
		for _, redo := range slices.Clone(r.consumers[y]) {
			if only(redo.in, y) && only(redo.out, x) {
				do.block = &block{operator: loop, children: []*block{do.block, redo.block}}
				r.remove(redo)
				changed = true
			}
		}
	}
	return changed
}

func only2(parts []*part, p *part) bool { return len(parts) == 1 && parts[0] == p }

func (r *reduction) unroll(p *part, x int) {
	r.remove(p)
	y := len(r.producers)
	r.producers, r.consumers = append(r.producers, nil), append(r.consumers, r.consumers[x])
	r.consumers[x] = nil
	for _, c := range r.consumers[y] {
		c.in = append(without(c.in, x), y) // y is the largest
	}
	r.add(&part{in: []int{x}, out: []int{y}, block: &block{operator: loop, children: []*block{{operator: quiet}, p.block}}})
}
