package reports

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/report/schedule"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/dashboards/web/shell"
)

// every are the kinds of periods after which a report can be due.
var every = []string{"week", "month", "quarter", "half-year", "nine-months", "year", schedule.Threshold}

// add puts a report onto the schedule.
func (p *pages) add(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return desk.InputError{Err: err}
	}
	e, err := entryOf(r.PostForm, p.site.Language(r))
	if err != nil {
		return err
	}
	if _, err := p.compose.Name(r.Context(), e.Of); err != nil {
		return err
	}
	err = p.office.Change(func(b *schedule.Book) error {
		loc, err := b.Location()
		if err != nil {
			return err
		}
		now := time.Now().In(loc)
		e.From = time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, loc)
		b.Reports = append(b.Reports, *e)
		return b.Validate()
	})
	if err != nil {
		return desk.InputError{Err: err}
	}
	shell.Redirect(w, shell.Href(r, nil, "reports")+"#due")
	return nil
}

// entryOf reads an entry from a form.
func entryOf(f map[string][]string, lang terms.Lang) (*schedule.Entry, error) {
	get := func(key string) string {
		if v := f[key]; len(v) > 0 {
			return strings.TrimSpace(v[0])
		}
		return ""
	}
	e := &schedule.Entry{ID: get("id"), Of: get("of"), Every: get("every"), Formats: slices.Clone(f["format"]), Folder: get("folder"), Lang: lang}
	if l, ok := terms.Parse(get("language")); ok {
		e.Lang = l
	}
	day, err := strconv.Atoi(get("on"))
	if err != nil || day < 0 || day > 6 {
		return nil, desk.InputError{Err: fmt.Errorf("day of the week %q: wanted 0 (Sunday) to 6", get("on"))}
	}
	e.On = time.Weekday(day)
	if text := get("day"); text != "" {
		if e.Day, err = strconv.Atoi(text); err != nil {
			return nil, desk.InputError{Err: fmt.Errorf("day of the month %q: wanted a number", text)}
		}
	}
	at, err := time.Parse("15:04", get("at"))
	if err != nil {
		return nil, desk.InputError{Err: fmt.Errorf("time of day %q: wanted such as 08:00", get("at"))}
	}
	e.At = time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute
	for _, to := range strings.FieldsFunc(get("to"), func(c rune) bool { return c == ',' || c == ';' || c == ' ' }) {
		e.To = append(e.To, to)
	}
	return e, nil
}

// remove takes a report off the schedule; what was sent stays in the archive.
func (p *pages) remove(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	err := p.office.Change(func(b *schedule.Book) error {
		n := len(b.Reports)
		b.Reports = slices.DeleteFunc(b.Reports, func(e schedule.Entry) bool { return e.ID == id })
		if len(b.Reports) == n {
			return fmt.Errorf("the schedule has no report %q", id)
		}
		return nil
	})
	if err != nil {
		return desk.InputError{Err: err}
	}
	shell.Redirect(w, shell.Href(r, nil, "reports")+"#due")
	return nil
}
