package imports

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/uprava/uprava/connectors"
	"github.com/uprava/uprava/connectors/clickhouse"
	"github.com/uprava/uprava/connectors/csvlog"
	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/jobs"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/dashboards/web/shell"
)

// shownRows is how many rows the preview shows; shownColumns bounds a file of thousands.
const shownRows, shownColumns = 8, 200

// shownChars is how much of a value the preview shows.
const shownChars = 120

// roles that a reader may give a column, in the order of the menu.
var roles = []csvlog.Role{csvlog.Case, csvlog.Activity, csvlog.Time, csvlog.Start, csvlog.Enabled, csvlog.Resource, csvlog.Unit, csvlog.Transition, csvlog.EventAttribute, csvlog.CaseAttribute, csvlog.Ignored}

// zones of times that name none.
var zones = []string{"Europe/Kaliningrad", "Europe/Moscow", "Europe/Samara", "Asia/Yekaterinburg", "Asia/Omsk", "Asia/Krasnoyarsk", "Asia/Irkutsk", "Asia/Yakutsk", "Asia/Vladivostok", "Asia/Magadan", "Asia/Kamchatka", "UTC"}

// usualZone is that of times that name none, unless the reader says another.
const usualZone = "Europe/Moscow"

// layouts are offered for times.
var layouts = []string{"ISO", "dd.MM.yyyy HH:mm", "dd.MM.yyyy HH:mm:ss", "dd.MM.yyyy", "dd/MM/yyyy HH:mm", "MM/dd/yyyy HH:mm", "yyyy-MM-dd HH:mm:ss", "epoch-s", "epoch-ms"}

// encodings are offered for text.
var encodings = []string{"", "utf-8", "windows-1251", "utf-16", "cp866", "koi8-r"}

// delimiters are offered for columns, as Config takes them.
var delimiters = []string{"", ";", ",", "tab", "|"}

// mappingKeys stand in every address that says how a file is to be read.
var mappingKeys = []string{"name", "delimiter", "encoding", "c0"}

// keep returns what of an address goes on to other pages: the language, and what is said.
func keep(q url.Values) url.Values {
	out := url.Values{}
	for _, k := range []string{"lang", "said"} {
		if v := q.Get(k); v != "" {
			out.Set(k, v)
		}
	}
	return out
}

// option is one choice of a menu.
type option struct {
	Value, Text string
	Chosen      bool
}

type column struct {
	Key, Name string
	Roles     []option
	Role      string
}

// moment is a column of times and how it is read.
type moment struct {
	Key, Name, Role string
	Layout          string // as it was said
	Guess           string // as it is read without saying
	Example, Read   string
	Choices         []option // of an ambiguous column: layouts, with what each makes of the example
}

type mappingPage struct {
	Name, Kind, Size string
	Unusable         string // why it is no log at all
	Columns          []column
	MoreColumns      int
	Rows             [][]string
	Events           []event // of kinds that say themselves what their columns are
	Times            []moment
	Delimiters       []option
	Encodings        []option
	Headers          []option
	Zones            []option
	Layouts          []string
	Log              string
	Taken            bool
	Other            string // a name that is free
	Faults, Doubts   []string
	Failed           string // what the last try said
	Discard          string
	Lang             string
}

// event is a row of a log whose format needs no mapping.
type event struct{ Case, Activity, Time, Resource string }

// look shows an upload: its preview and mapping, its progress, or what became of it.
func (p *pages) look(w http.ResponseWriter, r *http.Request) error {
	up := p.upload(w, r)
	if up == nil {
		return nil
	}
	j, log, report := p.uploads.state(up)
	switch {
	case report != nil:
		return p.result(w, r, up, log, report)
	case j != nil && !j.Status().Ended():
		return p.progress(w, r, up, j)
	}
	q := r.URL.Query()
	if said := p.uploads.form(up); j != nil && said != nil && !slices.ContainsFunc(mappingKeys, q.Has) {
		for k, v := range said { // what the last try was told is not asked again
			q[k] = v
		}
	}
	return p.mapping(w, r, up, j, q, http.StatusOK)
}

