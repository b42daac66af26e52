package xes

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"github.com/uprava/uprava/connectors"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/logtest"
)

var (
	_ connectors.Source    = (*Source)(nil)
	_ connectors.Described = (*Source)(nil)
	_ connectors.Measured  = (*Source)(nil)
	_ connectors.Doubtful  = (*Source)(nil)
)

const small = `<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1.0">
	<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
	<global scope="trace"><string key="concept:name" value=""/></global>
	<global scope="event"><date key="time:timestamp" value="1970-01-01T00:00:00Z"/></global>
	<classifier name="Activity" keys="concept:name 'two words'"/>
	<classifier name="Kind" scope="trace" keys="kind"/>
	<string key="concept:name" value="a log"><int key="n" value="1"/></string>
	<trace>
		<string key="concept:name" value="1"/>
		<list key="l"><values><string key="a" value="x"/><string key="a" value="y"/></values></list>
		<event>
			<string key="concept:name" value="first &amp; only"/>
			<string key='org:resource' value='Анна'/>
			<string key="org:group" value="unit"/>
			<string key="lifecycle:transition" value="complete"/>
			<date key="time:timestamp" value="2020-01-01T10:00:00.1234567+03:00"/>
			<int key="i" value="-5"/><float key="f" value="1.5e3"/><boolean key="b" value="TRUE"/><id key="id" value="z"/>
			<date key="d" value="2020-01-02"/>
			<container key="c"><boolean key="x" value="false"/><container key="y"><int key="z" value="1"/></container></container>
			<string key="s" value=" kept "><string key="below" value="v"/></string>
		</event>
	</trace>
	<string key="after" value="the traces"/>
</log>
`

func TestReadEverything(t *testing.T) {
	src := New("small.xes", strings.NewReader(small))
	require.NoError(t, src.Open(t.Context()))
	require.Len(t, src.Meta().Classifiers, 2, "known before the first row")
	l, bad, err := loadOpened(src)
	require.NoError(t, err)
	require.Empty(t, bad)
	require.Equal(t, &eventlog.Meta{
		Extensions: []eventlog.Extension{{Name: "Concept", Prefix: "concept", URI: "http://www.xes-standard.org/concept.xesext"}},
		Globals: eventlog.Globals{
			Trace: []eventlog.Attribute{{Key: "concept:name", Value: eventlog.Text("")}},
			Event: []eventlog.Attribute{{Key: "time:timestamp", Value: eventlog.TimeValue(eventlog.Stamp{})}},
		},
		Classifiers: []eventlog.Classifier{{Name: "Activity", Scope: "event", Keys: []string{"concept:name", "two words"}}, {Name: "Kind", Scope: "trace", Keys: []string{"kind"}}},
		Attributes: []eventlog.Attribute{
			{Key: "concept:name", Value: eventlog.Text("a log"), Children: []eventlog.Attribute{{Key: "n", Value: eventlog.Int(1)}}},
			{Key: "after", Value: eventlog.Text("the traces")},
		},
	}, l.Meta())
	c := l.Case(0)
	require.Equal(t, "1", c.ID())
	require.Equal(t, []eventlog.Attribute{{Key: "l", Value: eventlog.Group(eventlog.KindList), Children: []eventlog.Attribute{
		{Key: "a", Value: eventlog.Text("x")}, {Key: "a", Value: eventlog.Text("y")},
	}}}, c.Attributes())
	e := c.Event(0)
	require.Equal(t, "first & only", e.Activity)
	require.Equal(t, "Анна", e.Resource)
	require.Equal(t, "unit", e.Unit)
	require.Equal(t, "complete", e.Transition)
	at, _, _ := eventlog.ParseStamp("2020-01-01T10:00:00.123456+03:00")
	require.Equal(t, at, e.Time)
	day, _, _ := eventlog.ParseStamp("2020-01-02")
	require.Equal(t, []eventlog.Attribute{
		{Key: "i", Value: eventlog.Int(-5)}, {Key: "f", Value: eventlog.Float(1500)}, {Key: "b", Value: eventlog.Bool(true)},
		{Key: "id", Value: eventlog.ID("z")}, {Key: "d", Value: eventlog.TimeValue(day)},
		{Key: "c", Value: eventlog.Group(eventlog.KindContainer), Children: []eventlog.Attribute{
			{Key: "x", Value: eventlog.Bool(false)},
			{Key: "y", Value: eventlog.Group(eventlog.KindContainer), Children: []eventlog.Attribute{{Key: "z", Value: eventlog.Int(1)}}},
		}},
		{Key: "s", Value: eventlog.Text(" kept "), Children: []eventlog.Attribute{{Key: "below", Value: eventlog.Text("v")}}},
	}, e.Attributes)
	require.Equal(t, []string{`1 times have no zone and are taken as UTC; the first, "2020-01-02", at line 19`}, texts(src.Warnings()))
}

