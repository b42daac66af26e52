package desk

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
	"gonum.org/v1/gonum/stat"

	"github.com/uprava/uprava/dashboards/charts"
	"github.com/uprava/uprava/mining"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/mining/outline"
	"github.com/uprava/uprava/twin"
	"github.com/uprava/uprava/twin/kpi"
)

// Window is a stretch of time, End not in it; a zero end is open.
type Window struct{ Begin, End time.Time }

// Whole reports whether the window leaves nothing out.
func (w Window) Whole() bool { return w.Begin.IsZero() && w.End.IsZero() }

func (w Window) micros() (begin, end eventlog.Time) {
	begin, end = eventlog.MinTime, eventlog.MaxTime
	if !w.Begin.IsZero() {
		begin = eventlog.Time(w.Begin.UnixMicro())
	}
	if !w.End.IsZero() {
		end = eventlog.Time(w.End.UnixMicro())
	}
	return begin, end
}

// BoardQuestion says what of a log a board shows.
type BoardQuestion struct {
	Look    Look
	Window  Window // cases delivered in it
	Against Window // what is compared with; the whole for nothing
	Period  string // of the trend: week, month, quarter, half-year or year; "" for month
}

func (q BoardQuestion) String() string {
	at := func(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }
	return fmt.Sprintf("%s\x00%s\x00%s\x00%s\x00%s\x00%s", q.Look, at(q.Window.Begin), at(q.Window.End), at(q.Against.Begin), at(q.Against.End), q.Period)
}

// Figure is a value with its 95 % interval; NaN where it cannot be told.
type Figure struct {
	Value, Low, High float64
	N                int
}

var unknown = Figure{math.NaN(), math.NaN(), math.NaN(), 0}

// Delivered are the cases that were delivered in a window.
type Delivered struct {
	N                 int
	Mean, Median, P85 Figure // lead time, in the unit of the board
	Share             Figure // in time, of those with a due date
	InTime            int
	Work              Figure // labour effort a case, hours; NaN where starts, or who did it, are not recorded
	Flow              Figure // time in which somebody works over the lead time by the wall clock
}

// Difference is the difference of two figures, that now less that before.
type Difference struct {
	Figure
	Noise bool // the interval holds zero, or there is none
}

// Board is a process as its owner sees it.
type Board struct {
	Log
	Notice   twin.Text
	Labels   map[string]twin.Text
	AsOf     time.Time
	Zone     *time.Location
	Unit     measure.Unit
	Calendar string // of lengths in working time, its identifier in the twin; "" for the wall clock
	From, To string // milestones, as the log names them; mining.FirstRecorded, mining.LastRecorded
	Declared bool   // an end of the lead time is declared: cases without it are open
	Limit    *Limit
	DueFrom  string // where due dates come from: "case", "limit", "" for nowhere

	Window        Window
	Began         int // cases begun in the window
	Now           Delivered
	Open, Overdue int      // at the moment, neither delivered nor over, and of them past their due date
	Otherwise     int      // over without being delivered
	Ends          []string // activities after which a case is over

	Against *Delivered
	Changes map[string]Difference // of Against, by name of the figure

	Bins      charts.Bins           // lead times of the window by the wall clock
	Series    map[string]kpi.Series // "mean", "median", "p85", "share" by period, of all that is looked at
	Standings []Standing            // indicators of the process
	Process   string                // its identifier in the twin, "" where the log has no twin
	Twin      string
	Doubts    []error
}

// Names of the figures of a board.
const (
	OfMean, OfMedian, OfP85, OfShare, OfWork, OfFlow = "mean", "median", "p85", "share", "work", "flow"
)

// Board answers what a board shows, from the outline of the log: remembered, and fast
// also after a restart.
func (d *Desk) Board(ctx context.Context, log string, q BoardQuestion) (*Board, error) {
	q.Period = cmp.Or(q.Period, "month")
	s, err := d.about(ctx, log)
	if err != nil {
		return nil, err
	}
	r, err := s.reckoning()
	if err != nil {
		return nil, err
	}
	return Remember(ctx, d, log, "board\x00"+q.String()+"\x00"+r.text, func(ctx context.Context) (*Board, error) {
		return d.board(ctx, log, q, s, r)
	})
}

