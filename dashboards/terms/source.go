package terms

// sources are the texts by which the packs name where a number comes from, which they
// do in one language alone, by their term.
var sources = map[string]string{
	"authors of the pack":                                                 "twins.from.authors",
	"Publication on the municipal digital twin":                           "twins.from.publication",
	"Labour Code art. 62":                                                 "twins.from.labour",
	"25-FZ art. 18 and regional rules":                                    "twins.from.service",
	"Town-Planning Code, art. 49, part 7; Government decree 145, item 29": "twins.from.expertise",
	"ЗК РФ, ст. 39.17, п. 5, до 509-ФЗ":                                   "twins.from.land-17",
	"ЗК РФ, ст. 39.29, п. 8, до 509-ФЗ":                                   "twins.from.land-29",
}

// Source names who or what a number was taken from, in the language; a source that is not
// of a pack as it is written.
func (l Lang) Source(s string) string {
	if key, ok := sources[s]; ok {
		return l.T(key)
	}
	return s
}
