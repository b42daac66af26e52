package draw

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/dashboards/report"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/mining/measure"
)

var letters = Letters{Size: 8.5, Small: 7, Pad: 1.2}

func TestColumnsFollowWhatStandsInThem(t *testing.T) {
	verdict := "к пред. периоду — в пределах погрешности; к АППГ — медленнее; с начала года — медленнее"
	table := &report.Table{Columns: []report.Column{{Head: "Процесс"}, {Head: "План", Unit: measure.Count}, {Head: "Осталось", Unit: measure.Count, Words: "раб. дн."}, {Head: "Вывод"}}}
	for range 8 {
		table.Rows = append(table.Rows, []report.Cell{report.T("Предоставление участка под зданием"), report.N(17, ""), report.NI(2, 1.5, 2.5, ""), report.T(verdict)})
	}
	widths := Columns(table, terms.RU, 120, letters)
	total := 0.0
	for i, c := range table.Columns {
		total += widths[i]
		room := widths[i] - 2*letters.Pad
		for _, text := range []string{c.Title(), "Предоставление участка под зданием", verdict}[:min(3, 1+2*(i%3/2+i/3))] {
			for _, word := range strings.Fields(text) {
				if i == 0 || i == 3 || text == c.Title() {
					require.LessOrEqual(t, Width(word, letters.Size, text == c.Title()), room, "column %d breaks %q", i, word)
				}
			}
		}
	}
	require.InDelta(t, 120, total, 1e-9)
	require.Greater(t, widths[3], 2*widths[1], "the verdict needs more room than a number")
	require.LessOrEqual(t, len(Wrap(verdict, letters.Size, false, widths[3]-2*letters.Pad)), 3)
	require.Equal(t, widths, Columns(table, terms.RU, 120, letters))
}

func TestColumnsOfTooLittleRoomAndNone(t *testing.T) {
	require.Empty(t, Columns(&report.Table{}, terms.EN, 100, letters))
	table := &report.Table{Columns: []report.Column{{Head: strings.Repeat("ж", 400)}, {Head: "b"}, {Head: strings.Repeat("long ", 50)}}}
	widths := Columns(table, terms.EN, 30, letters)
	total := 0.0
	for _, w := range widths {
		require.False(t, math.IsNaN(w))
		require.Positive(t, w)
		total += w
	}
	require.InDelta(t, 30, total, 1e-9)
}
