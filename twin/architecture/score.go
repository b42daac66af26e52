package architecture

import "math"

// The kinds of evidence, in the order of their reasons.
const (
	text = iota
	documents
	systems
	steps
	regulations
	roles
	kinds
)

// evidence says how one kind speaks for and against two functions being one, in
// units of the logit: 1 multiplies the odds by e.
type evidence struct {
	// neutral is the similarity that says nothing: above it the kind speaks for,
	// below it against.
	neutral float64
	// most is what full agreement on something that two functions of all have adds;
	// against is what full disagreement takes away.
	most, against float64
	// power of the rarity of the rarest shared thing by which most shrinks.
	power float64
}

// prior is the logit before any evidence: as good as no pair is one function. It puts
// 0.5 into the middle of the stretch of scores where, of the towns of the municipality
// pack, hardly any pair lies; see the package doc.
const prior = -3.0

// sameUnit multiplies what agreement adds where both functions belong to one unit,
// whose speciality explains what its functions share. It spares texts, which are
// about the function, not about the unit.
const sameUnit = 0.5

// ofOneUnit is taken away where both functions belong to one unit: it knows its own
// work, and what it does to one thing under two names is two steps of that work, unless
// nearly all of it agrees.
const ofOneUnit = 5.0

// ofContrast is taken away where two names differ only by usual words, on both sides:
// keeping a register of a thing and inspecting it share all words, files and acts of
// the thing, and are two works. Two usual names of one work lose it too; they are
// still found where their steps agree.
const ofContrast = 2.0

// usualUnits is in how many units a word must stand in names to be usual.
const usualUnits = 5

var rule = [kinds]evidence{
	// Two paraphrases share the object's words and hardly a verb: a little above
	// nothing is already something, the same words are nearly proof where nothing
	// else is known. Other words are weak evidence against: synonyms are the rule.
	text: {neutral: 0.10, most: 5, against: 1, power: 1},
	// What a procedure takes and gives is its essence, whatever it is called.
	documents: {neutral: 0.05, most: 6, against: 2, power: 2},
	// One system serves many procedures, one procedure seldom moves to another system.
	systems: {neutral: 0.20, most: 3, against: 1.5, power: 2},
	// A footprint is measured, not written, but noisy: steps are added, dropped and
	// renamed, and general steps stand in every procedure.
	steps: {neutral: 0.15, most: 8, against: 4, power: 2},
	// An act covers many procedures of one field.
	regulations: {neutral: 0.15, most: 3.5, against: 0.5, power: 2},
	// Who does it says where it is done, and duplicates are done in two places:
	// agreement is worth little, disagreement next to nothing.
	roles: {neutral: 0.10, most: 1, against: 0.2, power: 2},
}

// Among the few functions that hold the same rare file or stand on the same rare act,
// the same steps and systems are the same work, however many others take such steps:
// there these count by the rarity of what is held.

// score returns the logistic of the prior and the evidence of all kinds whose
// similarity is known. It grows with each similarity and with each rarity.
func score(similarity, rarest *[kinds]float64, oneUnit, contrast bool) float64 {
	x := prior
	if oneUnit {
		x -= ofOneUnit
	}
	if contrast {
		x -= ofContrast
	}
	anchor := max(rarest[documents], rarest[regulations])
	for k, e := range rule {
		s, rare := similarity[k], rarest[k]
		if k == steps || k == systems {
			rare = max(rare, anchor)
		}
		switch {
		case math.IsNaN(s): // says nothing
		case s < e.neutral:
			x -= e.against * (e.neutral - s) / e.neutral
		default:
			f := e.most * math.Pow(rare, e.power) * (s - e.neutral) / (1 - e.neutral)
			if oneUnit && k != text {
				f *= sameUnit
			}
			x += f
		}
	}
	return 1 / (1 + math.Exp(-x))
}