func texts(errs []error) []string {
	var out []string
	for _, e := range errs {
		out = append(out, e.Error())
	}
	return out
}

// TestEncodings reads the same log in every form it may come in.
func TestEncodings(t *testing.T) {
	want, _, err := load(New("utf8", strings.NewReader(small)))
	require.NoError(t, err)
	encoded := func(name string, enc interface{ String(string) (string, error) }) string {
		s, err := enc.String(strings.Replace(small, "UTF-8", name, 1))
		require.NoError(t, err)
		return s
	}
	for name, doc := range map[string]string{
		"mark":         "\ufeff" + small,
		"single quote": strings.Replace(small, `version="1.0" encoding="UTF-8"`, `version = '1.0' encoding = 'utf8'`, 1),
		"windows-1251": encoded("windows-1251", charmap.Windows1251.NewEncoder()),
		"koi8-r":       encoded("KOI8-R", charmap.KOI8R.NewEncoder()),
		"utf-16le":     encoded("UTF-16", unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder()),
		"utf-16be":     encoded("UTF-16", unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder()),
		"no mark":      encoded("UTF-16", unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder()),
		"gzip":         string(zipped(small)),
		"members":      string(zipped(small[:700])) + string(zipped(small[700:701])) + string(zipped("")) + string(zipped(small[701:])),
		"prefixed":     strings.NewReplacer("<?", "<?", "</", "</x:", "<", "<x:").Replace(small),
	} {
		t.Run(name, func(t *testing.T) {
			l, bad, err := load(New(name, strings.NewReader(doc)))
			require.NoError(t, err)
			require.Empty(t, bad)
			require.Empty(t, eventlog.Diff(want, l))
		})
	}
}

// in returns a log with the given children, from line 2 on.
func in(body string) string { return "<log>\n" + body + "\n</log>" }

func event(attributes string) string {
	return `<event><string key="concept:name" value="a"/><date key="time:timestamp" value="2020-01-01T00:00:00Z"/>` + attributes + `</event>`
}

func TestBadRows(t *testing.T) {
	const name = `<string key="concept:name" value="n"/>`
	for text, want := range map[string]string{
		event(""): `reading "x": row at line 2, column 1: event outside a trace: it belongs to no case`,
		"<trace>" + name + "\n  <event>" + name + "</event></trace>":                                                      `reading "x": row at line 3, column 3, field "time:timestamp": event without a time`,
		"<trace>" + name + "\n <event><date key='time:timestamp' value='2020-01-01T00:00:00Z'/></event></trace>":          `reading "x": row at line 3, column 2, field "concept:name": event without an activity`,
		"<trace>" + name + "<event>" + name + "\n\n Ж <date key='time:timestamp' value='31.02.2020'/></event></trace>":    `reading "x": row at line 4, column 4, field "time:timestamp": parsing time "31.02.2020": wanted YYYY-MM-DDThh:mm:ss with an optional fraction and zone`,
		"<trace>" + name + "<event>" + name + "<date key='time:timestamp' value='2020-02-31T00:00:00Z'/></event></trace>": `reading "x": row at line 2, column 91, field "time:timestamp": parsing time "2020-02-31T00:00:00Z": day out of range`,
		"<trace>" + name + "<event>" + name + "<date key='time:timestamp' value='1899-12-31T23:59:59Z'/></event></trace>": `reading "x": row at line 2, column 46, field "time:timestamp": time 1899-12-31T23:59:59Z lies outside the years 1900 to 2299`,
		"<trace>" + name + "<event>" + name + "<date key='time:timestamp' value='2300-01-01T00:00:00Z'/></event></trace>": `reading "x": row at line 2, column 46, field "time:timestamp": time 2300-01-01T00:00:00Z lies outside the years 1900 to 2299`,
		"<trace><event/>" + event("") + name + "</trace>":                                                                 `reading "x": row at line 2, column 8, field "concept:name": event without an activity`,
	} {
		l, bad, err := load(New("x", strings.NewReader(in(text))))
		require.NoError(t, err, text)
		require.Len(t, bad, 1, text)
		require.Equal(t, want, bad[0].Error())
		require.NotEmpty(t, bad[0].Raw)
		require.Contains(t, text, bad[0].Raw)
		if strings.HasPrefix(text, "<trace>") {
			require.Equal(t, 1, l.Cases(), "the case stays")
		}
	}
	long := strings.Repeat("x", 300<<10)
	_, bad, err := load(New("x", strings.NewReader(in("<trace>"+name+"<event><string key='k' value='"+long+"'/><string key='l' value='"+long+"'/></event></trace>"))))
	require.NoError(t, err)
	require.Len(t, bad, 1)
	require.Len(t, bad[0].Raw, rawLimit)
	require.True(t, strings.HasPrefix(bad[0].Raw, "<event><string key='k' value='xxx"))
}

