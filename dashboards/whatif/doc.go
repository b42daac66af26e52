// Package whatif is the transformation team's studio without its pages: models to begin
// from, scenarios and variants of models that people keep, and questions whose answers
// are kept by the hash of all that they depend on.
//
//	log, pack, variant ─▶ Bench ─▶ Draft (levers) ─▶ Ask ─▶ Room.Answer ─▶ /runs/ID
//	                        └▶ Edit (diagram, laws) ─▶ variant, a Bench again
//
// An Ask holds the hash of the model that it is about; the files of that model are kept
// beside it, so that a run can be repeated when the model has long changed. The same Ask
// gives the same bytes.
package whatif
