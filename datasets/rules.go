package datasets

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"github.com/uprava/uprava/mining/rules"
	"github.com/uprava/uprava/twin"
)

// rulesFile holds the rules of a pack in the form of mining/rules, with the names of
// the Russian log.
const rulesFile = "rules.yaml"

// Rules returns the rules that the logs of the pack in the language "ru" or "en" are
// held to, as a file that mining/rules reads; nil where the pack has none.
func (p *Pack) Rules(lang string) ([]byte, error) {
	text, err := fs.ReadFile(p.files, rulesFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil || lang != "en" {
		return text, err
	}
	m, err := p.Model()
	if err != nil {
		return nil, err
	}
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		return nil, fmt.Errorf("reading %q of pack %q: %w", rulesFile, p.ID, err)
	}
	names := renaming{}
	for _, q := range m.Processes {
		for _, t := range q.Labels {
			names[t.RU] = t
		}
	}
	for _, doc := range file.Docs {
		ast.Walk(names, doc.Body)
	}
	return []byte(file.String()), nil
}

// renaming puts the English name of a node for the Russian one, by which it is found.
type renaming map[string]twin.Text

func (r renaming) Visit(n ast.Node) ast.Visitor {
	switch x := n.(type) {
	case *ast.MappingValueNode:
		if k := x.Key.String(); k == "title" || k == "citation" { // words of the rule, not names
			return nil
		}
	case *ast.StringNode:
		if t, ok := r[x.Value]; ok {
			x.Value = t.In("en")
			x.Token.Type = token.DoubleQuoteType
		}
	}
	return r
}

// ruleSet returns the rules ready to be checked; nil where there are none.
func (p *Pack) ruleSet(lang string) (*rules.Set, error) {
	text, err := p.Rules(lang)
	if text == nil || err != nil {
		return nil, err
	}
	return rules.Read(rulesFile, bytes.NewReader(text))
}
