package csvlog

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"github.com/uprava/uprava/connectors"
	"github.com/uprava/uprava/connectors/xes"
	"github.com/uprava/uprava/mining/dfg"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/logtest"
)

// load reads a text from a file.
func load(t *testing.T, text string, cfg Config) (*eventlog.Log, *connectors.LoadReport, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "log.csv")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return connectors.Load(context.Background(), "log", Open(path, cfg))
}

func TestRoundTrip(t *testing.T) {
	for seed := range uint64(40) {
		l := logtest.Random(seed, logtest.Config{})
		var b, again bytes.Buffer
		require.NoError(t, Write(&b, l))
		require.NoError(t, Write(&again, l))
		require.Equal(t, b.String(), again.String())
		back, report, err := load(t, b.String(), Config{})
		require.NoError(t, err, "seed %d", seed)
		require.Zero(t, report.Count, "seed %d: %v", seed, report.Rejected)
		require.Empty(t, eventlog.Diff(l, back), "seed %d", seed)
	}
}

func TestSharedLogs(t *testing.T) {
	read := func(name string, src connectors.Source) *eventlog.Log {
		l, report, err := connectors.Load(context.Background(), name, src)
		require.NoError(t, err)
		require.Zero(t, report.Count)
		return l
	}
	t.Run("receipt", func(t *testing.T) {
		a := read("receipt", xes.Open(logtest.Shared(t, "receipt.xes.gz")))
		b := read("receipt", Open(logtest.Shared(t, "receipt.csv"), Config{}))
		require.Equal(t, a.Cases(), b.Cases())
		require.Equal(t, a.Events(), b.Events())
		require.Equal(t, dfg.Discover(a), dfg.Discover(b))
		var out bytes.Buffer
		require.NoError(t, Write(&out, a))
		back, _, err := load(t, out.String(), Config{})
		require.NoError(t, err)
		require.Empty(t, eventlog.Diff(a, back))
	})
	t.Run("Production", func(t *testing.T) {
		l := read("production", Open(logtest.Shared(t, "Production.csv"), Config{}))
		require.Equal(t, 225, l.Cases())
		require.Equal(t, 4953, l.Events())
		require.Equal(t, 26, l.Activities().Len())
		g := dfg.Discover(l.Recorded())
		require.EqualValues(t, 9906, g.Events)
		require.Len(t, g.Edges, 216)
	})
	t.Run("Purchasing", func(t *testing.T) {
		l := read("purchasing", Open(logtest.Shared(t, "PurchasingExample.csv"), Config{}))
		require.Equal(t, 9119, l.Events())
		require.True(t, l.HasStarts())
	})
}

