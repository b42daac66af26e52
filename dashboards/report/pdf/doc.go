// Package pdf draws a report as PDF: A4, fonts embedded, bookmarks, page numbers
// «стр. N из M», heads of tables repeated, no heading alone at the foot of a page,
// pictures as vectors, title and language of the document set.
//
//	report.Document ─▶ Write ─▶ bytes
//
// The same document gives the same bytes: the time of creation is the as-of moment.
//
// The library (codeberg.org/go-pdf/fpdf) cannot tag: the file has no tree of
// structure, so that a screen reader gets the text in the order of drawing, without
// headings, tables and descriptions of pictures. Who needs those takes the DOCX or
// the HTML of the same report, which have them.
package pdf
