package schedule

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/uprava/uprava/dashboards/kept"
	"github.com/uprava/uprava/dashboards/report"
	"github.com/uprava/uprava/dashboards/report/mail"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/mining/calendar"
	"github.com/uprava/uprava/twin/yamlfile"
)

// Book is the schedule file.
type Book struct {
	TimeZone  string // in which hours and days are meant; "" for Europe/Moscow
	Signatory report.Signatory
	Performer report.Performer
	Mail      *mail.Server // nil where no mail is sent
	Reports   []Entry
}

// weekdays as files write them.
var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// Read reads the schedule file; a file that does not exist is an empty schedule.
func Read(name string) (*Book, error) {
	data, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return &Book{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the schedule: %w", err)
	}
	return Parse(name, data)
}

// Parse reads a schedule; all faults are reported, each with its place.
func Parse(name string, data []byte) (*Book, error) {
	if len(bytes.TrimSpace(data)) == 0 {
		return &Book{}, nil
	}
	doc, err := yamlfile.Parse(name, data)
	if err != nil {
		return nil, fmt.Errorf("reading the schedule: %w", err)
	}
	root := doc.Root().Mapping("time-zone", "signatory", "performer", "mail", "reports")
	b := &Book{}
	read := func(m yamlfile.Mapping, key string, to *string) {
		if v, ok := m.Get(key); ok {
			*to = v.Text()
		}
	}
	read(root, "time-zone", &b.TimeZone)
	if v, ok := root.Get("signatory"); ok {
		m := v.Mapping("post", "name")
		read(m, "post", &b.Signatory.Post)
		read(m, "name", &b.Signatory.Name)
	}
	if v, ok := root.Get("performer"); ok {
		m := v.Mapping("name", "phone")
		read(m, "name", &b.Performer.Name)
		read(m, "phone", &b.Performer.Phone)
	}
	if v, ok := root.Get("mail"); ok {
		m := v.Mapping("host", "port", "security", "user", "password-file", "from", "ca-file", "timeout")
		s := &mail.Server{}
		security := ""
		for key, to := range map[string]*string{"host": &s.Host, "security": &security, "user": &s.User, "password-file": &s.PasswordFile, "from": &s.From, "ca-file": &s.CAFile} {
			read(m, key, to)
		}
		s.Security = mail.Security(security)
		if p, ok := m.Get("port"); ok {
			s.Port = p.Integer()
		}
		if t, ok := m.Get("timeout"); ok {
			s.Timeout = time.Duration(t.Seconds() * float64(time.Second))
		}
		b.Mail = s
	}
	if v, ok := root.Get("reports"); ok {
		for _, item := range v.List() {
			b.Reports = append(b.Reports, entry(item, b.zone()))
		}
	}
	if err := errors.Join(doc.Err(), b.Validate()); err != nil {
		return nil, fmt.Errorf("reading the schedule %q: %w", name, err)
	}
	return b, nil
}

func (b *Book) zone() *time.Location {
	if loc, err := b.Location(); err == nil {
		return loc
	}
	return time.UTC
}

// entry reads one report of the file.
func entry(v yamlfile.Value, loc *time.Location) Entry {
	m := v.Mapping("id", "of", "every", "period", "on", "day", "at", "shift", "catch-up", "from", "lang", "formats", "to", "folder")
	var e Entry
	text := func(key string) string {
		if v, ok := m.Get(key); ok {
			return v.Text()
		}
		return ""
	}
	m.Need("id")
	e.ID, e.Of, e.Every, e.Period = text("id"), text("of"), text("every"), report.Kind(text("period"))
	e.Shift, e.CatchUp, e.Lang, e.Folder = Shift(text("shift")), CatchUp(text("catch-up")), terms.Lang(text("lang")), text("folder")
	e.On = time.Monday
	if v, ok := m.Get("on"); ok {
		word := v.OneOf(weekdays...)
		for i, w := range weekdays {
			if w == word {
				e.On = time.Weekday(i)
			}
		}
	}
	if v, ok := m.Get("day"); ok {
		e.Day = v.Integer()
	}
	e.At = 8 * time.Hour
	if v, ok := m.Get("at"); ok {
		at, err := time.Parse("15:04", v.Text())
		if err != nil {
			v.Fault("found %q, wanted a time of day such as 08:00", v.Text())
		}
		e.At = time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute
	}
	if v, ok := m.Need("from"); ok {
		from, err := Day(v.Text(), loc)
		if err != nil {
			v.Fault("%w", err)
		}
		e.From = from
	}
	for key, to := range map[string]*[]string{"formats": &e.Formats, "to": &e.To} {
		if v, ok := m.Get(key); ok {
			for _, item := range v.ListOrText() {
				*to = append(*to, item.Text())
			}
		}
	}
	return e
}

// Day reads a day such as 2019-12-01, or a moment.
func Day(s string, loc *time.Location) (time.Time, error) {
	for _, form := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.ParseInLocation(form, s, loc); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("found %q, wanted a day such as 2019-12-01 or a moment such as 2019-12-01T08:00:00+03:00", s)
}