func (d *Desk) board(ctx context.Context, log string, q BoardQuestion, s *subject, r reckoning) (*Board, error) {
	info, err := d.store.Log(ctx, log)
	if err != nil {
		return nil, err
	}
	o, err := d.outline(ctx, log, q.Look, s)
	if err != nil {
		return nil, err
	}
	b := &Board{
		Log:  Log{Name: log, Title: twin.Text{RU: log, EN: log}, Cases: info.Cases, Events: info.Events, First: info.First, Last: info.Last},
		AsOf: q.Look.AsOf, Zone: r.zone, Unit: r.unit, Labels: s.labels(), Window: q.Window, DueFrom: o.DueFrom, Ends: o.Ends,
		From: cmp.Or(o.Lead.From.Activity, mining.FirstRecorded), To: cmp.Or(o.Lead.To.Activity, mining.LastRecorded), Declared: o.Lead.To.Activity != "",
	}
	if b.AsOf.IsZero() {
		b.AsOf = info.Last
	}
	if s != nil {
		b.Notice, b.Twin = s.model.Notice, s.model.ID
		if p := s.process; p != nil {
			b.Process = p.ID
			if p.LeadTime.Unit != "" {
				b.Calendar = p.LeadTime.Calendar
			}
			if p.Name != (twin.Text{}) {
				b.Title = p.Name
			}
			if p.Limit != nil {
				b.Limit = limitOf(p.Limit)
			}
		}
	}
	limit := 0.0
	if b.Limit != nil {
		limit = b.Limit.Seconds
	}
	var g errgroup.Group
	g.Go(func() error {
		now := sampleOf(o, q.Window)
		b.Now = now.measured()
		if r.unit == measure.Second {
			b.Bins = charts.BinsOf(now.lengths, limit)
		} else {
			b.Bins = charts.BinsOf(wallOf(o, q.Window), limit)
		}
		return nil
	})
	g.Go(func() error {
		b.standing(o, q.Window)
		if !q.Against.Whole() {
			before := sampleOf(o, q.Against).measured()
			b.Against = &before
		}
		return nil
	})
	g.Go(func() (err error) {
		b.Series, err = kpi.MeasureAll(o, q.Period, r.zone, OfMean, OfMedian, OfP85, OfShare)
		return err
	})
	if err := g.Wait(); err != nil {
		return nil, InputError{err}
	}
	if b.Against != nil {
		b.Changes = changes(*b.Against, b.Now)
	}
	if s != nil && s.process != nil {
		for _, i := range kpi.Read(s.model).Indicators {
			if i.Of != s.process.ID {
				continue
			}
			st := Standing{Indicator: i, Log: log}
			if i.Period == q.Period {
				st.Series = b.Series[i.Statistic]
			}
			if err := st.stand(o, r, b.AsOf); err != nil {
				return nil, err
			}
			b.Standings = append(b.Standings, st)
		}
	}
	b.doubt(o)
	return b, nil
}

// standing counts what began in the window and what is open at the moment: neither
// delivered nor ended otherwise.
func (b *Board) standing(o *outline.Outline, w Window) {
	begin, end := w.micros()
	now := eventlog.Time(b.AsOf.UnixMicro())
	for i, from := range o.From {
		if from == eventlog.NoTime {
			continue
		}
		if from >= begin && from < end {
			b.Began++
		}
		if b.Declared && o.To[i] == eventlog.NoTime && o.Over[i] {
			b.Otherwise++
		}
		if b.Declared && o.Open(i) {
			b.Open++
			if o.Due[i] != eventlog.NoTime && now >= o.Due[i] {
				b.Overdue++
			}
		}
	}
}