func TestFormatErrors(t *testing.T) {
	whole := zipped(small)
	for name, c := range map[string]struct{ doc, want string }{
		"empty":             {"", `line 1, column 1: the file is empty, wanted an XES log`},
		"empty archive":     {string(zipped("")), `line 1, column 1: the file is empty, wanted an XES log`},
		"blank":             {" \n \n", `line 3, column 1: no element in the document, wanted <log>`},
		"no XML":            {"case,activity\n1,a\n", `line 1, column 1: no XML: found "case,activity\n1,a\n", wanted <`},
		"zip":               {"PK\x03\x04rest", `line 1, column 1: no XML: found "PK\x03\x04rest", wanted <`},
		"no log":            {"<?xml version='1.0'?>\n<html><body/></html>", `line 2, column 1: not an event log: the root element is <html>, wanted <log>`},
		"not closed":        {"<log>\n<trace>", `line 2, column 8: unexpected end of the document: element <trace> is not closed`},
		"cut in a tag":      {"<log>\n<trace key='a", `line 2, column 14: unexpected end of the document in "<trace key='a"`},
		"crossed":           {"<log>\n<trace>\n</log></trace>", `line 3, column 1: element <trace> closed by </log>`},
		"bare ampersand":    {"<log>\n<string key='Ж&Ж' value=''/></log>", `line 2, column 15: invalid character entity`},
		"entity":            {"<log>&big;</log>", `line 1, column 6: invalid character entity`},
		"doctype":           {"<!DOCTYPE log [\n<!ENTITY a \"b\">]><log/>", `line 1, column 1: a document type declaration, which is refused`},
		"bad UTF-8":         {"<log>\n<string key='a' value='Ж\xff'/></log>", `line 2, column 25: byte 0xff is no UTF-8`},
		"control character": {"<log>\n<string key='a' value='\x01'/></log>", `line 2, column 24: character U+0001 is not allowed in XML`},
		"encoding":          {"<?xml version='1.0' encoding='klingon'?><log/>", `line 1, column 1: encoding "klingon", which the XML declaration names, is not known`},
		"two roots":         {"<log/>\n<log/>", `line 2, column 1: a second root element <log>`},
		"truncated":         {string(whole[:len(whole)-60]), `the gzip archive is truncated: unexpected EOF`},
		"only magic":        {"\x1f\x8b", `line 1, column 1: the gzip archive is truncated: unexpected EOF`},
		"damaged":           {string(whole[:len(whole)-8]) + "12345678", `the gzip archive is damaged`},
		"broken":            {string(whole[:30]) + strings.Repeat("\xff", 50), `decompressing: `},
		"deep":              {"<log>" + strings.Repeat("<container key='a'>", 600), `more than 512 elements inside each other`},
	} {
		t.Run(name, func(t *testing.T) {
			src := New("x.xes", strings.NewReader(c.doc))
			_, _, err := load(src)
			require.ErrorContains(t, err, c.want)
			require.ErrorContains(t, err, `reading "x.xes": line `)
			at, ok := errors.AsType[*connectors.FormatError](err)
			require.True(t, ok)
			require.Positive(t, at.Column)
			_, again := src.Next(t.Context())
			require.Error(t, again)
		})
	}
	_, _, err := load(Open(filepath.Join(t.TempDir(), "none.xes")))
	require.ErrorIs(t, err, os.ErrNotExist)
}

// endless yields a prefix and then one byte for ever.
type endless struct {
	prefix io.Reader
	fill   byte
	n      int64
}

func (e *endless) Read(p []byte) (int, error) {
	if n, _ := e.prefix.Read(p); n > 0 {
		return n, nil
	}
	for i := range p {
		p[i] = e.fill
	}
	e.n += int64(len(p))
	if e.n > 2<<30 {
		return 0, io.EOF
	}
	return len(p), nil
}

// TestHugeTokens reads documents of 2 GB in one piece: each is refused early and
// in little memory.
func TestHugeTokens(t *testing.T) {
	for name, prefix := range map[string]string{
		"value": "<log><string key='a' value='", "entities": "<log><string key='a' value='&amp;", "comment": "<log><!--", "text": "<log>", "name": "<log><",
		"key": "<log><string ", "data": "<log><![CDATA[", "instruction": "<log><?x ",
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		in := &endless{prefix: strings.NewReader(prefix), fill: 'x'}
		_, _, err := load(New("huge.xes", in))
		runtime.ReadMemStats(&after)
		require.ErrorContains(t, err, "more than", name)
		require.Less(t, in.n, int64(64<<20), name)
		require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(160<<20), name)
	}
	many := io.MultiReader(strings.NewReader("<log><trace><event>"), &repeated{text: "<string key='k' value='" + strings.Repeat("v", 1<<20) + "'/>"})
	_, _, err := load(New("huge.xes", many))
	require.ErrorContains(t, err, "more than 64 MiB of attributes in one event")
}

