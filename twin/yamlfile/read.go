package yamlfile

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	yaml "github.com/goccy/go-yaml"
)

// FaultError is one fault of a file. Line and Column count from 1; Line 0 means
// the file as a whole.
type FaultError struct {
	File         string
	Line, Column int
	Err          error
}

// Error returns the fault with its place.
func (e *FaultError) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("reading %q: %v", e.File, e.Err)
	}
	return fmt.Sprintf("reading %q: line %d, column %d: %v", e.File, e.Line, e.Column, e.Err)
}

// Unwrap returns the fault without its place.
func (e *FaultError) Unwrap() error { return e.Err }

// Document is one parsed file and the faults found in it so far.
type Document struct {
	File   string
	root   ast.Node
	faults []error
}

// maxFaults bounds what is reported of one file.
const maxFaults = 50

// MaxSize is the size beyond which Parse refuses a file, in bytes.
const MaxSize = 64 << 20

// Parse parses a file. Its error is a FaultError. A file that holds nothing has
// an empty mapping at its root.
func Parse(file string, data []byte) (doc *Document, err error) {
	doc = &Document{File: file}
	if len(data) > MaxSize {
		return nil, &FaultError{File: file, Err: fmt.Errorf("found %d bytes, wanted at most %d", len(data), MaxSize)}
	}
	// The parser is a library fed with strangers' bytes: its panics are faults of the file.
	defer func() {
		if p := recover(); p != nil {
			doc, err = nil, &FaultError{File: file, Err: fmt.Errorf("parsing YAML: %v", p)}
		}
	}()
	f, err := parser.ParseBytes(data, 0)
	if err != nil {
		fault := &FaultError{File: file, Err: fmt.Errorf("parsing YAML: %w", err)}
		var y yaml.Error
		if errors.As(err, &y) {
			fault.Err = fmt.Errorf("parsing YAML: %s", y.GetMessage())
			if t := y.GetToken(); t != nil && t.Position != nil {
				fault.Line, fault.Column = t.Position.Line, t.Position.Column
			}
		}
		return nil, fault
	}
	for _, d := range f.Docs {
		if d.Body == nil {
			continue
		}
		if doc.root != nil {
			line, column := position(d.Body)
			return nil, &FaultError{file, line, column, errors.New("found a second document, wanted one")}
		}
		doc.root = d.Body
	}
	return doc, nil
}

// Root returns the value of the whole file.
func (d *Document) Root() Value { return Value{d, d.root, ""} }

// Err returns all faults found so far, joined; nil where there are none.
func (d *Document) Err() error {
	if len(d.faults) > maxFaults {
		more := &FaultError{File: d.File, Err: fmt.Errorf("%d more faults", len(d.faults)-maxFaults)}
		return errors.Join(append(d.faults[:maxFaults:maxFaults], more)...)
	}
	return errors.Join(d.faults...)
}

// Value is a part of a document. Reading it as something that it is not records
// a fault and returns the zero value.
type Value struct {
	doc  *Document
	node ast.Node
	name string // how a fault calls it
}

// Place returns line and column of the value, from 1, and zeros for an absent one.
func (v Value) Place() (line, column int) { return position(v.node) }

func position(n ast.Node) (line, column int) {
	if n == nil {
		return 0, 0
	}
	var t *token.Token
	switch n := n.(type) {
	case *ast.MappingNode: // its own token is the colon of the first entry
		if n.IsFlowStyle || len(n.Values) == 0 {
			t = n.GetToken()
		} else {
			t = n.Values[0].Key.GetToken()
		}
	case *ast.MappingValueNode:
		t = n.Key.GetToken()
	case *ast.LiteralNode:
		t = n.Start
	default:
		t = n.GetToken()
	}
	if t == nil || t.Position == nil {
		return 0, 0
	}
	return t.Position.Line, t.Position.Column
}

// Present reports whether anything stands there.
func (v Value) Present() bool {
	if v.node == nil {
		return false
	}
	_, null := v.node.(*ast.NullNode)
	return !null
}

// Fault records what is wrong with the value.
func (v Value) Fault(format string, args ...any) {
	line, column := v.Place()
	err := fmt.Errorf(format, args...)
	if v.name != "" {
		err = fmt.Errorf("%s: %w", v.name, err)
	}
	v.doc.faults = append(v.doc.faults, &FaultError{v.doc.File, line, column, err})
}