// sample are the delivered cases of a window.
type sample struct {
	lengths        []float64 // ascending
	judged, inTime int
	work           []float64 // of the cases whose work is recorded, seconds
	touched, wall  []float64 // of those with a lead time
}

func sampleOf(o *outline.Outline, w Window) sample {
	begin, end := w.micros()
	var s sample
	for i, to := range o.To { // the shortest first
		if math.IsNaN(o.Length[i]) || to < begin || to >= end {
			continue
		}
		s.lengths = append(s.lengths, o.Length[i])
		if o.Due[i] != eventlog.NoTime {
			s.judged++
			if to < o.Due[i] {
				s.inTime++
			}
		}
		if !math.IsNaN(o.Work[i]) {
			s.work = append(s.work, o.Work[i])
			s.touched = append(s.touched, o.Touched[i])
			s.wall = append(s.wall, float64(to-o.From[i])/1e6)
		}
	}
	return s
}

// wallOf are the lead times of the cases delivered in a window by the wall clock, seconds.
func wallOf(o *outline.Outline, w Window) []float64 {
	begin, end := w.micros()
	var out []float64
	for i, to := range o.To {
		if !math.IsNaN(o.Length[i]) && to >= begin && to < end {
			out = append(out, float64(to-o.From[i])/1e6)
		}
	}
	return out
}

// measured measures the cases of a sample.
func (s sample) measured() Delivered {
	d := Delivered{N: len(s.lengths), Mean: unknown, Median: unknown, P85: unknown, Share: unknown, Work: unknown, Flow: unknown, InTime: s.inTime}
	if d.N == 0 {
		return d
	}
	d.Mean = mean(s.lengths)
	d.Median, d.P85 = quantile(s.lengths, 0.5), quantile(s.lengths, 0.85)
	if s.judged > 0 {
		d.Share = Figure{float64(s.inTime) / float64(s.judged), math.NaN(), math.NaN(), s.judged}
		if i, err := measure.ShareInterval(s.inTime, s.judged, 0.95); err == nil {
			d.Share.Low, d.Share.High = i.Low, i.High
		}
	}
	if len(s.work) > 0 {
		d.Work, d.Flow = mean(s.work).over(3600), ratio(s.touched, s.wall)
	}
	return d
}

func (f Figure) over(x float64) Figure { return Figure{f.Value / x, f.Low / x, f.High / x, f.N} }

// mean with Student's interval.
func mean(x []float64) Figure {
	f := Figure{stat.Mean(x, nil), math.NaN(), math.NaN(), len(x)}
	if i, err := measure.MeanInterval(x, 0.95); err == nil {
		f.Low, f.High = i.Low, i.High
	}
	return f
}

// quantile with its distribution-free interval.
func quantile(sorted []float64, p float64) Figure {
	f := Figure{measure.Quantile(sorted, p), math.NaN(), math.NaN(), len(sorted)}
	if i, err := measure.QuantileInterval(sorted, p, 0.95); err == nil {
		f.Low, f.High = i.Low, i.High
	}
	return f
}

// ratio is the sum of y over the sum of x with the interval of the ratio estimator:
// Student's of the residuals y − r·x (W. G. Cochran, Sampling Techniques, 3rd ed.,
// section 6.5).
func ratio(y, x []float64) Figure {
	var sy, sx float64
	for i := range y {
		sy, sx = sy+y[i], sx+x[i]
	}
	f := Figure{sy / sx, math.NaN(), math.NaN(), len(y)}
	if sx <= 0 {
		return unknown
	}
	rest := make([]float64, len(y))
	for i := range y {
		rest[i] = y[i] - f.Value*x[i]
	}
	if e := mean(rest); !math.IsNaN(e.Low) {
		half := (e.High - e.Low) / 2 / (sx / float64(len(x)))
		f.Low, f.High = max(0, f.Value-half), f.Value+half
	}
	return f
}

