package fit

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/performance"
	"github.com/uprava/uprava/twin"
)

// Thresholds of habits: below them what looks like one is taken for chance.
const (
	seldom     = 0.1 // share of busy time with several things at hand
	everAtOnce = 0.02
	enoughWork = 50  // instances of a group, below which nothing is said
	batchedBy  = 0.7 // share of the instances of an activity that stand in batches
	agreed     = 0.6 // share of batches of the most frequent size
	moment     = 0.8 // share of batches that begin in one hour, or on one weekday
)

// atOnce finds the groups whose people do several things at once, and then counts as
// the processing of an instance its part of the time: an hour with two at hand is half
// an hour for each (Estrada-Torres, Camargo, Dumas et al. 2021,
// doi:10.1016/j.datak.2021.101925).
func (f *fitter) atOnce() {
	type turn struct {
		at int64
		in *instance
		on bool
	}
	byResource := map[int][]turn{}
	f.each(func(a *activity, _ int, in *instance, _ bool) {
		in.part = 1
		if in.started && in.resource >= 0 && a.group >= 0 && in.start < in.complete {
			byResource[in.resource] = append(byResource[in.resource], turn{in.start, in, true}, turn{in.complete, in, false})
		}
	})
	busy := make([]map[int]int64, len(f.groups)) // time by number at hand
	for i := range busy {
		busy[i] = map[int]int64{}
	}
	share := map[*instance]float64{}
	for r := range len(f.resources) {
		turns := byResource[r]
		slices.SortStableFunc(turns, func(x, y turn) int {
			if x.at != y.at {
				return cmp.Compare(x.at, y.at)
			}
			return cmp.Compare(boolean(x.on), boolean(y.on)) // ends first
		})
		var now []*instance
		last := int64(0)
		for _, t := range turns {
			if n := len(now); n > 0 && t.at > last {
				for _, in := range now {
					share[in] += float64(t.at-last) / float64(n)
				}
				busy[f.activities[now[0].activity].group][n] += t.at - last
			}
			last = t.at
			if t.on {
				now = append(now, t.in)
			} else {
				now = slices.DeleteFunc(now, func(in *instance) bool { return in == t.in })
			}
		}
	}
	for i := range f.groups {
		g := &f.groups[i]
		total, several, n := int64(0), int64(0), 0
		for _, k := range g.activities {
			n += f.activities[k].n
		}
		if n < enoughWork {
			continue
		}
		for n, t := range busy[i] {
			if total += t; n > 1 {
				several += t
			}
		}
		if total == 0 || float64(several) < seldom*float64(total) {
			continue
		}
		most := 1
		for n := 2; n < 1000; n++ {
			above := int64(0)
			for k, t := range busy[i] {
				if k >= n {
					above += t
				}
			}
			if float64(above) < everAtOnce*float64(total) {
				break
			}
			most = n
		}
		g.atOnce = most
		f.report.assume("In pool %s people have several things at hand for %.0f %% of the time they work (%d at most counts): the time of each is its even part.", g.id, 100*float64(several)/float64(total), most)
	}
	f.each(func(a *activity, _ int, in *instance, _ bool) {
		if a.group >= 0 && f.groups[a.group].atOnce > 1 && in.complete > in.start {
			if s, ok := share[in]; ok {
				in.part = s / float64(in.complete-in.start)
			}
		}
	})
}

func boolean(b bool) int {
	if b {
		return 1
	}
	return 0
}

// batches finds the activities that are worked on in batches: as many at a time, or
// at a moment of the week.
func (f *fitter) batches(ctx context.Context, l *eventlog.Log) error {
	found, err := performance.FindBatches(ctx, l, performance.BatchConfig{Least: 2})
	if err != nil {
		return err
	}
	f.batchOf = make([]*twin.Batch, len(f.names))
	for _, b := range found {
		k, ok := slices.BinarySearch(f.names, b.Activity)
		if !ok || f.activities[k].group < 0 || float64(b.Instances) < batchedBy*float64(b.Of) || b.Batches < 20 {
			continue
		}
		out := &twin.Batch{Together: b.At > b.Batches/2}
		weekday, hour := float64(b.WeekdayShare), float64(b.HourShare)
		size := int(math.Round(b.Size.Median))
		tight := b.Size.Max > 0 && b.Size.P85 <= b.Size.Median+0.5 && b.Size.Min >= 1
		switch {
		case hour >= moment && weekday >= moment:
			out.Days, out.At = []time.Weekday{b.Weekday}, time.Duration(b.Hour)*time.Hour
			f.report.assume("“%s” is done in batches: %.0f %% of them begin on one weekday in one hour, which is simulated as its moment.", b.Activity, 100*math.Min(hour, weekday))
		case hour >= moment:
			out.Days, out.At = []time.Weekday{1, 2, 3, 4, 5}, time.Duration(b.Hour)*time.Hour
			f.report.assume("“%s” is done in batches: %.0f %% of them begin in one hour of the day, which is simulated as its moment on working days.", b.Activity, 100*hour)
		case tight && size > 1:
			out.Size = size
			f.report.assume("“%s” is done in batches, %d of %d instances, mostly %d at a time: that number is waited for.", b.Activity, b.Instances, b.Of, size)
		default:
			continue
		}
		f.batchOf[k] = out
	}
	return nil
}