func (p *pages) mapping(w http.ResponseWriter, r *http.Request, up *upload, last *jobs.Job, q url.Values, status int) error {
	lang := p.site.Language(r)
	body := mappingPage{Name: up.Name, Kind: lang.T("import.kind." + string(up.Kind)), Size: sized(lang, up.Size), Log: q.Get("name"), Layouts: layouts,
		Discard: shell.Href(r, keep(r.URL.Query()), "import", up.ID, "discard"), Lang: r.URL.Query().Get("lang")}
	if last != nil && last.Status().State == jobs.Failed {
		body.Failed = p.words(lang, up, last.Status().Err)
	}
	if body.Log == "" {
		body.Log = logName(up.Name)
	}
	var err error
	if body.Taken, body.Other, err = p.taken(r, body.Log); err != nil {
		return err
	}
	page := shell.Page{Title: lang.T("import.look", up.Name), Crumbs: []shell.Link{{Text: lang.T("nav.import"), Href: shell.Href(r, keep(r.URL.Query()), "import")}}, Status: status}
	switch {
	case up.SniffErr != nil:
		body.Unusable = p.unusable(lang, up.SniffErr)
	case up.Kind == csvKind:
		body.csv(p, up, q, lang)
	default:
		body.peek(r, p, up, lang)
	}
	page.Body = &body
	return p.area.Show(w, r, "mapping", page)
}

// unusable says why a file is no log.
func (p *pages) unusable(lang terms.Lang, err error) string {
	for _, known := range []error{errEmpty, errArchive, errBinary, errGzip} {
		if errors.Is(err, known) {
			return lang.T("import.no." + known.Error())
		}
	}
	return err.Error()
}

// taken tells whether the store holds a log of a name, and a name like it that is free.
func (p *pages) taken(r *http.Request, name string) (bool, string, error) {
	list, err := p.desk.Logs(r.Context())
	if err != nil {
		return false, "", err
	}
	holds := func(name string) bool {
		return slices.ContainsFunc(list, func(l desk.Log) bool { return l.Name == name })
	}
	other := name
	for i := 2; holds(other); i++ {
		other = fmt.Sprintf("%s-%d", name, i)
	}
	return holds(name), other, nil
}

// config reads the mapping of an address; names are those of the file's columns, nil
// before they are known.
func config(q url.Values, names []string) csvlog.Config {
	cfg := csvlog.Config{Delimiter: q.Get("delimiter"), Encoding: q.Get("encoding"), Header: q.Get("header"), TimeZone: q.Get("zone"), Layouts: map[string]string{}}
	if cfg.TimeZone == "" {
		cfg.TimeZone = usualZone
	}
	for i, name := range names {
		if l := strings.TrimSpace(q.Get("l" + strconv.Itoa(i))); l != "" {
			cfg.Layouts[name] = l
		}
		role := q.Get("c" + strconv.Itoa(i))
		if role == "" {
			continue
		}
		cfg.Exact = true
		ref := name
		if name == "" || slices.Index(names, name) != i { // of columns of one name, the number tells
			ref = strconv.Itoa(i + 1)
		}
		switch role {
		case csvlog.CaseAttribute.String():
			cfg.CaseAttributes = append(cfg.CaseAttributes, ref)
		case csvlog.Ignored.String():
			cfg.Ignore = append(cfg.Ignore, ref)
		}
		for r, to := range map[csvlog.Role]*string{csvlog.Case: &cfg.Columns.Case, csvlog.Activity: &cfg.Columns.Activity, csvlog.Time: &cfg.Columns.Time, csvlog.Start: &cfg.Columns.Start,
			csvlog.Enabled: &cfg.Columns.Enabled, csvlog.Resource: &cfg.Columns.Resource, csvlog.Unit: &cfg.Columns.Unit, csvlog.Transition: &cfg.Columns.Transition} {
			if role == r.String() && *to == "" {
				*to = ref
			}
		}
	}
	return cfg
}

// mapped reads the mapping of an address in full: the names of the columns come from the
// file.
func (up *upload) mapped(q url.Values) (csvlog.Config, *csvlog.Sample, error) {
	first, err := csvlog.Look(up.Path, config(q, nil), 0)
	if err != nil {
		return csvlog.Config{}, nil, err
	}
	cfg := config(q, first.Names)
	s, err := csvlog.Look(up.Path, cfg, shownRows)
	return cfg, s, err
}

