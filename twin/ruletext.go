package twin

import (
	"errors"
	"strings"

	"github.com/uprava/uprava/twin/yamlfile"
)

// RuleText returns a rule in one line, as ParseRule reads it; "" for none.
func RuleText(r Rule) string {
	if r == nil {
		return ""
	}
	list := string(yamlfile.Marshal(yamlfile.Map{{Key: "rules", Value: yamlfile.List{yamlfile.Inline{{Key: "when", Value: ruleList(r)}}}}}))
	_, line, _ := strings.Cut(list, "{when: ")
	return strings.TrimSuffix(strings.TrimSpace(line), "}")
}

// ParseRule reads a rule as a person writes it in one line:
//
//	[[{attribute: channel, is: [portal]}], [{node: T06, times: 2}]]
//
// The error gives line and column of each fault.
func ParseRule(text string) (Rule, error) {
	if strings.TrimSpace(text) == "" {
		return nil, errors.New("found no rule, wanted such as [[{node: STEP, times: 2}]]")
	}
	doc, err := yamlfile.Parse("rule", []byte(text))
	if err != nil {
		return nil, err
	}
	r := ReadRule(doc.Root())
	if err := doc.Err(); err != nil {
		return nil, err
	}
	if len(r) == 0 {
		return nil, errors.New("found an empty rule, wanted a condition such as [[{node: STEP, times: 2}]]")
	}
	return r, nil
}
