package processtree

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// String returns the tree in the notation of PM4Py, on one line:
//
//	->( 'register', *( 'examine', 'repeat' ), X( tau, 'pay' ) )
//
// An apostrophe or backslash in a label stands behind a backslash.
func (t *Tree) String() string {
	var b strings.Builder
	t.write(&b)
	return b.String()
}

func (t *Tree) write(b *strings.Builder) {
	switch t.Operator {
	case Activity:
		b.WriteByte('\'')
		b.WriteString(strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(t.Label))
		b.WriteByte('\'')
		return
	case Silent:
		b.WriteString("tau")
		return
	}
	b.WriteString(t.Operator.String())
	b.WriteString("( ")
	for i, c := range t.Children {
		if i > 0 {
			b.WriteString(", ")
		}
		c.write(b)
	}
	b.WriteString(" )")
}

// Parse reads a tree in the notation of String. White space between its parts is
// free; labels may also stand in double quotes. Errors name the byte, from 1.
func Parse(s string) (*Tree, error) {
	p := &parser{in: s}
	t, err := p.tree(0)
	if err == nil {
		p.space()
		if p.at < len(s) {
			err = p.faultf("found %q after the tree", s[p.at:])
		}
	}
	if err == nil {
		err = t.Validate()
	}
	if err != nil {
		return nil, fmt.Errorf("reading process tree: %w", err)
	}
	return t, nil
}

type parser struct {
	in string
	at int
}

func (p *parser) faultf(format string, args ...any) error {
	return fmt.Errorf("byte %d: %s", p.at+1, fmt.Sprintf(format, args...))
}

func (p *parser) space() {
	for p.at < len(p.in) && strings.IndexByte(" \t\r\n", p.in[p.at]) >= 0 {
		p.at++
	}
}

// take consumes s if it comes next.
func (p *parser) take(s string) bool {
	if !strings.HasPrefix(p.in[p.at:], s) {
		return false
	}
	p.at += len(s)
	return true
}

func (p *parser) tree(depth int) (*Tree, error) {
	if depth > maxDepth {
		return nil, p.faultf("tree nests deeper than %d", maxDepth)
	}
	p.space()
	switch {
	case p.take("tau"):
		return Tau(), nil
	case p.take("'"):
		return p.label('\'')
	case p.take(`"`):
		return p.label('"')
	}
	for o := Sequence; o <= Loop; o++ {
		if p.take(o.String()) {
			return p.children(o, depth)
		}
	}
	if p.at == len(p.in) {
		return nil, p.faultf("the text ends, wanted a label, tau or an operator")
	}
	r, _ := utf8.DecodeRuneInString(p.in[p.at:])
	return nil, p.faultf("found %q, wanted a label, tau or an operator ->, X, +, *", r)
}

func (p *parser) label(quote byte) (*Tree, error) {
	from := p.at - 1
	var b strings.Builder
	for ; p.at < len(p.in); p.at++ {
		switch c := p.in[p.at]; {
		case c == quote:
			p.at++
			return Leaf(b.String()), nil
		case c == '\\' && p.at+1 < len(p.in) && (p.in[p.at+1] == quote || p.in[p.at+1] == '\\'):
			p.at++
			b.WriteByte(p.in[p.at])
		default:
			b.WriteByte(c)
		}
	}
	p.at = from
	return nil, p.faultf("label has no closing %c", quote)
}

func (p *parser) children(o Operator, depth int) (*Tree, error) {
	t := New(o)
	p.space()
	if !p.take("(") {
		return nil, p.faultf("wanted ( after operator %s", o)
	}
	for {
		c, err := p.tree(depth + 1)
		if err != nil {
			return nil, err
		}
		t.Children = append(t.Children, c)
		p.space()
		switch {
		case p.take(","):
		case p.take(")"):
			return t, nil
		default:
			return nil, p.faultf("wanted , or ) among the children of %s", o)
		}
	}
}
