package eventlog

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// AttributeInfo describes one attribute of a log: its path, its kind and in how
// many rows it was recorded. A key that was recorded with two kinds gives two.
// The path of a nested attribute joins the keys from the outermost inward by
// PathSeparator; below a list each key is preceded by its position, "[0]".
type AttributeInfo struct {
	Path string
	Kind Kind
	N    int
}

// PathSeparator stands between the keys of a nested attribute's path. It is a
// control character (unit separator) that XML cannot hold, so no key has it.
const PathSeparator = "\x1f"

// attributes holds the typed attribute columns of the rows of a log (or of its
// cases). Columns are sparse: a value costs 4 bytes for its row and 4 or 8 for
// itself, a missing one nothing.
type attributes struct {
	columns []attributeColumn
	index   map[columnKey]int
	kinds   uint16 // bit k: a column of kind k is there
	next    int    // the column that set meets next if elements resemble each other
}

// topLevel stands in place of the kind of the attribute above where there is none.
const topLevel Kind = 255

type columnKey struct {
	path string
	kind Kind
}

type attributeColumn struct {
	columnKey
	rows  []uint32    // ascending
	codes []Code      // string, id (by dict) and boolean (0, 1)
	bits  []uint64    // int, float, date
	zones []Zone      // date
	dict  *Dictionary // string, id
}

func newAttributes() *attributes { return &attributes{index: map[columnKey]int{}} }

// add records the attributes of a row, which must not be below the rows added
// before it.
func (a *attributes) add(row uint32, list []Attribute) { a.addBelow(row, "", topLevel, list) }

func (a *attributes) addBelow(row uint32, prefix string, parent Kind, list []Attribute) {
	for i := range list {
		at := &list[i]
		path := at.Key
		if strings.Contains(path, PathSeparator) {
			path = strings.ReplaceAll(path, PathSeparator, "\ufffd")
		}
		if parent != topLevel {
			if parent == KindList {
				path = prefix + PathSeparator + "[" + strconv.Itoa(i) + "]" + path
			} else {
				path = prefix + PathSeparator + path
			}
		}
		a.set(row, path, at.Value)
		if len(at.Children) > 0 {
			a.addBelow(row, path, at.Value.kind, at.Children)
		}
	}
}

// column returns the position of a column, a new one where there was none.
func (a *attributes) column(key columnKey) int {
	i := a.next
	if i >= len(a.columns) || a.columns[i].columnKey != key {
		var ok bool
		if i, ok = a.index[key]; !ok {
			key.path = strings.Clone(key.path)
			i = len(a.columns)
			col := attributeColumn{columnKey: key}
			if key.kind == KindString || key.kind == KindID {
				col.dict = NewDictionary()
			}
			a.columns = append(a.columns, col)
			a.index[key] = i
			a.kinds |= 1 << key.kind
		}
	}
	a.next = i + 1
	if a.next == len(a.columns) {
		a.next = 0
	}
	return i
}

// set records a value; a second value of the same kind for the same row and path
// replaces the first.
func (a *attributes) set(row uint32, path string, v Value) {
	c := &a.columns[a.column(columnKey{path, v.kind})]
	if n := len(c.rows); n > 0 && c.rows[n-1] == row {
		c.rows = c.rows[:n-1]
		c.codes = c.codes[:min(len(c.codes), n-1)]
		c.bits = c.bits[:min(len(c.bits), n-1)]
		c.zones = c.zones[:min(len(c.zones), n-1)]
	}
	c.rows = append(c.rows, row)
	switch v.kind {
	case KindString, KindID:
		c.codes = append(c.codes, c.dict.internAny(v.text))
	case KindBool:
		c.codes = append(c.codes, Code(v.bits))
	case KindInt, KindFloat:
		c.bits = append(c.bits, v.bits)
	case KindTime:
		c.bits = append(c.bits, v.bits)
		c.zones = append(c.zones, v.zone)
	}
}

func (c *attributeColumn) value(i int) Value {
	switch c.kind {
	case KindString, KindID:
		return Value{kind: c.kind, text: c.dict.names[c.codes[i]]}
	case KindBool:
		return Value{kind: c.kind, bits: uint64(c.codes[i])}
	case KindInt, KindFloat:
		return Value{kind: c.kind, bits: c.bits[i]}
	case KindTime:
		return Value{kind: c.kind, bits: c.bits[i], zone: c.zones[i]}
	}
	return Value{kind: c.kind}
}

func (c *attributeColumn) find(row uint32) (int, bool) { return slices.BinarySearch(c.rows, row) }

// get returns the value at a path, in the first kind in which the row has it.
func (a *attributes) get(row uint32, path string) (Value, bool) {
	for k := KindString; k <= KindContainer; k++ {
		if a.kinds&(1<<k) == 0 {
			continue
		}
		if v, ok := a.getKind(row, path, k); ok {
			return v, true
		}
	}
	return Value{}, false
}