// what describes what a value is, for faults.
func (v Value) what() string {
	switch n := v.node.(type) {
	case nil, *ast.NullNode:
		return "nothing"
	case *ast.MappingNode, *ast.MappingValueNode:
		return "a mapping"
	case *ast.SequenceNode:
		return "a list"
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode, *ast.MergeKeyNode, *ast.DirectiveNode:
		return "an anchor, alias, tag or merge key, which these files do not use"
	default:
		s, _ := scalar(n)
		return strconv.Quote(s)
	}
}

// scalar returns the characters of a scalar node.
func scalar(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, true
	}
	return "", false
}

// Text returns the characters of a scalar; numbers and truth values count as
// the characters they were written in.
func (v Value) Text() string {
	s, ok := scalar(v.node)
	if !ok {
		v.Fault("found %s, wanted text", v.what())
	}
	return s
}

// Number returns a finite decimal number.
func (v Value) Number() float64 {
	s, ok := scalar(v.node)
	if ok {
		if x, err := strconv.ParseFloat(s, 64); err == nil && !math.IsNaN(x) && !math.IsInf(x, 0) {
			return x
		}
	}
	v.Fault("found %s, wanted a number", v.what())
	return 0
}

// Integer returns a whole number.
func (v Value) Integer() int {
	s, ok := scalar(v.node)
	if ok {
		if x, err := strconv.Atoi(s); err == nil {
			return x
		}
	}
	v.Fault("found %s, wanted a whole number", v.what())
	return 0
}

// Bool returns a truth value.
func (v Value) Bool() bool {
	switch s, _ := scalar(v.node); s {
	case "true":
		return true
	case "false":
		return false
	}
	v.Fault("found %s, wanted true or false", v.what())
	return false
}

// OneOf returns the text if it is one of the words, which the fault lists otherwise.
func (v Value) OneOf(words ...string) string {
	s := v.Text()
	for _, w := range words {
		if w == s {
			return s
		}
	}
	if v.Present() {
		v.Fault("found %q, wanted %s", s, Wanted(s, words))
	}
	return ""
}

// Seconds returns a length of time such as "45 min"; see ParseSeconds.
func (v Value) Seconds() float64 {
	s := v.Text()
	if s == "" {
		return 0
	}
	x, err := ParseSeconds(s)
	if err != nil {
		v.Fault("%w", err)
	}
	return x
}

// List returns the items of a list.
func (v Value) List() []Value {
	seq, ok := v.node.(*ast.SequenceNode)
	if !ok {
		v.Fault("found %s, wanted a list", v.what())
		return nil
	}
	items := make([]Value, len(seq.Values))
	for i, n := range seq.Values {
		items[i] = Value{v.doc, n, fmt.Sprintf("%s %d", orName(v.name, "item"), i+1)}
	}
	return items
}

func orName(name, other string) string {
	if name == "" {
		return other
	}
	return name
}

// Entry is one key of a mapping and its value.
type Entry struct {
	Key string
	Value
}

// Entries returns the entries of a mapping with free keys, in file order.
func (v Value) Entries() []Entry {
	var values []*ast.MappingValueNode
	switch n := v.node.(type) {
	case *ast.MappingNode:
		values = n.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{n}
	default:
		v.Fault("found %s, wanted a mapping", v.what())
		return nil
	}
	entries := make([]Entry, 0, len(values))
	seen := map[string]bool{}
	for _, kv := range values {
		key, ok := scalar(kv.Key)
		at := Value{v.doc, kv.Key, v.name}
		switch {
		case !ok:
			at.Fault("found a key that is not plain text")
			continue
		case seen[key]:
			at.Fault("found the key %q twice", key)
			continue
		}
		seen[key] = true
		value := Value{v.doc, kv.Value, strconv.Quote(key)}
		if v.name != "" {
			value.name = v.name + " " + value.name
		}
		entries = append(entries, Entry{key, value})
	}
	return entries
}

// EntriesOrText returns the entries of a mapping, nil for a scalar, which Text
// reads; anything else is a fault.
func (v Value) EntriesOrText() []Entry {
	if _, ok := scalar(v.node); ok {
		return nil
	}
	return v.Entries()
}

// ListOrText returns the items of a list, a scalar as the only one.
func (v Value) ListOrText() []Value {
	if _, ok := scalar(v.node); ok {
		return []Value{v}
	}
	return v.List()
}

