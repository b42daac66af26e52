// Package csvlog reads and writes event logs in CSV.
//
//	file ─▶ decode ─▶ scanner (records) ─▶ columns by role and kind ─▶ Source (rows)
//	            Detect: delimiter, encoding, header, roles, kinds, time layouts
//	eventlog.Log ─▶ Write ─▶ file
//
// What a file does not say is detected over its first rows, verified on every
// row after, and may be set by a Config or a mapping file. What cannot be told,
// such as 03/04/2024, is an error that says what was found and how to settle it.
//
// Names of columns follow PM4Py: case:concept:name, concept:name,
// time:timestamp, start_timestamp, org:resource, org:group,
// lifecycle:transition, and case:… for attributes of the case. Those of Disco
// and Celonis and Russian ones are known too.
package csvlog

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/uprava/uprava/mining/eventlog"
)

// Config says how a file is to be read. The zero value detects everything.
type Config struct {
	Delimiter  string  `yaml:"delimiter,omitempty"`   // one character, or "tab"
	Encoding   string  `yaml:"encoding,omitempty"`    // utf-8, windows-1251, utf-16, or another name of IANA
	Header     string  `yaml:"header,omitempty"`      // "yes" or "no"; without one columns are named "1", "2", …
	TimeLayout string  `yaml:"time_layout,omitempty"` // of all columns with times, such as dd.MM.yyyy HH:mm:ss; see ParseLayout
	TimeZone   string  `yaml:"time_zone,omitempty"`   // of times written without one, a name of IANA; UTC
	Columns    Columns `yaml:"columns,omitempty"`
	// Exact: no column plays a role that Columns does not give it; else columns are
	// also recognised by their names.
	Exact bool `yaml:"exact,omitempty"`
	// Layouts are those of single columns, by the column's name.
	Layouts map[string]string `yaml:"layouts,omitempty"`
	// Kinds are the types of attribute columns, by the column's name: string,
	// date, int, float, boolean or id.
	Kinds map[string]string `yaml:"kinds,omitempty"`
	// CaseAttributes are columns that describe the case, beside those whose
	// name begins with "case:".
	CaseAttributes []string `yaml:"case_attributes,omitempty"`
	// Ignore are columns that are left out.
	Ignore []string `yaml:"ignore,omitempty"`
}

// Columns are the names of the columns that play a role. Names are compared
// without regard to case and blanks around them.
type Columns struct {
	Case       string `yaml:"case,omitempty"`
	Activity   string `yaml:"activity,omitempty"`
	Time       string `yaml:"time,omitempty"` // of the event, or of the completion of an activity instance
	Start      string `yaml:"start,omitempty"`
	Enabled    string `yaml:"enabled,omitempty"`
	Resource   string `yaml:"resource,omitempty"`
	Unit       string `yaml:"unit,omitempty"`
	Transition string `yaml:"transition,omitempty"`
}

func (c *Columns) of(r Role) *string {
	return [...]*string{Case: &c.Case, Activity: &c.Activity, Time: &c.Time, Start: &c.Start, Enabled: &c.Enabled, Resource: &c.Resource, Unit: &c.Unit, Transition: &c.Transition}[r]
}

