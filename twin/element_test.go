package twin

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
)

func named(kind Kind, id string, edges ...Edge) *Element {
	return &Element{Kind: kind, ID: id, Name: Text{RU: "имя " + id, EN: "name " + id}, Edges: edges}
}

// small is a town hall of two units, where everything is related by hand.
func small() *Model {
	m := random(1)
	m.Elements = []*Element{
		named(Goal, "quick", Edge{MeasuredBy, Ref{Indicator, "days"}}), named(Indicator, "days"),
		named(Procedure, "check", Edge{BelongsTo, Ref{UnitKind, "u0"}}, Edge{Uses, Ref{System, "gis"}}, Edge{Produces, Ref{Document, "act"}}, Edge{MeasuredBy, Ref{Indicator, "days"}}),
		named(Document, "act"), named(System, "gis", Edge{DependsOn, Ref{System, "map"}}), named(System, "map"),
		named(Post, "clerk-1", Edge{BelongsTo, Ref{UnitKind, "a"}}, Edge{Performs, Ref{Procedure, "check"}}),
		named(Post, "clerk-2", Edge{BelongsTo, Ref{UnitKind, "b"}}, Edge{Performs, Ref{Procedure, "check"}}),
	}
	m.Elements[7].Name = m.Elements[6].Name
	m.Units = append(m.Units[:1], Unit{ID: "a", Parent: "u0"}, Unit{ID: "b", Parent: "u0"})
	m.Units[0].Edges, m.Processes[0].Edges = nil, nil
	return m
}

func TestImpact(t *testing.T) {
	m := small()
	require.NoError(t, m.Validate())
	g := m.Graph()
	var said []string
	for _, e := range g.Impact(Ref{System, "map"}) {
		said = append(said, strings.Repeat(">", e.Distance)+e.On.String())
	}
	require.Equal(t, []string{">system:gis", ">>procedure:check", ">>>document:act", ">>>kpi:days"}, said)
	require.Empty(t, g.Impact(Ref{Document, "act"}))
	path := g.Impact(Ref{System, "map"})[3].Path
	require.Equal(t, []Step{{DependsOn, true, Ref{System, "gis"}}, {Uses, true, Ref{Procedure, "check"}}, {MeasuredBy, false, Ref{Indicator, "days"}}}, path)

	got := g.Merge(Ref{UnitKind, "a"}, Ref{UnitKind, "b"})
	require.Equal(t, []Ref{{Post, "clerk-2"}}, got.Moves)
	require.Equal(t, []Ref{{Procedure, "check"}}, got.Both)
	require.Equal(t, [][2]Ref{{{Post, "clerk-1"}, {Post, "clerk-2"}}}, got.Twins)
}

func TestFaultsOfElements(t *testing.T) {
	m := small()
	m.Elements[2].Edges = append(m.Elements[2].Edges, Edge{Uses, Ref{System, "gone"}}, Edge{Owns, Ref{System, "gis"}}, Edge{Uses, Ref{System, "gis"}})
	m.Elements[5].Edges = []Edge{{DependsOn, Ref{System, "gis"}}}
	m.Elements[0].Properties = map[string]string{"level": "dream", "colour": "red"}
	m.Elements[1].Name.RU = ""
	one := 1.0
	m.Elements[1].Figures = map[string]Figure{"as-is": {Value: 3, High: &one}}
	m.Elements = append(m.Elements, named(Document, "act"), named("thing", "x"))
	err := m.Validate()
	for _, want := range []string{
		"procedure:check: uses system:gone, which is not in the twin",
		"procedure:check: owns system:gis: the edge \"owns\" does not lead from a procedure to a system",
		"procedure:check: uses system:gis is said twice",
		"system:gis depends-on goes round in a circle: system:gis → system:map → system:gis",
		`goal "quick": property "level": found "dream", wanted one of "mission", "vision", "goal"`,
		`goal "quick": found the property "colour"`,
		`kpi "days": it needs a name in Russian and in English`,
		`kpi "days": figure "as-is" does not say where it comes from`,
		`kpi "days": figure "as-is" lies outside its interval`,
		`document "act": there are two of this identifier`,
		`element "x": found the kind "thing"`,
	} {
		require.ErrorContains(t, err, want)
	}
	_, err = ParseRef("gis")
	require.Error(t, err)
	_, err = ParseRef("sistem:gis")
	require.ErrorContains(t, err, `wanted perhaps "system"`)
}

// What Write writes satisfies the schemas, and what is no element does not.
func TestSchemas(t *testing.T) {
	compiled := map[string]*jsonschema.Schema{}
	for _, k := range append(Kinds(), calendarFile, twinFile) {
		s, err := Schema(k)
		require.NoError(t, err)
		text, err := json.Marshal(s)
		require.NoError(t, err)
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		require.NoError(t, err)
		c := jsonschema.NewCompiler()
		_, files := schemaOf(k)
		require.NoError(t, c.AddResource(files, doc))
		folder, _, _ := strings.Cut(files, "/")
		compiled[folder], err = c.Compile(files)
		require.NoError(t, err)
	}
	checked := map[string]int{}
	for seed := range uint64(100) {
		files, err := Files(random(seed))
		require.NoError(t, err)
		for name, data := range files {
			folder, _, _ := strings.Cut(name, "/")
			if !strings.HasSuffix(name, ".yaml") {
				continue
			}
			require.Contains(t, compiled, folder)
			var v any
			require.NoError(t, yaml.Unmarshal(data, &v))
			require.NoError(t, compiled[folder].Validate(plain(v)), "%s\n%s", name, data)
			checked[folder]++
		}
	}
	require.Len(t, checked, len(compiled), "a file of every kind")
	require.Error(t, compiled["systems"].Validate(map[string]any{"id": "x"}))
	require.Error(t, compiled["processes"].Validate(map[string]any{"id": "x", "category": "other"}))
	require.Error(t, compiled["processes"].Validate(map[string]any{"id": "x", "tasks": map[string]any{"a": map[string]any{"tyme": "5 min"}}}))
	_, err := Schema("thing")
	require.ErrorContains(t, err, "no such kind")
}

// plain returns a document as validators know it.
func plain(v any) any {
	switch x := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for key, value := range x {
			out[key] = plain(value)
		}
		return out
	case []any:
		out := make([]any, len(x))
		for i := range x {
			out[i] = plain(x[i])
		}
		return out
	case uint64, int64, float64:
		return json.Number(fmt.Sprint(x))
	}
	return v
}
