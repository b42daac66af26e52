package filter

import (
	"slices"
	"strings"
)

// Parse reads the text of a filter; the empty text is the filter that keeps
// everything. The error is a *SyntaxError.
func Parse(text string) (Filter, error) {
	tokens, err := lex(text)
	if err != nil {
		return Filter{}, err
	}
	p := &parser{text: text, tokens: tokens}
	var f Filter
	for {
		for p.sign(";") {
		}
		if p.peek().kind == endToken {
			return f, nil
		}
		s, err := p.step()
		if err != nil {
			return Filter{}, err
		}
		f.steps = append(f.steps, s)
		if p.peek().kind != endToken && !p.sign(";") {
			return Filter{}, p.wanted(`"and", "or", ";" or the end`)
		}
	}
}

// maxDepth bounds how deep conditions may be nested.
const maxDepth = 100

type parser struct {
	text   string
	tokens []token
	at     int
	rows   bool // within the condition of an events step
	depth  int
}

func (p *parser) peek() token { return p.tokens[p.at] }

// sign takes the next token if it is that sign.
func (p *parser) sign(s string) bool {
	if t := p.peek(); t.kind == signToken && t.text == s {
		p.at++
		return true
	}
	return false
}

// word takes the next token if it is that keyword.
func (p *parser) word(s string) bool {
	if t := p.peek(); t.kind == wordToken && t.text == s {
		p.at++
		return true
	}
	return false
}

func (p *parser) wanted(what string) error {
	return &SyntaxError{p.text, p.peek().offset, p.peek().String(), what}
}

func (p *parser) step() (Step, error) {
	p.rows = false
	switch t := p.peek(); {
	case t.kind == wordToken && t.text == "between":
		p.at++
		args, err := p.args()
		if err != nil {
			return Step{}, err
		}
		if len(args) != 2 {
			return Step{}, &SyntaxError{p.text, t.offset, strings.TrimSpace(p.text[t.offset:p.peek().offset]), `two activities: between("A", "B")`}
		}
		return Step{Kind: Between, From: args[0], To: args[1]}, nil
	case t.kind == wordToken && t.text == "events" && p.tokens[p.at+1].kind != signToken && !(p.tokens[p.at+1].kind == wordToken && p.tokens[p.at+1].text == "in"),
		t.kind == wordToken && t.text == "events" && p.tokens[p.at+1].kind == signToken && p.tokens[p.at+1].text == "(":
		p.at++
		p.rows = true
		e, err := p.or()
		return Step{Kind: Rows, Expr: e}, err
	}
	e, err := p.or()
	return Step{Kind: Cases, Expr: e}, err
}

func (p *parser) or() (Expr, error) {
	var list []Expr
	for {
		e, err := p.and()
		if err != nil {
			return nil, err
		}
		if inner, ok := e.(Or); ok {
			list = append(list, inner...)
		} else {
			list = append(list, e)
		}
		if !p.word("or") {
			break
		}
	}
	if len(list) == 1 {
		return list[0], nil
	}
	return Or(list), nil
}

func (p *parser) and() (Expr, error) {
	var list []Expr
	for {
		e, err := p.not()
		if err != nil {
			return nil, err
		}
		if inner, ok := e.(And); ok {
			list = append(list, inner...)
		} else {
			list = append(list, e)
		}
		if !p.word("and") {
			break
		}
	}
	if len(list) == 1 {
		return list[0], nil
	}
	return And(list), nil
}

func (p *parser) not() (Expr, error) {
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > maxDepth {
		return nil, p.wanted("fewer conditions inside each other")
	}
	if p.word("not") {
		e, err := p.not()
		if n, ok := e.(Not); ok {
			return n.Expr, err
		}
		return Not{e}, err
	}
	if p.sign("(") {
		e, err := p.or()
		if err != nil {
			return nil, err
		}
		if !p.sign(")") {
			return nil, p.wanted(`")"`)
		}
		return e, nil
	}
	return p.test()
}

