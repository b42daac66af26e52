package powl

import "github.com/uprava/uprava/mining/processtree"

// FromTree returns the tree as a model: a sequence as a chain, a parallel as
// children without order, or in the order that the function names for it; nil
// names none. The tree must be valid.
func FromTree(t *processtree.Tree, order func(parallel *processtree.Tree) [][2]int) *Model {
	m := &Model{Label: t.Label}
	for i, c := range t.Children {
		m.Children = append(m.Children, FromTree(c, order))
		if t.Operator == processtree.Sequence && i > 0 {
			m.Order = append(m.Order, [2]int{i - 1, i})
		}
	}
	switch t.Operator {
	case processtree.Silent:
		m.Operator = Silent
	case processtree.Sequence:
		m.Operator = PartialOrder
	case processtree.Choice:
		m.Operator = Choice
	case processtree.Loop:
		m.Operator = Loop
	case processtree.Parallel:
		m.Operator = PartialOrder
		if order != nil {
			m.Order = order(t)
		}
	}
	return m
}

// Tree returns the model as a process tree of the same language, and false where
// there is none: where an order is not made of sequences and parallels alone
// (Valdes, Tarjan, Lawler 1982, doi:10.1137/0211023). The smallest such order puts
// a before c, and b before c and d.
func (m *Model) Tree() (*processtree.Tree, bool) {
	t := &processtree.Tree{Label: m.Label}
	switch m.Operator {
	case Silent:
		t.Operator = processtree.Silent
	case Choice:
		t.Operator = processtree.Choice
	case Loop:
		t.Operator = processtree.Loop
	}
	for _, c := range m.Children {
		child, ok := c.Tree()
		if !ok {
			return nil, false
		}
		t.Children = append(t.Children, child)
	}
	if m.Operator != PartialOrder {
		return t, true
	}
	all := make([]int, len(m.Children))
	for i := range all {
		all[i] = i
	}
	return seriesParallel(t.Children, m.closure(), all)
}

// seriesParallel divides the given children into parts without order between them,
// or into parts one after the other, and each part again.
func seriesParallel(children []*processtree.Tree, before [][]bool, of []int) (*processtree.Tree, bool) {
	if len(of) == 1 {
		return children[of[0]], true
	}
	related := func(i, j int) bool { return before[i][j] || before[j][i] }
	operator := processtree.Parallel
	parts := connected(of, related)
	if len(parts) == 1 {
		operator = processtree.Sequence
		parts = connected(of, func(i, j int) bool { return !related(i, j) })
		if len(parts) == 1 {
			return nil, false
		}
		for i := range parts { // any two parts are ordered, so that one of each tells
			for j := i; j > 0 && before[parts[j][0]][parts[j-1][0]]; j-- {
				parts[j], parts[j-1] = parts[j-1], parts[j]
			}
		}
	}
	t := processtree.New(operator)
	for _, part := range parts {
		c, ok := seriesParallel(children, before, part)
		if !ok {
			return nil, false
		}
		t.Children = append(t.Children, c)
	}
	return t, true
}

// connected returns the connected components of a relation, each ascending, by
// their least members.
func connected(of []int, related func(i, j int) bool) [][]int {
	part := make([]int, len(of))
	for i := range part {
		part[i] = -1
	}
	var out [][]int
	for i := range of {
		if part[i] >= 0 {
			continue
		}
		part[i] = len(out)
		for todo := []int{i}; len(todo) > 0; {
			k := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			for j := range of {
				if part[j] < 0 && related(of[k], of[j]) {
					part[j] = len(out)
					todo = append(todo, j)
				}
			}
		}
		out = append(out, nil)
	}
	for i, p := range part {
		out[p] = append(out[p], of[i])
	}
	return out
}
