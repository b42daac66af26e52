package csvlog

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/uprava/uprava/mining/eventlog"
)

// Column is one column of a file and what it is taken for.
type Column struct {
	Name    string
	Role    Role
	Kind    eventlog.Kind // of attributes
	Layout  *Layout       // of times
	Path    string        // of attributes: as eventlog.AttributeInfo names it
	Example string        // the first value that is not empty
}

// Proposal is what Detect found, with its doubts.
type Proposal struct {
	Delimiter byte
	Encoding  string
	Header    bool
	Columns   []Column
	Doubts    []error
}

// sampleRows is the number of rows by which columns are told.
const sampleRows = 10000

// Detect tells how a file is to be read, without reading all of it; only a
// column of dates that the beginning leaves ambiguous is read to its end. It
// fails where something must be said that the file does not say.
func Detect(path string, cfg Config) (*Proposal, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	in, err := open(f, cfg.Encoding)
	if err != nil {
		return nil, err
	}
	return detect(in, &cfg, func() (*input, io.Closer, error) {
		again, err := os.Open(path)
		if err != nil {
			return nil, nil, err
		}
		in, err := open(again, cfg.Encoding)
		return in, again, err
	})
}

// detect tells the columns by the sample of an input; again opens it anew, for
// what the sample leaves open, nil where that cannot be.
func detect(in *input, cfg *Config, again func() (*input, io.Closer, error)) (*Proposal, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	p := &Proposal{Encoding: in.encoding, Doubts: in.doubts}
	var err error
	if p.Delimiter, err = cfg.delimiter(); err != nil {
		return nil, err
	}
	if p.Delimiter == 0 {
		p.Delimiter = detectDelimiter(in.sample, in.whole)
	}
	rows, err := p.records(in)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, errEmpty
	}
	names := rows[0]
	p.Header = cfg.Header == "yes" || cfg.Header == "" && looksLikeHeader(names)
	if p.Header {
		rows = rows[1:]
	} else {
		names = make([]string, len(rows[0]))
		for i := range names {
			names[i] = fmt.Sprint(i + 1)
		}
	}
	if err := p.name(names, cfg); err != nil {
		return nil, err
	}
	return p, p.tell(rows, cfg, again)
}