func (p *parser) test() (Expr, error) {
	at := p.peek()
	known := func() string {
		var names []string
		for name, k := range tests {
			if k.rows && p.rows || k.cases && !p.rows {
				names = append(names, name)
			}
		}
		slices.Sort(names)
		return "one of " + strings.Join(names, ", ")
	}
	if at.kind != wordToken {
		return nil, p.wanted(known())
	}
	kind, ok := tests[at.text]
	if !ok || p.rows && !kind.rows || !p.rows && !kind.cases {
		return nil, p.wanted(known())
	}
	p.at++
	t := Test{Name: at.text}
	if p.peek().kind == signToken && p.peek().text == "(" {
		args, err := p.args()
		if err != nil {
			return nil, err
		}
		t.Args = args
	}
	if len(t.Args) < kind.least || len(t.Args) > kind.most {
		return nil, &SyntaxError{p.text, at.offset, strings.TrimSpace(p.text[at.offset:p.peek().offset]), kind.usage}
	}
	return t, p.compared(&t, kind, at)
}

// compared reads the comparison of a test, if its kind has one.
func (p *parser) compared(t *Test, kind testKind, at token) error {
	if kind.compares == 0 {
		return nil
	}
	if at.text == "within" {
		v, err := p.value(kind)
		t.Op, t.Values = In, []Value{v}
		return err
	}
	op := p.peek()
	switch {
	case op.kind == signToken && slices.Contains(operators[:], op.text):
		t.Op = Op(slices.Index(operators[:], op.text))
	case op.kind == wordToken && (op.text == "in" || op.text == "exists"):
		t.Op = Op(slices.Index(operators[:], op.text))
	}
	attribute := kind.compares&(1<<Text) != 0
	if t.Op == Holds || !attribute && (t.Op == Exists || t.Op == Contains) || kind.only != Holds && t.Op != kind.only {
		return p.wanted(kind.usage)
	}
	p.at++
	if t.Op == Exists {
		return nil
	}
	if t.Op == In && p.sign("(") {
		for {
			v, err := p.value(kind)
			if err != nil {
				return err
			}
			t.Values = append(t.Values, v)
			if p.sign(")") {
				return nil
			}
			if !p.sign(",") {
				return p.wanted(`"," or ")"`)
			}
		}
	}
	v, err := p.value(kind)
	if err != nil {
		return err
	}
	t.Values = []Value{v}
	if t.Op == In && v.Kind != Range && v.Kind != Period {
		p.at--
		return p.wanted(`a range such as 1..5, a period, or a list in parentheses`)
	}
	if t.Op == Contains && v.Kind != Text {
		p.at--
		return p.wanted("a text in quotes")
	}
	return nil
}

// value reads a value that the test may be compared with.
func (p *parser) value(kind testKind) (Value, error) {
	start := p.at
	v, err := p.single(kind)
	if err != nil || !p.sign("..") {
		return v, err
	}
	high, err := p.single(kind)
	if err != nil {
		return v, err
	}
	if v.Kind != high.Kind || v.Kind == Text || v.Kind == Boolean {
		p.at = start
		return v, p.wanted("a range between two values of one kind, such as 1..5 or 2019-01..2019-03")
	}
	if v.Kind == Period {
		if high.To <= v.From {
			p.at = start
			return v, p.wanted("a period that ends after it begins")
		}
		return Value{Kind: Period, From: v.From, To: high.To, literal: v.literal + ".." + high.literal}, nil
	}
	return Value{Kind: Range, Low: &v, High: &high}, nil
}

func (p *parser) single(kind testKind) (Value, error) {
	t := p.peek()
	var v Value
	ok := false
	switch t.kind {
	case textToken:
		v, ok = Value{Kind: Text, Text: t.text}, true
	case atomToken, wordToken:
		v, ok = valueOf(t.text)
	}
	if ok && v.Kind == Number && v.To != 0 && kind.compares&(1<<Number) == 0 {
		v.Kind = Period // a year
	}
	if !ok || kind.compares&(1<<v.Kind) == 0 {
		return v, p.wanted(kind.values())
	}
	p.at++
	return v, nil
}

// args reads a list of quoted texts in parentheses.
func (p *parser) args() ([]string, error) {
	if !p.sign("(") {
		return nil, p.wanted(`"("`)
	}
	var out []string
	for {
		t := p.peek()
		if t.kind != textToken {
			return nil, p.wanted("a name in quotes")
		}
		p.at++
		out = append(out, t.text)
		if p.sign(")") {
			return out, nil
		}
		if !p.sign(",") {
			return nil, p.wanted(`"," or ")"`)
		}
	}
}
