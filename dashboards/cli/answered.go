package cli

import (
	"bytes"
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/uprava/uprava/connectors/clickhouse"
	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/simulator/experiment"
	"github.com/uprava/uprava/twin"
)

// answer is what a command found out, how it is printed where JSON is not wanted, and
// the files that belong to it.
type answer struct {
	value any
	print func(io.Writer) error
	files map[string][]byte
}

// kept is an answer in the store.
type kept struct {
	Text  string
	Files map[string][]byte `json:",omitempty"`
}

// answered prints an answer that was given before to the same question, or computes,
// prints and keeps it. The question is all that the answer depends on; without one it
// is computed anew, and not kept.
func (a *app) answered(c *cobra.Command, asJSON bool, question []any, compute func() (value any, print func(io.Writer) error, err error)) error {
	return a.recalled(c, asJSON, question, func() (answer, error) {
		value, print, err := compute()
		return answer{value: value, print: print}, err
	}, nil)
}

// recalled is answered for answers with files: place puts those that are found again
// where compute puts them.
func (a *app) recalled(c *cobra.Command, asJSON bool, question []any, compute func() (answer, error), place func(map[string][]byte) error) error {
	dir, err := a.data()
	if err != nil {
		return err
	}
	answers := desk.Answers{Dir: filepath.Join(dir, "answers")}
	key, err := answers.Key(append([]any{c.Name(), a.lang(), asJSON}, question...)...)
	if err != nil {
		return err
	}
	var k kept
	if question != nil && answers.Find(key, &k) {
		if place != nil {
			if err := place(k.Files); err != nil {
				return err
			}
		}
		fmt.Fprintln(a.stderr, a.lang().T("cli.found-again", key))
		_, err := io.WriteString(a.stdout, k.Text)
		return err
	}
	x, err := compute()
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if asJSON {
		err = writeJSON(&b, x.value)
	} else {
		err = x.print(&b)
	}
	if err != nil {
		return err
	}
	if question != nil {
		if err := answers.Keep(key, kept{b.String(), x.files}); err != nil {
			a.warn([]string{err.Error()})
		}
	}
	_, err = a.stdout.Write(b.Bytes())
	return err
}

// asked returns what of a model and a configuration an answer depends on.
func asked(m *twin.Model, cfg experiment.Config) any {
	bare := *m
	bare.Warnings = nil
	cfg.Progress, cfg.Workers = nil, 0
	return struct {
		Model  *twin.Model
		Config string
	}{&bare, fmt.Sprintf("%+v", cfg)}
}

// askedLog returns what of a log, and of how it is looked at, an answer depends on.
func askedLog(info clickhouse.LogInfo, k desk.Look) any {
	info.Bytes = 0 // the store may pack it more tightly at any time
	return struct {
		Log        clickhouse.LogInfo
		Events     string
		Classifier string
		Filter     string
	}{info, fmt.Sprint(k.Events), k.Classifier, k.Filter.String()}
}
