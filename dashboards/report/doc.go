// Package report is the model of a report: what stands in it, typed, and not how
// it looks. One Document is drawn as PDF, DOCX, XLSX and HTML by the packages
// below, so that all four say the same.
//
//	results ─▶ compose ─▶ Document ─┬▶ pdf, docx, xlsx, html   bytes
//	                                └▶ mail, a folder          dispatch keeps what was sent
//
// A number in a table stays a number with its unit, an interval where it has
// one and, where it is missing, the reason. What a figure rests on (n, interval,
// warnings) travels in its footnotes. Nothing in a Document depends on the clock:
// the same document gives the same bytes in every format.
//
// A Document is in one language, Lang, in which its words were composed; the
// drawing packages take their own words (page numbers, headings of the signature
// block) from that language too.
package report
