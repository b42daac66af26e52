package xlsx

import (
	"bytes"
	"crypto/sha256"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"github.com/uprava/uprava/dashboards/report"
	"github.com/uprava/uprava/dashboards/report/reporttest"
	"github.com/uprava/uprava/dashboards/terms"
)

func write(t *testing.T, d *report.Document) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, Write(&b, d))
	return b.Bytes()
}

func open(t *testing.T, name string, d *report.Document) *excelize.File {
	t.Helper()
	data := write(t, d)
	if dir := os.Getenv("UPRAVA_REPORTS"); dir != "" {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), data, 0o600))
	}
	f, err := excelize.OpenReader(bytes.NewReader(data))
	require.NoError(t, err)
	t.Cleanup(func() { f.Close() })
	return f
}

func TestCellsAreWhatTheyAre(t *testing.T) {
	f := open(t, "sample-ru.xlsx", reporttest.Document(terms.RU))
	require.Equal(t, []string{"Сводка", "Картины", "Long table", "Поручения"}, f.GetSheetList())
	sheet := "Long table"
	kind := func(cell string) excelize.CellType {
		k, err := f.GetCellType(sheet, cell)
		require.NoError(t, err)
		return k
	}
	raw := func(cell string) string {
		v, err := f.GetCellValue(sheet, cell, excelize.Options{RawCellValue: true})
		require.NoError(t, err)
		return v
	}
	require.Equal(t, "Case 1 001", strings.ReplaceAll(raw("A4"), "\u00a0", " "))
	require.Equal(t, excelize.CellTypeSharedString, kind("A4"))
	require.Equal(t, "17", raw("B4"))
	require.Equal(t, "18", raw("C4"))
	require.Equal(t, []string{"17", "19.5"}, []string{raw("D4"), raw("E4")}, "the interval")
	formula, err := f.GetCellFormula(sheet, "F4")
	require.NoError(t, err)
	require.Equal(t, "C4-B4", formula)
	require.Equal(t, "1", raw("F4"), "the value beside the formula")
	require.Equal(t, "43831", raw("H4"), "1 January 2020")
	require.Equal(t, "—", raw("C3"))
	require.Contains(t, raw("I3"), "no cases")
	formula, err = f.GetCellFormula(sheet, "B63")
	require.NoError(t, err)
	require.Equal(t, "SUM(B3:B62)", formula)
	require.Equal(t, "1020", raw("B63"))
	sum, err := f.CalcCellValue(sheet, "C63", excelize.Options{RawCellValue: true})
	require.NoError(t, err)
	require.Equal(t, raw("C63"), sum, "what is written is what a spreadsheet reckons")
	panes, err := f.GetPanes(sheet)
	require.NoError(t, err)
	require.True(t, panes.Freeze)
	require.Equal(t, 2, panes.YSplit)
	names := map[string]string{}
	for _, n := range f.GetDefinedName() {
		names[n.Scope+" "+n.Name] = n.RefersTo
	}
	require.Equal(t, "'Long table'!$2:$2", names["Long table _xlnm.Print_Titles"])
	for _, s := range f.GetSheetList() {
		require.Contains(t, names, s+" _xlnm.Print_Area")
		layout, err := f.GetPageLayout(s)
		require.NoError(t, err)
		require.Equal(t, 1, *layout.FitToWidth)
	}
}

// Whatever a label begins with, its cell is a string, and the only formulas are ours.
func TestNoLabelIsAFormula(t *testing.T) {
	f := open(t, "hostile.xlsx", reporttest.Hostile())
	ours := regexp.MustCompile(`^(SUM\([A-Z]+\d+:[A-Z]+\d+\)|[A-Z]+\d+-[A-Z]+\d+)$`)
	begin := 0
	for _, sheet := range f.GetSheetList() {
		rows, err := f.GetRows(sheet)
		require.NoError(t, err)
		for r, cells := range rows {
			for c, value := range cells {
				name := at(c+1, r+1)
				formula, err := f.GetCellFormula(sheet, name)
				require.NoError(t, err)
				if formula != "" {
					require.Regexp(t, ours, formula)
				}
				if value != "" && strings.ContainsAny(value[:1], "=+-@\t\r'") {
					begin++
					kind, err := f.GetCellType(sheet, name)
					require.NoError(t, err)
					require.Equal(t, excelize.CellTypeSharedString, kind, "%s!%s %q", sheet, name, value)
				}
			}
		}
	}
	require.Greater(t, begin, 30)
}

func TestSameBytes(t *testing.T) {
	for range 4 {
		require.Equal(t, sha256.Sum256(write(t, reporttest.Document(terms.RU))), sha256.Sum256(write(t, reporttest.Document(terms.RU))))
	}
	require.NotEmpty(t, write(t, &report.Document{Lang: terms.EN}))
}