type repeated struct {
	text string
	at   int
}

func (r *repeated) Read(p []byte) (int, error) {
	n := copy(p, r.text[r.at:])
	r.at = (r.at + n) % len(r.text)
	return n, nil
}

func TestOddTraces(t *testing.T) {
	named := func(n string) string { return `<string key="concept:name" value="` + n + `"/>` }
	src := New("x", strings.NewReader(in("<trace/>\n<trace>"+named("b")+"</trace>\n<trace>"+event("")+"<int key='n' value='1'/>"+event("")+named("late")+"</trace>\n"+
		"<trace>"+named("b")+event("")+"<int key='n' value='2'/></trace>\n<trace>"+event("")+"</trace>"+"<trace>"+named("c")+event("")+"</trace><what><ever/></what>")))
	l, bad, err := load(src)
	require.NoError(t, err)
	require.Empty(t, bad)
	var got []string
	for _, c := range l.All() {
		n, _ := c.Attribute("n")
		got = append(got, fmt.Sprintf("%s %d %s", c.ID(), c.Len(), n))
	}
	require.Equal(t, []string{"trace 1 0 ", "b 1 2", "late 2 1", "trace 5 1 ", "c 1 "}, got)
	require.Equal(t, []string{
		`2 traces have no concept:name and are named by their position; the first, named "trace 1", at line 2`,
		`1 traces repeat the name of an earlier one and join its case; the first, "b", at line 5`,
		`1 elements are unknown to XES and are left out; the first, <what>, at line 6`,
	}, texts(src.Warnings()))
}

func TestOddValues(t *testing.T) {
	src := New("x", strings.NewReader(in(`<trace><string key="concept:name" value="1"/>`+event(
		`<int key="i" value="many"/><float key="f" value="INF"/><date key="d" value=""/><boolean key="b" value="perhaps"/><string value="no key"/>`+
			`<int key="time:of day" value="9223372036854775808"/><string key="org:resource" value="R"><string key="role" value="clerk"/></string>`)+`</trace>`)))
	l, bad, err := load(src)
	require.NoError(t, err)
	require.Empty(t, bad)
	e := l.Case(0).Event(0)
	require.Equal(t, "R", e.Resource)
	value := func(key string) eventlog.Value { v, _ := l.Case(0).EventAttribute(0, key); return v }
	require.Equal(t, eventlog.Text("many"), value("i"))
	require.Equal(t, "INF", value("f").String())
	require.Equal(t, eventlog.Text(""), value("d"))
	require.Equal(t, eventlog.Text("perhaps"), value("b"))
	require.Equal(t, eventlog.Text("9223372036854775808"), value("time:of day"))
	require.Equal(t, eventlog.Text("clerk"), value("org:resource"+eventlog.PathSeparator+"role"))
	require.Equal(t, []string{
		`4 attribute values do not fit their type and are kept as text; the first, <int key="i" value="many">`,
		`1 attributes have no key and are left out; the first, <string>, at line 2`,
	}, []string{strings.Split(src.Warnings()[0].Error(), ", at")[0], src.Warnings()[1].Error()})
	require.Empty(t, eventlog.Diff(l, reread(t, l)))
}

func TestCancelAndClose(t *testing.T) {
	var doc bytes.Buffer
	require.NoError(t, Write(&doc, logtest.Random(1, logtest.Config{Cases: 1500})))
	before := runtime.NumGoroutine()
	src := New("x", bytes.NewReader(zipped(doc.String())))
	ctx, cancel := context.WithCancel(t.Context())
	require.NoError(t, src.Open(ctx))
	cancel()
	var err error
	for range 3000 {
		if _, err = src.Next(ctx); err != nil {
			break
		}
	}
	require.ErrorIs(t, err, context.Canceled)
	require.NoError(t, src.Close())
	require.NoError(t, src.Close())
	for range 1000 { // the runtime takes a moment to count out what has ended
		if runtime.NumGoroutine() <= before {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	require.LessOrEqual(t, runtime.NumGoroutine(), before)
	_, err = src.Next(t.Context())
	require.ErrorIs(t, err, os.ErrClosed)
	require.NoError(t, New("never opened", nil).Close())
}
