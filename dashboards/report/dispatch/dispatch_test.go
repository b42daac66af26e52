package dispatch

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/dashboards/hostile"
	"github.com/uprava/uprava/dashboards/report"
	"github.com/uprava/uprava/dashboards/report/archive"
	"github.com/uprava/uprava/dashboards/report/mail"
	"github.com/uprava/uprava/dashboards/report/reporttest"
	"github.com/uprava/uprava/dashboards/report/schedule"
	"github.com/uprava/uprava/dashboards/terms"
)

var msk = time.FixedZone("MSK", 3*3600)

// hand is a clock that a test moves.
type hand struct{ now time.Time }

func (h *hand) Now() time.Time { return h.now }
func (h *hand) Wait(ctx context.Context, d time.Duration) error {
	h.now = h.now.Add(d)
	return ctx.Err()
}

// pen composes the sample, and counts.
type pen struct {
	requests []Request
	fault    error
	alerts   []Alert
}

func (p *pen) Compose(_ context.Context, r Request) (*Made, error) {
	p.requests = append(p.requests, r)
	if p.fault != nil {
		return nil, p.fault
	}
	d := reporttest.Document(r.Lang)
	d.Period, d.AsOf = r.Period, r.AsOf
	return &Made{d, map[string]string{"log a": "1"}}, nil
}

func (p *pen) Alerts(context.Context, string, time.Time) ([]Alert, error) { return p.alerts, nil }

// desk is an office under test.
type desk struct {
	*Office
	t     *testing.T
	clock *hand
	pen   *pen
	sent  []mail.Message
	fault func(mail.Message) error
	cfg   Config
}

func newDesk(t *testing.T, now string, entries ...schedule.Entry) *desk {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", now, msk)
	require.NoError(t, err)
	d := &desk{t: t, clock: &hand{at}, pen: &pen{}}
	d.cfg = Config{Dir: t.TempDir(), Version: "test", Clock: d.clock, Send: func(ctx context.Context, _ mail.Server, m mail.Message) error {
		if d.fault != nil {
			if err := d.fault(m); err != nil {
				return err
			}
		}
		d.sent = append(d.sent, m)
		return nil
	}}
	d.restart()
	require.NoError(t, d.Change(func(b *schedule.Book) error {
		b.Mail = &mail.Server{Host: "h", From: "r@example.org"}
		b.Reports = entries
		return nil
	}))
	return d
}

// restart is a new process on the same folder.
func (d *desk) restart() { d.Office = New(d.pen, d.cfg) }

func (d *desk) due() []string {
	d.t.Helper()
	runs, err := d.RunDue(context.Background())
	require.NoError(d.t, err)
	var out []string
	for _, r := range runs {
		out = append(out, r.Period+" "+string(r.State))
	}
	return out
}

func weekly(catchUp schedule.CatchUp) schedule.Entry {
	return schedule.Entry{ID: "weekly", Of: "executive", Every: "week", On: time.Monday, At: 8 * time.Hour, CatchUp: catchUp, From: time.Date(2019, 11, 25, 0, 0, 0, 0, msk), To: []string{"head@example.org"}, Formats: []string{"html"}}
}

func TestEachReportOnce(t *testing.T) {
	d := newDesk(t, "2019-11-25 07:59", weekly(""))
	require.Empty(t, d.due())
	d.clock.now = d.clock.now.Add(time.Minute)
	require.Equal(t, []string{"2019-W47 done"}, d.due())
	require.Empty(t, d.due())
	d.restart()
	require.Empty(t, d.due())
	require.Len(t, d.sent, 1)
	require.Equal(t, "head@example.org", d.sent[0].To)
	require.Equal(t, "uprava-executive-2019-W47.html", d.sent[0].Files[0].Name)
	require.Equal(t, d.clock.now, d.pen.requests[0].AsOf, "as of the moment at which it was due")
	list, err := d.Sent()
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.Equal(t, "mail:head@example.org", list[0].Deliveries[0].To)
	require.NotEmpty(t, list[0].Hash)
	data, err := d.File(list[0].ID, list[0].Files[0].Name)
	require.NoError(t, err)
	require.Equal(t, d.sent[0].Files[0].Data, data)
}

func TestCatchingUp(t *testing.T) {
	for way, want := range map[schedule.CatchUp][]string{
		schedule.All:    {"2019-W47 done", "2019-W48 done", "2019-W49 done"},
		schedule.Latest: {"2019-W47 skipped", "2019-W48 skipped", "2019-W49 done"},
		schedule.Never:  {"2019-W47 skipped", "2019-W48 skipped", "2019-W49 skipped"},
	} {
		d := newDesk(t, "2019-12-10 12:00", weekly(way))
		require.Equal(t, want, d.due(), way)
		d.restart()
		require.Empty(t, d.due(), way)
	}
	d := newDesk(t, "2019-12-09 08:20", weekly(schedule.Never))
	require.Equal(t, []string{"2019-W47 skipped", "2019-W48 skipped", "2019-W49 done"}, d.due(), "twenty minutes late is not missed")
}

