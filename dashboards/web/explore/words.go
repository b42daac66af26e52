package explore

// wordsOf are the terms that scripts need, by the beginning of their keys.
var wordsOf = map[string][]string{
	"map.": {
		"failed", "slow", "start", "end", "loading",
		"hides-nothing", "hides-activities", "hides-paths", "hides-paths-apart", "hides-paths-rare", "paths-of", "hides-cases", "hides-cases-at-least",
		"say.activity", "say.work", "say.path", "say.time", "say.start", "say.end", "say.people", "say.people-edge", "say.diff",
		"link.cases", "link.only", "link.without", "link.slow",
		"replay.play", "replay.pause", "replay.moment", "replay.few", "replay.all", "replay.failed", "replay.none",
		"export.failed",
	},
	"model.": {"failed", "say.none", "link.cases"},
}

// words are the terms of a script by what remains of their keys, with the units of time.
func words(c *looked, prefix string) map[string]string {
	m := map[string]string{}
	for _, key := range wordsOf[prefix] {
		m[key] = c.lang.T(prefix + key)
	}
	for _, unit := range []string{"days", "hours", "minutes", "seconds"} {
		m["unit."+unit] = c.lang.T("unit." + unit)
	}
	return m
}
