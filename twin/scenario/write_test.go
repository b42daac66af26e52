package scenario_test

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/datasets"
	"github.com/uprava/uprava/twin/scenario"
)

// What is written is read back, of every scenario that comes with the program, and of
// each lever as a line.
func TestWrittenScenariosAreReadBack(t *testing.T) {
	packs, err := datasets.Packs()
	require.NoError(t, err)
	n := 0
	for _, p := range packs {
		all, err := p.Scenarios()
		require.NoError(t, err)
		for _, s := range all {
			text := s.Marshal()
			again, err := scenario.Read(fstest.MapFS{"x.yaml": &fstest.MapFile{Data: text}}, "x.yaml")
			require.NoError(t, err, string(text))
			require.Equal(t, s, again)
			require.Equal(t, text, again.Marshal())
			for _, l := range s.Levers {
				line, err := scenario.ParseLine(l.Line())
				require.NoError(t, err, l.Line())
				require.Equal(t, l.Line(), line.Line())
				n++
			}
		}
	}
	require.Greater(t, n, 50)
}

func TestLines(t *testing.T) {
	for line, want := range map[string]string{
		"step:land/register*0.5": "", "pool:clerks+1": "", "batch:sign=Mon,Thu 15:00": "", "release:sign=at-once": "", "gate:land=20": "",
		"surge:land=2024-03-01..2024-03-31*1.5": "", "skill:h2=law 3": "", "parallel:a..b": "", "queue:clerks=priority": "", "control:land=10": "", "priority:sign-2": "",
		"{step: ask, time: {law: lognormal, mean: 2 h, sd: 1 h}}":             "",
		"{rule: again, when: [[{attribute: channel, is: [desk]}]]}":           "",
		"{branch: again, share: 0.1, from: {kind: assumption, source: desk}}": "",
		"  {step: register, scale: 0.5}":                                      "step:register*0.5",
	} {
		l, err := scenario.ParseLine(line)
		require.NoError(t, err, line)
		if want == "" {
			want = line
		}
		require.Equal(t, want, l.Line())
	}
	for line, want := range map[string]string{"{stp: a}": "found no lever", "{step: a\n}": "wanted one", "{step": "lever", "stp:a*2": "found the kind"} {
		_, err := scenario.ParseLine(line)
		require.ErrorContains(t, err, want, line)
	}
}
