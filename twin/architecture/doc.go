// Package architecture finds among the procedures of an administration those that
// are done twice: two functions of two names that come to the same.
//
//	names, purposes ─▶ words ─▶ stems, trigrams ─▶ TF-IDF            words.go, lists.go
//	roles, systems, documents, acts ─▶ sets weighed by rarity        space.go
//	event footprint ─▶ steps, transitions, stems ─▶ the same         duplicates.go
//	each kind speaks for or against ─▶ logistic score                score.go
//	pairs above the threshold, with what they share and a sentence   reason.go
//	planted truth ─▶ precision, recall; plain token overlap beside   judge.go, baseline.go
//
// Duplicates are paraphrases: «Выдача ордеров на земляные работы» here, «Оформление
// разрешений на вскрытие грунта» there. No list of synonyms is read; where words
// fail, documents, systems, acts and the footprint must carry, and where words agree
// but these do not, it is another function. What everybody has says nothing.
//
// Similarity. Words are normalised (case, ё, abbreviations, Latin letters that look
// Cyrillic), function words dropped, the rest stemmed by Snowball's Russian
// algorithm, after M. F. Porter, An algorithm for suffix stripping, Program 14(3),
// 1980, doi:10.1108/eb046814, and snowballstem.org/algorithms/russian. Texts: 0.7 of
// the cosine of stems and 0.3 of that of letter trigrams, both weighed by TF-IDF
// (G. Salton and C. Buckley, Information Processing & Management 24(5), 1988,
// doi:10.1016/0306-4573(88)90021-0; here idf = ln(1 + N/df), which keeps a little
// weight for what all have). Identifiers and footprints: the Jaccard index weighed
// by the same idf.
//
// Score. A logistic of a prior and one term for each kind that both functions state
// (see the rule in score.go, each weight with its reason), in the manner of record
// linkage (I. P. Fellegi and A. B. Sunter, Journal of the American Statistical
// Association 64, 1969, doi:10.1080/01621459.1969.10501049): agreement counts by the
// rarity of the rarest thing shared, disagreement against. The weights are set by
// reason, not learnt from a list of true duplicates, so the score is an order and no
// probability.
//
// Cost: an inverted index; 1,200 functions, 720,000 pairs, in about a second on one
// core. Time grows with the square of the number of functions, memory with their
// number times the number of cores.
//
// Left out on purpose: embeddings and dictionaries of synonyms (nothing to download,
// every score explained by what is shared), groups of three and more (their pairs
// are reported), and any change to the model: a person decides.
package architecture
