package legal

import (
	"encoding/csv"
	goflag "flag"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/calendar"
)

var update = goflag.Bool("update", false, "draw the cases of testdata/cases.csv that the counter worked anew")

// worked is a row of testdata/cases.csv: by hand with the days that count, or by
// the counter of days and minutes, which also repeats those by hand.
type worked struct {
	id      string
	e       *Edition
	term    Term
	reading int
	moments []moment
	now     int64
	row     []string
}

const minutes = "2006-01-02 15:04"

func readWorked(t *testing.T, row []string) worked {
	w := worked{id: row[0], e: &Edition{Roll: Roll{Direction: RollNone}}, row: row}
	var err error
	w.term, err = ParseTerm(row[1])
	require.NoError(t, err, w.id)
	for _, o := range strings.Split(row[2], "; ") {
		name, inner, _ := strings.Cut(strings.TrimSuffix(o, ")"), "(")
		switch name {
		case "":
		case "same-day":
			w.e.SameDay = true
		case "closing":
			w.e.Closing = true
		case "roll-next":
			w.e.Roll.Direction = RollNext
		case "roll-previous":
			w.e.Roll.Direction = RollPrevious
		case "decrees-off":
			w.reading = 1
		case "suspend":
			var s Suspension
			for _, p := range strings.Split(inner, ", ") {
				if most, ok := strings.CutPrefix(p, "max "); ok {
					m, err := ParseTerm(most)
					require.NoError(t, err, w.id)
					s.Max = &m
				}
				s.FromSameDay = s.FromSameDay || p == "suspending-day out"
				s.ThroughResumeDay = s.ThroughResumeDay || p == "resuming-day out"
			}
			w.e.Suspensions = []Suspension{s}
		case "extend":
			by, times, _ := strings.Cut(inner, ", ")
			x := Extension{}
			x.By, err = ParseTerm(by)
			require.NoError(t, err, w.id)
			x.Times, err = strconv.Atoi(times)
			require.NoError(t, err, w.id)
			w.e.Extensions = []Extension{x}
		default:
			t.Fatalf("%s: option %q", w.id, o)
		}
	}
	for i, ev := range strings.Split(row[3], "; ") {
		word, at, _ := strings.Cut(ev, " ")
		moscowTime, err := time.ParseInLocation(minutes, at, moscow)
		require.NoError(t, err, w.id)
		m := moment{at: moscowTime.UnixMicro(), row: i}
		word, amount, asked := strings.Cut(word, "=")
		w.now = m.at
		switch word {
		case "now":
			continue
		case "start":
			m.what = starts
		case "suspend":
			m.what = suspends
		case "resume":
			m.what = resumes
		case "extend":
			m.what, m.amount = extends, w.e.Extensions[0].By.N
			if asked {
				m.amount, err = strconv.Atoi(amount)
				require.NoError(t, err, w.id)
			}
		case "stop":
			m.what = stops
		case "post":
			m.what = stopsByPost
		default:
			t.Fatalf("%s: event %q", w.id, ev)
		}
		w.moments = append(w.moments, m)
	}
	return w
}

// counted returns the last six answers of a row by the counter.
func (w worked) counted(n *naive) []string {
	r := &naiveRun{naive: n, e: w.e, term: w.term, reading: w.reading, start: -1}
	r.follow(w.moments, n.minute(w.now))
	day, end, within := r.end(n.minute(w.now))
	late := n.minute(w.now) > end || n.minute(w.now) == end && !within
	gross, net := r.passed(n.minute(w.now))
	var flags []string
	for _, f := range r.flags {
		flags = append(flags, f.kind)
	}
	ends := n.zero.Add(time.Duration(end) * time.Minute).Format(minutes)
	return answers(n.dates[day], ends, late, gross, net, flags)
}

func answers(day, ends string, late bool, gross, net float64, flags []string) []string {
	kept := "kept"
	if late {
		kept = "late"
	}
	number := func(x float64) string { return strconv.FormatFloat(float64(int64(x*1e6+0.5))/1e6, 'f', -1, 64) }
	return []string{day, ends, kept, number(gross), number(net), strings.Join(flags, " ")}
}

