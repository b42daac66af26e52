package legal

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const sound = `rules:
  - id: a
    title: {ru: А, en: A}
    start: s
    stop: e
    limit: 5 working-days
    citation: c
`

// Every fault has its place, and says what was found and what was wanted.
func TestReadFaults(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"rules: [", `reading "r.yaml": line 1, column 8: parsing YAML:`},
		{"", `reading "r.yaml": found nothing, wanted a mapping`},
		{"rules: 3", `line 1, column 8: rules: found "3", wanted a list`},
		{strings.Replace(sound, "limit:", "limmit:", 1), `line 6, column 5: rules[1]: found the key "limmit", wanted perhaps "limit"`},
		{strings.Replace(sound, "5 working-days", "5 wd", 1), `line 6, column 12: rules[1].limit: found "5 wd", wanted a number from 0`},
		{strings.Replace(sound, "    start: s\n", "", 1), `line 2, column 5: rules[1]: nothing starts the clock`},
		{strings.Replace(sound, "    citation: c\n", "", 1), `a term of law says where it stands`},
		{sound + "    roll: next\n", `line 8, column 11: rules[1].roll: found "next", wanted`},
		{sound + "    roll: {direction: next}\n", `the key "citation" is missing`},
		{sound + "    ends: noon\n", `line 8, column 11: rules[1].ends: found "noon", wanted one of "midnight", "closing"`},
		{sound + "    extensions: [{on: x, by: 3 hours}]\n", "terms in days and terms in hours do not add up"},
		{strings.Replace(sound, "5 working-days", "15 minutes", 1) + "    first-day: same\n", "a term from moment to moment has no last day"},
		{sound + "    suspensions: [{on: x}]\n", "nothing ends the suspension: wanted resume or max"},
		{sound + "    suspensions: [{on: x, max: 2 hours}]\n", "is not of the kind of the term"},
		{sound + "    count: backward\n    suspensions: [{on: x, resume: y}]\n", "a term that is counted backward has no suspensions"},
		{sound + "    limits: [{limit: 3 working-days}]\n", "the limit says of no case that it holds"},
		{sound + "    editions: [{from: 2020-01-01}, {from: 2021-01-01}]\n", "line 8, column 36: rules[1].editions[2]: the edition must begin after the one before it ends"},
		{sound + "    editions: [{from: 2020-02-30}]\n", `parsing date "2020-02-30"`},
		{sound + "    editions: [{from: 2021-01-01, to: 2020-01-01}]\n", "before it begins"},
		{sound + strings.TrimPrefix(sound, "rules:\n"), `the id "a" stands twice`},
		{sound + "---\n" + sound, "found a second document"},
		{strings.Replace(sound, "start: s", "start: &x s", 1), "an anchor, alias, tag or merge key"},
		{strings.Replace(sound, "{ru: А, en: A}", "{ru: А}", 1), `the key "en" is missing`},
		{strings.Replace(sound, "stop: e", "stop: {activity: e, where: {attribute: a}}", 1), "is compared with nothing"},
		{strings.Replace(sound, "stop: e", "stop: {activity: e, where: {attribute: a, more-than: many}}", 1), "wanted a number or a date to compare with"},
	} {
		_, err := Read("r.yaml", strings.NewReader(c.text))
		require.ErrorContains(t, err, c.want, c.text)
	}
	_, err := Read("r.yaml", strings.NewReader(strings.NewReplacer("limit:", "limmit:", "stop:", "stopp:", "title:", "tittle:").Replace(sound)))
	require.ErrorContains(t, err, "line 3")
	require.ErrorContains(t, err, "line 5")
	require.ErrorContains(t, err, "line 6") // all faults at once
}

// FuzzRead: the reader never panics, and what it takes can be run and told.
func FuzzRead(f *testing.F) {
	files, err := filepath.Glob("russia/*.yaml")
	require.NoError(f, err)
	for _, name := range files {
		text, err := os.ReadFile(name)
		require.NoError(f, err)
		f.Add(text)
	}
	f.Add([]byte(sound))
	f.Add([]byte("rules: [{id: a, title: b, start: registered, stop: answered, limit: 0 working-hours, citation: c, suspensions: [{on: answered, max: 1 minute}]}]"))
	l := story(f, "1: 2024-03-01 10:00 registered; 2024-03-05 10:00 answered | a=1", "2: 2020-04-01 10:00 registered")
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := Read("f.yaml", bytes.NewReader(text))
		if err != nil {
			return
		}
		for _, r := range s.Rules {
			res, err := Clock(context.Background(), l, r, officeConfig())
			require.NoError(t, err)
			s := res.Summary
			require.Equal(t, s.Cases, s.Finished+s.Open+s.Unknown)
			require.Equal(t, s.Finished, s.InTime+s.Late)
			_, err = json.Marshal(res)
			require.NoError(t, err)
		}
	})
}
