package cli

import (
	"github.com/spf13/cobra"

	"github.com/uprava/uprava/connectors/csvlog"
	"github.com/uprava/uprava/dashboards/desk"
)

// sourceFlags say how a file is to be read where it cannot tell itself.
type sourceFlags struct {
	mapping, delimiter, encoding, timeLayout, timeZone  string
	caseColumn, activityColumn, timeColumn, startColumn string
}

func (f *sourceFlags) add(c *cobra.Command) {
	s := c.Flags()
	s.StringVar(&f.mapping, "mapping", "", "column mapping file of a CSV (YAML)")
	s.StringVar(&f.delimiter, "delimiter", "", "delimiter of a CSV instead of the detected one")
	s.StringVar(&f.encoding, "encoding", "", "encoding of a CSV instead of the detected one: utf-8, windows-1251, utf-16")
	s.StringVar(&f.timeLayout, "time-layout", "", "layout of the times of a CSV, such as dd.MM.yyyy HH:mm")
	s.StringVar(&f.timeZone, "time-zone", "", "zone of times written without one, such as Europe/Moscow (default UTC)")
	s.StringVar(&f.caseColumn, "case", "", "column of a CSV that names the case")
	s.StringVar(&f.activityColumn, "activity", "", "column of a CSV that names the activity")
	s.StringVar(&f.timeColumn, "time", "", "column of a CSV with the time of the event or of its completion")
	s.StringVar(&f.startColumn, "start", "", "column of a CSV with the start of the activity")
}

// options are what of the flags changes how a file is read: with other options
// the same file is another source.
func (f *sourceFlags) options() []string {
	return []string{f.mapping, f.delimiter, f.encoding, f.timeLayout, f.timeZone, f.caseColumn, f.activityColumn, f.timeColumn, f.startColumn}
}

// config is what the flags say; a flag goes before the mapping file.
func (f *sourceFlags) config() (csvlog.Config, error) {
	c := csvlog.Config{Delimiter: f.delimiter, Encoding: f.encoding, TimeLayout: f.timeLayout, TimeZone: f.timeZone,
		Columns: csvlog.Columns{Case: f.caseColumn, Activity: f.activityColumn, Time: f.timeColumn, Start: f.startColumn}}
	if f.mapping != "" {
		if err := c.ReadMapping(f.mapping); err != nil {
			return c, desk.InputError{Err: err}
		}
	}
	if err := c.Validate(); err != nil {
		return c, usageError{err}
	}
	return c, nil
}
