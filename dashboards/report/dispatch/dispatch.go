package dispatch

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/uprava/uprava/dashboards/kept"
	"github.com/uprava/uprava/dashboards/report"
	"github.com/uprava/uprava/dashboards/report/archive"
	"github.com/uprava/uprava/dashboards/report/html"
	"github.com/uprava/uprava/dashboards/report/mail"
	"github.com/uprava/uprava/dashboards/report/schedule"
	"github.com/uprava/uprava/dashboards/terms"
)

// Clock tells the time and waits; tests have one of their own.
type Clock interface {
	Now() time.Time
	// Wait returns after d, or with the error of ctx when that ends before.
	Wait(ctx context.Context, d time.Duration) error
}

// Wall is the clock on the wall.
type Wall struct{}

// Now is the time.
func (Wall) Now() time.Time { return time.Now() }

// Wait waits.
func (Wall) Wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Request asks for one report.
type Request struct {
	Of     string        // "executive", "owner:ROLE" or "process:NAME"
	Period report.Period // zero for the last month that was over
	AsOf   time.Time     // zero for the last event, or the end of the period where that was earlier
	Lang   terms.Lang
}

// Made is a composed report and what it was made from, each with its hash or state.
type Made struct {
	Document *report.Document
	Inputs   map[string]string
}

// Alert is a value that crossed its threshold.
type Alert struct {
	Key  string // different for each alert
	Told time.Time
}

// Composer composes reports from data.
type Composer interface {
	Compose(ctx context.Context, r Request) (*Made, error)
	// Alerts returns those about a subject, up to a moment.
	Alerts(ctx context.Context, of string, asOf time.Time) ([]Alert, error)
}

// Config says with what an Office works. Dir is the folder of its schedule, journal
// and archive; the others may be left out.
type Config struct {
	Dir     string
	Version string
	Clock   Clock
	Send    func(context.Context, mail.Server, mail.Message) error
	Retries []time.Duration // waits before the second, third … attempt
}

// usualRetries are seven more attempts within a day and a half.
var usualRetries = []time.Duration{time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 6 * time.Hour, 12 * time.Hour, 16 * time.Hour}

// Office makes, sends and keeps reports. Its methods may be called from many
// goroutines and processes at once.
type Office struct {
	cfg     Config
	compose Composer
	archive archive.Folder
	journal kept.Folder
	create  create
	changed sync.Mutex // of the schedule file

	asked map[string]time.Time // when the alerts of an entry were asked for last; while the schedule runs
}

// New returns the office of a folder.
func New(c Composer, cfg Config) *Office {
	if cfg.Clock == nil {
		cfg.Clock = Wall{}
	}
	if cfg.Send == nil {
		cfg.Send = func(ctx context.Context, s mail.Server, m mail.Message) error { return s.Send(ctx, m) }
	}
	if cfg.Retries == nil {
		cfg.Retries = usualRetries
	}
	return &Office{cfg: cfg, compose: c, archive: archive.Folder{Dir: filepath.Join(cfg.Dir, "archive")}, journal: kept.Open(filepath.Join(cfg.Dir, "journal")), create: createTemp, asked: map[string]time.Time{}}
}

// ScheduleFile is the file in which people write what is due when.
func (o *Office) ScheduleFile() string { return filepath.Join(o.cfg.Dir, "schedule.yaml") }

// Schedule reads the schedule.
func (o *Office) Schedule() (*schedule.Book, error) { return schedule.Read(o.ScheduleFile()) }

// Change reads the schedule, lets f change it, and writes it; other processes that do
// the same wait.
func (o *Office) Change(f func(*schedule.Book) error) error {
	o.changed.Lock()
	defer o.changed.Unlock()
	release, _, err := o.lock(".changing", true)
	if err != nil {
		return err
	}
	defer release()
	b, err := o.Schedule()
	if err == nil {
		err = f(b)
	}
	if err != nil {
		return err
	}
	return schedule.Write(o.ScheduleFile(), b)
}

// Sent lists the reports that were made, the last first, with where they arrived.
func (o *Office) Sent() ([]archive.Record, error) { return o.archive.List() }

// File returns a file of a report that was made.
func (o *Office) File(id, name string) ([]byte, error) { return o.archive.File(id, name) }

// Compose composes a report now, with the hash of its inputs, signatory and performer
// filled in.
func (o *Office) Compose(ctx context.Context, r Request) (*Made, error) {
	if r.Lang == "" {
		r.Lang = terms.RU
	}
	made, err := o.compose.Compose(ctx, r)
	if err != nil {
		return nil, err
	}
	b, err := o.Schedule()
	if err != nil {
		return nil, err
	}
	d := made.Document
	if b.Signatory != (report.Signatory{}) {
		d.Signatory = b.Signatory
	}
	if b.Performer != (report.Performer{}) {
		d.Performer = b.Performer
	}
	d.Program = r.Lang.T("product")
	if o.cfg.Version != "unknown" {
		d.Program = strings.TrimSpace(d.Program + " " + o.cfg.Version)
	}
	d.Inputs = o.hash(made)
	return made, nil
}

