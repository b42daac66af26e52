// Package html writes a report as one HTML file that needs nothing else: styles and
// pictures (SVG) stand inside of it, there is no script, and it forbids itself to load
// anything. It prints well.
//
//	report.Document ─▶ Write ─▶ a file
//	                └▶ Letter ─▶ the first section, as the body of a mail
package html

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"

	"github.com/uprava/uprava/dashboards/report"
	"github.com/uprava/uprava/dashboards/report/draw"
	"github.com/uprava/uprava/dashboards/terms"
)

//go:embed report.gohtml
var source string

//go:embed report.css
var style string

var page = template.Must(template.New("report").Parse(source))

// leastContents is up to how many sections a report needs no contents.
const leastContents = 3

// pictureWidth in millimetres.
const pictureWidth = 178

type view struct {
	Lang                              terms.Lang
	Title, Organisation, Subject      string
	Facts, Notice, Post, Name         string
	SignatureWord, InitialsWord, Date string
	Style                             template.CSS
	Sections                          []section
	Orders                            *table
	Closing                           []string
	Letter                            bool
	Long                              bool // needs its contents
	ContentsWord                      string
	Contents                          []Entry
}

type section struct {
	Heading string
	Brief   string
	NewPage bool
	Folded  bool // shown when asked for
	Blocks  []block
	Notes   []note
}

type note struct {
	N    int
	Text string
}

type block struct {
	Kind        string // paragraph, key, quiet, sub, list, figure, table
	Text        string
	Marks       []int
	Items       []block
	Description string
	Picture     template.HTML
	Table       *table
}

type table struct {
	Title string
	Head  []head
	Rows  [][]cell
	Total []cell
}

type head struct {
	Text  string
	Right bool
}

type cell struct {
	Text, Small, Class string
}

type writer struct {
	lang    terms.Lang
	numbers report.Numbering
	figures int
	tables  int
	notes   []note
}

// Write writes the document as a standalone file.
func Write(w io.Writer, d *report.Document) error {
	return write(w, d, false)
}

// Letter writes the head and the first section of the document without pictures, for
// programs of mail, which show few of them; the rest is in the files attached.
func Letter(w io.Writer, d *report.Document) error {
	short := *d
	short.Sections, short.Orders = nil, nil
	for i, s := range d.Sections {
		if i == 0 {
			var blocks []report.Block
			for _, b := range s.Blocks {
				if _, figure := b.(report.Figure); !figure {
					blocks = append(blocks, b)
				}
			}
			s.Blocks = blocks
			short.Sections = append(short.Sections, s)
		}
	}
	return write(w, &short, true)
}

// Entry is a line of the contents of a page.
type Entry struct{ ID, Heading, Brief string }

// Body writes the sections of the document alone, for a page that has its own head and
// styles, and returns their contents. What to decide stands first there; the sections
// about single processes are folded, each with what it says in some words.
func Body(w io.Writer, d *report.Document) ([]Entry, error) {
	v := viewOf(d, false)
	for i, s := range d.Sections {
		v.Sections[i].Folded = s.Together && len(d.Sections) > leastContents
	}
	if len(v.Sections) > 0 {
		v.Sections[0].Blocks = decisionsFirst(v.Sections[0].Blocks)
	}
	if err := page.ExecuteTemplate(w, "sections", v); err != nil {
		return nil, fmt.Errorf("writing the HTML: %w", err)
	}
	return v.Contents, nil
}

// decisionsFirst moves the last part of page one, what to decide, behind the sentence
// that sums it up: a page is read from the screen that is seen first, paper whole.
func decisionsFirst(blocks []block) []block {
	first := slices.IndexFunc(blocks, func(b block) bool { return b.Kind == "sub" })
	if first < 0 {
		return blocks
	}
	last := len(blocks) - 1
	for blocks[last].Kind != "sub" {
		last--
	}
	return slices.Concat(blocks[:first], blocks[last:], blocks[first:last])
}

func write(w io.Writer, d *report.Document, letter bool) error {
	if err := page.Execute(w, viewOf(d, letter)); err != nil {
		return fmt.Errorf("writing the HTML: %w", err)
	}
	return nil
}

