package change

import (
	"fmt"
	"slices"
	"strings"

	"github.com/uprava/uprava/twin/yamlfile"
)

// node is a part of a file: a mapping, a list of named things (a mapping by their
// identifiers), a set, or a value. Nil is what is not there.
type node struct {
	form  form
	keys  []string // of a mapping, in order
	parts map[string]*node
	set   []string       // texts of a set
	items map[string]any // of a set: how each is written
	value any            // of a value: how it is written
}

type form uint8

const (
	value form = iota
	mapping
	inline // a mapping that stands in one line
	named  // a list of things with identifiers
	set
)

// ordered are the lists whose order means something.
var ordered = map[string]bool{"week": true, "sample": true, "months": true, "hours": true}

// parse reads a file of a twin; what is no YAML is one value.
func parse(name string, data []byte) (*node, error) {
	if data == nil {
		return nil, nil
	}
	if !strings.HasSuffix(name, ".yaml") && !strings.HasSuffix(name, ".yml") {
		return &node{value: string(data)}, nil
	}
	doc, err := yamlfile.Parse(name, data)
	if err != nil {
		return nil, err
	}
	content := doc.Root().Content()
	if err := doc.Err(); err != nil {
		return nil, err
	}
	if _, ok := content.(yamlfile.Map); !ok {
		return nil, fmt.Errorf("reading %q: wanted a mapping", name)
	}
	return tree("", content), nil
}

func tree(key string, v any) *node {
	switch x := v.(type) {
	case yamlfile.Map:
		return treeOf(mapping, x)
	case yamlfile.Inline:
		return treeOf(inline, yamlfile.Map(x))
	case yamlfile.List:
		return list(key, x)
	}
	return &node{value: v}
}

func treeOf(f form, m yamlfile.Map) *node {
	n := &node{form: f, parts: map[string]*node{}}
	for _, item := range m {
		n.put(item.Key, tree(item.Key, item.Value))
	}
	return n
}

func (n *node) put(key string, part *node) {
	if _, there := n.parts[key]; !there {
		n.keys = append(n.keys, key)
	}
	n.parts[key] = part
}

// list turns a list into named things, a set, or a value.
func list(key string, x yamlfile.List) *node {
	things, plain := &node{form: named, parts: map[string]*node{}}, &node{form: set, items: map[string]any{}}
	for _, item := range x {
		part := tree("", item)
		id := ""
		if part.parts != nil {
			plain = nil
			if p := part.parts["id"]; p != nil && p.form == value {
				id = text(p.value)
			}
		}
		if things != nil && id != "" && things.parts[id] == nil {
			things.put(id, part)
		} else {
			things = nil
		}
		if plain == nil {
			continue
		}
		s := text(item)
		if _, twice := plain.items[s]; twice || part.form != value {
			plain = nil
			continue
		}
		plain.set, plain.items[s] = append(plain.set, s), item
	}
	switch {
	case things != nil && len(x) > 0:
		return things
	case plain != nil && !ordered[key]:
		return plain
	}
	return &node{value: x}
}

// content returns the part as it is written.
func (n *node) content() any {
	switch n.form {
	case mapping, inline:
		var m yamlfile.Map
		for _, key := range n.keys {
			m = append(m, yamlfile.Item{Key: key, Value: n.parts[key].content()})
		}
		if n.form == inline {
			return yamlfile.Inline(m)
		}
		return m
	case named:
		l := yamlfile.List{}
		for _, key := range n.keys {
			l = append(l, n.parts[key].content())
		}
		return l
	case set:
		l := yamlfile.List{}
		for _, s := range n.set {
			l = append(l, n.items[s])
		}
		return l
	}
	return n.value
}

// render returns the bytes of a file.
func (n *node) render() []byte {
	if n == nil {
		return nil
	}
	if m, ok := n.content().(yamlfile.Map); ok {
		return yamlfile.Marshal(m)
	}
	return []byte(text(n.value))
}

// text is a value in a line.
func text(v any) string {
	switch x := v.(type) {
	case nil:
		return ""
	case string:
		return x
	case yamlfile.Literal:
		return string(x)
	}
	s := string(yamlfile.Marshal(yamlfile.Map{{Key: "x", Value: v}}))
	return strings.TrimSpace(strings.TrimPrefix(s, "x:"))
}

// words is a part in a line, as a sentence names it.
func (n *node) words() string {
	switch {
	case n == nil:
		return ""
	case n.form == set:
		return strings.Join(n.set, ", ")
	case n.form == value:
		return text(n.value)
	}
	var list []string
	for _, key := range n.keys {
		part := n.parts[key]
		if n.form == named {
			list = append(list, key)
		} else if w := part.words(); w != "" {
			list = append(list, key+" "+w)
		}
	}
	return strings.Join(list, ", ")
}

// equal reports whether two parts say the same.
func equal(a, b *node) bool {
	switch {
	case a == nil || b == nil:
		return a == b
	case (a.parts != nil) != (b.parts != nil) || (a.form == set) != (b.form == set) || (a.form == named) != (b.form == named):
		return false
	case a.parts != nil:
		return len(a.parts) == len(b.parts) && !slices.ContainsFunc(a.keys, func(key string) bool { return !equal(a.parts[key], b.parts[key]) })
	case a.form == set:
		return len(a.set) == len(b.set) && !slices.ContainsFunc(a.set, func(s string) bool { _, ok := b.items[s]; return !ok })
	}
	return text(a.value) == text(b.value)
}

// part returns what stands under a key, nil where nothing does.
func (n *node) part(key string) *node {
	if n == nil {
		return nil
	}
	return n.parts[key]
}