// Content returns the value as Marshal writes it, so that a file of Marshal comes out
// as it went in: a Map or Inline, a List, a string, or a Literal. Nil for nothing.
func (v Value) Content() any {
	switch n := v.node.(type) {
	case nil, *ast.NullNode:
		return nil
	case *ast.MappingNode, *ast.MappingValueNode:
		var m Map
		for _, e := range v.Entries() {
			m = append(m, Item{e.Key, e.Content()})
		}
		if x, ok := n.(*ast.MappingNode); ok && x.IsFlowStyle {
			return Inline(m)
		}
		return m
	case *ast.SequenceNode:
		list := List{}
		for _, item := range v.List() {
			list = append(list, item.Content())
		}
		return list
	case *ast.StringNode, *ast.LiteralNode:
		s, _ := scalar(n)
		return s
	}
	s, ok := scalar(v.node)
	if !ok {
		v.Fault("found %s, wanted a mapping, a list or a plain value", v.what())
	}
	return Literal(s)
}

// Mapping is a mapping whose keys are known beforehand.
type Mapping struct {
	Value
	entries map[string]Value
}

// Mapping returns the mapping; a key that is not among keys is a fault that
// lists them, or names the one that was probably meant.
func (v Value) Mapping(keys ...string) Mapping {
	m := Mapping{v, map[string]Value{}}
	for _, e := range v.Entries() {
		known := false
		for _, k := range keys {
			known = known || k == e.Key
		}
		if !known {
			line, column := e.keyPlace(v.node)
			err := fmt.Errorf("found the key %q, wanted %s", e.Key, Wanted(e.Key, keys))
			if v.name != "" {
				err = fmt.Errorf("%s: %w", v.name, err)
			}
			v.doc.faults = append(v.doc.faults, &FaultError{v.doc.File, line, column, err})
			continue
		}
		m.entries[e.Key] = e.Value
	}
	return m
}

func (e Entry) keyPlace(parent ast.Node) (line, column int) {
	var values []*ast.MappingValueNode
	switch n := parent.(type) {
	case *ast.MappingNode:
		values = n.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{n}
	}
	for _, kv := range values {
		if s, ok := scalar(kv.Key); ok && s == e.Key {
			return position(kv.Key)
		}
	}
	return 0, 0
}

// Need returns the value of a key whose absence is a fault.
func (m Mapping) Need(key string) (Value, bool) {
	v, ok := m.Get(key)
	if !ok {
		m.Fault("the key %q is missing", key)
	}
	return v, ok
}

// Get returns the value of a key, false where the key is absent or empty.
func (m Mapping) Get(key string) (Value, bool) {
	v, ok := m.entries[key]
	return v, ok && v.Present()
}

// Wanted lists the words that would have been right in place of found, or names
// the one that was probably meant.
func Wanted(found string, words []string) Choice { return Choice{found, words} }

// Choice is what was wanted in place of a word that was found.
type Choice struct {
	found string
	words []string
}

// String returns the choice in English.
func (c Choice) String() string { return c.In("en") }

// In returns the choice in the language "ru" or "en", in Russian as a clause of its
// own: «вероятно, нужно «x»», «подходит одно из: «a», «b»».
func (c Choice) In(lang string) string {
	perhaps, only, oneOf, nothing, left, quote := "perhaps ", "", "one of ", "nothing", "… (%d in all)", strconv.Quote
	if lang == "ru" {
		perhaps, only, oneOf, nothing, left = "вероятно, нужно ", "подходит ", "подходит одно из: ", "подходящего нет", "… (всего %d)"
		quote = func(s string) string { return "«" + s + "»" }
	}
	found, words := c.found, c.words
	best, least := "", max(1, (len([]rune(found))+1)/3)
	for _, w := range words {
		if d := distance(found, w); d <= least {
			best, least = w, d-1
		}
	}
	if best != "" {
		return perhaps + quote(best)
	}
	quoted := make([]string, 0, len(words))
	for i, w := range words {
		if i == 20 {
			quoted = append(quoted, fmt.Sprintf(left, len(words)))
			break
		}
		quoted = append(quoted, quote(w))
	}
	switch len(quoted) {
	case 0:
		return nothing
	case 1:
		return only + quoted[0]
	}
	return oneOf + strings.Join(quoted, ", ")
}

// distance is the optimal string alignment distance of two words, in letters:
// insertions, deletions, replacements and swaps of neighbours.
func distance(a, b string) int {
	x, y := []rune(strings.ToLower(a)), []rune(strings.ToLower(b))
	rows := make([][]int, len(x)+1)
	for i := range rows {
		rows[i] = make([]int, len(y)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(x); i++ {
		for j := 1; j <= len(y); j++ {
			change := rows[i-1][j-1]
			if x[i-1] != y[j-1] {
				change++
			}
			rows[i][j] = min(change, rows[i][j-1]+1, rows[i-1][j]+1)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(x)][len(y)]
}
