package imports

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/connectors"
	"github.com/uprava/uprava/connectors/clickhouse/embedded/enginetest"
	"github.com/uprava/uprava/dashboards/jobs"
	"github.com/uprava/uprava/dashboards/web/shell"
)

// posted sends a file that may be cut short and returns the answer.
func (w *wizard) posted(name string, content io.Reader) *httptest.ResponseRecorder {
	w.t.Helper()
	from, to := io.Pipe()
	form := multipart.NewWriter(to)
	go func() {
		part, err := form.CreateFormFile("file", name)
		if err == nil {
			_, err = io.Copy(part, content)
		}
		to.CloseWithError(errors.Join(err, form.Close()))
	}()
	r := httptest.NewRequest("POST", "/import?lang=ru", from) // its length is not known, as with a browser that streams
	r.Header.Set("Content-Type", form.FormDataContentType())
	return w.do(r)
}

// A disk that is full while a file comes: a real one of four megabytes where the system
// lets the test have it, and one that says so after a megabyte everywhere.
func TestFullDiskWhileAFileComes(t *testing.T) {
	w := open(t)
	at := w.send("p.csv", strings.NewReader(permits))
	require.Equal(t, jobs.Done, w.run(at, url.Values{"name": {"before"}}).State)
	check := func(t *testing.T) {
		rec := w.posted("large.csv", io.LimitReader(rows{}, 16<<20))
		require.Equal(t, http.StatusBadRequest, rec.Code)
		require.Contains(t, rec.Body.String(), "На диске кончилось место")
		require.NotContains(t, rec.Body.String(), "no space left", "a sentence, no error of the system")
		require.Empty(t, w.left())
		require.Equal(t, map[string]int64{"before": 3}, w.logs())
		require.Equal(t, http.StatusOK, w.do(httptest.NewRequest("GET", "/import?lang=ru", nil)).Code)
	}
	t.Run("said", func(t *testing.T) {
		u := w.pages.uploads
		real := u.create
		u.create = func(path string) (io.WriteCloser, error) {
			f, err := real(path)
			return &small{f, 1 << 20}, err
		}
		defer func() { u.create = real }()
		check(t)
	})
	t.Run("real", func(t *testing.T) {
		smallDisk(t, w.pages.uploads.dir, "4m")
		check(t)
		// What fits is taken, and what its length says will not fit is refused before it comes.
		at := w.send("p.csv", strings.NewReader(permits))
		require.Equal(t, http.StatusSeeOther, w.post(at+"/discard", nil).Code)
		var b bytes.Buffer
		form := multipart.NewWriter(&b)
		part, err := form.CreateFormFile("file", "large.csv")
		require.NoError(t, err)
		_, err = io.Copy(part, io.LimitReader(rows{}, 6<<20))
		require.NoError(t, err)
		require.NoError(t, form.Close())
		r := httptest.NewRequest("POST", "/import?lang=ru", &b)
		r.Header.Set("Content-Type", form.FormDataContentType())
		rec := w.do(r)
		require.Equal(t, http.StatusBadRequest, rec.Code)
		require.Contains(t, rec.Body.String(), "Освободите место или укажите другую папку данных")
		require.Empty(t, w.left())
	})
}

// small is a disk with room for so many bytes.
type small struct {
	io.WriteCloser
	room int
}

func (s *small) Write(b []byte) (int, error) {
	if s.room -= len(b); s.room < 0 {
		return 0, &os.PathError{Op: "write", Path: "file", Err: syscall.ENOSPC}
	}
	return s.WriteCloser.Write(b)
}

// rows are an endless CSV.
type rows struct{}

var chunk = bytes.Repeat([]byte("case 1,activity,2019-01-01T10:00:00\n"), 1000)

func (rows) Read(b []byte) (int, error) { return copy(b, chunk), nil }

// full is a store whose disk fills while a log is taken in.
type full struct{ Store }

func (full) Ingest(context.Context, string, connectors.Source, connectors.IngestConfig) (connectors.IngestReport, error) {
	return connectors.IngestReport{}, fmt.Errorf("writing to table events: %w", syscall.ENOSPC)
}