// Validate reports all faults of the configuration.
func (c *Config) Validate() error {
	var faults []error
	if _, err := c.delimiter(); err != nil {
		faults = append(faults, err)
	}
	if c.Encoding != "" {
		if _, err := encodingNamed(c.Encoding); err != nil {
			faults = append(faults, err)
		}
	}
	if c.Header != "" && c.Header != "yes" && c.Header != "no" {
		faults = append(faults, fmt.Errorf("header %q: wanted yes or no", c.Header))
	}
	if c.TimeLayout != "" {
		if _, err := ParseLayout(c.TimeLayout); err != nil {
			faults = append(faults, err)
		}
	}
	if _, err := time.LoadLocation(c.TimeZone); err != nil {
		faults = append(faults, fmt.Errorf("time zone %q: %w", c.TimeZone, err))
	}
	for _, name := range sortedKeys(c.Layouts) {
		if _, err := ParseLayout(c.Layouts[name]); err != nil {
			faults = append(faults, fmt.Errorf("column %q: %w", name, err))
		}
	}
	for _, name := range sortedKeys(c.Kinds) {
		if k, ok := eventlog.ParseKind(c.Kinds[name]); !ok || k == eventlog.KindList || k == eventlog.KindContainer {
			faults = append(faults, fmt.Errorf("column %q: kind %q, wanted string, date, int, float, boolean or id", name, c.Kinds[name]))
		}
	}
	return errors.Join(faults...)
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// delimiter returns the delimiter asked for, 0 for none.
func (c *Config) delimiter() (byte, error) {
	switch strings.ToLower(c.Delimiter) {
	case "":
		return 0, nil
	case "tab", `\t`:
		return '\t', nil
	case "comma":
		return ',', nil
	case "semicolon":
		return ';', nil
	case "pipe":
		return '|', nil
	}
	if d := c.Delimiter; len(d) == 1 && d[0] < 0x80 && !strings.ContainsAny(d, "\"\r\n\x00") {
		return d[0], nil
	}
	return 0, fmt.Errorf("delimiter %q: wanted one ASCII character other than a quote and a line end, or tab", c.Delimiter)
}

// ReadMapping takes from a mapping file (YAML) what c does not say yet:
//
//	delimiter: ";"
//	encoding: windows-1251
//	time_layout: dd.MM.yyyy HH:mm:ss
//	time_zone: Europe/Moscow
//	columns: {case: Номер дела, activity: Действие, time: Окончание, start: Начало}
//	layouts: {Срок: dd.MM.yyyy}
//	kinds: {ИНН: string}
//	case_attributes: [Район]
//	ignore: [Примечание]
//
// A key that is none of these is an error, with its place.
func (c *Config) ReadMapping(path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("reading the mapping file: %w", err)
	}
	var m Config
	if err := yaml.UnmarshalWithOptions(data, &m, yaml.Strict()); err != nil {
		return fmt.Errorf("reading the mapping file %q: %w", path, err)
	}
	if err := m.Validate(); err != nil {
		return fmt.Errorf("reading the mapping file %q: %w", path, err)
	}
	c.fill(&m)
	return nil
}

// fill takes from m what c does not say.
func (c *Config) fill(m *Config) {
	for to, from := range map[*string]string{&c.Delimiter: m.Delimiter, &c.Encoding: m.Encoding, &c.Header: m.Header, &c.TimeLayout: m.TimeLayout, &c.TimeZone: m.TimeZone} {
		if *to == "" {
			*to = from
		}
	}
	for r := range roles {
		if to := c.Columns.of(r); *to == "" {
			*to = *m.Columns.of(r)
		}
	}
	c.Exact = c.Exact || m.Exact
	c.Layouts, c.Kinds = filled(c.Layouts, m.Layouts), filled(c.Kinds, m.Kinds)
	c.CaseAttributes = append(slices.Clip(c.CaseAttributes), m.CaseAttributes...)
	c.Ignore = append(slices.Clip(c.Ignore), m.Ignore...)
}

func filled(to, from map[string]string) map[string]string {
	out := map[string]string{}
	for k, v := range from {
		out[k] = v
	}
	for k, v := range to {
		out[k] = v
	}
	return out
}

// MappingYAML returns the mapping file that says what c says.
func (c *Config) MappingYAML() ([]byte, error) { return yaml.Marshal(c) }

// find returns the position of the column of that name, or number, in names.
func find(names []string, name string) int {
	fold := func(s string) string { return strings.ToLower(strings.TrimSpace(s)) }
	for i, n := range names {
		if n == name {
			return i
		}
	}
	for i, n := range names {
		if fold(n) == fold(name) {
			return i
		}
	}
	if n, err := strconv.Atoi(name); err == nil && n >= 1 && n <= len(names) {
		return n - 1
	}
	return -1
}