func (body *mappingPage) csv(p *pages, up *upload, q url.Values, lang terms.Lang) {
	cfg, s, err := up.mapped(q)
	body.menus(q, s, lang)
	if err != nil {
		body.Faults = append(body.Faults, p.words(lang, up, err))
		return
	}
	// Columns that play a role come first, so that a wide file shows them at once.
	order := make([]int, len(s.Names))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(min(s.Columns[a].Role, csvlog.EventAttribute), min(s.Columns[b].Role, csvlog.EventAttribute))
	})
	order = order[:min(len(order), shownColumns)]
	for _, i := range order {
		c := column{Key: "c" + strconv.Itoa(i), Name: s.Names[i], Role: key(s.Columns[i].Role)}
		for _, r := range roles {
			c.Roles = append(c.Roles, option{r.String(), lang.T("import.role." + key(r)), r == s.Columns[i].Role})
		}
		body.Columns = append(body.Columns, c)
	}
	body.MoreColumns = len(s.Names) - len(body.Columns)
	for _, row := range s.Rows {
		shown := make([]string, len(body.Columns))
		for k, i := range order {
			if i < len(row) {
				shown[k] = short(row[i])
			}
		}
		body.Rows = append(body.Rows, shown)
	}
	unzoned := false
	for i, c := range s.Columns {
		if c.Role != csvlog.Time && c.Role != csvlog.Start && c.Role != csvlog.Enabled {
			continue
		}
		m := moment{Key: "l" + strconv.Itoa(i), Name: c.Name, Role: lang.T("import.role." + key(c.Role)), Layout: q.Get("l" + strconv.Itoa(i)), Example: c.Example}
		if c.Layout != nil {
			if m.Guess = c.Layout.String(); strings.Contains(m.Guess, "[") {
				m.Guess = m.Guess[:strings.Index(m.Guess, "[")] + " …" // its parts that may be missing
			}
		}
		if text, at, zoned, ok := c.Times(cfg); ok {
			m.Example, m.Read = text, said(lang, at)
			unzoned = unzoned || !zoned
		}
		body.Times = append(body.Times, m)
	}
	if unzoned && q.Get("zone") == "" {
		body.Doubts = append(body.Doubts, lang.T("import.doubt.zone", usualZone))
	}
	for _, d := range s.Doubts {
		body.Doubts = append(body.Doubts, p.words(lang, up, d))
	}
	for _, f := range csvlog.Faults(s.Fault) {
		body.Faults = append(body.Faults, p.words(lang, up, f))
		var ambiguous *csvlog.AmbiguousTimeError
		if errors.As(f, &ambiguous) {
			body.choices(ambiguous, cfg, lang)
		}
	}
}

// choices offers the two ways in which an ambiguous column may be read.
func (body *mappingPage) choices(e *csvlog.AmbiguousTimeError, cfg csvlog.Config, lang terms.Lang) {
	for i := range body.Times {
		m := &body.Times[i]
		if m.Name != e.Column {
			continue
		}
		m.Example = e.Example
		for _, text := range e.Layouts {
			for _, try := range []string{text, strings.TrimSuffix(text, " HH:mm"), text + ":ss"} {
				l, err := csvlog.ParseLayout(try)
				if err != nil {
					continue
				}
				c := csvlog.Column{Layout: l, Example: e.Example}
				if _, at, _, ok := c.Times(cfg); ok {
					m.Choices = append(m.Choices, option{Value: try, Text: said(lang, at)})
					break
				}
			}
		}
	}
}

// key is a role as terms name it.
func key(r csvlog.Role) string { return strings.ReplaceAll(r.String(), " ", "-") }

// said writes a moment so that day and month cannot be taken for each other.
func said(lang terms.Lang, at time.Time) string {
	return lang.T("import.month."+strconv.Itoa(int(at.Month())), strconv.Itoa(at.Day()), strconv.Itoa(at.Year())) + ", " + at.Format("15:04:05 -07:00")
}

func short(s string) string {
	if r := []rune(s); len(r) > shownChars {
		return string(r[:shownChars]) + "…"
	}
	return s
}

// kept is a text of a row, which holds only until the next one.
func kept(s string) string { return strings.Clone(short(s)) }

