package explore

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"math"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/uprava/uprava/connectors/xes"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/dashboards/web/shell"
	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/mining/conformance"
)

// export answers a file. The view of the address decides what is in it.
func (p *pages) export(write func(*looked) (*file, error)) shell.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		c, fault, err := p.open(r)
		if err != nil {
			return err
		}
		if fault != nil {
			return fault
		}
		f, err := write(c)
		if err != nil {
			return err
		}
		h := w.Header()
		h.Set("Content-Type", f.kind)
		h.Set("Cache-Control", "no-store")
		if f.name != "" {
			h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.name}))
		}
		_, _ = w.Write(f.body) // the reader may have left
		return nil
	}
}

// file is what is downloaded; without a name it is shown.
type file struct {
	name, kind string
	body       []byte
}

// named is the name of a file about a log: letters, digits and dashes, so that no
// system takes it for a path.
func (c *looked) named(what, ending string) string {
	clean := strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune("-_", r), r >= '0' && r <= '9', r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= 'а' && r <= 'я', r >= 'А' && r <= 'Я', r == 'ё', r == 'Ё':
			return r
		}
		return '-'
	}, c.log)
	if runes := []rune(clean); len(runes) > 60 {
		clean = string(runes[:60])
	}
	return clean + "-" + what + ending
}

// sheet is a table on its way to a CSV file: columns of texts, numbers and moments.
type sheet struct {
	head []string
	rows [][]any
}

// csv writes a sheet: with commas and points for programs, or, asked for with excel=1,
// as spreadsheet programs of Russian offices open it: a byte order mark, semicolons,
// and decimal commas in Russian. A text that a spreadsheet would run as a formula is
// told apart by an apostrophe before it.
func (c *looked) csv(what string, s sheet) (*file, error) {
	var b bytes.Buffer
	excel := c.get("excel") == "1"
	w := csv.NewWriter(&b)
	if excel {
		b.WriteString("\ufeff")
		w.Comma = ';'
	}
	w.UseCRLF = excel
	comma := excel && c.lang == terms.RU
	line := make([]string, len(s.head))
	for i, h := range s.head {
		line[i] = harmless(h)
	}
	if err := w.Write(line); err != nil {
		return nil, err
	}
	for _, row := range s.rows {
		line = line[:0]
		for _, v := range row {
			line = append(line, cell(v, comma))
		}
		if err := w.Write(line); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return &file{c.named(what, ".csv"), "text/csv; charset=utf-8", b.Bytes()}, w.Error()
}

func cell(v any, comma bool) string {
	switch v := v.(type) {
	case string:
		return harmless(v)
	case int:
		return strconv.Itoa(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return ""
		}
		text := strconv.FormatFloat(v, 'f', -1, 64)
		if comma {
			text = strings.Replace(text, ".", ",", 1)
		}
		return text
	case bool:
		return strconv.FormatBool(v)
	case time.Time:
		if v.IsZero() {
			return ""
		}
		return v.Format("2006-01-02T15:04:05Z07:00")
	case *time.Time:
		if v == nil {
			return ""
		}
		return cell(*v, comma)
	}
	return ""
}

// harmless writes a text that no spreadsheet takes for a formula.
func harmless(s string) string {
	s = strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", "\ufffd"), "\ufffd")
	if trimmed := strings.TrimLeft(s, " \u00a0\ufeff"); trimmed != "" && strings.ContainsRune("=+-@\t\r\n|'＝＋－＠", []rune(trimmed)[0]) {
		return "'" + s
	}
	return s
}

// pathsCSV is the map as a table, all of it.
func (p *pages) pathsCSV(c *looked) (*file, error) {
	f, err := p.desk.Flow(c.r.Context(), c.log, c.look, math.MaxInt32)
	if err != nil {
		return nil, err
	}
	s := sheet{head: []string{c.lang.T("map.from"), c.lang.T("map.to"), c.lang.T("map.count"), c.lang.T("logs.cases"), c.lang.T("csv.mean-s"), c.lang.T("csv.median-s"), c.lang.T("csv.total-s")}}
	for i, e := range f.Graph.Edges {
		s.rows = append(s.rows, []any{c.label(f.Graph.Activities[e.From]), c.label(f.Graph.Activities[e.To]), e.Count, f.Cases[i], e.Mean(), f.Median[i], e.Mean() * float64(e.Count)})
	}
	return c.csv("paths", s)
}

// xes is the log as it is looked at.
func (p *pages) xes(c *looked) (*file, error) {
	v, err := p.desk.Seen(c.r.Context(), c.log, c.look)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := xes.Write(&b, v.Log); err != nil { // memory takes all: the log holds what XML cannot
		return nil, inputf("%w; narrow the filter so that it leaves this case out, or take the events as CSV", err)
	}
	return &file{c.named("log", ".xes"), "application/xml", b.Bytes()}, nil
}

// modelBPMN is the diagram as a file.
func (p *pages) modelBPMN(c *looked) (*file, error) {
	m, refused, err := p.modelOf(c, conformance.TokenReplay)
	if err != nil {
		return nil, err
	}
	if m == nil {
		return nil, inputf("%s", refused)
	}
	var b bytes.Buffer
	if err := bpmn.Write(&b, translated(c, m)); err != nil {
		return nil, err
	}
	return &file{c.named("model", ".bpmn"), "application/xml", b.Bytes()}, nil
}

// asJSON answers data for a script.
func asJSON(v any) (*file, error) {
	b, err := json.Marshal(v)
	return &file{kind: "application/json", body: b}, err
}