// records reads the rows of the sample; what breaks the rules is met again, and
// told, when the rows are read in earnest.
func (p *Proposal) records(in *input) ([][]string, error) {
	sample := in.sample
	if !in.whole {
		if i := bytes.LastIndexByte(sample, '\n'); i > 0 {
			sample = sample[:i+1]
		}
	}
	s := newScanner(bytes.NewReader(sample), p.Delimiter)
	var rows [][]string
	for len(rows) <= sampleRows {
		err := s.next()
		if err == io.EOF {
			break
		}
		if bad, ok := errors.AsType[*recordError](err); ok {
			if len(rows) == 0 {
				return nil, bad
			}
			continue
		}
		if err != nil {
			return nil, err
		}
		row := make([]string, len(s.fields))
		for i, f := range s.fields {
			row[i] = string(s.text(f))
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// looksLikeHeader reports whether a first row names columns: it holds no time
// and no number.
func looksLikeHeader(row []string) bool {
	for _, v := range row {
		if isInt(v) || isFloat(v) {
			return false
		}
		if v != "" {
			if _, _, err := eventlog.ParseStamp(v); err == nil {
				return false
			}
		}
	}
	return true
}

// name gives every column its role.
func (p *Proposal) name(names []string, cfg *Config) error {
	var faults []error
	role := roleOf(names)
	if cfg.Exact {
		role = roleOf(nil)
	}
	for r := range roles {
		if want := *cfg.Columns.of(r); want != "" {
			if role[r] = find(names, want); role[r] < 0 {
				faults = append(faults, fmt.Errorf("there is no column %q for the %s; the file has %s", want, r, quoted(names)))
			}
			for other := range roles { // a column that was only taken by its name
				if other != r && role[other] == role[r] && *cfg.Columns.of(other) == "" {
					role[other] = -1
				}
			}
		}
	}
	if err := errors.Join(faults...); err != nil {
		return err
	}
	for _, need := range []Role{Case, Activity, Time} {
		if role[need] < 0 && !(need == Time && role[Start] >= 0) {
			faults = append(faults, &MissingColumnError{need, names})
		}
	}
	if err := errors.Join(faults...); err != nil {
		return err
	}
	seen := map[string]bool{}
	for i, n := range names {
		c := Column{Name: n, Role: EventAttribute, Path: n}
		if key, ok := strings.CutPrefix(n, "case:"); ok {
			c.Role, c.Path = CaseAttribute, key
		}
		for r, at := range role {
			if at == i {
				c.Role = Role(r)
			}
		}
		for _, other := range cfg.CaseAttributes {
			if find(names, other) == i {
				c.Role = CaseAttribute
			}
		}
		for _, other := range cfg.Ignore {
			if find(names, other) == i {
				c.Role = Ignored
			}
		}
		if c.Role >= roles && c.Role != Ignored {
			if n == "" {
				c.Path = fmt.Sprintf("column %d", i+1)
			}
			if key := fmt.Sprint(c.Role, c.Path); seen[key] {
				p.Doubts = append(p.Doubts, &RepeatedColumnError{i + 1, n})
				c.Role = Ignored
			} else {
				seen[key] = true
			}
		}
		p.Columns = append(p.Columns, c)
	}
	return nil
}

func quoted(names []string) string {
	out := make([]string, 0, min(len(names), 40))
	for _, n := range names[:min(len(names), 40)] {
		out = append(out, fmt.Sprintf("%q", cut(n, 64)))
	}
	if more := len(names) - len(out); more > 0 {
		out = append(out, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(out, ", ")
}

// tell finds kinds and layouts by the values of the sample.
func (p *Proposal) tell(rows [][]string, cfg *Config, again func() (*input, io.Closer, error)) error {
	var faults []error
	for i := range p.Columns {
		c := &p.Columns[i]
		if c.Role == Ignored {
			continue
		}
		values := func(yield func(string) bool) {
			for _, row := range rows {
				if i < len(row) && strings.TrimSpace(row[i]) != "" && !yield(row[i]) {
					return
				}
			}
		}
		for v := range values {
			c.Example = v
			break
		}
		switch {
		case c.Role == Time || c.Role == Start || c.Role == Enabled:
			if err := p.tellTime(i, cfg, values, again); err != nil {
				faults = append(faults, err)
			}
		case c.Role == EventAttribute || c.Role == CaseAttribute:
			if err := p.tellKind(c, cfg, values); err != nil {
				faults = append(faults, err)
			}
		}
	}
	return errors.Join(faults...)
}

// tellKind finds the kind of an attribute: said by the configuration or the
// column's name (see Write), else told by its values.
func (p *Proposal) tellKind(c *Column, cfg *Config, values func(func(string) bool)) error {
	if name, ok := cfg.Kinds[c.Name]; ok {
		c.Kind, _ = eventlog.ParseKind(name)
	} else if path, kind, ok := typedName(c.Path); ok {
		c.Path, c.Kind = path, kind
		c.Layout = mustLayout("ISO")
		return nil
	} else {
		var g guess
		for v := range values {
			g.add(v)
		}
		c.Kind, c.Layout = g.kind()
	}
	if c.Kind != eventlog.KindTime {
		return nil
	}
	if text, ok := cfg.Layouts[c.Name]; ok {
		l, err := ParseLayout(text)
		c.Layout = l
		return err
	}
	if c.Layout == nil {
		var g timeGuess
		for v := range values {
			g.add(v)
		}
		c.Layout = g.best()
	}
	if c.Layout == nil {
		return fmt.Errorf("column %q: no known layout reads its dates; say it in the mapping file (layouts: {%s: dd.MM.yyyy})", c.Name, c.Name)
	}
	return nil
}

// tellTime finds the layout of a column that plays the role of a time. A few
// values that no layout reads do not hinder it: those rows are rejected later.
func (p *Proposal) tellTime(i int, cfg *Config, values func(func(string) bool), again func() (*input, io.Closer, error)) error {
	c := &p.Columns[i]
	said := cfg.Layouts[c.Name]
	if said == "" {
		said = cfg.TimeLayout
	}
	if said != "" {
		l, err := ParseLayout(said)
		c.Layout = l
		return err
	}
	var g timeGuess
	for v := range values {
		g.add(v)
	}
	if g.ambiguous() && again != nil {
		in, closer, err := again()
		if closer != nil {
			defer closer.Close()
		}
		if err != nil {
			return err
		}
		g = timeGuess{}
		s := newScanner(in.text, p.Delimiter)
		for header := p.Header; ; header = false {
			err := s.next()
			if err == io.EOF {
				break
			}
			if _, bad := errors.AsType[*recordError](err); bad {
				continue
			}
			if err != nil {
				return err
			}
			if !header && i < len(s.fields) {
				if g.add(string(s.text(s.fields[i]))); g.n > 100 && !g.ambiguous() {
					break
				}
			}
		}
	}
	switch c.Layout = g.best(); {
	case g.n == 0 && c.Role != Time:
		c.Layout = mustLayout("ISO") // an empty column
	case g.ambiguous():
		return &AmbiguousTimeError{c.Name, cut(g.first, 64), [2]string{plainer(g.top()[0]), plainer(g.top()[1])}}
	case c.Layout == nil:
		return &UnknownTimeError{c.Name, cut(g.first, 64)}
	}
	return nil
}

// plainer is a layout without its optional parts, as a person would write it.
func plainer(l *Layout) string {
	text := l.String()
	if i := strings.IndexByte(text, '['); i > 0 {
		text = text[:i]
	}
	return text + " HH:mm"
}

// timeGuess counts how many values of a column each layout reads.
type timeGuess struct {
	n       int
	fits    []int // by position in tried
	numbers int
	epoch   guess
	first   string
}

func (g *timeGuess) add(v string) {
	if v = strings.TrimSpace(v); v == "" {
		return
	}
	if g.n++; g.n == 1 {
		g.fits = make([]int, len(tried))
	}
	read := false
	for i, l := range tried {
		if _, _, err := l.Parse(v, nil); err == nil {
			g.fits[i]++
			read = true
		}
	}
	if isInt(v) || isFloat(v) {
		g.numbers++
		g.epoch.add(v)
	}
	if g.first == "" && (read || g.n == 1) {
		g.first = v
	}
}

// top are the layouts that read the most values, if those are half of all.
func (g *timeGuess) top() []*Layout {
	most := 0
	if g.n > 0 {
		most = slices.Max(g.fits)
	}
	var out []*Layout
	for i, n := range g.fits {
		if n == most && 2*n >= g.n && n > 0 {
			out = append(out, tried[i])
		}
	}
	return out
}

func (g *timeGuess) ambiguous() bool {
	top := g.top()
	return len(top) > 1 && top[0].form == byPattern && dayFirst(top[0]) != dayFirst(top[1])
}

func (g *timeGuess) best() *Layout {
	if top := g.top(); len(top) > 0 {
		return top[0]
	}
	if 2*g.numbers >= g.n {
		return g.epoch.epochLayout()
	}
	return nil
}

// location returns the zone in which times without one are read.
func (cfg *Config) location() (*time.Location, error) {
	if cfg.TimeZone == "" {
		return time.UTC, nil
	}
	return time.LoadLocation(cfg.TimeZone)
}
