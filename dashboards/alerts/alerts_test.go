package alerts

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/mining/calendar"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/twin"
	"github.com/uprava/uprava/twin/kpi"
)

var begin = time.Date(2019, 1, 1, 0, 0, 0, 0, time.UTC)

// board is a desk with one log.
type board struct {
	values  []float64 // by month
	overdue int
	changed time.Time
}

func (b *board) Changed(context.Context, string) (time.Time, error) { return b.changed, nil }

func (b *board) Board(context.Context, string, desk.BoardQuestion) (*desk.Board, error) {
	out := &desk.Board{AsOf: begin.AddDate(0, len(b.values), 3), Zone: time.UTC, Unit: measure.Second, Declared: true, Overdue: b.overdue, Series: map[string]kpi.Series{}}
	out.Title = twin.Text{RU: "Земля\r\nBcc: x", EN: "Land"}
	for k, v := range append(b.values, 9e9) { // the last period is not over
		out.Series[Mean] = append(out.Series[Mean], kpi.Point{Begin: begin.AddDate(0, k, 0), End: begin.AddDate(0, k+1, 0), Value: measure.Number(v), N: 10})
	}
	return out, nil
}

// outbox is a sender that may be down.
type outbox struct {
	sent []string
	down bool
}

func (o *outbox) Send(_ context.Context, to []string, subject, text string) error {
	if o.down {
		return errors.New("no server")
	}
	o.sent = append(o.sent, strings.Join(to, ",")+"|"+subject+"|"+text)
	return nil
}

func rule() Rule {
	return Rule{ID: "r", Log: "x", Figure: Mean, Period: "month", Raise: 30 * 86400, Clear: 25 * 86400, To: []string{"owner@example.org"}}
}

func TestRulesAreChecked(t *testing.T) {
	require.NoError(t, rule().Validate())
	for _, tc := range []struct {
		change func(*Rule)
		want   error
	}{
		{func(r *Rule) { r.Clear = 31 * 86400 }, ErrLevels},
		{func(r *Rule) { r.Raise = math.NaN() }, ErrLevels},
		{func(r *Rule) { r.Figure, r.Raise, r.Clear = Share, 0.9, 0.8 }, ErrLevels},
		{func(r *Rule) { r.Figure = "mode" }, ErrFigure},
		{func(r *Rule) { r.Period = "" }, ErrFigure},
		{func(r *Rule) { r.To = []string{"a@b.c\r\nBcc: x@y.z"} }, ErrAddress},
		{func(r *Rule) { r.To = []string{"nobody"} }, ErrAddress},
	} {
		r := rule()
		tc.change(&r)
		require.ErrorIs(t, r.Validate(), tc.want)
	}
}

func TestAlertsRiseAndEndOnceOverRestarts(t *testing.T) {
	dir := t.TempDir()
	day := 86400.
	d := &board{values: []float64{20 * day, 31 * day, 28 * day}, changed: begin}
	mail := &outbox{}
	clock := time.Date(2019, 4, 5, 12, 0, 0, 0, time.UTC)
	watcher := func() *Watcher {
		return &Watcher{Desk: d, Book: OpenBook(dir), Sender: mail, Lang: terms.RU, Now: func() time.Time { return clock }}
	}
	_, err := OpenBook(dir).Put(rule(), "")
	require.NoError(t, err)
	w := watcher()
	require.NoError(t, w.Once(t.Context()))
	require.Len(t, mail.sent, 1, "the past is gone through, and how it stands is told")
	require.NotContains(t, mail.sent[0], "\r", "a label breaks no header")
	state := func() State {
		list, err := OpenBook(dir).Of("x")
		require.NoError(t, err)
		return list[0].State
	}
	require.True(t, state().Raised)
	require.Equal(t, begin.AddDate(0, 2, 0), state().Since.UTC(), "28 days are between the levels")

	require.NoError(t, w.Once(t.Context()))
	require.NoError(t, watcher().Once(t.Context()), "another process")
	require.Len(t, mail.sent, 1)

	d.values, d.changed = append(d.values, 24*day), begin.Add(time.Hour)
	mail.down = true
	require.Error(t, w.Once(t.Context()))
	require.False(t, state().Raised)
	require.Equal(t, "no server", state().Failed)
	require.NoError(t, w.Once(t.Context()), "it is not tried again at once")
	clock = clock.Add(time.Minute)
	require.Error(t, w.Once(t.Context()))
	mail.down = false
	require.NoError(t, watcher().Once(t.Context()), "what could not be sent waits on, also over a restart")
	require.Len(t, mail.sent, 2)
	require.Empty(t, state().Failed)
	require.Empty(t, state().Pending)
	require.Len(t, state().Told, 2)
}

func TestQuietHoursAndCounts(t *testing.T) {
	dir := t.TempDir()
	office, err := calendar.New(calendar.Config{Week: calendar.Weekdays(9*time.Hour, 18*time.Hour)})
	require.NoError(t, err)
	d, mail := &board{overdue: 7, changed: begin}, &outbox{}
	clock := time.Date(2019, 4, 6, 12, 0, 0, 0, time.UTC) // a Saturday
	w := &Watcher{Desk: d, Book: OpenBook(dir), Sender: mail, Quiet: office, Lang: terms.EN, Now: func() time.Time { return clock }}
	r := rule()
	r.Figure, r.Period, r.Raise, r.Clear, r.Quiet = Overdue, "", 5, 2, true
	rev, err := w.Book.Put(r, "")
	require.NoError(t, err)
	require.NoError(t, w.Once(t.Context()))
	require.Empty(t, mail.sent)
	clock = time.Date(2019, 4, 8, 9, 30, 0, 0, time.UTC)
	require.NoError(t, w.Once(t.Context()))
	require.Len(t, mail.sent, 1)
	require.Contains(t, mail.sent[0], "7")
	require.NoError(t, w.Book.Remove("r", rev))
	list, err := w.Book.Of("")
	require.NoError(t, err)
	require.Empty(t, list)
	_, err = w.Book.Put(r, "")
	require.NoError(t, err)
	list, err = w.Book.Of("")
	require.NoError(t, err)
	require.False(t, list[0].State.Raised, "the state went with its rule")
}
