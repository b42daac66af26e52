package yamltree

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// MaxSize is the size in bytes beyond which Parse refuses a file.
const MaxSize = 16 << 20

const maxFaults = 50 // told of one file

// File is a parsed file and the faults found in it.
type File struct {
	Name   string
	faults []error
}

// Fault is one fault of a file; Line 0 means the file as a whole.
type Fault struct {
	File         string
	Line, Column int
	Err          error
}

// Error returns the fault with its place.
func (f *Fault) Error() string {
	if f.Line == 0 {
		return fmt.Sprintf("reading %q: %v", f.File, f.Err)
	}
	return fmt.Sprintf("reading %q: line %d, column %d: %v", f.File, f.Line, f.Column, f.Err)
}

// Unwrap returns the fault without its place.
func (f *Fault) Unwrap() error { return f.Err }

// Node is a value of a file. Reading it as what it is not records a fault and
// returns the zero value.
type Node struct {
	file *File
	ast  ast.Node
	path string
}

// Parse returns the root of a file. A file that is no YAML is a *Fault.
func Parse(name string, data []byte) (root Node, err error) {
	f := &File{Name: name}
	if len(data) > MaxSize {
		return root, &Fault{File: name, Err: fmt.Errorf("found %d bytes, wanted at most %d", len(data), MaxSize)}
	}
	defer func() { // the parser is fed with strangers' bytes: its panics are faults of the file
		if p := recover(); p != nil {
			err = &Fault{File: name, Err: fmt.Errorf("parsing YAML: %v", p)}
		}
	}()
	parsed, err := parser.ParseBytes(data, 0)
	if err != nil {
		fault := &Fault{File: name, Err: fmt.Errorf("parsing YAML: %w", err)}
		if y := yaml.Error(nil); errors.As(err, &y) {
			fault.Err = fmt.Errorf("parsing YAML: %s", y.GetMessage())
			if t := y.GetToken(); t != nil && t.Position != nil {
				fault.Line, fault.Column = t.Position.Line, t.Position.Column
			}
		}
		return root, fault
	}
	root = Node{file: f}
	for _, d := range parsed.Docs {
		switch {
		case d.Body == nil:
		case root.ast != nil:
			second := Node{f, d.Body, ""}
			second.Fault("found a second document, wanted one")
			return root, f.Err()
		default:
			root.ast = d.Body
		}
	}
	return root, nil
}

// Err returns the faults of the file, joined; nil where there are none.
func (f *File) Err() error {
	if more := len(f.faults) - maxFaults; more > 0 {
		return errors.Join(append(f.faults[:maxFaults:maxFaults], &Fault{File: f.Name, Err: fmt.Errorf("%d more faults", more)})...)
	}
	return errors.Join(f.faults...)
}

// File returns the file that n stands in.
func (n Node) File() *File { return n.file }

// Fault records what is wrong with the value.
func (n Node) Fault(format string, args ...any) {
	line, column := n.place()
	err := fmt.Errorf(format, args...)
	if n.path != "" {
		err = fmt.Errorf("%s: %w", n.path, err)
	}
	n.file.faults = append(n.file.faults, &Fault{n.file.Name, line, column, err})
}

func (n Node) place() (line, column int) {
	if n.ast == nil {
		return 0, 0
	}
	t := n.ast.GetToken()
	switch x := n.ast.(type) {
	case *ast.MappingNode: // its own token is the colon of the first entry
		if !x.IsFlowStyle && len(x.Values) > 0 {
			t = x.Values[0].Key.GetToken()
		}
	case *ast.MappingValueNode:
		t = x.Key.GetToken()
	case *ast.LiteralNode:
		t = x.Start
	}
	if t == nil || t.Position == nil {
		return 0, 0
	}
	return t.Position.Line, t.Position.Column
}

// Present reports whether anything stands there.
func (n Node) Present() bool {
	if n.ast == nil {
		return false
	}
	_, null := n.ast.(*ast.NullNode)
	return !null
}

func scalar(n ast.Node) (string, bool) {
	switch x := n.(type) {
	case *ast.StringNode:
		return x.Value, true
	case *ast.LiteralNode:
		if x.Value == nil {
			return "", true
		}
		return x.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, true
	}
	return "", false
}

func (n Node) found() string {
	switch n.ast.(type) {
	case nil, *ast.NullNode:
		return "nothing"
	case *ast.MappingNode, *ast.MappingValueNode:
		return "a mapping"
	case *ast.SequenceNode:
		return "a list"
	}
	if s, ok := scalar(n.ast); ok {
		return strconv.Quote(s)
	}
	return "an anchor, alias, tag or merge key, which these files do not use"
}

// Scalar reports whether the value is plain text, a number or a truth value.
func (n Node) Scalar() bool { _, ok := scalar(n.ast); return ok }

// Sequence reports whether the value is a list.
func (n Node) Sequence() bool { _, ok := n.ast.(*ast.SequenceNode); return ok }

