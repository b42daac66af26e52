package processtree

import "slices"

// Reduce returns a smaller tree of the same language:
//
//   - nested sequences, choices and parallels become one; those with one child
//     become that child;
//   - silent steps vanish from sequences and parallels; a choice keeps one, in
//     front, and only if no other child allows the empty trace;
//   - the second of two equal children of a choice vanishes;
//   - the redo parts of a loop become one choice; a loop in the do part gives its
//     redo parts to the outer loop; *( X( tau, A ), tau ) becomes
//     X( tau, *( A, tau ) ); *( tau, tau ) becomes tau.
func (t *Tree) Reduce() *Tree {
	n := &Tree{Operator: t.Operator, Label: t.Label}
	for _, c := range t.Children {
		n.Children = append(n.Children, c.Reduce())
	}
	switch n.Operator {
	case Sequence, Parallel:
		n.flatten(n.Operator)
		n.Children = slices.DeleteFunc(n.Children, func(c *Tree) bool { return c.Operator == Silent })
	case Choice:
		n.flatten(Choice)
		n.reduceChoice()
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

// flatten replaces children of the same operator by their children.
func (t *Tree) flatten(o Operator) {
	var out []*Tree
	for _, c := range t.Children {
		if c.Operator == o {
			out = append(out, c.Children...)
		} else {
			out = append(out, c)
		}
	}
	t.Children = out
}

func (t *Tree) reduceChoice() {
	var kept []*Tree
	silent, nullable := false, false
	for _, c := range t.Children {
		switch {
		case c.Operator == Silent:
			silent = true
		case !slices.ContainsFunc(kept, c.Equal):
			kept = append(kept, c)
			nullable = nullable || c.Nullable()
		}
	}
	if silent && !nullable {
		kept = append([]*Tree{Tau()}, kept...)
	}
	t.Children = kept
}

// reduceLoop expects reduced children.
func (t *Tree) reduceLoop() *Tree {
	do, redos := t.Children[0], slices.Clone(t.Children[1:])
	for do.Operator == Loop { // *( *( d, r ), s ) = *( d, r, s )
		redos = append(slices.Clone(do.Children[1:]), redos...)
		do = do.Children[0]
	}
	redo := New(Choice, redos...).Reduce()
	if redo.Operator == Silent {
		if do.Operator == Silent {
			return Tau()
		}
		if do.Operator == Choice && do.Children[0].Operator == Silent {
			again := New(Loop, New(Choice, do.Children[1:]...), Tau())
			return New(Choice, Tau(), again).Reduce()
		}
	}
	return New(Loop, do, redo)
}