func viewOf(d *report.Document, letter bool) view {
	x := &writer{lang: d.Lang}
	v := view{Lang: d.Lang, Title: report.Clean(d.Title), Organisation: report.Clean(d.Organisation), Subject: report.Clean(d.Subject), Notice: report.Clean(d.Notice),
		Post: report.Clean(d.Signatory.Post), Name: report.Clean(d.Signatory.Name), SignatureWord: d.Lang.T("report.signature"), InitialsWord: d.Lang.T("report.initials"),
		Date: d.Lang.T("report.number-place"), Style: template.CSS(style), Closing: d.Closing(), Letter: letter}
	var facts []string
	if name := d.Period.Name(d.Lang); name != "" {
		facts = append(facts, d.Lang.T("report.period", name))
	}
	facts = append(facts, d.Lang.T("report.as-of", report.Moment(d.Lang, d.AsOf)))
	if d.To != "" {
		facts = append(facts, d.Lang.T("report.to", report.Clean(d.To)))
	}
	v.Facts = strings.Join(facts, ". ") + "."
	for i, s := range d.Sections {
		v.Sections = append(v.Sections, x.section(s))
		v.Contents = append(v.Contents, Entry{fmt.Sprintf("part-%d", i), report.Clean(s.Heading), report.Clean(s.Brief)})
	}
	if t := d.OrdersTable(); t != nil {
		v.Orders = x.table(t)
		v.Orders.Title = report.Clean(t.Title)
		v.Contents = append(v.Contents, Entry{ID: "orders", Heading: v.Orders.Title})
	}
	v.Long = len(d.Sections) > leastContents && !letter
	v.ContentsWord = d.Lang.T("reports.contents")
	return v
}

func (x *writer) refer(list []report.Footnote) []int {
	numbers := x.numbers.Add(list)
	for i, n := range numbers {
		x.notes = append(x.notes, note{n, list[i].In(x.lang)})
	}
	return numbers
}

func (x *writer) section(s report.Section) section {
	out := section{Heading: report.Clean(s.Heading), Brief: report.Clean(s.Brief), NewPage: s.NewPage}
	x.notes = nil
	for _, b := range s.Blocks {
		out.Blocks = append(out.Blocks, x.block(b))
	}
	out.Notes = x.notes
	return out
}

func (x *writer) block(b report.Block) block {
	switch b := b.(type) {
	case report.Paragraph:
		kind := map[report.Weight]string{report.Plain: "paragraph", report.Key: "key", report.Quiet: "quiet", report.Sub: "sub"}[b.Weight]
		return block{Kind: kind, Text: report.Clean(b.Text), Marks: x.refer(b.Notes)}
	case report.List:
		out := block{Kind: "list"}
		for _, it := range b.Items {
			out.Items = append(out.Items, x.block(it))
		}
		return out
	case report.Figure:
		x.figures++
		title := x.lang.T("report.figure", x.figures, report.Clean(b.Title))
		pic := draw.Chart(b.Chart, x.lang, pictureWidth)
		return block{Kind: "figure", Text: title, Description: report.Clean(b.Description), Marks: x.refer(b.Notes),
			Picture: template.HTML(pic.SVG(report.Clean(b.Title), report.Clean(b.Description)))} // SVG escapes all text
	case *report.Table:
		out := block{Kind: "table", Table: x.table(b)}
		if b.Title != "" {
			x.tables++
			out.Text = x.lang.T("report.table", x.tables, report.Clean(b.Title))
		}
		out.Marks = x.refer(b.Notes)
		return out
	}
	return block{}
}

func (x *writer) table(t *report.Table) *table {
	out := &table{}
	for i, c := range t.Columns {
		out.Head = append(out.Head, head{c.Title(), i > 0 && c.Unit != ""})
	}
	one := func(c report.Column, v report.Cell) cell {
		text, small := c.Cell(x.lang, v)
		class := ""
		if v.Kind == report.Number || v.Kind == report.Date || v.Kind == report.Missing && c.Unit != "" {
			class = "number"
		}
		class += map[report.Mark]string{report.Bad: " bad", report.Doubtful: " doubtful", report.Good: " good"}[v.Mark]
		return cell{text, small, strings.TrimSpace(class)}
	}
	for _, r := range t.Rows {
		var row []cell
		for i, c := range t.Columns {
			row = append(row, one(c, r[i]))
		}
		out.Rows = append(out.Rows, row)
	}
	if t.Total != "" {
		for i, c := range t.Columns {
			switch {
			case i == 0:
				out.Total = append(out.Total, cell{Text: report.Clean(t.Total)})
			case c.Sum:
				out.Total = append(out.Total, one(c, report.N(t.Sum(i), "")))
			default:
				out.Total = append(out.Total, cell{})
			}
		}
	}
	return out
}
