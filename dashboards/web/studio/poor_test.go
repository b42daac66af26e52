package studio_test

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/web/webtest"
	"github.com/uprava/uprava/mining/eventlog"
)

// changed is a log of 400 requests that are decided within hours, until the office breaks
// down: the last quarter takes weeks.
func changed(t *testing.T) *eventlog.Log {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 2))
	b := eventlog.NewBuilder("changed")
	begin := time.Date(2023, 1, 9, 9, 0, 0, 0, time.UTC)
	for i := range 400 {
		at := begin.Add(time.Duration(i)*6*time.Hour + time.Duration(rng.IntN(60))*time.Minute)
		wait := time.Duration(60+rng.IntN(120)) * time.Minute
		if i >= 300 {
			wait = time.Duration(20+rng.IntN(10)) * 24 * time.Hour
		}
		for k, activity := range []string{"register", "check", "decide"} {
			e := eventlog.NewEvent(fmt.Sprintf("c%03d", i), activity, eventlog.At(at.Add(time.Duration(k)*wait)))
			e.Resource = []string{"anna", "boris", "vera"}[k]
			require.NoError(t, b.Add(&e))
		}
	}
	return b.Log()
}

// A model that foretells the held-out part of its log wrongly gives no answer on times:
// not on the page, in the table, the attribution, the search, what matters most, the file,
// the log, or through the API; the sentence that says so is there in both languages, with
// what to do.
func TestPoor(t *testing.T) {
	d, address := serving(t)
	ctx := context.Background()
	require.NoError(t, d.Store().Save(ctx, "changed", changed(t)))
	b := webtest.Open(t)
	b.Size(1440, 900)
	b.Go(address + "/logs/changed/studio?lang=en")
	b.Wait("form[action$='studio/fit'] button")
	click(b, "form[action$='studio/fit'] button")
	b.Wait("form[action$='studio/backtest'] button")
	require.GreaterOrEqual(t, b.Int("document.querySelectorAll('section[aria-labelledby=ready] tbody tr').length"), 2, "what to try is there after the fit")
	require.Contains(t, b.String("document.querySelector('section[aria-labelledby=ready]').innerText"), "5 replications", "with its reason")
	click(b, "form[action$='studio/backtest'] button")
	b.Wait(".trust.poor")
	looked(t, b, address+"/logs/changed/studio", "studio-poor", ".trust.poor", map[string]string{"ru": "Для решений по срокам модель не годится", "en": "Not fit for decisions on lead times"})

	refusal := map[string]string{"ru": "Для решений по срокам модель не годится: время протекания, его распределение и разность не показаны.", "en": "Not fit for decisions on lead times: the lead time, its distribution and its change are withheld."}
	advice := map[string]string{"ru": "Что делать: посмотрите, не изменился ли процесс", "en": "What to do: look whether the process changed"}
	withheld := func(name, ready string) {
		at := b.String("location.href.split('?')[0].split('#')[0]")
		for _, lang := range []string{"ru", "en"} {
			b.Go(at + "?lang=" + lang)
			b.Wait(ready)
			body := b.String("document.querySelector('main').innerText")
			require.Contains(t, body, refusal[lang], name)
			require.Contains(t, body, advice[lang], name)
			b.Screenshot("studio-poor-" + name + "-" + lang)
			require.Zero(t, b.Int("document.querySelectorAll('svg.overlay, svg.signed, svg.pareto, svg.whiskers, table.stages, a[href$=\"answer.json\"]').length"), name)
		}
		reply, err := http.Get(at + "/answer.json")
		require.NoError(t, err)
		said, err := io.ReadAll(reply.Body)
		require.NoError(t, err)
		require.NoError(t, reply.Body.Close())
		require.NotEqual(t, http.StatusOK, reply.StatusCode, name)
		require.NotContains(t, string(said), "differences", name)
	}
	fast := "&n=3&days=60&before=10&lang=en"
	b.Go(address + "/logs/changed/studio/compose?lever=pool:" + firstPool(t, d) + "%2B1&lever=arrivals:" + firstProcess(t, d) + "*0.9" + fast)
	b.Wait("form[action$='/run'] button.primary")
	click(b, "form[action$='/run'] button.primary")
	b.Wait(".answer")
	run := b.String("location.href.split('?')[0]")
	require.Zero(t, b.Int("document.querySelectorAll('#replay').length"), "no log of it either")
	withheld("answer", ".answer")
	b.Go(run + "?lang=en")
	b.Wait("[data-attribute]")
	click(b, "[data-attribute]")
	b.Wait("#attribution .refusal")
	withheld("attribution", "#attribution .refusal")
	for name, form := range map[string]string{"table": "compare", "front": "optimise", "sensitivity": "sensitivity"} {
		b.Go(address + "/logs/changed/studio/" + form + "?lang=en")
		b.Wait("main form button.primary")
		for field, value := range map[string]string{"n": "2", "days": "30", "before": "5", "generations": "1", "trajectories": "2"} {
			b.String(fmt.Sprintf(`(() => { const x = document.querySelector('input[name=%s]'); if (x) x.value = %s; return 'done'; })()`, field, value))
		}
		click(b, "main form button.primary")
		b.Wait(".evidence")
		withheld(name, ".evidence")
	}
	b.Clean(address)

	m, err := d.Fitted("changed")
	require.NoError(t, err)
	err = desk.Refuse(m) // what `uprava simulate` and the API say
	require.ErrorContains(t, err, refusal["en"])
	require.ErrorContains(t, err, advice["en"])
}

func firstPool(t *testing.T, d *desk.Desk) string {
	m, err := d.Fitted("changed")
	require.NoError(t, err)
	return strings.ReplaceAll(m.Pools[0].ID, " ", "%20")
}

func firstProcess(t *testing.T, d *desk.Desk) string {
	m, err := d.Fitted("changed")
	require.NoError(t, err)
	return m.Processes[0].ID
}