// The whole store on a real disk of 26 MB: a log that does not fit leaves what was there,
// and no part of itself.
func TestFullDiskUnderTheStore(t *testing.T) {
	dir := enginetest.Dir(t)
	smallDisk(t, dir, "26m")
	w := openAt(t, dir)
	at := w.send("p.csv", strings.NewReader(permits))
	require.Equal(t, jobs.Done, w.run(at, url.Values{"name": {"before"}}).State)
	var b bytes.Buffer
	random := rand.NewChaCha8([32]byte{1})
	b.WriteString("case,activity,time,note\n")
	for i := range 330_000 {
		fmt.Fprintf(&b, "%d,step %d,2019-01-%02dT%02d:00:00,%016x%016x\n", i/5, i%5, 1+i%5, i%24, random.Uint64(), random.Uint64())
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "other"), make([]byte, 3<<20), 0o600))
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	_, err := z.Write(b.Bytes())
	require.NoError(t, errors.Join(err, z.Close()))
	at = w.send("large.csv.gz", &zipped)
	before := w.pages.uploads.room()
	require.Equal(t, jobs.Failed, w.run(at, url.Values{"name": {"large"}}).State)
	body := w.get(at + "?lang=ru")
	require.Contains(t, body, "На диске кончилось место")
	require.NotContains(t, body, "code: 243")
	require.Equal(t, map[string]int64{"before": 3}, w.logs())
	l, err := w.desk.Store().Load(t.Context(), "before")
	require.NoError(t, err)
	require.Equal(t, 3, l.Events())
	require.Equal(t, http.StatusSeeOther, w.post(at+"/discard", nil).Code)
	require.Empty(t, w.left())
	require.Eventually(t, func() bool { return w.pages.uploads.room() > before }, 30*time.Second, 50*time.Millisecond, "the room of what was written comes back")
	at = w.send("small.csv", strings.NewReader(permits))
	require.Equal(t, jobs.Done, w.run(at, url.Values{"name": {"after"}}).State)
}

func TestFullDiskWhileALogIsTakenIn(t *testing.T) {
	w := open(t)
	w.pages.store = full{w.pages.store}
	at := w.send("p.csv", strings.NewReader(permits))
	require.Equal(t, jobs.Failed, w.run(at, url.Values{"name": {"x"}}).State)
	body := w.get(at + "?lang=ru")
	require.Contains(t, body, "На диске кончилось место")
	require.Contains(t, body, "в хранилище ничего не изменилось")
	require.NotContains(t, body, "code: 243")
	require.Empty(t, w.logs())
	// The file stays: with room made, the same is tried again without sending it anew.
	w.pages.store = w.pages.store.(full).Store
	require.Equal(t, jobs.Done, w.run(at, url.Values{"name": {"x"}}).State)
	require.Empty(t, w.left())
}

// A reader who closes the page in the middle of sending leaves nothing.
func TestBrokenOffUpload(t *testing.T) {
	w := open(t)
	server := httptest.NewServer(w.site)
	defer server.Close()
	c, err := net.Dial("tcp", server.Listener.Addr().String())
	require.NoError(t, err)
	_, err = fmt.Fprintf(c, "POST /import HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 9000000\r\n\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n%s", bytes.Repeat(chunk, 60))
	require.NoError(t, err)
	require.Eventually(t, func() bool { return len(w.left()) == 1 }, 10*time.Second, 5*time.Millisecond, "it is on its way")
	require.NoError(t, c.Close())
	require.Eventually(t, func() bool { return len(w.left()) == 0 }, 10*time.Second, 5*time.Millisecond)
	require.NotContains(t, w.get("/import?lang=en"), "a.csv")
}

