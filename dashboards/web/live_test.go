package web

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/dashboards/web/shell"
	"github.com/uprava/uprava/dashboards/web/webtest"
)

// growing is a log that a test lets grow.
type growing struct {
	mu      sync.Mutex
	cases   int
	changed time.Time
}

func (g *growing) grow() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.cases++
	g.changed = time.Now()
}

func (g *growing) changes(context.Context) (map[string]time.Time, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return map[string]time.Time{"l": g.changed}, nil
}

const livePage = `{{define "body"}}<h1>{{.Title}}</h1>
<section id="figures"><h2>Figures</h2><p id="cases">{{.Body}}</p><details><summary>More</summary><p>more of {{.Body}}</p></details>
<label>Share <input type="range" name="share" min="0" max="100" value="30"></label><label>Remark <input name="remark"></label></section>
<section id="still"><h2>The same</h2><p>nothing new</p></section>
{{end}}`

// TestLivePage lets a log grow under an open page, and the server restart.
func TestLivePage(t *testing.T) {
	assets, err := Assets()
	if err != nil {
		handler(t) // skips or fails, saying why
	}
	log := &growing{cases: 1, changed: time.Now().Add(-time.Hour)}
	serve := func(address string) (url string, stop func()) {
		s, err := shell.New(shell.Config{Version: "test", Changes: log.changes})
		require.NoError(t, err)
		s.Mount("GET /assets/", assets)
		a, err := s.Area(fstest.MapFS{"page.html": {Data: []byte(livePage)}})
		require.NoError(t, err)
		s.Handle("GET /logs/{log}", func(w http.ResponseWriter, r *http.Request) error {
			log.mu.Lock()
			defer log.mu.Unlock()
			v, err := shell.ParseView(r.URL.Query())
			if err != nil {
				return err
			}
			return a.Show(w, r, "page", shell.Page{Title: "Live", Log: "l", Live: true, AsOf: time.Date(2019, 10, 31, 20, 59, 59, 0, time.UTC), View: v, Body: fmt.Sprintf("%d cases", log.cases)})
		})
		for pattern, of := range map[string]string{"GET /logs/{log}/map": "l", "GET /owner": ""} {
			s.Handle(pattern, func(w http.ResponseWriter, r *http.Request) error {
				return a.Show(w, r, "page", shell.Page{Title: "News", Log: of, News: true, Body: "as it was"})
			})
		}
		l, err := net.Listen("tcp", address)
		require.NoError(t, err)
		life, end := context.WithCancel(context.Background())
		server := &http.Server{Handler: Guard(s), BaseContext: func(net.Listener) context.Context { return life }}
		go server.Serve(l)
		return l.Addr().String(), func() { end(); server.Close() }
	}
	address, stop := serve("127.0.0.1:0")
	b := webtest.Open(t)
	b.Size(390, 844)
	b.Go("http://" + address + "/logs/l?lang=ru&p=2019")
	b.Wait("#cases")
	b.Do(chromedp.Evaluate[chromedp.Void](`document.querySelector('#figures details').open = true;
		document.querySelector('[name=share]').value = 70; document.querySelector('#still').dataset.mine = 'yes';
		const f = document.querySelector('[name=remark]'); f.value = 'половина'; f.focus(); f.setSelectionRange(3, 3)`))
	kept := func(cases int) {
		t.Helper()
		b.Wait("#live[data-state=updated]")
		require.Eventually(t, func() bool {
			return b.String("document.getElementById('cases').textContent") == fmt.Sprintf("%d cases", cases)
		}, time.Minute, 50*time.Millisecond)
		require.Equal(t, fmt.Sprintf("more of %d cases", cases), b.String("document.querySelector('#figures details[open] p').textContent"), "what was open stays open")
		require.Equal(t, "70", b.String("document.querySelector('[name=share]').value"))
		require.Equal(t, "половина", b.String("document.querySelector('[name=remark]').value"))
		require.Equal(t, "remark3", b.String("document.activeElement.name + document.activeElement.selectionStart"), "the focus and its caret stay")
		require.Equal(t, "yes", b.String("document.querySelector('#still').dataset.mine"), "what did not change was not touched")
		require.Contains(t, b.String("document.getElementById('live').textContent"), "Данные обновлены")
	}
	log.grow()
	kept(2)
	b.Axe()
	b.Screenshot("live-updated")
	stop()
	b.Wait("#live[data-state=lost]")
	require.Contains(t, b.String("document.getElementById('live').textContent"), "потеряна")
	b.Screenshot("live-lost")
	log.grow()
	_, stop = serve(address)
	defer stop()
	kept(3)
	b.Do(chromedp.Evaluate[chromedp.Void](`(() => { const f = document.querySelector('.as-of form'); f.elements['as-of'].value = '2018-01-01'; f.requestSubmit(); })()`))
	b.Wait(".as-of a")
	require.Contains(t, b.String("location.search"), "as-of=2018-01-01")
	require.Contains(t, b.String("location.search"), "p=2019", "the rest of what is looked at stays")

	// Pages that a reader has arranged, and those of all logs, say that there is more.
	for _, page := range []string{"/logs/l/map", "/owner"} {
		b.Go("http://" + address + page + "?lang=ru")
		b.Wait("#cases")
		time.Sleep(2 * pause) // it listens, and nothing is said
		require.Empty(t, b.String("document.getElementById('live').textContent"), page)
		log.grow()
		b.Wait("#live[data-state=news] button")
		require.Contains(t, b.String("document.getElementById('live').textContent"), "В журнале новые события")
		b.Axe()
		b.Screenshot("live-news")
		b.Do(chromedp.Evaluate[chromedp.Void]("document.body.dataset.old = 'yes'"))
		b.Do(chromedp.Click(chromedp.CSS("#live button")))
		b.Wait("body:not([data-old]) #cases")
		require.Empty(t, b.String("document.getElementById('live').textContent"), "what was read again is new")
	}
}

// pause is longer than a page takes to hear how its log stands.
const pause = 500 * time.Millisecond