func TestRetriesThenGivesUp(t *testing.T) {
	d := newDesk(t, "2019-11-25 08:00", weekly(""))
	d.fault = func(mail.Message) error { return errors.New("connection refused") }
	require.Equal(t, []string{"2019-W47 begun"}, d.due())
	require.Empty(t, d.due(), "not before the wait is over")
	for i := range usualRetries {
		d.clock.now = d.clock.now.Add(usualRetries[i])
		d.restart()
		runs, err := d.RunDue(context.Background())
		require.NoError(t, err)
		require.Len(t, runs, 1)
		require.Equal(t, i+2, runs[0].Attempts)
		require.Contains(t, runs[0].Error, "connection refused")
	}
	journal, err := d.Journal()
	require.NoError(t, err)
	require.Equal(t, Failed, journal[0].State)
	require.Len(t, d.pen.requests, 1, "it was composed once and kept")
	require.Empty(t, d.due())
}

func TestServerComesBack(t *testing.T) {
	d := newDesk(t, "2019-11-25 08:00", weekly(""))
	d.fault = func(mail.Message) error { return errors.New("connection refused") }
	d.due()
	d.fault = nil
	d.clock.now = d.clock.now.Add(time.Minute)
	require.Equal(t, []string{"2019-W47 done"}, d.due())
	require.Len(t, d.sent, 1)
}

// One of two readers cannot be reached: the other does not get the report twice.
func TestPartDelivered(t *testing.T) {
	e := weekly("")
	e.To = []string{"a@example.org", "b@example.org"}
	d := newDesk(t, "2019-11-25 08:00", e)
	d.fault = func(m mail.Message) error {
		if m.To == "b@example.org" {
			return errors.New("mailbox full")
		}
		return nil
	}
	require.Equal(t, []string{"2019-W47 begun"}, d.due())
	d.fault = nil
	d.clock.now = d.clock.now.Add(time.Hour)
	require.Equal(t, []string{"2019-W47 done"}, d.due())
	require.Len(t, d.sent, 2)
	require.Equal(t, "a@example.org", d.sent[0].To)
	require.Equal(t, "b@example.org", d.sent[1].To)
}

// The process ends in the middle, at each of its steps: after the restart the report
// is made once, and a message that may have gone out goes again under the same name.
func TestCrashes(t *testing.T) {
	t.Run("while composing", func(t *testing.T) {
		d := newDesk(t, "2019-11-25 08:00", weekly(""))
		ctx, crash := context.WithCancel(context.Background())
		d.pen.fault = context.Canceled
		crash()
		_, err := d.RunDue(ctx)
		require.ErrorIs(t, err, context.Canceled)
		d.pen.fault = nil
		d.restart()
		require.Equal(t, []string{"2019-W47 done"}, d.due())
		require.Len(t, d.sent, 1)
	})
	t.Run("while sending", func(t *testing.T) {
		d := newDesk(t, "2019-11-25 08:00", weekly(""))
		ctx, crash := context.WithCancel(context.Background())
		var taken mail.Message
		d.fault = func(m mail.Message) error { taken = m; crash(); return context.Canceled }
		_, err := d.RunDue(ctx)
		require.Error(t, err)
		d.fault = nil
		d.restart()
		require.Equal(t, []string{"2019-W47 done"}, d.due())
		require.Len(t, d.pen.requests, 1, "what the archive holds is not composed again")
		require.Equal(t, taken.ID, d.sent[0].ID)
		require.Equal(t, taken.Files, d.sent[0].Files)
	})
	t.Run("after the delivery was noted", func(t *testing.T) {
		d := newDesk(t, "2019-11-25 08:00", weekly(""))
		require.Equal(t, []string{"2019-W47 done"}, d.due())
		var r Run
		rev, err := d.journal.Read("weekly 2019-W47", &r)
		require.NoError(t, err)
		r.State = Begun
		_, err = d.journal.Write("weekly 2019-W47", r, rev)
		require.NoError(t, err)
		d.restart()
		require.Equal(t, []string{"2019-W47 done"}, d.due())
		require.Len(t, d.sent, 1)
	})
}

func TestTwoProcesses(t *testing.T) {
	d := newDesk(t, "2019-11-25 08:00", weekly(""))
	other := New(d.pen, d.cfg)
	d.fault = func(mail.Message) error {
		runs, err := other.RunDue(context.Background())
		require.NoError(t, err)
		require.Empty(t, runs, "the first holds the office")
		return nil
	}
	require.Equal(t, []string{"2019-W47 done"}, d.due())
	require.Len(t, d.sent, 1)
}

