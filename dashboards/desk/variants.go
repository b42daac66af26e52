package desk

import (
	"context"
	"math"
	"slices"

	"github.com/uprava/uprava/mining/filter"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/mining/performance"
)

// VariantRow is one way that cases go.
type VariantRow struct {
	Rank       int // 1 for the most frequent
	Activities []string
	Cases      int
	Share      float64         // of all cases
	Covered    float64         // share of the cases of this and the more frequent ones
	Lead       measure.Summary // lead times between the milestones of the process, seconds
}

// VariantList is the variants of a view of a log, the most frequent first.
type VariantList struct {
	Rows     []VariantRow
	Cases    int
	From, To string // milestones of the lead time, "" for the first and the last event
	Effect   *filter.Effect
	Doubts   []error
}

// VariantsOf returns the variants of a view of a log; remembered.
func (d *Desk) VariantsOf(ctx context.Context, log string, look Look) (*VariantList, error) {
	return Remember(ctx, d, log, "variants\x00"+look.String(), func(ctx context.Context) (*VariantList, error) {
		v, err := d.Seen(ctx, log, look)
		if err != nil {
			return nil, err
		}
		known, err := d.Known(ctx, log)
		if err != nil {
			return nil, err
		}
		m := (&subject{model: known.Model, process: known.Process}).milestones(v.Log)
		times, err := performance.Between(v.Log, m)
		if err != nil {
			return nil, input(ctx, err)
		}
		lead := make([]float64, v.Log.Cases())
		for i := range lead {
			lead[i] = math.NaN()
		}
		for k, i := range times.Cases {
			lead[i] = times.Seconds[k]
		}
		variants := v.Log.Variants()
		rank := make(map[string]int, len(variants))
		var buf []byte
		for i, w := range variants {
			buf = buf[:0]
			for _, a := range w.Activities {
				buf = append(buf, byte(a), byte(a>>8), byte(a>>16), byte(a>>24))
			}
			rank[string(buf)] = i
		}
		of := make([][]float64, len(variants))
		for i, c := range v.Log.All() {
			if math.IsNaN(lead[i]) {
				continue
			}
			buf = buf[:0]
			for _, a := range c.Activities() {
				buf = append(buf, byte(a), byte(a>>8), byte(a>>16), byte(a>>24))
			}
			r := rank[string(buf)]
			of[r] = append(of[r], lead[i])
		}
		list := &VariantList{Cases: v.Log.Cases(), From: m.From.Activity, To: m.To.Activity, Effect: v.left(look), Doubts: slices.Concat(v.Pairing.Warnings(), times.Warnings)}
		covered := 0
		for i, w := range variants {
			covered += w.Count
			row := VariantRow{Rank: i + 1, Cases: w.Count, Share: float64(w.Count) / float64(list.Cases), Covered: float64(covered) / float64(list.Cases), Lead: measure.Summarize(of[i], measure.Second)}
			for _, a := range w.Activities {
				row.Activities = append(row.Activities, v.Log.Activities().Name(a))
			}
			list.Rows = append(list.Rows, row)
		}
		return list, ctx.Err()
	})
}
