package legal

import (
	"cmp"
	"slices"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/match"
)

// attribute returns how long the case lay with each party between its first start
// and the moment of judging, and with the body the rest; none where the edition
// names no party.
func (k *words) attribute(c eventlog.Case, r *run) []Time {
	out := []Time{}
	if len(k.courts) == 0 || r.edition.Backward {
		return out
	}
	var all []stretch
	for i, court := range k.courts {
		var with []stretch
		since := int64(-1)
		type turn struct {
			at    int64
			until bool
		}
		var turns []turn
		for row := range c.Len() {
			if at, ok := court[1].Row(c, row); ok {
				turns = append(turns, turn{int64(at), true})
			}
			if at, ok := court[0].Row(c, row); ok {
				turns = append(turns, turn{int64(at), false})
			}
		}
		slices.SortStableFunc(turns, func(a, b turn) int { return cmp.Compare(a.at, b.at) })
		close := func(t int64) {
			if since >= 0 {
				with = append(with, stretch{max(since, r.first), min(t, r.evaluated)})
			}
			since = -1
		}
		for _, t := range turns {
			if t.until {
				close(t.at)
			} else if since < 0 {
				since = t.at
			}
		}
		close(r.evaluated)
		with = union(with)
		out = append(out, Time{k.Courts[i].ID, k.Courts[i].Name, total(with)})
		all = append(all, with...)
	}
	body := float64(r.evaluated-r.first)/1e6 - total(union(all))
	return append(out, Time{"body", match.Text{EN: "the body itself", RU: "сам орган"}, body})
}

func total(list []stretch) float64 {
	var us int64
	for _, s := range list {
		us += s.to - s.from
	}
	return float64(us) / 1e6
}
