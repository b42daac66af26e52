// Package predict tells of open cases how long they will still take, what comes
// next, and how probable it is that they exceed a limit — from what happened to
// past cases in the same state, so that every answer can be shown with the cases
// it rests on.
//
//	log up to a moment ─▶ history ─▶ states of past cases, censored where unfinished
//	open case ─▶ its state ─▶ the most similar past states ─▶ Kaplan–Meier ─▶ quantiles, probability
//	held-out moments ─▶ conformal and Venn–Abers calibration ─▶ intervals
//	later moments ─▶ Evaluation beside the base rate and the elapsed time alone
//
// The state of a case is its last activity, how long it has been there, how long
// the case has run, and how many cases stood at that activity when it came there.
// Past states count if they lasted at least as long: a hazard that depends on the
// stage. Which of the states' features help, how many neighbours, and whether
// time runs by the wall clock or by a calendar is chosen on moments before those
// of the evaluation.
//
// Predictions are made for the log as it was known at a moment; nothing later is
// seen by what predicts. Predict says whether it beats the base rate and the
// elapsed time alone; where it does not, it says that too.
//
// Left out on purpose: models that cannot be shown (gradient boosting, neural
// networks), and attributes of cases, which rootcause examines.
package predict