// Location is the time zone of the schedule.
func (b *Book) Location() (*time.Location, error) {
	if b.TimeZone == "" {
		return time.FixedZone("MSK", 3*3600), nil
	}
	return time.LoadLocation(b.TimeZone)
}

// Calendar is the calendar of working days: five days a week by the Russian
// production calendar.
func (b *Book) Calendar() (*calendar.Calendar, error) {
	loc, err := b.Location()
	if err != nil {
		return nil, fmt.Errorf("time-zone %q: wanted a name of the IANA database such as \"Europe/Moscow\"", b.TimeZone)
	}
	return calendar.New(calendar.Config{Week: calendar.Weekdays(9*time.Hour, 18*time.Hour), Production: calendar.Russia(), Decrees: true, Location: loc})
}

// Validate reports all faults of the schedule.
func (b *Book) Validate() error {
	var faults []error
	if _, err := b.Calendar(); err != nil {
		faults = append(faults, err)
	}
	if b.Mail != nil {
		faults = append(faults, b.Mail.Validate())
	}
	seen := map[string]bool{}
	for i := range b.Reports {
		e := &b.Reports[i]
		faults = append(faults, e.Validate())
		if seen[e.ID] {
			faults = append(faults, fmt.Errorf("report %q: there are two of this name", e.ID))
		}
		seen[e.ID] = true
		if len(e.To) > 0 && b.Mail == nil {
			faults = append(faults, fmt.Errorf("report %q: it goes by mail, but the schedule names no mail server", e.ID))
		}
	}
	return errors.Join(faults...)
}

// Write writes the schedule file whole or not at all.
func Write(name string, b *Book) error {
	if err := b.Validate(); err != nil {
		return fmt.Errorf("writing the schedule: %w", err)
	}
	if err := kept.Replace(name, b.marshal()); err != nil {
		return fmt.Errorf("writing the schedule: %w", err)
	}
	return nil
}

func some(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func (b *Book) marshal() []byte {
	out := yamlfile.Map{{Key: "time-zone", Value: some(b.TimeZone)}}
	add := func(key string, m yamlfile.Map) {
		for _, it := range m {
			if it.Value != nil {
				out = append(out, yamlfile.Item{Key: key, Value: m})
				return
			}
		}
	}
	add("signatory", yamlfile.Map{{Key: "post", Value: some(b.Signatory.Post)}, {Key: "name", Value: some(b.Signatory.Name)}})
	add("performer", yamlfile.Map{{Key: "name", Value: some(b.Performer.Name)}, {Key: "phone", Value: some(b.Performer.Phone)}})
	if s := b.Mail; s != nil {
		m := yamlfile.Map{{Key: "host", Value: s.Host}}
		if s.Port != 0 {
			m = append(m, yamlfile.Item{Key: "port", Value: s.Port})
		}
		m = append(m, yamlfile.Item{Key: "security", Value: some(string(s.Security))}, yamlfile.Item{Key: "user", Value: some(s.User)}, yamlfile.Item{Key: "password-file", Value: some(s.PasswordFile)},
			yamlfile.Item{Key: "from", Value: some(s.From)}, yamlfile.Item{Key: "ca-file", Value: some(s.CAFile)})
		if s.Timeout > 0 {
			m = append(m, yamlfile.Item{Key: "timeout", Value: yamlfile.Seconds(s.Timeout.Seconds())})
		}
		out = append(out, yamlfile.Item{Key: "mail", Value: m})
	}
	var list yamlfile.List
	for _, e := range b.Reports {
		list = append(list, e.items())
	}
	if list != nil {
		out = append(out, yamlfile.Item{Key: "reports", Value: list})
	}
	return yamlfile.Marshal(out)
}

func (e *Entry) items() yamlfile.Map {
	texts := func(list []string) any {
		if len(list) == 0 {
			return nil
		}
		var out yamlfile.List
		for _, s := range list {
			out = append(out, s)
		}
		return out
	}
	m := yamlfile.Map{{Key: "id", Value: e.ID}, {Key: "of", Value: e.Of}, {Key: "every", Value: e.Every}, {Key: "period", Value: some(string(e.Period))}}
	if e.Every == string(report.Week) {
		m = append(m, yamlfile.Item{Key: "on", Value: weekdays[e.On]})
	}
	if e.Day > 0 {
		m = append(m, yamlfile.Item{Key: "day", Value: e.Day})
	}
	from := e.From.Format(time.DateOnly)
	if h, mi, s := e.From.Clock(); h+mi+s > 0 {
		from = e.From.Format(time.RFC3339)
	}
	clock := fmt.Sprintf("%02d:%02d", int(e.At/time.Hour), int(e.At/time.Minute)%60)
	return append(m, yamlfile.Item{Key: "at", Value: clock}, yamlfile.Item{Key: "shift", Value: some(string(e.Shift))}, yamlfile.Item{Key: "catch-up", Value: some(string(e.CatchUp))},
		yamlfile.Item{Key: "from", Value: from}, yamlfile.Item{Key: "lang", Value: some(string(e.Lang))}, yamlfile.Item{Key: "formats", Value: texts(e.Formats)},
		yamlfile.Item{Key: "to", Value: texts(e.To)}, yamlfile.Item{Key: "folder", Value: some(strings.TrimSpace(e.Folder))})
}
