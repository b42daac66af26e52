// Package hostile is forty labels that an event log or a twin may carry by
// malice or by accident, for the tests of everything that shows a label: pages,
// drawings, PDF, DOCX, XLSX, HTML, mail headers. Only tests import it.
//
// A label is shown well when it comes out as text. It may be shortened with an
// ellipsis and its control characters may be replaced, but it must not run as a
// script, count as a formula, open a tag, end a header line, break a path or
// make the document unreadable.
//
//	for _, label := range hostile.Labels {
//	    page := render(label)
//	    require.NotContains(t, page, hostile.Alarm)
//	}
package hostile

import "strings"

// Alarm is what a label that managed to run as a script would write or call:
// a page where window.hostile is set has failed.
const Alarm = "window.hostile=1"

// Labels are the forty labels, in a fixed order, all different. Every one is
// valid as a Go string; some are not valid UTF-8, and some hold characters that
// XML 1.0 forbids.
var Labels = []string{
	// Scripts and markup.
	`<script>window.hostile=1</script>`,
	`</script><script>window.hostile=1</script>`,
	`"><img src=x onerror=window.hostile=1>`,
	`'><svg/onload=window.hostile=1>`,
	`<a href="javascript:window.hostile=1">Согласование</a>`,
	`" onmouseover="window.hostile=1" x="`,
	`<!--><script>window.hostile=1</script>-->`,
	`]]><script>window.hostile=1</script><![CDATA[`,
	`</style><style>*{display:none}</style>`,
	`</title></svg><iframe srcdoc="<script>window.hostile=1</script>">`,
	`{{.}}{{template "page"}}${window.hostile=1}#{window.hostile=1}`,
	`\u003cscript\u003ewindow.hostile=1\u003c/script\u003e`,
	`&lt;b&gt; &amp;amp; &#60;script&#62; &nbsp;`,
	`<w:p><w:r><w:t>Утверждаю</w:t></w:r></w:p>`,
	`<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>`,
	// Formulas of a spreadsheet.
	`=HYPERLINK("http://example.invalid","Итого")`,
	`+1+cmd|' /C calc'!A0`,
	`-2+3+cmd|' /C calc'!A0`,
	`@SUM(1+1)*cmd|' /C calc'!A0`,
	"\t=1+1",
	"\r=1+1",
	`'=1+1`,
	`=1+1";=1+1`,
	// Headers, lines, paths, other languages.
	"Отчёт\r\nBcc: all@example.invalid\r\n\r\nТело",
	"line\nfeed\vvertical\fform",
	`../../../etc/passwd`,
	`C:\Windows\..\con.txt|?*<>:"`,
	`'; DROP TABLE events; --`,
	`%s%n%d%!v(MISSING) %00 100%`,
	`graph { a -> b } "\l\r\n" \N`,
	`(PDF) \( \) \\ endstream endobj %%EOF`,
	// Characters.
	"\x00nul \x01soh \x07bell \x1b[31mescape \x7fdel",
	"invalid \xff\xfe\xc3\x28 utf-8",
	"noncharacter \uFFFE\uFFFF replacement \uFFFD",
	"\u202eотарбоан\u202c \u2066isolate\u2069 \u200fmark",
	"שלום עולם مرحبا بالعالم",
	"zero\u200bwidth\u200djoin\ufeffmark\u00adsoft\u2028line\u2029paragraph",
	"Zalgo " + strings.Repeat("а\u0301\u0302\u0303\u0304\u0305\u0306", 20),
	"👩‍👩‍👧‍👦 🏛 ₽ № § 𝕬𝖉𝖒 漢字 ",
	strings.Repeat("Оченьдлинноеназваниебезпробелов", 64),
}