// changes compares two sets of delivered cases: figures of b less those of a.
// Intervals of a difference are joined from those of both figures (MOVER: G. Y. Zou,
// A. Donner, doi:10.1002/sim.3095), which for means is close to Welch's and for shares
// is Newcombe's method 10.
func changes(a, b Delivered) map[string]Difference {
	out := map[string]Difference{}
	for name, pair := range map[string][2]Figure{
		OfMean: {a.Mean, b.Mean}, OfMedian: {a.Median, b.Median}, OfP85: {a.P85, b.P85}, OfShare: {a.Share, b.Share}, OfWork: {a.Work, b.Work}, OfFlow: {a.Flow, b.Flow},
	} {
		out[name] = Differ(pair[0], pair[1])
	}
	return out
}

// Differ is the difference of two independent figures, b less a, with its interval.
func Differ(a, b Figure) Difference {
	c := Difference{Figure: Figure{Value: b.Value - a.Value, N: min(a.N, b.N)}}
	c.Low = c.Value - math.Hypot(b.Value-b.Low, a.High-a.Value)
	c.High = c.Value + math.Hypot(b.High-b.Value, a.Value-a.Low)
	c.Noise = !(c.Low > 0 || c.High < 0)
	return c
}

// doubt tells what a reader of the figures should know.
func (b *Board) doubt(o *outline.Outline) {
	add := func(en, ru string) { b.Doubts = append(b.Doubts, &measure.Doubt{EN: en, RU: ru}) }
	b.Doubts = append(b.Doubts, o.Pairing.Warnings()...)
	left := o.Left
	if b.Declared {
		left.NoTo = 0 // they are open
	}
	b.Doubts = append(b.Doubts, left.Warnings(o.Lead)...)
	if !b.Declared && b.Now.N > 0 {
		add("no end of the lead time is declared: cases that are still going on are measured up to their last recorded event",
			"конец времени протекания не задан: дела, которые ещё идут, измерены до последнего записанного события")
	}
	if b.Otherwise > 0 {
		add(fmt.Sprintf("%d cases ended without being delivered (%s): they have no lead time and are not open", b.Otherwise, joinNames(b.Ends, b.To, b.Labels, "en")),
			fmt.Sprintf("дел закончено иначе: %d (%s); времени протекания у них нет, и в работе они не считаются", b.Otherwise, joinNames(b.Ends, b.To, b.Labels, "ru")))
	}
	if b.Overdue > 0 {
		add(fmt.Sprintf("%d open cases are past their due date already; the share in time counts delivered cases alone", b.Overdue),
			fmt.Sprintf("открытых дел с уже истёкшим сроком: %d; доля в срок считается только по завершённым делам", b.Overdue))
	}
	if b.DueFrom == limitDue && b.Limit != nil {
		add("the due date is taken as the legal limit in days of 24 hours from the beginning of the case; extensions and other lawful limits are not known here",
			"срок взят как нормативный срок в сутках от начала дела; продления и иные законные сроки здесь не учтены")
	}
	if n := b.Now.N; n > 0 && n < measure.EnoughForMean {
		add(fmt.Sprintf("%d cases are few: the interval of the mean needs %d", n, measure.EnoughForMean),
			fmt.Sprintf("мало дел (%d): интервалу среднего нужно не меньше %d", n, measure.EnoughForMean))
	}
	if o.Startless > 0 && b.Now.Work.N > 0 {
		add(fmt.Sprintf("%d activity instances have no recorded start: their work is not in the labour effort", o.Startless),
			fmt.Sprintf("у действий (%d) не записано начало: их работа не вошла в трудоёмкость", o.Startless))
	}
}

// joinNames lists activities but one in a language.
func joinNames(names []string, but string, labels map[string]twin.Text, lang string) string {
	var out []string
	for _, n := range names {
		if n == but {
			continue
		}
		if t, ok := labels[n]; ok {
			n = t.In(lang)
		}
		out = append(out, n)
	}
	return strings.Join(out, ", ")
}
