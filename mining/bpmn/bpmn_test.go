package bpmn

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestReadHoldsWhatItCanAndListsTheRest(t *testing.T) {
	f, err := os.Open("testdata/everything.bpmn")
	require.NoError(t, err)
	defer f.Close()
	d, rest, err := Read(f)
	require.NoError(t, err)

	require.Equal(t, &Definitions{
		ID: "d", TargetNamespace: "http://example.org",
		Collaboration: &Collaboration{
			ID:       "c",
			Pools:    []*Pool{{"pool", "Управа", "p"}, {"applicant", "Заявитель", ""}},
			Messages: []*MessageFlow{{"mf", "", "a", "applicant"}},
		},
		Causes: []*Cause{{Kind: Message, ID: "m1"}},
		Processes: []*Process{{
			ID: "p", Name: "Соглашение", Executable: true, Documentation: "Как есть, 2019",
			Nodes: []*Node{
				{ID: "s", Kind: StartEvent, Trigger: MessageTrigger},
				{ID: "a", Name: "Принять \"заявление\"\n проверить ", Kind: UserTask, Documentation: "line one\nline two <b>", Loop: &Loop{Form: ParallelInstances}},
				{ID: "b1", Kind: BoundaryEvent, Trigger: TimerTrigger, Attached: "a"},
				{ID: "g", Kind: ExclusiveGateway, Default: "f4"},
				{ID: "t", Name: "Wait", Kind: IntermediateCatchEvent, Trigger: TimerTrigger, Timer: Timer{"timeDuration", "P5D"}},
				{ID: "e", Kind: EndEvent, Trigger: TerminateTrigger},
			},
			Flows: []*Flow{
				{ID: "f1", Source: "s", Target: "a"},
				{ID: "f2", Source: "a", Target: "g"},
				{ID: "f3", Name: "wait", Source: "g", Target: "t", Condition: "x < 3"},
				{ID: "f4", Source: "g", Target: "e"},
				{ID: "f5", Source: "t", Target: "e"},
			},
			Lanes: []*Lane{{ID: "l1", Nodes: []string{"a"}}},
		}},
		Diagram: &Diagram{
			Shapes: []Shape{{"pool", 0, 0, 600, 200, nil, false}, {"s", 10.5, 20, 36, 36, &Box{1, 60, 50, 14}, false}},
			Edges:  []Waypoints{{"f1", []Point{{46.5, 38}, {100, 38}}, nil}},
		},
	}, d)
	var listed []string
	for _, u := range rest {
		listed = append(listed, u.String())
	}
	require.Equal(t, []string{
		`line 4: participantMultiplicity`, `line 7: group "grp"`,
		`line 13: userTask/@{http://camunda.org/schema/1.0/bpmn}assignee "a"`,
		`line 16: extensionElements`, `line 18: loopDataInputRef`, `line 21: transaction "sub"`, `line 32: dataStore "ds"`,
	}, listed)
	require.ErrorContains(t, d.Processes[0].Validate(), `boundaryEvent "b1": no way leads from here to an end event`)
	roundTrip(t, d)
}

// roundTrip checks that Read after Write is the identity and Write canonical.
func roundTrip(t *testing.T, d *Definitions) {
	t.Helper()
	var once, twice bytes.Buffer
	require.NoError(t, Write(&once, d))
	back, rest, err := Read(bytes.NewReader(once.Bytes()))
	require.NoError(t, err)
	require.Empty(t, rest)
	require.Equal(t, d, back)
	require.NoError(t, Write(&twice, back))
	require.Equal(t, once.String(), twice.String())
}

func TestPrefixesAndEncodings(t *testing.T) {
	const body = `definitions xmlns%s="` + nsModel + `" id="d"><%[2]sprocess id="p"><%[2]stask id="a" name="x"/></%[2]sprocess></%[2]sdefinitions>`
	want := &Definitions{ID: "d", Processes: []*Process{{ID: "p", Nodes: []*Node{{ID: "a", Name: "x", Kind: Task}}}}}
	for _, prefix := range []string{"", "bpmn:", "bpmn2:", "semantic:"} {
		ns := ""
		if prefix != "" {
			ns = ":" + strings.TrimSuffix(prefix, ":")
		}
		doc := "<" + prefix + strings.NewReplacer("%s", ns, "%[2]s", prefix).Replace(body)
		d, rest, err := Read(strings.NewReader("\ufeff" + doc))
		require.NoError(t, err, doc)
		require.Empty(t, rest)
		require.Equal(t, want, d)
	}
	cp1251 := `<?xml version="1.0" encoding="windows-1251"?><definitions xmlns="` + nsModel + "\"><process id=\"p\" name=\"\xd3\xef\xf0\xe0\xe2\xe0\"/></definitions>"
	d, _, err := Read(strings.NewReader(cp1251))
	require.NoError(t, err)
	require.Equal(t, "Управа", d.Processes[0].Name)
}

