package rules_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/legal"
	"github.com/uprava/uprava/mining/rules"
)

func compile(t *testing.T, schema []byte) *jsonschema.Schema {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
	require.NoError(t, err)
	c := jsonschema.NewCompiler()
	require.NoError(t, c.AddResource("s.json", doc))
	s, err := c.Compile("s.json")
	require.NoError(t, err)
	return s
}

func validate(t *testing.T, s *jsonschema.Schema, text []byte) error {
	j, err := yaml.YAMLToJSON(text)
	require.NoError(t, err)
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(j))
	require.NoError(t, err)
	return s.Validate(v)
}

// The files that come with the program fit the schemas, and faults do not.
func TestSchemas(t *testing.T) {
	terms, ofRules := compile(t, legal.Schema), compile(t, rules.Schema)
	for _, k := range []struct {
		files  string
		schema *jsonschema.Schema
	}{{"../legal/russia/*.yaml", terms}, {"testdata/*.yaml", ofRules}} {
		files, err := filepath.Glob(k.files)
		require.NoError(t, err)
		require.NotEmpty(t, files)
		for _, name := range files {
			text, err := os.ReadFile(name)
			require.NoError(t, err)
			require.NoError(t, validate(t, k.schema, text), name)
		}
	}
	const sound = "rules: [{id: r, title: r, kind: precedence, first: a, then: b}]"
	require.NoError(t, validate(t, ofRules, []byte(sound)))
	for _, replace := range [][2]string{{"precedence", "precedense"}, {"then: b", "thenn: b"}, {"first: a", "first: []"}, {"id: r, ", ""}, {"then: b", "then: b, within: 3 wd"}} {
		text := []byte(strings.Replace(sound, replace[0], replace[1], 1))
		require.Error(t, validate(t, ofRules, text), string(text))
		_, err := rules.Read("r.yaml", bytes.NewReader(text))
		require.Error(t, err)
	}
}