func TestThreshold(t *testing.T) {
	e := weekly(schedule.All)
	e.Every, e.ID = schedule.Threshold, "alerts"
	d := newDesk(t, "2019-12-02 12:00", e)
	d.pen.alerts = []Alert{{"kpi:lead 2019-11-01", time.Date(2019, 11, 1, 9, 0, 0, 0, msk)}, {"kpi:lead 2019-12-01", time.Date(2019, 12, 2, 9, 0, 0, 0, msk)}, {"later", time.Date(2020, 1, 9, 9, 0, 0, 0, msk)}}
	require.Equal(t, []string{"2019-11 done"}, d.due(), "not what was told before the entry, nor what will be")
	d.clock.now = d.clock.now.Add(time.Hour)
	require.Empty(t, d.due())
}

// slowDisk fails when so many bytes are written.
type slowDisk struct {
	*os.File
	left int
}

func (s *slowDisk) Write(b []byte) (int, error) {
	if len(b) > s.left {
		n, _ := s.File.Write(b[:s.left])
		return n, syscall.ENOSPC
	}
	return s.File.Write(b)
}

func TestFolder(t *testing.T) {
	e := weekly("")
	e.To, e.Folder, e.Formats = nil, t.TempDir(), []string{"html", "pdf"}
	d := newDesk(t, "2019-11-25 08:00", e)
	d.create = func(dir, pattern string) (file, error) {
		f, err := os.CreateTemp(dir, pattern)
		return &slowDisk{f, 100}, err
	}
	runs, err := d.RunDue(context.Background())
	require.NoError(t, err)
	require.Contains(t, runs[0].Error, "the disk is full; nothing half-written is left")
	left, err := os.ReadDir(e.Folder)
	require.NoError(t, err)
	require.Empty(t, left)
	d.restart()
	d.clock.now = d.clock.now.Add(time.Minute)
	require.Equal(t, []string{"2019-W47 done"}, d.due())
	for _, f := range []string{"html", "pdf"} {
		info, err := os.Stat(filepath.Join(e.Folder, "uprava-executive-2019-W47."+f))
		require.NoError(t, err)
		require.Equal(t, fs.FileMode(0o644), info.Mode().Perm(), "others read it")
	}
	require.ErrorContains(t, d.toFolder(filepath.Join(e.Folder, "gone"), nil), "the folder is not there")
}

func TestMakeAndSendByHand(t *testing.T) {
	d := newDesk(t, "2019-11-25 08:00")
	q := Request{Of: "process:receipt", Period: report.Period{Kind: report.Quarter, Year: 2019, N: 3}, AsOf: d.clock.now, Lang: terms.EN}
	one, name, err := d.Make(context.Background(), q, "pdf")
	require.NoError(t, err)
	require.Equal(t, "uprava-process-receipt-2019-Q3.pdf", name)
	two, _, err := d.Make(context.Background(), q, "pdf")
	require.NoError(t, err)
	require.True(t, bytes.Equal(one, two))
	_, _, err = d.Make(context.Background(), q, "doc")
	require.ErrorContains(t, err, "wanted one of pdf, docx, xlsx, html")
	list, err := d.Sent()
	require.NoError(t, err)
	require.Empty(t, list)
	r, err := d.Send(context.Background(), q, []string{"pdf", "docx"}, []string{"head@example.org"}, t.TempDir())
	require.NoError(t, err)
	require.Len(t, r.Deliveries, 2)
	require.Len(t, d.sent[0].Files, 2)
}

func TestServeEndsWithItsContext(t *testing.T) {
	d := newDesk(t, "2019-11-25 07:00", weekly(""))
	ctx, end := context.WithCancel(context.Background())
	d.fault = func(mail.Message) error { end(); return nil }
	d.Serve(ctx, func(err error) { require.NoError(t, err) })
	require.Len(t, d.sent, 1)
	require.False(t, d.clock.now.Before(time.Date(2019, 11, 25, 8, 0, 0, 0, msk)))
}

func TestFileNames(t *testing.T) {
	p := report.Period{Kind: report.Year, Year: 2019, N: 1}
	for _, label := range hostile.Labels {
		name := FileName("process:"+label, p, "pdf")
		require.NotContains(t, name, "..")
		require.False(t, strings.ContainsAny(name, "/\\\r\n:*?\"<>|"), name)
		_, err := archive.Folder{Dir: t.TempDir()}.Put(&archive.Record{ID: "a", Files: []archive.File{{Name: name, Data: []byte("x")}}})
		require.NoError(t, err, name)
	}
}

func TestEntriesTellWhatIsNext(t *testing.T) {
	d := newDesk(t, "2019-12-31 12:00", weekly(""))
	list, err := d.Entries()
	require.NoError(t, err)
	require.Equal(t, "2020-01-09 08:00", list[0].Next.Moment.Format("2006-01-02 15:04"), "Monday 6 January is a holiday")
}
