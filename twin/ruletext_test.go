package twin

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRuleText(t *testing.T) {
	from := 2.5
	for _, r := range []Rule{
		{{{Attribute: "channel", Is: []string{"portal", "по почте, заказным: да"}}}},
		{{{Node: "T06", Times: 2}, {Attribute: "area", From: &from, Not: true}}, {{Attribute: "channel", Is: []string{"}"}}}},
	} {
		text := RuleText(r)
		require.NotContains(t, text, "\n")
		again, err := ParseRule(text)
		require.NoError(t, err, text)
		require.Equal(t, r, again, text)
	}
	require.Empty(t, RuleText(nil))
}

func TestParseRule(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", "found no rule"},
		{"[]", "empty rule"},
		{"portal", "line 1, column 1"},
		{"[[{attribute: channel, is: [portal]}", "line 1"},
		{"[[{attribut: channel}]]", `"attribut"`},
		{"[[{node: T06, times: twice}]]", "column 22"},
	} {
		_, err := ParseRule(c.text)
		require.ErrorContains(t, err, c.want, c.text)
	}
}
