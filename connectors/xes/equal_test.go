package xes

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/gzip"
	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/connectors"
	"github.com/uprava/uprava/mining/logtest"
)

// scannerTokens returns the tokens of a document as lines, until its end or the
// first error. Blanks in text do not count, nor how text is cut.
func scannerTokens(r io.Reader) ([]string, error) {
	s := newScanner(r)
	out := tokenList{[]string{}}
	for {
		kind, err := s.next()
		if err != nil {
			return out.lines, err
		}
		switch kind {
		case tokenStart:
			line := "<" + string(local(s.name))
			for i := 0; i < len(s.attrs); i += 2 {
				line += fmt.Sprintf(" %s=%q", local(s.value(s.attrs[i])), s.value(s.attrs[i+1]))
			}
			out.add(line)
			if s.empty {
				out.add(">")
			}
		case tokenEnd:
			out.add(">")
		case tokenText:
			out.text(s.text)
		case tokenEOF:
			return out.lines, nil
		}
	}
}

// libraryTokens is scannerTokens by encoding/xml.
func libraryTokens(doc []byte) ([]string, error) {
	d := xml.NewDecoder(bytes.NewReader(doc))
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	out := tokenList{[]string{}}
	for {
		tok, err := d.Token()
		if err == io.EOF {
			return out.lines, nil
		}
		if err != nil {
			return out.lines, err
		}
		switch t := tok.(type) {
		case xml.StartElement:
			line := "<" + t.Name.Local
			for _, a := range t.Attr {
				line += fmt.Sprintf(" %s=%q", a.Name.Local, a.Value)
			}
			out.add(line)
		case xml.EndElement:
			out.add(">")
		case xml.CharData:
			out.text(t)
		}
	}
}

type tokenList struct{ lines []string }

func (l *tokenList) add(line string) { l.lines = append(l.lines, line) }

func (l *tokenList) text(b []byte) {
	b = bytes.Map(func(r rune) rune {
		if strings.ContainsRune(" \t\r\n", r) {
			return -1
		}
		return r
	}, b)
	if len(b) == 0 {
		return
	}
	if n := len(l.lines); n > 0 && strings.HasPrefix(l.lines[n-1], "#") {
		l.lines[n-1] += string(b)
		return
	}
	l.add("#" + string(b))
}

// stricter are the faults that only our scanner finds; see its documentation.
var stricter = []string{
	"a document type declaration", "a second root element", "after the end of the document", "no XML: found",
	"not allowed in XML", "wanted a comment or CDATA", "elements inside each other", "a name of more than",
	"invalid character entity", "more than one colon", "is no XML name",
}

// laxer are the faults that only encoding/xml finds.
var laxer = []string{"unsupported version", "invalid XML name", "xml: encoding", "unexpected EOF in <?"}

func isOneOf(err error, list []string) bool {
	for _, s := range list {
		if strings.Contains(err.Error(), s) {
			return true
		}
	}
	return false
}

// requireEqualTokens holds the two readers to the same tokens, and to a fault
// at the same place in their order.
func requireEqualTokens(t *testing.T, doc []byte) {
	got, err := scannerTokens(bytes.NewReader(doc))
	want, wantErr := libraryTokens(doc)
	if wantErr == nil && err == nil {
		require.Equal(t, want, got, "%q", doc)
		return
	}
	n := min(len(got), len(want))
	if err != nil && wantErr == nil {
		require.True(t, isOneOf(err, stricter), "only we refuse %q: %v", doc, err)
		require.Equal(t, want[:n], got[:n], "%q", doc)
		return
	}
	if err == nil {
		require.True(t, isOneOf(wantErr, laxer), "only encoding/xml refuses %q: %v", doc, wantErr)
	}
	if n > 0 && (strings.HasPrefix(want[n-1], "#") || strings.HasPrefix(got[n-1], "#")) {
		n-- // text that a fault follows may be handed out in part
	}
	require.Equal(t, want[:n], got[:n], "%q", doc)
}

// seeds are small documents with one of everything.
var seeds = []string{
	`<log/>`,
	"\ufeff<?xml version='1.0' encoding=\"UTF-8\" ?>\n<!-- a - comment --><log xes.version=\"1.0\" xmlns:x='urn:x'>\n<x:trace ><string key='a' value=\"b\"/></x:trace>\n</log>\n",
	`<log><string key="k" value="&lt;&gt;&amp;&apos;&quot;&#65;&#x42;&#1078;"/><string key="'" value='"'/></log>`,
	"<log><string key='a' value='one\r\ntwo\rthree\tfour'/>text<![CDATA[ <raw> & ]] > ]]>more&amp;<?pi data?></log>",
	`<log><list key="l"><values><int key="a" value="1"/></values></list><container key="c"><float key="f" value="1e3"/></container></log>`,
	`<журнал ключ="значение">текст</журнал>`,
	`<!DOCTYPE log [<!ENTITY a "b">]><log>&a;</log>`,
	`<log><a b=c></log>`, `<log><a b></log>`, `<log></a></log>`, `<log><a/ ></log>`, `<log>]]></log>`, `<log a="<"/>`,
	`<log>&nosuch;</log>`, `<log>&#0;</log>`, `<log>&#xD800;</log>`, `<log a="&#13;&#10;"/>`, "<log>\x00</log>", "<log>\xff</log>",
	`<log><!-- -- --></log>`, `<log><![CDATA[`, `<log`, `<`, ``, ` `, `<log a="`, `<log a='x"y' b="x'y"/>`, `<a:b:c/>`, `<:a/>`, `<a:/>`, `<1a/>`,
	`<log a="1"b="2"/>`, `<log a = "1" />`, `< log/>`, `<log></log >`, `<log></ log>`, `<log/><log/>`, `text`, `<log/>text`,
	`<log><event><date key="time:timestamp" value="2020-01-01T00:00:00Z"/><string key="concept:name" value="a"/></event></log>`,
	`<log><trace><event><string key="concept:name" value="a"/><date key="time:timestamp" value="2020-01-01T00:00:00"/></event><string key="concept:name" value="1"/></trace><trace/></log>`,
}