// getKind returns the value at a path in one kind.
func (a *attributes) getKind(row uint32, path string, kind Kind) (Value, bool) {
	ci, ok := a.index[columnKey{path, kind}]
	if !ok {
		return Value{}, false
	}
	i, ok := a.columns[ci].find(row)
	if !ok {
		return Value{}, false
	}
	return a.columns[ci].value(i), true
}

// has reports whether any row has an attribute of that path.
func (a *attributes) has(path string) bool {
	for k := KindString; k <= KindContainer; k++ {
		if _, ok := a.index[columnKey{path, k}]; ok {
			return true
		}
	}
	return false
}

// all rebuilds the attributes of a row, children in their places.
func (a *attributes) all(row uint32) []Attribute {
	root := &attributeNode{}
	for ci := range a.columns {
		c := &a.columns[ci]
		if i, ok := c.find(row); ok {
			root.child(strings.Split(c.path, PathSeparator)).set(c.value(i))
		}
	}
	return root.attributes()
}

// Nested rebuilds attributes from their paths, as AttributeInfo names them, and
// values: the inverse of laying a log's attributes out in columns.
func Nested(paths []string, values []Value) []Attribute {
	root := &attributeNode{}
	for i, p := range paths {
		root.child(strings.Split(p, PathSeparator)).set(values[i])
	}
	return root.attributes()
}

// attributeNode is a node of the tree that all rebuilds from paths.
type attributeNode struct {
	key      string
	value    Value
	isSet    bool
	children []*attributeNode
}

// set gives the node its value; of values of several kinds, which a sound source
// never has, it keeps the one that get finds first.
func (n *attributeNode) set(v Value) {
	if !n.isSet || v.kind < n.value.kind {
		n.value, n.isSet = v, true
	}
}

func (n *attributeNode) child(path []string) *attributeNode {
	for _, k := range path {
		i := slices.IndexFunc(n.children, func(c *attributeNode) bool { return c.key == k })
		if i < 0 {
			i = len(n.children)
			n.children = append(n.children, &attributeNode{key: k})
		}
		n = n.children[i]
	}
	return n
}

func (n *attributeNode) attributes() []Attribute {
	if len(n.children) == 0 {
		return nil
	}
	out := make([]Attribute, 0, len(n.children))
	inList := n.value.kind == KindList
	if inList {
		slices.SortStableFunc(n.children, func(x, y *attributeNode) int {
			return cmp.Compare(listPosition(x.key), listPosition(y.key))
		})
	}
	for _, c := range n.children {
		key := c.key
		if inList {
			_, key, _ = strings.Cut(key, "]")
		}
		out = append(out, Attribute{Key: key, Value: c.value, Children: c.attributes()})
	}
	return out
}

func listPosition(key string) int {
	digits, _, _ := strings.Cut(strings.TrimPrefix(key, "["), "]")
	n, _ := strconv.Atoi(digits)
	return n
}

// info lists the columns by path, then kind.
func (a *attributes) info() []AttributeInfo {
	if a == nil {
		return nil
	}
	out := make([]AttributeInfo, len(a.columns))
	for i := range a.columns {
		out[i] = AttributeInfo{a.columns[i].path, a.columns[i].kind, len(a.columns[i].rows)}
	}
	slices.SortFunc(out, func(x, y AttributeInfo) int {
		return cmp.Or(cmp.Compare(x.Path, y.Path), cmp.Compare(x.Kind, y.Kind))
	})
	return out
}

// reorder renumbers the rows: row i becomes to[i]. Columns stay ascending.
func (a *attributes) reorder(to []uint32) {
	for ci := range a.columns {
		c := &a.columns[ci]
		order := make([]int, len(c.rows))
		for i := range order {
			order[i] = i
			c.rows[i] = to[c.rows[i]]
		}
		if slices.IsSorted(c.rows) {
			continue
		}
		slices.SortFunc(order, func(x, y int) int { return cmp.Compare(c.rows[x], c.rows[y]) })
		c.rows = gather(c.rows, order)
		c.codes = gather(c.codes, order)
		c.bits = gather(c.bits, order)
		c.zones = gather(c.zones, order)
	}
}

// trim gives back the room that the columns grew for and did not use; nothing
// can be added afterwards.
func (a *attributes) trim() {
	for ci := range a.columns {
		c := &a.columns[ci]
		c.rows, c.codes, c.bits, c.zones = trim(c.rows), trim(c.codes), trim(c.bits), trim(c.zones)
		if c.dict != nil { // whose names nobody looks up any more
			c.dict = &Dictionary{names: trim(c.dict.names)}
		}
	}
}

// gather returns the elements of s at the given positions; nil stays nil.
func gather[T any, I int | uint32](s []T, at []I) []T {
	if len(s) == 0 {
		return nil
	}
	out := make([]T, len(at))
	for i, j := range at {
		out[i] = s[j]
	}
	return out
}

// trim returns s itself, or a copy where more than an eighth of it is spare.
func trim[T any](s []T) []T {
	if cap(s)-len(s) > len(s)/8 {
		return slices.Clone(s)[:len(s):len(s)]
	}
	return s
}