// TestWorkedCases holds the clock, and the counter, against 300 cases.
func TestWorkedCases(t *testing.T) {
	const file, wanted = "testdata/cases.csv", 300
	n := newNaive(t)
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	rows, err := csv.NewReader(strings.NewReader(string(text))).ReadAll()
	require.NoError(t, err)
	if *update {
		rows = drawCases(t, n, slices.DeleteFunc(rows, func(r []string) bool { return r[0][0] == 'c' }), wanted)
		f, err := os.Create(file)
		require.NoError(t, err)
		require.NoError(t, csv.NewWriter(f).WriteAll(rows))
		require.NoError(t, f.Close())
	}
	require.Len(t, rows, wanted+1)
	calendars := [2]*calendar.Calendar{office(t, false), office(t, true)}
	byHand := 0
	for _, row := range rows[1:] {
		w := readWorked(t, row)
		want := row[4:10]
		if strings.HasPrefix(row[10], "by hand: ") {
			byHand++
		}
		r := follow(plan{edition: w.e, calendar: calendars[w.reading], term: w.term, now: w.now}, slices.Clone(w.moments))
		var flags []string
		for _, f := range r.flags {
			flags = append(flags, f.kind)
		}
		got := answers(r.day.String(), time.UnixMicro(r.deadline).In(moscow).Format(minutes), r.overdue, r.gross, r.net, flags)
		require.Equal(t, want, got, "%s: the clock, %v", w.id, row)
		require.Equal(t, want, w.counted(n), "%s: the counter, %v", w.id, row)
	}
	require.GreaterOrEqual(t, byHand, 60)
}

// drawCases fills the table up with random cases that the counter works.
func drawCases(t *testing.T, n *naive, rows [][]string, wanted int) [][]string {
	rng := rand.New(rand.NewPCG(300, 1))
	for k := 1; len(rows) <= wanted; k++ {
		e, term := randomRule(rng)
		if len(e.Suspensions) > 1 || len(e.Extensions) > 1 || len(e.Suspensions)+len(e.Extensions) == 0 && k%5 > 0 {
			continue
		}
		var options []string
		add := func(ok bool, word string) {
			if ok {
				options = append(options, word)
			}
		}
		add(e.SameDay, "same-day")
		add(e.Closing, "closing")
		add(e.Roll.Direction != RollNone, "roll-"+string(e.Roll.Direction))
		off := rng.IntN(4) == 0
		add(off, "decrees-off")
		for _, s := range e.Suspensions {
			var inner []string
			if s.Max != nil {
				inner = append(inner, "max "+s.Max.String())
			}
			if s.FromSameDay {
				inner = append(inner, "suspending-day out")
			}
			if s.ThroughResumeDay {
				inner = append(inner, "resuming-day out")
			}
			options = append(options, "suspend("+strings.Join(inner, ", ")+")")
		}
		for _, x := range e.Extensions {
			options = append(options, fmt.Sprintf("extend(%s, %d)", x.By, x.Times))
		}
		var events []string
		moments := randomMoments(rng, e, term)
		for _, m := range moments {
			word := map[what]string{starts: "start", suspends: "suspend", resumes: "resume", extends: "extend", stops: "stop", stopsByPost: "post"}[m.what]
			if m.what == extends && m.amount != e.Extensions[0].By.N {
				word += "=" + strconv.Itoa(m.amount)
			}
			events = append(events, word+" "+time.UnixMicro(m.at).In(moscow).Format(minutes))
			if m.what >= stops {
				break
			}
		}
		if m := moments[len(moments)-1]; !slices.ContainsFunc(moments, func(m moment) bool { return m.what >= stops }) {
			events = append(events, "now "+time.UnixMicro(m.at).Add(time.Duration(rng.IntN(9000))*time.Minute).In(moscow).Format(minutes))
		}
		row := []string{fmt.Sprintf("c%03d", len(rows)), term.String(), strings.Join(options, "; "), strings.Join(events, "; ")}
		w := readWorked(t, append(row, "", "", "", "", "", "", ""))
		rows = append(rows, append(append(row, w.counted(n)...), "by the counter of days and minutes"))
	}
	return rows
}