func TestScannerEqualsEncodingXML(t *testing.T) {
	for _, doc := range seeds {
		requireEqualTokens(t, []byte(strings.TrimPrefix(doc, "\ufeff")))
	}
	pieces := []string{
		"<log>", "</log>", "<a ", "<b>", "</b>", "/>", ">", "<", "key=", `"v"`, "'w'", `k="&amp;"`, " ", "\n", "\r\n", "&lt;", "&#x41;", "&", ";", "]]>", "<![CDATA[", "<!--", "-->", "--", "<?p ", "?>", "x", "ж", "\xd0", "\x01", "a:b", "=", `"`, "'",
	}
	rng := rand.New(rand.NewPCG(1, 2))
	rounds := 40000
	if testing.Short() {
		rounds = 4000
	}
	for range rounds {
		var doc []byte
		for range 1 + rng.IntN(14) {
			doc = append(doc, pieces[rng.IntN(len(pieces))]...)
		}
		requireEqualTokens(t, doc)
	}
	valid := written(t, logtest.Random(7, logtest.Config{Cases: 4, Length: 4}))
	requireEqualTokens(t, valid)
	for range rounds / 20 {
		requireEqualTokens(t, mutated(rng, valid))
	}
}

// mutated changes a few bytes of doc: swaps, cuts, repeats and odd bytes.
func mutated(rng *rand.Rand, doc []byte) []byte {
	doc = bytes.Clone(doc)
	for range 1 + rng.IntN(4) {
		i := rng.IntN(len(doc))
		switch rng.IntN(5) {
		case 0:
			doc[i] = "<>&\"'/=!? ;\x00\xff]["[rng.IntN(15)]
		case 1:
			doc = append(doc[:i], doc[min(len(doc), i+1+rng.IntN(9)):]...)
		case 2:
			j := min(len(doc), i+1+rng.IntN(40))
			doc = append(doc[:j:j], doc[i:]...)
		case 3:
			doc = doc[:i+1]
		case 4:
			doc[i] = byte(rng.IntN(256))
		}
		if len(doc) == 0 {
			return []byte("<")
		}
	}
	return doc
}

// TestScannerOfSmallReads gives the scanner its document byte by byte.
func TestScannerOfSmallReads(t *testing.T) {
	doc := written(t, logtest.Random(9, logtest.Config{Cases: 10}))
	want, err := scannerTokens(bytes.NewReader(doc))
	require.NoError(t, err)
	got, err := scannerTokens(iotest.OneByteReader(bytes.NewReader(doc)))
	require.NoError(t, err)
	require.Equal(t, want, got)
	got, err = scannerTokens(iotest.DataErrReader(bytes.NewReader(doc)))
	require.NoError(t, err)
	require.Equal(t, want, got)
	_, err = scannerTokens(iotest.TimeoutReader(iotest.HalfReader(bytes.NewReader(doc))))
	require.ErrorIs(t, err, iotest.ErrTimeout)
}

// TestSharedLogsEqualEncodingXML compares the tokens of whole shared logs.
func TestSharedLogsEqualEncodingXML(t *testing.T) {
	names := []string{"running-example.xes", "receipt.xes.gz"}
	if !testing.Short() {
		names = append(names, "Sepsis.xes.gz")
	}
	for _, name := range names {
		f, err := os.Open(logtest.Shared(t, name))
		require.NoError(t, err)
		defer f.Close()
		r := io.Reader(f)
		if strings.HasSuffix(name, ".gz") {
			r, err = gzip.NewReader(f)
			require.NoError(t, err)
		}
		doc, err := io.ReadAll(r)
		require.NoError(t, err)
		requireEqualTokens(t, bytes.TrimPrefix(doc, []byte("\ufeff")))
	}
}

// FuzzRead feeds the source any bytes: it must not panic, must place its faults,
// and its scanner must agree with encoding/xml.
func FuzzRead(f *testing.F) {
	for _, doc := range seeds {
		f.Add([]byte(doc))
		f.Add(zipped(doc))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		src := New("fuzz.xes", bytes.NewReader(doc))
		defer src.Close()
		err := src.Open(context.Background())
		for err == nil {
			var row *connectors.Row
			row, err = src.Next(context.Background())
			if bad, ok := errors.AsType[*connectors.RowError](err); ok {
				require.Positive(t, bad.Line)
				require.Positive(t, bad.Column)
				err = nil
			} else if err == nil && row.Event != nil {
				require.NoError(t, row.Event.Check())
			} else if err == nil {
				require.NotEmpty(t, row.Case)
			}
		}
		if err != io.EOF {
			at, ok := errors.AsType[*connectors.FormatError](err)
			require.True(t, ok, "%v", err)
			require.Positive(t, at.Line)
			require.Positive(t, at.Column)
		}
		if !bytes.HasPrefix(doc, []byte("\ufeff")) {
			requireEqualTokens(t, doc)
		}
	})
}

func zipped(doc string) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	io.WriteString(w, doc)
	w.Close()
	return b.Bytes()
}