func TestDetection(t *testing.T) {
	moscow := Config{TimeZone: "Europe/Moscow"}
	for _, tc := range []struct {
		name, text string
		cfg        Config
		want       string // time of the first event, "" for what must fail
		fail       []string
	}{
		{"ISO with zone", "case,activity,time\n1,a,2019-03-04T09:00:00+03:00\n", Config{}, "2019-03-04T06:00:00Z", nil},
		{"semicolons and Russian names", "Номер дела;Действие;Окончание\n1;приём;04.03.2019 09:00\n", moscow, "2019-03-04T06:00:00Z", nil},
		{"tab", "case\tactivity\ttime\n1\ta\t2019-03-04 09:00:00\n", Config{}, "2019-03-04T09:00:00Z", nil},
		{"pipe", "case|activity|time\n1|a|2019-03-04 09:00:00\n", Config{}, "2019-03-04T09:00:00Z", nil},
		{"summer time of 2010", "case,activity,time\n1,a,04.07.2010 09:00\n", moscow, "2010-07-04T05:00:00Z", nil},
		{"day decided by a later row", "case,activity,time\n1,a,03/04/2019 10:00\n1,b,25/04/2019 10:00\n", Config{}, "2019-04-03T10:00:00Z", nil},
		{"month decided by a later row", "case,activity,time\n1,a,03/04/2019 10:00\n1,b,04/25/2019 10:00\n", Config{}, "2019-03-04T10:00:00Z", nil},
		{"ambiguous", "case,activity,time\n1,a,03/04/2019\n1,b,05/06/2019\n", Config{}, "", []string{"03/04/2019", "--time-layout", "time"}},
		{"settled by a layout", "case,activity,time\n1,a,03/04/2019\n", Config{TimeLayout: "MM/dd/yyyy"}, "2019-03-04T00:00:00Z", nil},
		{"dots are days first", "case,activity,time\n1,a,03.04.2019\n", Config{}, "2019-04-03T00:00:00Z", nil},
		{"epoch", "case,activity,time\n1,a,1551690000\n", Config{Header: "yes"}, "2019-03-04T09:00:00Z", nil},
		{"epoch ms", "case,activity,time\n1,a,1551690000000\n", Config{}, "2019-03-04T09:00:00Z", nil},
		{"no header", "1,a,2019-03-04T09:00:00Z\n", Config{Columns: Columns{Case: "1", Activity: "2", Time: "3"}}, "2019-03-04T09:00:00Z", nil},
		{"no case", "activity,time\na,2019-03-04\n", Config{}, "", []string{"case", `"activity", "time"`, "--case"}},
		{"named column is missing", "case,activity,time\n1,a,2019-03-04\n", Config{Columns: Columns{Case: "x"}}, "", []string{`"x"`, `"case"`}},
		{"no date", "case,activity,time\n1,a,yesterday\n", Config{}, "", []string{"yesterday", "--time-layout"}},
		{"empty", "", Config{}, "", []string{"empty"}},
		{"unknown zone", "case,activity,time\n", Config{TimeZone: "Nowhere"}, "", []string{"Nowhere"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			l, _, err := load(t, tc.text, tc.cfg)
			if tc.want == "" {
				var format *connectors.FormatError
				require.ErrorAs(t, err, &format)
				require.Contains(t, err.Error(), "log.csv")
				for _, w := range tc.fail {
					require.Contains(t, err.Error(), w)
				}
				return
			}
			require.NoError(t, err)
			require.Equal(t, tc.want, l.Case(0).Times()[0].Go().Format("2006-01-02T15:04:05Z07:00"))
		})
	}
}

func TestEncodings(t *testing.T) {
	const text = "Номер дела;Действие;Дата\n1;приём;04.03.2019 09:00\n"
	win, err := charmap.Windows1251.NewEncoder().String(text)
	require.NoError(t, err)
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(text)
	require.NoError(t, err)
	for name, content := range map[string]string{"utf-8": text, "mark": "\ufeff" + text, "windows-1251": win, "utf-16": utf16} {
		l, report, err := load(t, content, Config{TimeZone: "Europe/Moscow"})
		require.NoError(t, err, name)
		require.Equal(t, "приём", l.Case(0).Event(0).Activity, name)
		require.Equal(t, name == "windows-1251", len(report.Warnings) > 0, "%s: %v", name, report.Warnings)
	}
}

func TestBadRows(t *testing.T) {
	text := "case,activity,time,note\n" +
		"1,a,2019-03-04T09:00:00Z,x\n" +
		"1,b,31.02.2019,x\n" + // line 3
		"1,c\n" + // line 4
		",d,2019-03-04T09:00:00Z,x\n" + // line 5
		"1,,2019-03-04T09:00:00Z,x\n" + // line 6
		"1,e,,x\n" + // line 7
		"1,f,1066-10-14T09:00:00Z,x\n" + // line 8
		"1,\"g\"x,2019-03-04T09:00:00Z,x\n" + // line 9
		"1,h,2019-03-04T10:00:00Z,\"never closed\n" + // line 10
		"1,i,2019-03-04T11:00:00Z,x\n"
	l, report, err := load(t, text, Config{})
	require.NoError(t, err)
	require.Equal(t, 2, l.Events())
	var lines []int64
	for _, r := range report.Rejected {
		lines = append(lines, r.Line)
		require.NotEmpty(t, r.Raw)
		require.True(t, strings.HasSuffix(r.Source, "log.csv"))
	}
	require.Equal(t, []int64{3, 4, 5, 6, 7, 8, 9, 10}, lines)
	require.Equal(t, "time", report.Rejected[0].Field)
	require.EqualValues(t, 5, report.Rejected[0].Column)
}

func TestStartOnlyIsAStart(t *testing.T) {
	l, _, err := load(t, "case,activity,start,end\n1,a,2019-03-04T09:00:00Z,2019-03-04T10:00:00Z\n1,b,2019-03-04T11:00:00Z,\n", Config{})
	require.NoError(t, err)
	require.Equal(t, "start", l.Case(0).Event(1).Transition)
	_, p := l.Instances()
	require.Equal(t, 1, p.Unfinished)
}

func TestMappingFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.yaml")
	require.NoError(t, os.WriteFile(path, []byte("delimiter: ';'\ntime_layout: dd.MM.yyyy HH:mm\ntime_zone: Europe/Moscow\ncolumns: {case: N, activity: A, time: T}\nkinds: {ИНН: string}\ncase_attributes: [Район]\nignore: [x]\n"), 0o600))
	var cfg Config
	require.NoError(t, cfg.ReadMapping(path))
	l, _, err := load(t, "N;A;T;ИНН;Район;x\n1;a;04.03.2019 09:00;0012;Север;y\n", cfg)
	require.NoError(t, err)
	e := l.Case(0).Event(0)
	require.Equal(t, []eventlog.Attribute{{Key: "ИНН", Value: eventlog.Text("0012")}}, e.Attributes)
	v, ok := l.Case(0).Attribute("Район")
	require.True(t, ok)
	require.Equal(t, "Север", v.Text())
	require.NoError(t, os.WriteFile(path, []byte("delimeter: ';'\n"), 0o600))
	require.ErrorContains(t, cfg.ReadMapping(path), "delimeter")
}

func TestTruncatedGzip(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.csv")
	require.NoError(t, os.WriteFile(path, []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 1, 2}, 0o600))
	_, _, err := connectors.Load(context.Background(), "x", Open(path, Config{}))
	var format *connectors.FormatError
	require.ErrorAs(t, err, &format)
}

// records cuts a text with the scanner of our own, and with encoding/csv.
func records(text string) (own, std [][]string, ownErr, stdErr error) {
	s := newScanner(strings.NewReader(text), ',')
	for {
		err := s.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			ownErr = err
			break
		}
		row := make([]string, len(s.fields))
		for i, f := range s.fields {
			row[i] = string(s.text(f))
		}
		own = append(own, row)
	}
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord, r.LazyQuotes = -1, false
	std, stdErr = r.ReadAll()
	return own, std, ownErr, stdErr
}

// The scanner gives the records of encoding/csv wherever that takes the text;
// it keeps \r\n inside quotes, which encoding/csv turns into \n, and it refuses
// NUL and what is no UTF-8.
func FuzzScanner(f *testing.F) {
	for _, s := range []string{"a,b\n1,2\n", "\"a\"\"b\",c\r\n", "a\n\n\nb", "\"x\ny\",z", ",\n,", "a,\"b", "\r\n", "é,ж\n", "\"\"\n", "a\r,b\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.ContainsAny(text, "\r\x00") || len(text) > 1<<16 {
			return
		}
		own, std, ownErr, stdErr := records(text)
		if stdErr != nil || ownErr != nil {
			return // encoding/csv refuses bare quotes that we take as text, we refuse broken UTF-8
		}
		require.Equal(t, std, own)
	})
}

// Whatever the bytes, reading ends with rows or an error that names the file.
func FuzzSource(f *testing.F) {
	f.Add([]byte("case,activity,time\n1,a,2019-03-04T09:00:00Z\n"))
	f.Add([]byte("Номер дела;Действие;Дата\n1;приём;04.03.2019\n"))
	f.Add([]byte("case,activity,time\n1,a,\"2019"))
	f.Add([]byte{0xff, 0xfe, 'a', 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		_, _, err := connectors.Load(context.Background(), "x", New("fuzz.csv", bytes.NewReader(b), Config{}))
		var format *connectors.FormatError
		var nothing *connectors.NothingReadError
		if err != nil && !errors.As(err, &format) && !errors.As(err, &nothing) {
			t.Fatal(err)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	content, err := os.ReadFile(logtest.Shared(b, "receipt.csv"))
	require.NoError(b, err)
	b.SetBytes(int64(len(content)))
	b.ReportAllocs()
	events := 0
	for b.Loop() {
		l, _, err := connectors.Load(context.Background(), "x", New("receipt.csv", bytes.NewReader(content), Config{}))
		require.NoError(b, err)
		events += l.Events()
	}
	b.ReportMetric(float64(events)/b.Elapsed().Seconds(), "events/s")
}
