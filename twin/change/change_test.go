package change

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/twin"
)

func hall() *twin.Model {
	p := &twin.Process{ID: "permit", Name: twin.Text{RU: "Разрешение", EN: "Permit"}, Unit: "land", Labels: map[string]twin.Text{}, Provenance: map[string]twin.Provenance{},
		Diagram: &bpmn.Process{ID: "permit",
			Nodes: []*bpmn.Node{{ID: "s", Kind: bpmn.StartEvent}, {ID: "check", Name: "check", Kind: bpmn.Task}, {ID: "sign", Name: "sign", Kind: bpmn.Task}, {ID: "e", Kind: bpmn.EndEvent}},
			Flows: []*bpmn.Flow{{ID: "f1", Source: "s", Target: "check"}, {ID: "f2", Source: "check", Target: "sign"}, {ID: "f3", Source: "sign", Target: "e"}}},
		Arrivals: twin.Arrivals{Between: twin.Distribution{Law: "exponential", Mean: 3600}}, Branches: map[string]float64{},
		Tasks: map[string]twin.Task{"check": {Pools: []string{"clerks"}, Time: twin.Distribution{Law: "fixed", Value: 600}}, "sign": {Pools: []string{"head"}, Time: twin.Distribution{Law: "fixed", Value: 60}}}}
	if err := bpmn.Layout(&bpmn.Definitions{Processes: []*bpmn.Process{p.Diagram}}); err != nil {
		panic(err)
	}
	return &twin.Model{ID: "hall", Name: twin.Text{RU: "Администрация", EN: "Town hall"}, TimeZone: "UTC", Start: time.Date(2019, 1, 1, 0, 0, 0, 0, time.UTC), Days: 365,
		Units:     []twin.Unit{{ID: "land", Name: twin.Text{RU: "Земля", EN: "Land"}}},
		Pools:     []twin.Pool{{ID: "clerks", Name: twin.Text{RU: "Специалисты", EN: "Clerks"}, Size: 3}, {ID: "head", Size: 1, Members: nil}},
		Processes: []*twin.Process{p},
		Elements: []*twin.Element{
			{Kind: twin.Post, ID: "clerk", Name: twin.Text{RU: "Специалист", EN: "Clerk"}, Edges: []twin.Edge{{Relation: twin.BelongsTo, To: twin.Ref{Kind: twin.UnitKind, ID: "land"}}, {Relation: twin.Performs, To: twin.Ref{Kind: twin.ProcessKind, ID: "permit"}}}},
			{Kind: twin.System, ID: "gis", Name: twin.Text{RU: "ГИС", EN: "GIS"}},
		}}
}

// files returns the files of the hall after a change.
func files(t testing.TB, f func(*twin.Model)) map[string][]byte {
	m := hall()
	if f != nil {
		f(m)
	}
	require.NoError(t, m.Validate())
	out, err := twin.Files(m)
	require.NoError(t, err)
	return out
}

func read(t testing.TB, files map[string][]byte) *twin.Model {
	fsys := fstest.MapFS{}
	for name, data := range files {
		fsys[name] = &fstest.MapFile{Data: data}
	}
	m, err := twin.Read(fsys)
	require.NoError(t, err)
	require.NoError(t, m.Validate())
	return m
}

func faster(m *twin.Model) {
	task := m.Processes[0].Tasks["check"]
	task.Time.Value = 300
	m.Processes[0].Tasks["check"] = task
}

func bigger(m *twin.Model) { m.Pools[0].Size = 4 }

func renamed(m *twin.Model) { m.Elements[1].Name.RU = "Карта" }

func gone(m *twin.Model) { m.Elements = m.Elements[:1] }

func another(m *twin.Model) {
	m.Elements = append(m.Elements, &twin.Element{Kind: twin.System, ID: "portal", Name: twin.Text{RU: "Портал", EN: "Portal"}})
}