func (body *mappingPage) menus(q url.Values, s *csvlog.Sample, lang terms.Lang) {
	auto := func(found string) string {
		if found == "" {
			return lang.T("import.auto")
		}
		return lang.T("import.auto-found", found)
	}
	found := [3]string{}
	if s != nil {
		found = [3]string{delimiterWord(lang, string(s.Delimiter)), s.Encoding, lang.T("import.header." + map[bool]string{true: "yes", false: "no"}[s.Header])}
		if q.Get("encoding") != "" {
			found[1] = ""
		}
	}
	for _, d := range delimiters {
		text := delimiterWord(lang, d)
		if d == "" {
			text = auto(found[0])
		}
		body.Delimiters = append(body.Delimiters, option{d, text, d == q.Get("delimiter")})
	}
	for _, e := range encodings {
		text := e
		if e == "" {
			text = auto(found[1])
		}
		body.Encodings = append(body.Encodings, option{e, text, e == q.Get("encoding")})
	}
	for _, h := range []string{"", "yes", "no"} {
		text := auto(found[2])
		if h != "" {
			text = lang.T("import.header." + h)
		}
		body.Headers = append(body.Headers, option{h, text, h == q.Get("header")})
	}
	zone := q.Get("zone")
	if zone == "" {
		zone = usualZone
	}
	for _, z := range zones {
		body.Zones = append(body.Zones, option{z, z, z == zone})
	}
}

func delimiterWord(lang terms.Lang, d string) string {
	switch d {
	case "tab", "\t":
		return lang.T("import.tab")
	}
	return d
}

// peek shows the first events of a file that says itself what it holds.
func (body *mappingPage) peek(r *http.Request, p *pages, up *upload, lang terms.Lang) {
	src := up.open(csvlog.Config{})
	defer src.Close()
	if err := src.Open(r.Context()); err != nil {
		body.Faults = append(body.Faults, p.words(lang, up, err))
		return
	}
	for row, err := range connectors.Rows(r.Context(), src) {
		if err != nil {
			var bad *connectors.RowError
			if !errors.As(err, &bad) {
				body.Faults = append(body.Faults, p.words(lang, up, err))
				return
			}
			if len(body.Doubts) < shownRows {
				body.Doubts = append(body.Doubts, p.words(lang, up, err))
				continue
			}
			return
		}
		if row.Event == nil {
			continue
		}
		at := "—"
		if row.Event.Time.Recorded() {
			at = said(lang, row.Event.Time.Go())
		}
		body.Events = append(body.Events, event{kept(row.Event.Case), kept(row.Event.Activity), at, kept(row.Event.Resource)})
		if len(body.Events) == shownRows {
			return
		}
	}
}

// words puts a fault of a file into the reader's words, where it is one of those that
// have some.
func (p *pages) words(lang terms.Lang, up *upload, err error) string {
	var missing *csvlog.MissingColumnError
	var ambiguous *csvlog.AmbiguousTimeError
	var unknown *csvlog.UnknownTimeError
	var guessed *csvlog.GuessedEncodingError
	var repeated *csvlog.RepeatedColumnError
	var nothing *connectors.NothingReadError
	var busy *clickhouse.BusyError
	switch {
	case err == nil:
		return ""
	case errors.As(err, &nothing):
		return lang.T("import.fault.nothing", lang.Int(nothing.Rows), strings.ReplaceAll(nothing.First.Error(), up.Path, up.Name))
	case errors.As(err, &missing):
		return lang.T("import.fault.missing", lang.T("import.role."+key(missing.Role)))
	case errors.As(err, &ambiguous):
		return lang.T("import.fault.ambiguous", ambiguous.Column, ambiguous.Example)
	case errors.As(err, &unknown):
		return lang.T("import.fault.unknown", unknown.Column, unknown.Example)
	case errors.As(err, &guessed):
		return lang.T("import.doubt.encoding", guessed.Encoding)
	case errors.As(err, &repeated):
		return lang.T("import.doubt.repeated", strconv.Itoa(repeated.Column), repeated.Name)
	case errors.As(err, &busy):
		return lang.T("import.fault.busy")
	case clickhouse.DiskFull(err):
		return lang.T("import.fault.disk-full")
	}
	return strings.ReplaceAll(err.Error(), up.Path, up.Name)
}
