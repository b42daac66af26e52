package logtest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Shared returns the path of a file of the shared data folder, which lies beside
// the repository in shared/data: a log by its name, another file by its path
// from there ("queueing/theory.json"). Where it is missing the test is skipped.
func Shared(t testing.TB, name string) string {
	t.Helper()
	if !strings.Contains(name, "/") {
		name = "logs/" + name
	}
	dir, err := os.Getwd()
	if err != nil {
		t.Fatalf("looking for the shared data: %v", err)
	}
	for ; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			t.Skipf("the shared data beside the repository is missing: no go.mod above the test, so %s is not read", name)
		}
	}
	path := filepath.Join(filepath.Dir(dir), "shared", "data", filepath.FromSlash(name))
	if _, err := os.Stat(path); err != nil {
		t.Skipf("%s is missing: this test reads the real logs that lie in ../shared/data beside the repository", filepath.Join("..", "shared", "data", name))
	}
	return path
}

// SharedLog is a real log with reference results: Name in the oracle, file.
type SharedLog struct{ Name, File string }

// SharedLogs lists the logs with reference results that are XES files, small
// ones first.
var SharedLogs = []SharedLog{
	{"running-example", "running-example.xes"},
	{"receipt", "receipt.xes.gz"},
	{"sepsis", "Sepsis.xes.gz"},
	{"bpic15_1", "BPIC15_1.xes.gz"},
	{"bpic13_incidents", "BPIC13_incidents.xes.gz"},
	{"bpic12", "BPIC12.xes.gz"},
	{"rtfm", "Road_Traffic_Fine_Management_Process.xes.gz"},
}

// Reference is what an exact parse, independent of this program, found in a
// log, every event as recorded; durations in seconds.
type Reference struct {
	Traces     int            `json:"traces"`
	Events     int            `json:"events"`
	Activities int            `json:"activities"`
	Empty      int            `json:"empty_traces"`
	Resources  int            `json:"resources"`
	Lifecycles map[string]int `json:"lifecycles"`
	First      string         `json:"first"`
	Last       string         `json:"last"`
	Duration   struct {
		Mean   float64 `json:"mean"`
		Median float64 `json:"median"`
		Min    float64 `json:"min"`
		Max    float64 `json:"max"`
	} `json:"case_duration_s"`
	Order struct {
		Variants int    `json:"variants"`
		Top      int    `json:"top_variant_cases"`
		Pairs    int    `json:"dfg_edges"`
		Total    int64  `json:"dfg_total"`
		SHA256   string `json:"dfg_sha256"` // of [[from,to,count],…] sorted, as compact JSON
		Starts   int    `json:"start"`
		Ends     int    `json:"end"`
	} `json:"stable_time_order"`

	Edges    []CountedPair    `json:"-"` // nil where the folder of the log has none
	StartsOf map[string]int64 `json:"-"`
	EndsOf   map[string]int64 `json:"-"`
	Variants []CountedVariant `json:"-"`
}

// CountedPair is a directly-follows pair of a Reference.
type CountedPair struct {
	From, To string
	Count    int64
}

// CountedVariant is a variant of a Reference.
type CountedVariant struct {
	Activities []string
	Count      int64
}

// Oracle returns the reference results of a log by its name there ("receipt",
// "Production.xes") and skips the test where they are missing.
func Oracle(t testing.TB, name string) *Reference {
	t.Helper()
	var all struct {
		Logs map[string]struct{ Independent *Reference }
	}
	readJSON(t, Shared(t, "oracle/pm4py.json"), &all)
	ref := all.Logs[name].Independent
	if ref == nil {
		t.Fatalf("the oracle knows no log %q", name)
	}
	folder := filepath.Join(filepath.Dir(Shared(t, "oracle/pm4py.json")), name)
	if p := filepath.Join(folder, "dfg.json"); exists(p) {
		var dfg struct {
			Edges      [][3]any
			Start, End map[string]int64
		}
		readJSON(t, p, &dfg)
		for _, e := range dfg.Edges {
			ref.Edges = append(ref.Edges, CountedPair{e[0].(string), e[1].(string), int64(e[2].(float64))})
		}
		ref.StartsOf, ref.EndsOf = dfg.Start, dfg.End
	}
	if p := filepath.Join(folder, "variants.json"); exists(p) {
		var list [][2]json.RawMessage
		readJSON(t, p, &list)
		for _, v := range list {
			var cv CountedVariant
			unmarshal(t, p, v[0], &cv.Activities)
			unmarshal(t, p, v[1], &cv.Count)
			ref.Variants = append(ref.Variants, cv)
		}
	}
	return ref
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func readJSON(t testing.TB, path string, v any) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("reading the oracle: %v", err)
	}
	unmarshal(t, path, b, v)
}

func unmarshal(t testing.TB, path string, b []byte, v any) {
	t.Helper()
	if err := json.Unmarshal(b, v); err != nil {
		t.Fatalf("reading %s: %v", path, err)
	}
}
