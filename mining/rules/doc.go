// Package rules checks a log against declarative rules, with the events of each
// case that breaks one as evidence.
//
//	rules.yaml ─▶ Read ─▶ Set ─┐
//	log ───────────────────────┼─▶ Check ─▶ Report: of each rule how many cases keep it, break it,
//	calendar, moment ──────────┘            are not concerned or cannot be told, share with its
//	                                        interval, evidence, warnings
//
// Kinds of rules: precedence, response, succession and their chain forms,
// absence, count, exclusive, four-eyes, same-resource, who-may, condition, and
// deadline (through mining/legal). The sequence rules are Declare's templates (M.
// Pesic, H. Schonenberg, W. van der Aalst, 2007, doi:10.1109/EDOC.2007.14) with
// conditions on data, and a term of law in place of a duration.
//
// What is not told is not guessed. A case is not concerned where what a rule
// speaks of did not happen in it, so that the share is of cases in which the rule
// had something to say. A case cannot be told (undecided) where it is still open
// and may yet keep the rule, where a value is missing, where two events bear the
// same time and their order decides, and where the log holds no event of the name
// that the rule gives: that is a warning with the name that was probably meant,
// never "no violation".
//
// Left out on purpose: discovery of rules (mining/discovery), and rules over
// several cases.
package rules