func archived(m *twin.Model) { // a step more at the end
	p := m.Processes[0]
	p.Diagram.Nodes = append(p.Diagram.Nodes, &bpmn.Node{ID: "archive", Name: "archive", Kind: bpmn.Task})
	p.Diagram.Flows[2].Target = "archive"
	p.Diagram.Flows = append(p.Diagram.Flows, &bpmn.Flow{ID: "f4", Source: "archive", Target: "e"})
	p.Tasks["archive"] = twin.Task{Pools: []string{"clerks"}, Time: twin.Distribution{Law: "fixed", Value: 30}}
}

func relabelled(m *twin.Model) { m.Processes[0].Diagram.Nodes[1].Name = "inspect" }

func TestDiffInWords(t *testing.T) {
	said := func(lang string, f ...func(*twin.Model)) []string {
		found, err := Diff(files(t, nil), files(t, func(m *twin.Model) {
			for _, g := range f {
				g(m)
			}
		}))
		require.NoError(t, err)
		var out []string
		for _, c := range found {
			out = append(out, c.Words(lang))
		}
		return out
	}
	require.Empty(t, said("en"))
	require.Equal(t, []string{
		"Группа исполнителей «Специалисты»: численность: было «3», стало «4»",
		"Процесс «Разрешение»: шаг / check / время работы / значение: было «10 min», стало «5 min»",
		"Информационная система «Карта»: название / по-русски: было «ГИС», стало «Карта»",
	}, said("ru", faster, bigger, renamed))
	require.Equal(t, []string{"Removed: Information system “GIS”"}, said("en", gone))
	require.Equal(t, []string{"Added: Information system “Portal”"}, said("en", another))
	require.Equal(t, []string{
		"Process “Permit”: node of the diagram / archive: “name archive, kind task” added",
		"Process “Permit”: flow of the diagram / f3 / target: it was “e”, it is “archive”",
		"Process “Permit”: flow of the diagram / f4: “source archive, target e” added",
		"Process “Permit”: step / archive: “pools clerks, time law fixed, value 30 s” added",
	}, said("en", archived))
}

// Changes that do not touch each other come together, on whichever side they stand.
func TestMergeJoins(t *testing.T) {
	changes := []func(*twin.Model){faster, bigger, renamed, another, archived, relabelled}
	for i, a := range changes {
		for k, b := range changes {
			want := files(t, func(m *twin.Model) {
				a(m)
				if i != k {
					b(m)
				}
			})
			got, conflicts, err := Merge(files(t, nil), files(t, a), files(t, b))
			require.NoError(t, err)
			require.Empty(t, conflicts, "%d with %d", i, k)
			back, err := twin.Files(read(t, got))
			require.NoError(t, err)
			require.Equal(t, words(want), words(back), "%d with %d", i, k)
		}
	}
}

// words are the files as Diff reads them, the order of the nodes of diagrams aside.
func words(files map[string][]byte) map[string]string {
	out := map[string]string{}
	for name, data := range files {
		if out[name] = string(data); strings.HasSuffix(name, ".bpmn") {
			n, err := diagram(name, data)
			if err != nil {
				panic(err)
			}
			list := []string{}
			for _, group := range []string{"nodes", "flows"} {
				for _, key := range n.parts[group].keys {
					list = append(list, group+" "+key+" "+n.parts[group].parts[key].words())
				}
			}
			out[name] = fmt.Sprint(slices.Sorted(slices.Values(list)))
		}
	}
	return out
}

