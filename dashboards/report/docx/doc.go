// Package docx writes a report as DOCX, laid out after GOST R 7.0.97-2016: A4 with
// margins of 30, 10, 20 and 20 mm, page numbers in the middle of the upper margin
// from the second page on, a place for the date and the number, the signature block,
// the performer with the telephone.
//
//	report.Document ─▶ Write ─▶ parts ─▶ zip
//
// It is a small writer of its own for the few parts of Office Open XML (ECMA-376)
// that a report needs: headings as styles, so that Word's navigation works, tables
// whose heads repeat, footnotes, pictures with their descriptions, numbered by the
// reader's program. Nothing refers to anything outside of the file, and the same
// document gives the same bytes.
package docx
