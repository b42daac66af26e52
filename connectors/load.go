package connectors

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/uprava/uprava/mining/eventlog"
)

// LoadReport says what Load left out and had to decide.
type LoadReport struct {
	Rejected []*RowError // the first 1000
	Count    int64       // of all rejected rows
	Warnings []error
}

const keepRejected = 1000

// Load reads a whole source into a log, without a store, and closes it. Rejected
// rows are left out and reported. It fails where the source does, and where
// every row was rejected.
func Load(ctx context.Context, name string, src Source) (*eventlog.Log, *LoadReport, error) {
	defer src.Close()
	if err := src.Open(ctx); err != nil {
		return nil, nil, err
	}
	b := eventlog.NewBuilder(name)
	report := &LoadReport{}
	cases := 0
	for r, err := range Rows(ctx, src) {
		if err == nil {
			if r.Event != nil {
				err = b.Add(r.Event)
			} else {
				cases++
				_, err = b.Case(r.Case, r.Attributes)
			}
			if err == nil {
				continue
			}
			err = Unfit(src, r, err)
		}
		bad, ok := errors.AsType[*RowError](err)
		if !ok {
			return nil, nil, err
		}
		report.Count++
		if len(report.Rejected) < keepRejected {
			report.Rejected = append(report.Rejected, bad)
		}
	}
	if b.Len() == 0 && cases == 0 && report.Count > 0 {
		return nil, nil, &NothingReadError{name, report.Count, report.Rejected[0]}
	}
	if d, ok := src.(Described); ok {
		b.SetMeta(d.Meta())
	}
	if d, ok := src.(Doubtful); ok {
		report.Warnings = append(report.Warnings, d.Warnings()...)
	}
	if report.Count > 0 {
		report.Warnings = append(report.Warnings, fmt.Errorf("%d rows were rejected; the first: %w", report.Count, report.Rejected[0]))
	}
	return b.Log(), report, nil
}

// Rows yields the rows of an opened source until its end. An error that is a
// *RowError stands for one row; any other is the last thing it yields.
func Rows(ctx context.Context, src Source) iter.Seq2[*Row, error] {
	return func(yield func(*Row, error) bool) {
		for n := 0; ; n++ {
			if n&0xfff == 0 && ctx.Err() != nil {
				yield(nil, context.Cause(ctx))
				return
			}
			r, err := src.Next(ctx)
			if err == io.EOF { // wrapped, it is a fault: a truncated archive
				return
			}
			if !yield(r, err) {
				return
			}
			if err == nil {
				continue
			}
			if _, one := errors.AsType[*RowError](err); !one {
				return
			}
		}
	}
}

// Unfit is the error of a row that a source could read and a log does not take.
func Unfit(src Source, r *Row, err error) *RowError {
	return &RowError{Source: SourceName(src), Line: r.Line, Raw: describe(r), Err: err}
}

// SourceName returns the name of a source that has one, and "" for others.
func SourceName(src Source) string {
	if n, ok := src.(Named); ok {
		return n.Name()
	}
	return ""
}

// Named is a source that knows its file or other name.
type Named interface{ Name() string }

func describe(r *Row) string {
	s := fmt.Sprintf("case %q", r.Case)
	if e := r.Event; e != nil {
		s = fmt.Sprintf("case %q, activity %q", e.Case, e.Activity)
		if e.Time.Recorded() {
			s += ", time " + e.Time.Go().Format("2006-01-02T15:04:05.999999Z07:00")
		}
	}
	if len(s) > 4096 {
		s = s[:4096]
	}
	return s
}
