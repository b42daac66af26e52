package connectors

import (
	"context"
	"errors"
	"fmt"
	"io"

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
	err := Each(ctx, src, func(r *Row) error {
		if r.Event != nil {
			return b.Add(r.Event)
		}
		cases++
		_, err := b.Case(r.Case, r.Attributes)
		return err
	}, func(e *RowError) error {
		report.Count++
		if len(report.Rejected) < keepRejected {
			report.Rejected = append(report.Rejected, e)
		}
		return nil
	})
	if err != nil {
		return nil, nil, err
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

// Each calls take for every row of an opened source until its end. Rows that the
// source or take rejects go to reject, whose error ends the run; a rejection by
// take is told by any error it returns, as eventlog.Builder does.
func Each(ctx context.Context, src Source, take func(*Row) error, reject func(*RowError) error) error {
	for n := 0; ; n++ {
		if n&0xfff == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		r, err := src.Next(ctx)
		if err == nil {
			if err = take(r); err == nil {
				continue
			}
			err = &RowError{Source: SourceName(src), Line: r.Line, Raw: describe(r), Err: err}
		}
		if err == io.EOF { // wrapped, it is a fault: a truncated archive
			return nil
		}
		bad, ok := errors.AsType[*RowError](err)
		if !ok {
			return err
		}
		if err := reject(bad); err != nil {
			return err
		}
	}
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
