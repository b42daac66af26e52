// Package xlsx writes a report as a workbook: numbers are numbers with the format of
// their unit, dates are dates, sums and deviations are formulas with their values
// beside them, heads of long tables are frozen and repeat in print, pages are as wide
// as the paper. Pictures are charts of the workbook over their figures.
//
//	report.Document ─▶ Write ─▶ sheets: summary, one for each section or long table,
//	                           draft instructions
//
// A cell that is text is always a string, whatever it begins with, so that no label
// becomes a formula. A number that is missing is a dash, and the reason stands in the
// last column of its row. The same document gives the same bytes.
package xlsx