func TestReadRefuses(t *testing.T) {
	model := `<definitions xmlns="` + nsModel + `">`
	for name, c := range map[string]struct{ in, want string }{
		"empty":             {"", "reading BPMN: line 1, column 1: no XML element in the document"},
		"not XML":           {"case,activity\n1,a\n", "no XML element"},
		"other":             {"<log/>", `line 1, column 1: found root element <log> of namespace "", wanted <definitions>`},
		"truncated":         {model + "\n<process id='p'>", "line 2, column 17: unexpected EOF"},
		"entity":            {`<!DOCTYPE x [<!ENTITY a "aaaa">]>` + model + "&a;</definitions>", "document type declarations are refused"},
		"undeclared entity": {model + "&lol;</definitions>", "invalid character entity &lol;"},
		"deep":              {model + strings.Repeat("<a>", 300), "elements nest deeper than 200"},
		"number": {model + `<process id="p"><task id="a"/></process><BPMNDiagram xmlns="` + nsDiagram + `"><BPMNPlane><BPMNShape bpmnElement="a">` +
			`<Bounds xmlns="` + nsDC + `" x="1" y="NaN" width="1" height="1"/></BPMNShape></BPMNPlane></BPMNDiagram></definitions>`, `attribute "y" of <Bounds>: found "NaN", wanted a number`},
		"encoding": {`<?xml version="1.0" encoding="klingon"?><a/>`, `encoding "klingon" is not known`},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := Read(strings.NewReader(c.in))
			require.ErrorContains(t, err, c.want)
		})
	}
}

func TestValidateNamesEveryFault(t *testing.T) {
	d := &Definitions{Processes: []*Process{{
		ID: "p",
		Nodes: []*Node{
			{ID: "s", Kind: StartEvent}, {ID: "a", Kind: Task, Default: "f9"}, {ID: "island", Kind: Task},
			{ID: "trap", Kind: Task}, {ID: "g", Kind: EventBasedGateway}, {ID: "e", Kind: EndEvent, Trigger: TimerTrigger},
			{ID: "a", Kind: Task}, {ID: "1x", Kind: IntermediateCatchEvent},
		},
		Flows: []*Flow{
			{ID: "f1", Source: "s", Target: "a"}, {ID: "f2", Source: "a", Target: "nowhere"}, {ID: "f3", Source: "a", Target: "trap"},
			{ID: "f4", Source: "a", Target: "g"}, {ID: "f5", Source: "g", Target: "e"}, {ID: "f6", Source: "e", Target: "s"},
		},
	}}, Diagram: &Diagram{Shapes: []Shape{{Element: "ghost", Width: 1, Height: 1}}}}
	err := d.Validate()
	for _, want := range []string{
		`sequenceFlow "f2": target "nowhere" is not a node of the process`,
		`task "a": default flow "f9" does not leave it`,
		`task "island": no way from a start event leads here`,
		`task "trap": no way leads from here to an end event`,
		`eventBasedGateway "g": event-based gateway with 1 outgoing flows, wanted two or more`,
		`flow "f5" of an event-based gateway leads to endEvent "e"`,
		`endEvent "e": end event with outgoing flow "f6"`,
		`startEvent "s": start event with incoming flow "f6"`,
		`endEvent "e": timerEventDefinition does not belong here`,
		`task "a": identifier is already that of a task`,
		`identifier "1x": '1' at byte 0 cannot stand in an XML name`,
		`diagram: draws "ghost", which is not in the model`,
		`diagram: task "a" is drawn 0 times, wanted once`,
	} {
		require.ErrorContains(t, err, want)
	}
	require.ErrorContains(t, (&Definitions{}).Validate(), "document without a process")
	require.ErrorContains(t, (&Process{ID: "p"}).Validate(), "no start event")
}

func TestWriteRefusesWhatItCannotKeep(t *testing.T) {
	for want, n := range map[string]*Node{
		"a task cannot have a trigger":        {ID: "a", Kind: Task, Trigger: TimerTrigger},
		"unknown kind 99":                     {ID: "a", Kind: 99},
		"unknown trigger 99":                  {ID: "a", Trigger: 99},
		"timer expression without a timer":    {ID: "a", Timer: Timer{"timeDate", "x"}},
		`timer form "later"`:                  {ID: "a", Trigger: TimerTrigger, Timer: Timer{"later", "x"}},
		`timer expression "x" without a form`: {ID: "a", Trigger: TimerTrigger, Timer: Timer{"", "x"}},
	} {
		err := Write(&bytes.Buffer{}, &Definitions{Processes: []*Process{{ID: "p", Nodes: []*Node{n}}}})
		require.ErrorContains(t, err, want)
	}
}

// shared returns the folder of the shared data, and skips the test without it.
func shared(t testing.TB, path string) string {
	dir, err := os.Getwd()
	require.NoError(t, err)
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			full := filepath.Join(dir, "..", "shared", "data", path)
			if _, err := os.Stat(full); err != nil {
				t.Skipf("the shared data are not here: %v", err)
			}
			return full
		}
	}
	t.Skip("no go.mod above this folder")
	return ""
}

func TestSharedModelsReadAndRoundTrip(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(shared(t, "queueing"), "*.bpmn"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			f, err := os.Open(file)
			require.NoError(t, err)
			defer f.Close()
			d, rest, err := Read(f)
			require.NoError(t, err)
			require.Empty(t, rest)
			require.NoError(t, d.Validate())
			roundTrip(t, d)
		})
	}
}

func FuzzRead(f *testing.F) {
	for _, file := range []string{"testdata/everything.bpmn", "testdata/parts.bpmn"} {
		b, err := os.ReadFile(file)
		require.NoError(f, err)
		f.Add(b)
	}
	f.Add([]byte(`<definitions xmlns="` + nsModel + `"><process><task name="&#13;&#10;&#9; x"/><sequenceFlow/></process></definitions>`))
	f.Add([]byte(`<a:definitions xmlns:a="` + nsModel + `"><a:process id="p"><a:endEvent><a:timerEventDefinition><a:timeCycle/></a:timerEventDefinition></a:endEvent></a:process></a:definitions>`))
	f.Fuzz(func(t *testing.T, b []byte) {
		d, _, err := Read(bytes.NewReader(b))
		if err != nil {
			return
		}
		_ = d.Validate()
		roundTrip(t, d)
	})
}