func TestMergeTellsConflicts(t *testing.T) {
	slower := func(m *twin.Model) {
		task := m.Processes[0].Tasks["check"]
		task.Time.Value = 1200
		task.Priority = 2
		m.Processes[0].Tasks["check"] = task
	}
	ours, theirs := files(t, faster), files(t, func(m *twin.Model) { slower(m); bigger(m) })
	got, conflicts, err := Merge(files(t, nil), ours, theirs)
	require.NoError(t, err)
	require.Len(t, conflicts, 1)
	require.Equal(t, "processes/permit/process.yaml: tasks / check / time / value: changed by both sides: it was “10 min”, ours is “5 min”, theirs is “20 min”", conflicts[0].Words("en"))
	text := string(got["processes/permit/process.yaml"])
	require.Contains(t, text, "<<<<<<< ours\n")
	require.Contains(t, text, "5 min")
	require.Contains(t, text, "20 min")
	require.Contains(t, text, "priority: 2", "what does not conflict is merged")
	require.Equal(t, 1, strings.Count(text, "======="))
	require.Contains(t, string(got["pools/clerks.yaml"]), "size: 4")

	// Removed here, changed there.
	_, conflicts, err = Merge(files(t, nil), files(t, gone), files(t, renamed))
	require.NoError(t, err)
	require.Len(t, conflicts, 1)
	// The same node of a diagram.
	other := func(m *twin.Model) { m.Processes[0].Diagram.Nodes[1].Name = "look" }
	got, conflicts, err = Merge(files(t, nil), files(t, relabelled), files(t, other))
	require.NoError(t, err)
	require.Len(t, conflicts, 1)
	require.Equal(t, []string{"nodes", "check"}, conflicts[0].Path)
	require.Equal(t, files(t, relabelled)["processes/permit/model.bpmn"], got["processes/permit/model.bpmn"], "ours is kept whole")
	// What comes after each other on both sides fits no more.
	cut := func(m *twin.Model) {
		p := m.Processes[0]
		p.Diagram.Nodes = append(p.Diagram.Nodes[:2:2], p.Diagram.Nodes[3])
		p.Diagram.Flows = []*bpmn.Flow{p.Diagram.Flows[0], {ID: "f2", Source: "check", Target: "e"}}
		delete(p.Tasks, "sign")
	}
	_, conflicts, err = Merge(files(t, nil), files(t, cut), files(t, archived))
	require.NoError(t, err)
	require.NotEmpty(t, conflicts)
	// What cannot be read is an error, and names the side.
	broken := files(t, bigger)
	broken["pools/clerks.yaml"] = []byte("id: [clerks\n")
	_, _, err = Merge(files(t, nil), files(t, func(m *twin.Model) { m.Pools[0].Size = 9 }), broken)
	require.ErrorContains(t, err, "their version")
}

// Nothing is lost in silence: whatever either side changed of a file is in the result,
// or a conflict tells of it.
func FuzzMerge(f *testing.F) {
	base := files(f, nil)["processes/permit/process.yaml"]
	f.Add(base, base, base)
	f.Add([]byte("a: 1\nb: [x, y]\n"), []byte("a: 2\nb: [x, y, z]\n"), []byte("a: 1\nb: [y]\nc: {d: 1}\n"))
	f.Add([]byte("l:\n  - id: a\n    v: 1\n"), []byte("l:\n  - id: a\n    v: 2\n  - id: b\n"), []byte("l: []\n"))
	f.Fuzz(func(t *testing.T, base, ours, theirs []byte) {
		got, conflicts, err := MergeFile("x.yaml", base, ours, theirs)
		if err != nil {
			return
		}
		again, more, err := MergeFile("x.yaml", base, theirs, ours)
		require.NoError(t, err)
		require.Len(t, more, len(conflicts), "the same conflicts from the other side")
		if len(conflicts) > 0 || bytes.Equal(ours, theirs) || bytes.Equal(base, ours) || bytes.Equal(base, theirs) {
			return
		}
		a, err := parse("x.yaml", got)
		if err != nil {
			return // an empty result
		}
		b, err := parse("x.yaml", again)
		require.NoError(t, err)
		require.True(t, equal(a, b), "%s\n%s", got, again)
	})
}

func TestFilesComeOutAsTheyWentIn(t *testing.T) {
	all := files(t, archived)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if strings.HasSuffix(name, ".yaml") {
			n, err := parse(name, all[name])
			require.NoError(t, err)
			require.Equal(t, string(all[name]), string(n.render()))
		}
	}
}
