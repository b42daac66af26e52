package powl

import "slices"

// Reduce returns a smaller model of the same language: nested choices and partial
// orders become one, what stands around a nested order standing around each of its
// children; an operator with one child becomes that child; silent steps vanish
// from partial orders, what they kept in order stays so; a choice keeps one silent
// step, in front, and only if no other child allows the empty trace; equal
// children of a choice become one; loops as processtree.Tree.Reduce has it.
func (m *Model) Reduce() *Model {
	n := &Model{Operator: m.Operator, Label: m.Label, Order: m.Order}
	for _, c := range m.Children {
		n.Children = append(n.Children, c.Reduce())
	}
	switch n.Operator {
	case Choice:
		n.reduceChoice()
	case PartialOrder:
		n.reduceOrder()
	case Loop:
		return n.reduceLoop()
	default:
		return n
	}
	switch len(n.Children) {
	case 0:
		return Tau()
	case 1:
		return n.Children[0]
	}
	return n
}

func (m *Model) reduceChoice() {
	var kept []*Model
	silent, nullable := false, false
	var take func(list []*Model)
	take = func(list []*Model) {
		for _, c := range list {
			switch {
			case c.Operator == Choice:
				take(c.Children)
			case c.Operator == Silent:
				silent = true
			case !slices.ContainsFunc(kept, c.Equal):
				kept = append(kept, c)
				nullable = nullable || c.Nullable()
			}
		}
	}
	take(m.Children)
	if silent && !nullable {
		kept = append([]*Model{Tau()}, kept...)
	}
	m.Children = kept
}

// reduceOrder puts the children of nested orders, which are reduced themselves, in
// the place of each and leaves silent steps out.
func (m *Model) reduceOrder() {
	before := m.closure()
	type place struct{ outer, inner int }
	var places []place
	var children []*Model
	inner := make([][][]bool, len(m.Children))
	for i, c := range m.Children {
		switch c.Operator {
		case Silent:
		case PartialOrder:
			inner[i] = c.closure()
			for k := range c.Children {
				places, children = append(places, place{i, k}), append(children, c.Children[k])
			}
		default:
			places, children = append(places, place{i, -1}), append(children, c)
		}
	}
	all := make([][]bool, len(places))
	for i, p := range places {
		all[i] = make([]bool, len(places))
		for j, q := range places {
			if p.outer == q.outer {
				all[i][j] = p.inner >= 0 && inner[p.outer][p.inner][q.inner]
			} else {
				all[i][j] = before[p.outer][q.outer]
			}
		}
	}
	m.Children, m.Order = children, covers(all)
}

// reduceLoop expects reduced children.
func (m *Model) reduceLoop() *Model {
	do, redos := m.Children[0], slices.Clone(m.Children[1:])
	for do.Operator == Loop {
		redos = append(slices.Clone(do.Children[1:]), redos...)
		do = do.Children[0]
	}
	redo := New(Choice, redos...).Reduce()
	if redo.Operator == Silent {
		if do.Operator == Silent {
			return Tau()
		}
		if do.Operator == Choice && do.Children[0].Operator == Silent {
			return New(Choice, Tau(), New(Loop, New(Choice, do.Children[1:]...), Tau())).Reduce()
		}
	}
	return New(Loop, do, redo)
}
