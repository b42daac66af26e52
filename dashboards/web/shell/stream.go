package shell

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/uprava/uprava/dashboards/jobs"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/mining/measure"
)

// Stream sends events to a page (server-sent events).
type Stream struct {
	w http.ResponseWriter
	c *http.ResponseController
}

// OpenStream begins a stream; it lives until the handler returns or the reader leaves.
func OpenStream(w http.ResponseWriter) *Stream {
	h := w.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	c := http.NewResponseController(w)
	_ = c.SetWriteDeadline(time.Time{})
	return &Stream{w, c}
}

// Open tells the reader at once that the stream is there.
func (s *Stream) Open() error {
	if _, err := fmt.Fprint(s.w, ": open\n\n"); err != nil {
		return err
	}
	return s.c.Flush()
}

// Send sends one event with data as JSON.
func (s *Stream) Send(event string, data any) error {
	b, err := json.Marshal(data)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(s.w, "event: %s\ndata: %s\n\n", event, b); err != nil {
		return err
	}
	return s.c.Flush()
}

// How often the store is asked what changed while a page is open, and how often an
// open page hears that the server is there.
const pollEvery, beat = 2 * time.Second, 15 * time.Second

// follow tells a page that is Live when its log changed: event "state", at first,
// after each change and as a sign of life, with the time of the last change in
// microseconds, 0 for a log that is gone.
func (s *Site) follow(w http.ResponseWriter, r *http.Request) error {
	out := OpenStream(w)
	if err := out.Open(); err != nil {
		return nil
	}
	for st := range s.live.Follow(r.Context(), r.URL.Query().Get("log"), beat) {
		at := int64(0)
		if !st.Changed.IsZero() {
			at = st.Changed.UnixMicro()
		}
		if err := out.Send("state", at); err != nil {
			return nil // the reader left
		}
	}
	return nil
}

// jobEvent is the progress of a job as a page shows it.
type jobEvent struct {
	State string  `json:"state"`
	Text  string  `json:"text"`  // a sentence
	Share float64 `json:"share"` // 0 to 1; negative where it is not known
}

// watch streams the progress of a job to whoever watches it.
func (s *Site) watch(w http.ResponseWriter, r *http.Request) error {
	j := s.Jobs.Job(r.PathValue("job"))
	if j == nil {
		return ErrNoPage
	}
	lang := s.Language(r)
	out := OpenStream(w)
	for status := range j.Watch(r.Context(), 250*time.Millisecond) {
		if err := out.Send("progress", jobEvent{string(status.State), JobSentence(status, lang), share(status)}); err != nil {
			return nil // the reader left
		}
	}
	return nil
}

func share(s jobs.Status) float64 {
	switch {
	case s.State == jobs.Done:
		return 1
	case s.Total <= 0:
		return -1
	}
	return float64(s.Done) / float64(s.Total)
}

// JobSentence says how a job stands.
func JobSentence(s jobs.Status, lang terms.Lang) string {
	text := lang.T("job." + string(s.State))
	switch s.State {
	case jobs.Failed:
		return text + ": " + measure.FaultIn(string(lang), s.Err)
	case jobs.Running:
		if s.Stage != "" {
			text = s.Stage
		}
		if s.Note != "" {
			text += ": " + s.Note
		} else if s.Total > 0 {
			text += ": " + lang.T("job.of", lang.Int(s.Done), lang.Int(s.Total))
		}
		if s.Left >= 0 {
			text += "; " + lang.T("job.left", lang.Seconds(max(1, s.Left.Seconds())))
		}
	case jobs.Done, jobs.Cancelled:
		text += ", " + lang.T("job.took", lang.Seconds(s.Elapsed.Seconds()))
	}
	return text
}

// cancel ends a job.
func (s *Site) cancel(w http.ResponseWriter, r *http.Request) error {
	j := s.Jobs.Job(r.PathValue("job"))
	if j == nil {
		return ErrNoPage
	}
	j.Cancel()
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// JobPart is what the part "job" of a template shows.
type JobPart struct{ Events, Cancel, Done string }

// JobPartOf shows a job on the page of a request; done is what opens when it is done.
func JobPartOf(r *http.Request, j *jobs.Job, done string) *JobPart {
	return &JobPart{Href(r, nil, "jobs", j.ID, "events"), Href(r, nil, "jobs", j.ID, "cancel"), done}
}