// Two imports under one name at once: one wins, the other is told, its file stays, and
// the log holds one of them whole.
func TestTwoImportsOfOneName(t *testing.T) {
	w := open(t)
	many := func(cases int) io.Reader {
		var b strings.Builder
		b.WriteString("case,activity,time\n")
		for i := range cases * 5 {
			fmt.Fprintf(&b, "%d,step %d,2019-01-%02dT%02d:00:00\n", i/5, i%5, 1+i%5, i%24)
		}
		return strings.NewReader(b.String())
	}
	at := []string{w.send("a.csv", many(20_000)), w.send("b.csv", many(30_000))}
	var both sync.WaitGroup
	for _, a := range at {
		both.Go(func() { w.post(a, url.Values{"name": {"same"}}) })
	}
	both.Wait()
	states := map[jobs.State]string{}
	for _, a := range at {
		j, _, _ := w.pages.uploads.state(w.pages.uploads.get(strings.TrimPrefix(a, "/import/"), shell.Reader(t.Context())))
		require.NotNil(t, j)
		_, _ = j.Wait(t.Context())
		states[j.Status().State] = a
	}
	require.Len(t, states, 2, "one is done, one is told that the name is taken")
	body := w.get(states[jobs.Failed] + "?lang=ru")
	require.Contains(t, body, "другая загрузка")
	require.Contains(t, body, "Журнал с таким названием уже есть", "and what to do now")
	require.Contains(t, []int64{100_000, 150_000}, w.logs()["same"])
	require.Len(t, w.left(), 1)
	require.Equal(t, http.StatusSeeOther, w.post(states[jobs.Failed]+"/discard", nil).Code)
	require.Empty(t, w.left())
}

func TestWhatAFileIsStandsInIt(t *testing.T) {
	w := open(t)
	xes := `<log><trace><string key="concept:name" value="1"/><event><string key="concept:name" value="a"/><date key="time:timestamp" value="2019-01-01T10:00:00Z"/></event></trace></log>`
	ansi := string(encoded(permits))
	for name, content := range map[string]string{"table.xes": permits, "log.csv": xes, "export.txt": permits, "no extension": permits, "выгрузка.CSV": ansi} {
		at := w.send(name, strings.NewReader(content))
		body := w.get(at + "?lang=ru")
		require.NotContains(t, body, "не журнал событий", name)
		if content == ansi {
			require.Contains(t, body, "определено: windows-1251")
			require.Contains(t, body, "определено: ;")
			require.Contains(t, body, "Приём")
		}
		require.Equal(t, jobs.Done, w.run(at, url.Values{"name": {name}}).State, name)
	}
	l, err := w.desk.Store().Load(t.Context(), "выгрузка.CSV")
	require.NoError(t, err)
	require.Equal(t, "Приём", l.Case(0).Event(0).Activity)
	require.Empty(t, w.left())
}

// encoded writes Russian in windows-1251.
func encoded(s string) []byte {
	var out []byte
	for _, r := range s {
		switch {
		case r < 128:
			out = append(out, byte(r))
		case r >= 'А' && r <= 'я':
			out = append(out, byte(r-'А'+0xC0))
		case r == 'ё':
			out = append(out, 0xB8)
		}
	}
	return out
}

// A file of 300 MB is written as it comes: the heap does not grow with it.
func TestALargeFileTakesNoMemory(t *testing.T) {
	w := open(t)
	if room := w.pages.uploads.room(); room >= 0 && room < 1<<30 {
		t.Skip("less than 1 GB are free on the disk")
	}
	done := make(chan struct{})
	var most uint64
	var watch sync.WaitGroup
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	before := m.HeapAlloc
	watch.Go(func() {
		for {
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapAlloc)
			select {
			case <-done:
				return
			case <-time.After(10 * time.Millisecond):
			}
		}
	})
	rec := w.posted("large.csv", io.MultiReader(strings.NewReader("case,activity,time\n"), io.LimitReader(rows{}, 300<<20)))
	require.Equal(t, http.StatusSeeOther, rec.Code)
	at := strings.TrimSuffix(strings.TrimPrefix(rec.Header().Get("Location"), "."), "?lang=ru")
	require.Contains(t, w.get(at+"?lang=ru"), "314,6\u00a0МБ")
	close(done)
	watch.Wait()
	t.Logf("the heap grew by %d MB at most", (most-min(most, before))>>20)
	require.Less(t, most, before+64<<20)
	require.Equal(t, http.StatusSeeOther, w.post(at+"/discard", nil).Code)
	require.Empty(t, w.left())
	_, err := os.Stat(filepath.Dir(w.pages.uploads.dir))
	require.NoError(t, err)
}
