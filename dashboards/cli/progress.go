package cli

import (
	"fmt"
	"io"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/uprava/uprava/connectors"
)

// bar shows progress on a terminal and nothing elsewhere.
type bar struct {
	out     io.Writer
	visible bool
	label   string
	bar     *progressbar.ProgressBar
	total   int64 // of the bar
	begin   time.Time
	drawn   time.Time
}

func (a *app) bar(label string) *bar {
	return &bar{out: a.stderr, visible: terminal(a.stderr), label: label, begin: time.Now()}
}

// ingested shows how far an ingest has come: events, MB/s, time left.
func (b *bar) ingested(p connectors.Progress) {
	mb := float64(p.Done) / 1e6 / max(time.Since(b.begin).Seconds(), 1e-3)
	b.show(p.Done, p.Total, fmt.Sprintf("%s: %d events, %.1f MB/s", b.label, p.Events, mb))
}

// step shows that done of total parts are finished.
func (b *bar) step(done, total int) { b.show(int64(done), int64(total), b.label) }

func (b *bar) show(done, total int64, text string) {
	if !b.visible || total <= 0 {
		return
	}
	if time.Since(b.drawn) < 100*time.Millisecond && done < total {
		return
	}
	b.drawn = time.Now()
	if b.bar != nil && total != b.total { // the next part of the work
		b.end()
	}
	if b.bar == nil {
		b.total = total
		b.bar = progressbar.NewOptions64(total, progressbar.OptionSetWriter(b.out), progressbar.OptionSetWidth(24),
			progressbar.OptionSetPredictTime(true), progressbar.OptionSetElapsedTime(false), progressbar.OptionClearOnFinish())
	}
	b.bar.Describe(text)
	_ = b.bar.Set64(done)
}

// end takes the bar away.
func (b *bar) end() {
	if b.bar != nil {
		_ = b.bar.Finish()
		b.bar = nil
	}
}
