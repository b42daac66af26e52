package change

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Conflict is a part that both sides changed, each in its own way.
type Conflict struct {
	File               string
	Path               []string // to the part; empty for the file as a whole
	Base, Ours, Theirs string   // what it was and what each side made of it; "" for nothing
}

// Words returns the conflict in a sentence, in the language "ru" or "en".
func (c Conflict) Words(lang string) string {
	where := c.File
	if len(c.Path) > 0 {
		where += ": " + strings.Join(c.Path, " / ")
	}
	if lang == "ru" {
		return fmt.Sprintf("%s: изменено обеими сторонами: было %s, у нас %s, у них %s", where, orNothing(c.Base, lang), orNothing(c.Ours, lang), orNothing(c.Theirs, lang))
	}
	return fmt.Sprintf("%s: changed by both sides: it was %s, ours is %s, theirs is %s", where, orNothing(c.Base, lang), orNothing(c.Ours, lang), orNothing(c.Theirs, lang))
}

func orNothing(s, lang string) string {
	switch {
	case s == "" && lang == "ru":
		return "ничего"
	case s == "":
		return "nothing"
	}
	return "“" + s + "”"
}

// Merge joins two versions of the files of a twin that come from the same third one. A
// part that one side changed is taken from it; what both changed alike is taken once;
// what they changed differently is a conflict. The merged file then holds both versions
// between the marks of git, but for a diagram or a table, of which it holds ours: the
// conflict tells the rest. A file that cannot be read is an error. The result is never
// less than either side without a conflict that says so.
func Merge(base, ours, theirs map[string][]byte) (map[string][]byte, []Conflict, error) {
	names := map[string]bool{}
	for _, side := range []map[string][]byte{base, ours, theirs} {
		for name := range side {
			names[name] = true
		}
	}
	merged := map[string][]byte{}
	var conflicts []Conflict
	for _, name := range slices.Sorted(maps.Keys(names)) {
		data, found, err := MergeFile(name, base[name], ours[name], theirs[name])
		if err != nil {
			return nil, nil, err
		}
		if data != nil {
			merged[name] = data
		}
		conflicts = append(conflicts, found...)
	}
	return merged, conflicts, nil
}

// MergeFile merges one file, nil for one that is not there. See Merge.
func MergeFile(name string, base, ours, theirs []byte) ([]byte, []Conflict, error) {
	switch {
	case same(ours, theirs), same(base, theirs):
		return ours, nil, nil
	case same(base, ours):
		return theirs, nil, nil
	case strings.HasSuffix(name, ".bpmn"):
		return mergeDiagram(name, base, ours, theirs)
	}
	var trees [3]*node
	for i, data := range [][]byte{base, ours, theirs} {
		n, err := parse(name, data)
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", [...]string{"the common version", "our version", "their version"}[i], err)
		}
		trees[i] = n
	}
	m := &merger{file: name}
	// Rendered with our and with their choice in every conflict, the two differ in the
	// conflicts alone.
	mine := m.merge(trees[0], trees[1], trees[2], nil)
	if len(m.conflicts) == 0 {
		return mine.render(), nil, nil
	}
	other := &merger{file: name, theirs: true}
	his := other.merge(trees[0], trees[1], trees[2], nil)
	if !strings.HasSuffix(name, ".yaml") && !strings.HasSuffix(name, ".yml") {
		if mine == nil {
			mine = his
		}
		return mine.render(), m.conflicts, nil
	}
	return marked(mine.render(), his.render()), m.conflicts, nil
}

func same(a, b []byte) bool { return (a == nil) == (b == nil) && bytes.Equal(a, b) }

type merger struct {
	file      string
	theirs    bool // theirs is taken in a conflict
	conflicts []Conflict
}