// hash is that of all that a report was made from.
func (o *Office) hash(m *Made) string {
	h := sha256.New()
	for _, key := range slices.Sorted(maps.Keys(m.Inputs)) {
		fmt.Fprintf(h, "%q %q\n", key, m.Inputs[key])
	}
	d := m.Document
	fmt.Fprintf(h, "%q %q %q %q\n", d.Period, d.AsOf.UTC().Format(time.RFC3339Nano), d.Lang, o.cfg.Version)
	return hex.EncodeToString(h.Sum(nil)[:12])
}

// Make composes a report and draws it in a format, now; nothing is kept or sent.
func (o *Office) Make(ctx context.Context, r Request, format string) (data []byte, name string, err error) {
	if MediaType(format) == "" {
		_, err := Render(format, nil)
		return nil, "", err
	}
	made, err := o.Compose(ctx, r)
	if err != nil {
		return nil, "", err
	}
	if data, err = Render(format, made.Document); err != nil {
		return nil, "", err
	}
	return data, FileName(r.Of, made.Document.Period, format), nil
}

// Send makes a report now, keeps it and sends it to addresses and a folder. The record
// is returned also where not all could be reached.
func (o *Office) Send(ctx context.Context, r Request, formats, to []string, folder string) (*archive.Record, error) {
	b, err := o.Schedule()
	if err != nil {
		return nil, err
	}
	made, err := o.Compose(ctx, r)
	if err != nil {
		return nil, err
	}
	now := o.cfg.Clock.Now().UTC()
	record, err := o.keep(made, "hand-"+now.Format("20060102-150405.000"), "", r.Of, formats)
	if err != nil {
		return nil, err
	}
	var faults []error
	for _, t := range targets(to, folder) {
		faults = append(faults, o.deliver(ctx, b.Mail, record, t))
	}
	record, err = o.archive.Read(record.ID)
	return record, errors.Join(append(faults, err)...)
}

// keep draws a report in its formats and puts it into the archive.
func (o *Office) keep(m *Made, id, entry, of string, formats []string) (*archive.Record, error) {
	if len(formats) == 0 {
		formats = []string{"pdf"}
	}
	d := m.Document
	title := report.Clean(d.Title)
	if d.Subject != "" {
		title += ". " + report.Clean(d.Subject)
	}
	if name := d.Period.Name(d.Lang); name != "" {
		title += ", " + name
	}
	r := &archive.Record{ID: id, Entry: entry, Of: of, Title: title, Lang: string(d.Lang), Period: d.Period.String(), AsOf: d.AsOf, Made: o.cfg.Clock.Now().UTC(), Version: o.cfg.Version, Inputs: m.Inputs, Hash: d.Inputs, Plain: d.Plain()}
	var letter strings.Builder
	if err := html.Letter(&letter, d); err != nil {
		return nil, err
	}
	r.HTML = letter.String()
	for _, f := range formats {
		data, err := Render(f, d)
		if err != nil {
			return nil, err
		}
		r.Files = append(r.Files, archive.File{Name: FileName(of, d.Period, f), Format: f, Data: data})
	}
	return o.archive.Put(r)
}

// Notes sends short notes, such as alerts, through the mail server of the schedule.
func (o *Office) Notes() mail.Notes {
	return mail.Notes{Now: o.cfg.Clock.Now, Server: func() (*mail.Server, error) {
		b, err := o.Schedule()
		if err != nil {
			return nil, err
		}
		return b.Mail, nil
	}}
}

// lock takes a lock of the folder, of this process and of others; false where another
// holds it and it is not waited for. It goes with the process, however that ends.
func (o *Office) lock(name string, wait bool) (release func(), taken bool, err error) {
	if err := os.MkdirAll(o.cfg.Dir, 0o700); err != nil {
		return nil, false, archive.Words("locking the reports", o.cfg.Dir, err)
	}
	l, err := os.OpenFile(filepath.Join(o.cfg.Dir, name), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, false, archive.Words("locking the reports", o.cfg.Dir, err)
	}
	how := syscall.LOCK_EX
	if !wait {
		how |= syscall.LOCK_NB
	}
	if err := syscall.Flock(int(l.Fd()), how); err != nil {
		l.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, false, nil
		}
		return nil, false, fmt.Errorf("locking %q: %w", o.cfg.Dir, err)
	}
	return func() { l.Close() }, true, nil
}

// run reads a run of the journal; a zero run where there is none.
func (o *Office) run(id string) (Run, kept.Revision, error) {
	var r Run
	rev, err := o.journal.Read(id, &r)
	if errors.Is(err, kept.ErrNotFound) {
		return Run{}, "", nil
	}
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return Run{}, "", fmt.Errorf("the journal of reports is damaged, the report is not made so that it is not sent twice: %w", err)
	}
	return r, rev, err
}
