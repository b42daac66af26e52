package ocel_test

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/connectors/ocel"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/logtest"
	"github.com/uprava/uprava/mining/objectcentric"
)

func read(t testing.TB, path string, cfg ocel.Config) *objectcentric.Log {
	t.Helper()
	l, _, err := ocel.Read(t.Context(), path, cfg)
	require.NoError(t, err)
	return l
}

// The three files hold one log: the JSON in UTC, the others an hour ahead or not,
// without a zone.
func TestFormatsAgree(t *testing.T) {
	j := read(t, logtest.Shared(t, "ocel20_example.jsonocel"), ocel.Config{})
	require.Len(t, j.Events(), 13)
	require.Len(t, j.Objects(), 9)
	for _, other := range []struct {
		file string
		zone *time.Location
	}{{"ocel20_example.xmlocel", time.UTC}, {"ocel20_example.sqlite", time.UTC}} {
		l := read(t, logtest.Shared(t, other.file), ocel.Config{Location: other.zone})
		require.Equal(t, j.Types(), l.Types(), other.file)
		require.Equal(t, j.Activities(), l.Activities())
		events := map[string]objectcentric.Event{}
		for _, e := range j.Events() {
			events[e.ID] = e
		}
		for _, e := range l.Events() {
			want := events[e.ID]
			require.Equal(t, want.Activity, e.Activity)
			require.ElementsMatch(t, want.Objects, e.Objects, "%s %s", other.file, e.ID)
			require.Equal(t, want.Attributes, e.Attributes)
			shift := e.Time.Time.Sub(want.Time.Time)
			require.Contains(t, []time.Duration{0, time.Hour}, shift, "%s %s", other.file, e.ID)
		}
		objects := map[string]objectcentric.Object{}
		for _, o := range j.Objects() {
			objects[o.ID] = o
		}
		for _, o := range l.Objects() {
			require.Equal(t, objects[o.ID].Type, o.Type)
			require.ElementsMatch(t, objects[o.ID].Related, o.Related)
			require.Len(t, o.Attributes, len(objects[o.ID].Attributes), "%s %s", other.file, o.ID)
		}
	}
}

func TestZone(t *testing.T) {
	path := logtest.Shared(t, "ocel20_example.xmlocel")
	utc, east := read(t, path, ocel.Config{}), read(t, path, ocel.Config{Location: time.FixedZone("", 3*3600)})
	require.Equal(t, 3*time.Hour, utc.Events()[0].Time.Time.Sub(east.Events()[0].Time.Time))
	require.Equal(t, eventlog.Zone(180), east.Events()[0].Time.Zone)
	_, warnings, err := ocel.Read(t.Context(), path, ocel.Config{})
	require.NoError(t, err)
	require.Len(t, warnings, 1)
	require.ErrorContains(t, warnings[0], "have no zone and are read as UTC")
}

func TestRealLog(t *testing.T) {
	l := read(t, logtest.Shared(t, "ocel2_running-example.sqlite"), ocel.Config{})
	require.Len(t, l.Events(), 18211)
	require.Len(t, l.Objects(), 10031)
	require.Len(t, l.Activities(), 8)
	require.Equal(t, []string{"customers", "employees", "items", "orders", "packages", "products"}, l.Types())
}

const small = `{"objectTypes":[{"name":"plot","attributes":[{"name":"area","type":"float"}]}],
 "eventTypes":[{"name":"survey","attributes":[]}],
 "objects":[{"id":"p1","type":"plot","attributes":[{"name":"area","time":"1970-01-01T00:00:00Z","value":"12.5"}]}],
 "events":[{"id":"e1","type":"survey","time":"2019-03-01T10:00:00+03:00","relationships":[{"objectId":"p1","qualifier":"of"}]}]}`

func TestBadInput(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	l := read(t, write("good.json", small), ocel.Config{})
	require.Equal(t, eventlog.Float(12.5), l.Objects()[0].Attributes[0].Value)
	empty := filepath.Join(dir, "empty.sqlite")
	db, err := sql.Open("sqlite", empty)
	require.NoError(t, err)
	_, err = db.Exec(`CREATE TABLE event (ocel_id TEXT, ocel_type TEXT)`)
	require.NoError(t, err)
	require.NoError(t, db.Close())
	for _, c := range []struct{ path, want string }{
		{write("a.json", "{\n \"objects\": [\n  {\"id\": 5}]}"), "line 3, column 10"},
		{write("b.json", `{"events":[`), "unexpected end"},
		{write("c.json", `{}`), `neither "objects" nor "events"`},
		{write("d.json", `{"events":[{"id":"e","type":"a","time":"yesterday"}]}`), `event 1 ("e")`},
		{write("e.json", `{"events":[{"id":"e","type":"a","time":"2019-01-01T00:00:00Z","relationships":[{"objectId":"x"}]}]}`), `concerns object "x", which is not there`},
		{write("f.json", `{"objects":[{"id":"o","type":"t"},{"id":"o","type":"t"}]}`), `object "o" stands twice`},
		{write("g.xml", "<log><objects><object id='o'"), "line 1"},
		{write("h.xml", "<!DOCTYPE x><log/>"), "document type declaration"},
		{write("i.xml", "<events/>"), "found <events>, wanted <log>"},
		{write("j.xml", ""), "found no <log>"},
		{write("k.sqlite", "this is no database, it is only text"), "SQLite"},
		{empty, "are missing"},
		{filepath.Join(dir, "nothing.sqlite"), "no such file"},
		{filepath.Join(dir, "nothing.json"), "no such file"},
		{write("l.ods", ""), "no reader"},
	} {
		_, _, err := ocel.Read(t.Context(), c.path, ocel.Config{})
		require.ErrorContains(t, err, c.want, c.path)
		require.ErrorContains(t, err, fmt.Sprintf("%q", c.path))
	}
	require.NoFileExists(t, filepath.Join(dir, "nothing.sqlite"))
}

func fuzz(f *testing.F, ext string, seeds ...string) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		path := filepath.Join(t.TempDir(), "log"+ext)
		require.NoError(t, os.WriteFile(path, text, 0o600))
		l, _, err := ocel.Read(t.Context(), path, ocel.Config{})
		if err == nil {
			require.NotNil(t, l)
		}
	})
}

func FuzzJSON(f *testing.F) { fuzz(f, ".json", small, `{}`, `[`, `{"objects":[null],"events":[{}]}`) }

func FuzzXML(f *testing.F) {
	fuzz(f, ".xml", `<log><objects><object id="o" type="t"><attributes><attribute name="a" time="2019-01-01T00:00:00">1</attribute></attributes></object></objects>`+
		`<events><event id="e" type="a" time="2019-01-01T00:00:00Z"><objects><relationship object-id="o" qualifier=""/></objects></event></events></log>`, `<log/>`, `<log><a><b/></a></log>`)
}