// merge joins two versions of a part; nil is one that is not there.
func (m *merger) merge(base, ours, theirs *node, path []string) *node {
	switch {
	case equal(ours, theirs), equal(base, theirs):
		return ours
	case equal(base, ours):
		return theirs
	case ours != nil && theirs != nil && ours.parts != nil && theirs.parts != nil && (ours.form == named) == (theirs.form == named):
		return m.mapping(base, ours, theirs, path)
	case ours != nil && theirs != nil && ours.form == set && theirs.form == set && (base == nil || base.form == set):
		return sets(base, ours, theirs)
	}
	m.conflicts = append(m.conflicts, Conflict{m.file, slices.Clone(path), base.words(), ours.words(), theirs.words()})
	if m.theirs {
		return theirs
	}
	return ours
}

// mapping merges key by key: ours in their order, then what theirs adds, each after the
// key that it follows there.
func (m *merger) mapping(base, ours, theirs *node, path []string) *node {
	out := &node{form: ours.form, parts: map[string]*node{}}
	keys := slices.Clone(ours.keys)
	for i, key := range theirs.keys {
		if ours.part(key) != nil {
			continue
		}
		at := 0
		if i > 0 {
			at = slices.Index(keys, theirs.keys[i-1]) + 1
		}
		keys = slices.Insert(keys, at, key)
	}
	for _, key := range keys {
		if part := m.merge(base.part(key), ours.part(key), theirs.part(key), append(path, key)); part != nil {
			out.put(key, part)
		}
	}
	return out
}

// sets takes out what either side took out, and adds what either added.
func sets(base, ours, theirs *node) *node {
	had := func(n *node, s string) bool {
		if n == nil {
			return false
		}
		_, ok := n.items[s]
		return ok
	}
	out := &node{form: set, items: map[string]any{}}
	for _, side := range []*node{ours, theirs} {
		other := theirs
		if side == theirs {
			other = ours
		}
		for _, s := range side.set {
			if !had(out, s) && (had(other, s) || !had(base, s)) {
				out.set, out.items[s] = append(out.set, s), side.items[s]
			}
		}
	}
	return out
}

// marked returns a text in which the lines that differ stand between the marks of git.
func marked(ours, theirs []byte) []byte {
	a, b := lines(ours), lines(theirs)
	var out bytes.Buffer
	i, k := 0, 0
	for _, next := range append(common(a, b), [2]int{len(a), len(b)}) {
		if mine, his := a[i:next[0]], b[k:next[1]]; len(mine)+len(his) > 0 {
			out.WriteString("<<<<<<< ours\n" + strings.Join(mine, "") + "=======\n" + strings.Join(his, "") + ">>>>>>> theirs\n")
		}
		if next[0] < len(a) {
			out.WriteString(a[next[0]])
		}
		i, k = next[0]+1, next[1]+1
	}
	return out.Bytes()
}

// common returns the places of a longest common subsequence of two lists of lines.
// O(n·m) for the part between their common beginning and end.
func common(a, b []string) [][2]int {
	var out [][2]int
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		out = append(out, [2]int{head, head})
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	x, y := a[head:len(a)-tail], b[head:len(b)-tail]
	length := make([][]int, len(x)+1) // of what is common from here on
	for i := range length {
		length[i] = make([]int, len(y)+1)
	}
	for i := len(x) - 1; i >= 0; i-- {
		for k := len(y) - 1; k >= 0; k-- {
			if x[i] == y[k] {
				length[i][k] = length[i+1][k+1] + 1
			} else {
				length[i][k] = max(length[i+1][k], length[i][k+1])
			}
		}
	}
	for i, k := 0, 0; i < len(x) && k < len(y); {
		switch {
		case x[i] == y[k]:
			out = append(out, [2]int{head + i, head + k})
			i, k = i+1, k+1
		case length[i+1][k] >= length[i][k+1]:
			i++
		default:
			k++
		}
	}
	for i := range tail {
		out = append(out, [2]int{len(a) - tail + i, len(b) - tail + i})
	}
	return out
}

func lines(b []byte) []string {
	s := strings.SplitAfter(string(b), "\n")
	if s[len(s)-1] == "" {
		s = s[:len(s)-1]
	}
	return s
}