// Text returns the characters of a scalar, which must not be empty.
func (n Node) Text() string {
	s, ok := scalar(n.ast)
	if !ok || strings.TrimSpace(s) == "" {
		n.Fault("found %s, wanted text", n.found())
		return ""
	}
	return s
}

// Int returns a whole number from low to high.
func (n Node) Int(low, high int) int {
	s, _ := scalar(n.ast)
	x, err := strconv.Atoi(s)
	if err != nil || x < low || x > high {
		n.Fault("found %s, wanted a whole number from %d to %d", n.found(), low, high)
		return 0
	}
	return x
}

// Number returns a finite decimal number.
func (n Node) Number() float64 {
	s, ok := scalar(n.ast)
	x, err := strconv.ParseFloat(s, 64)
	if !ok || err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
		n.Fault("found %s, wanted a number", n.found())
		return 0
	}
	return x
}

// Bool returns a truth value.
func (n Node) Bool() bool { return n.OneOf("true", "false") == "true" }

// OneOf returns the text where it is one of the words, "" otherwise.
func (n Node) OneOf(words ...string) string {
	s, _ := scalar(n.ast)
	for _, w := range words {
		if w == s {
			return s
		}
	}
	n.Fault("found %s, wanted %s", n.found(), Wanted(s, words))
	return ""
}

// List returns the items of a list.
func (n Node) List() []Node {
	seq, ok := n.ast.(*ast.SequenceNode)
	if !ok {
		n.Fault("found %s, wanted a list", n.found())
		return nil
	}
	items := make([]Node, len(seq.Values))
	for i, v := range seq.Values {
		items[i] = Node{n.file, v, fmt.Sprintf("%s[%d]", n.path, i+1)}
	}
	return items
}

// Items returns the items of a list, or the value itself where it is no list.
func (n Node) Items() []Node {
	if n.Sequence() {
		return n.List()
	}
	return []Node{n}
}

// Map is a mapping.
type Map struct {
	Node
	values map[string]Node
}

// Map returns the mapping; a key that is not among keys, or stands twice, is a fault.
func (n Node) Map(keys ...string) Map {
	m := Map{n, map[string]Node{}}
	values, ok := entries(n.ast)
	if !ok {
		n.Fault("found %s, wanted a mapping with %s", n.found(), Wanted("", keys))
		return m
	}
	for _, kv := range values {
		key, ok := scalar(kv.Key)
		at := Node{n.file, kv.Key, n.path}
		known := false
		for _, k := range keys {
			known = known || k == key
		}
		switch {
		case !ok:
			at.Fault("found a key that is not plain text")
		case !known:
			at.Fault("found the key %q, wanted %s", key, Wanted(key, keys))
		case m.Has(key):
			at.Fault("found the key %q twice", key)
		default:
			path := key
			if n.path != "" {
				path = n.path + "." + key
			}
			m.values[key] = Node{n.file, kv.Value, path}
		}
	}
	return m
}

// Has reports whether the key stands in the mapping, with or without a value.
func (m Map) Has(key string) bool { _, ok := m.values[key]; return ok }

// Value returns the value of a key, false where it is absent or empty.
func (m Map) Value(key string) (Node, bool) {
	v, ok := m.values[key]
	return v, ok && v.Present()
}

// Need returns the value of a key whose absence is a fault.
func (m Map) Need(key string) (Node, bool) {
	v, ok := m.Value(key)
	if !ok {
		m.Fault("the key %q is missing", key)
	}
	return v, ok
}

// Pair is a key of a mapping with free keys, and its value.
type Pair struct {
	Key string
	Node
}

// Pairs returns the entries of a mapping with free keys, in the order of the file.
func (n Node) Pairs() []Pair {
	values, ok := entries(n.ast)
	if !ok {
		n.Fault("found %s, wanted a mapping", n.found())
	}
	var out []Pair
	seen := map[string]bool{}
	for _, kv := range values {
		key, ok := scalar(kv.Key)
		if !ok || seen[key] {
			Node{n.file, kv.Key, n.path}.Fault("found a key that is not plain text, or stands twice")
			continue
		}
		seen[key] = true
		out = append(out, Pair{key, Node{n.file, kv.Value, n.path + "." + key}})
	}
	return out
}

// Peek returns the value of a key without regard to the others, false where it is
// absent or empty or the value is no mapping.
func (n Node) Peek(key string) (Node, bool) {
	values, _ := entries(n.ast)
	for _, kv := range values {
		if s, ok := scalar(kv.Key); ok && s == key {
			v := Node{n.file, kv.Value, n.path + "." + key}
			return v, v.Present()
		}
	}
	return Node{}, false
}

// entries returns the entries of a mapping, false for what is none.
func entries(n ast.Node) ([]*ast.MappingValueNode, bool) {
	switch x := n.(type) {
	case *ast.MappingNode:
		return x.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{x}, true
	}
	return nil, false
}
