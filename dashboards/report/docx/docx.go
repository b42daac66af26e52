package docx

import (
	"archive/zip"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/uprava/uprava/dashboards/report"
	"github.com/uprava/uprava/dashboards/terms"
)

// Twentieths of a point, in which Word counts.
const (
	mm        = 1440 / 25.4
	textWidth = 170 // mm between the margins
)

const declaration = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"

const namespaces = ` xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"`

type writer struct {
	d       *report.Document
	lang    terms.Lang
	body    strings.Builder
	notes   strings.Builder
	numbers report.Numbering
	images  [][]byte
	figures int
	tables  int
	small   string // style of the paragraphs of the section at hand
}

// Write writes the document as DOCX.
func Write(w io.Writer, d *report.Document) error {
	x := &writer{d: d, lang: d.Lang}
	x.head()
	for _, s := range d.Sections {
		if err := x.section(s); err != nil {
			return err
		}
	}
	x.orders()
	x.signature()
	z := zip.NewWriter(w)
	for _, p := range x.parts() {
		f, err := z.CreateHeader(&zip.FileHeader{Name: p.name, Method: zip.Deflate, Modified: d.AsOf.UTC()})
		if err != nil {
			return fmt.Errorf("writing the DOCX: %w", err)
		}
		if _, err := f.Write(p.data); err != nil {
			return fmt.Errorf("writing the DOCX: %w", err)
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("writing the DOCX: %w", err)
	}
	return nil
}

// escape returns a text as XML holds it.
func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(report.Clean(s))) // a Builder does not fail
	return b.String()
}

// run is a run of text with properties.
func run(properties, text string) string {
	if properties != "" {
		properties = "<w:rPr>" + properties + "</w:rPr>"
	}
	return `<w:r>` + properties + `<w:t xml:space="preserve">` + escape(text) + `</w:t></w:r>`
}

// paragraph writes a paragraph of runs in a style.
func (x *writer) paragraph(style, properties, runs string) {
	if style != "" {
		properties = `<w:pStyle w:val="` + style + `"/>` + properties
	}
	fmt.Fprintf(&x.body, `<w:p><w:pPr>%s</w:pPr>%s</w:p>`, properties, runs)
}

// refer gives notes their numbers and returns the marks that stand in the text.
func (x *writer) refer(list []report.Footnote) string {
	out := ""
	for i, n := range x.numbers.Add(list) {
		if i > 0 {
			out += `<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>,</w:t></w:r>`
		}
		out += fmt.Sprintf(`<w:r><w:rPr><w:rStyle w:val="FootnoteReference"/></w:rPr><w:footnoteReference w:id="%d"/></w:r>`, n)
		fmt.Fprintf(&x.notes, `<w:footnote w:id="%d"><w:p><w:pPr><w:pStyle w:val="FootnoteText"/></w:pPr><w:r><w:rPr><w:rStyle w:val="FootnoteReference"/></w:rPr><w:footnoteRef/></w:r>%s</w:p></w:footnote>`, n, run("", " "+list[i].In(x.lang)))
	}
	return out
}

type part struct {
	name string
	data []byte
}

// parts are the files of the archive, in the order in which they are written.
func (x *writer) parts() []part {
	types := declaration + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>`
	word := "application/vnd.openxmlformats-officedocument.wordprocessingml."
	rels := declaration + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`
	office := "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	var out []part
	for i, p := range []struct{ name, kind, text string }{
		{"document", "document.main", x.document()}, {"styles", "styles", x.styles()}, {"settings", "settings", settings}, {"numbering", "numbering", numbering},
		{"footnotes", "footnotes", x.footnotes()}, {"header1", "header", header}, {"header2", "header", emptyHeader}, {"footer1", "footer", x.footer()},
	} {
		types += fmt.Sprintf(`<Override PartName="/word/%s.xml" ContentType="%s%s+xml"/>`, p.name, word, p.kind)
		if i > 0 {
			rels += fmt.Sprintf(`<Relationship Id="%s" Type="%s%s" Target="%s.xml"/>`, p.name, office, p.kind, p.name)
		}
		out = append(out, part{"word/" + p.name + ".xml", []byte(p.text)})
	}
	for i, png := range x.images {
		name := fmt.Sprintf("image%d", i+1)
		rels += fmt.Sprintf(`<Relationship Id="%s" Type="%simage" Target="media/%s.png"/>`, name, office, name)
		out = append(out, part{"word/media/" + name + ".png", png})
	}
	types += `<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/><Override PartName="/docProps/app.xml" ContentType="application/vnd.openxmlformats-officedocument.extended-properties+xml"/></Types>`
	top := declaration + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="document" Type="` + office + `officeDocument" Target="word/document.xml"/><Relationship Id="core" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/><Relationship Id="app" Type="` + office + `extended-properties" Target="docProps/app.xml"/></Relationships>`
	title := x.d.Title
	if x.d.Subject != "" {
		title += ". " + x.d.Subject
	}
	at := x.d.AsOf.UTC().Format(time.RFC3339)
	core := declaration + `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>` + escape(title) + `</dc:title><dc:creator>` + escape(x.d.Organisation) + `</dc:creator><dc:language>` + string(x.lang) + `</dc:language><dcterms:created xsi:type="dcterms:W3CDTF">` + at + `</dcterms:created><dcterms:modified xsi:type="dcterms:W3CDTF">` + at + `</dcterms:modified></cp:coreProperties>`
	app := declaration + `<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"><Application>` + escape(x.lang.T("product")) + `</Application></Properties>`
	first := []part{{"[Content_Types].xml", []byte(types)}, {"_rels/.rels", []byte(top)}, {"docProps/core.xml", []byte(core)}, {"docProps/app.xml", []byte(app)}, {"word/_rels/document.xml.rels", []byte(rels + `</Relationships>`)}}
	return append(first, out...)
}

func (x *writer) document() string {
	return declaration + `<w:document` + namespaces + `><w:body>` + x.body.String() +
		fmt.Sprintf(`<w:sectPr><w:headerReference w:type="default" r:id="header1"/><w:headerReference w:type="first" r:id="header2"/><w:footerReference w:type="default" r:id="footer1"/><w:footerReference w:type="first" r:id="footer1"/><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="%d" w:right="%d" w:bottom="%d" w:left="%d" w:header="567" w:footer="567" w:gutter="0"/><w:titlePg/></w:sectPr>`, 1134, 567, 1134, 1701) +
		`</w:body></w:document>`
}

func (x *writer) footnotes() string {
	return declaration + `<w:footnotes` + namespaces + `><w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote><w:footnote w:type="continuationSeparator" w:id="0"><w:p><w:r><w:continuationSeparator/></w:r></w:p></w:footnote>` + x.notes.String() + `</w:footnotes>`
}

func (x *writer) footer() string {
	return declaration + `<w:ftr` + namespaces + `><w:p><w:pPr><w:pStyle w:val="Footer"/></w:pPr>` + run("", x.d.Notice) + `</w:p></w:ftr>`
}
