package discovery

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Parameter is one parameter of a miner, as command lines and requests name it.
type Parameter struct {
	Name    string   `json:"name"`
	EN      string   `json:"en"` // what it is
	RU      string   `json:"ru"`
	Default string   `json:"default"`
	Values  []string `json:"values,omitempty"` // the values it takes; none for a number

	set func(c *Config, value string) error
}

// allParameters lists the parameters of all miners.
var allParameters = []Parameter{
	number("noise", "0", "share below which behaviour counts as infrequent, 0 to 1", "доля, ниже которой поведение считается редким, от 0 до 1", func(c *Config) *float64 { return &c.Noise }),
	number("activities", "1", "share of the activities that is shown, the most frequent first", "доля показанных действий, начиная с самых частых", func(c *Config) *float64 { return &c.Map.Activities }),
	number("paths", "1", "share of the paths that is shown, the most frequent first", "доля показанных переходов, начиная с самых частых", func(c *Config) *float64 { return &c.Map.Paths }),
	number("parallelism", "0.1", "imbalance of both orders below which two activities are concurrent, 0 to 1", "перекос двух порядков, ниже которого действия считаются параллельными, от 0 до 1", func(c *Config) *float64 { return &c.Split.Parallelism }),
	number("frequency", "0.4", "percentile of the flows of each activity from which a flow is kept, 0 to 1", "процентиль потоков каждого действия, с которого поток сохраняется, от 0 до 1", func(c *Config) *float64 { return &c.Split.Frequency }),
	number("inclusive", "0.1", "share of cases without one of the branches from which a parallel is inclusive, 0 to 1", "доля случаев без одной из ветвей, с которой параллельность становится неисключающим выбором, от 0 до 1", func(c *Config) *float64 { return &c.Split.Inclusive }),
	number("dependency", "0.9", "dependency measure from which one activity causes another, -1 to 1", "мера зависимости, с которой одно действие вызывает другое, от -1 до 1", func(c *Config) *float64 { return &c.Heuristics.Dependency }),
	number("loop-one", "0.9", "the same for an activity that repeats itself", "то же для действия, которое повторяется", func(c *Config) *float64 { return &c.Heuristics.LoopOne }),
	number("loop-two", "0.9", "the same for loops of two activities", "то же для циклов из двух действий", func(c *Config) *float64 { return &c.Heuristics.LoopTwo }),
	number("relative-to-best", "0.05", "how far a dependency may be below the best of its activity", "насколько зависимость может уступать лучшей у того же действия", func(c *Config) *float64 { return &c.Heuristics.RelativeToBest }),
	number("binding", "0.05", "share of an activity's occurrences from which a binding is kept", "доля исполнений действия, с которой сочетание связей сохраняется", func(c *Config) *float64 { return &c.Heuristics.Binding }),
	count("observations", "1", "directly-follows pairs that a dependency needs", "сколько пар следования нужно зависимости", func(c *Config, n int) { c.Heuristics.Observations = int64(n) }),
	flag("unconnected", "accept activities without a cause or an effect", "допускать действия без причины или следствия", func(c *Config) *bool { return &c.Heuristics.Unconnected }),
	count("max-places", "100000", "number of places beyond which the miner gives up", "число мест, после которого поиск прекращается", func(c *Config, n int) { c.Alpha.MaxPlaces = n }),
	number("skips", "2", "multiple of the mean pair count for the repair of skips", "во сколько раз чаще средней должна быть пара, чтобы дополнять пропуски", func(c *Config) *float64 { return &c.AlphaPlus.Skips }),
	number("loops", "2", "multiple of the mean pair count for the repair of loops", "во сколько раз чаще средней должна быть пара, чтобы дополнять циклы", func(c *Config) *float64 { return &c.AlphaPlus.Loops }),
	count("min-count", "1", "count from which a pair is kept", "число, с которого пара следования учитывается", func(c *Config, n int) { c.AlphaPlus.MinCount = int64(n) }),
	number("min-share", "0.01", "share of its neighbours' mean count from which a pair is kept", "доля от среднего у соседних пар, с которой пара учитывается", func(c *Config) *float64 { return &c.AlphaPlus.MinShare }),
	number("balance", "0.5", "by how much occurrences before and behind a place may differ, 0 to 1", "насколько может различаться число исполнений до и после места, от 0 до 1", func(c *Config) *float64 { return &c.AlphaPlus.Balance }),
	number("fitness", "0.5", "share of cases that a place must replay, 0 to 1", "доля случаев, которые место должно воспроизводить, от 0 до 1", func(c *Config) *float64 { return &c.AlphaPlus.Fitness }),
	number("replay", "0.5", "the same, strictly, at the end", "то же, строго, в конце", func(c *Config) *float64 { return &c.AlphaPlus.Replay }),
	count("max-candidates", "20000", "candidates for places that are looked at", "сколько мест-кандидатов рассматривать", func(c *Config, n int) { c.AlphaPlus.MaxCandidates = n }),
	{
		Name: "abstraction", EN: "what a state keeps of the events", RU: "что состояние помнит о событиях", Default: "sequence", Values: abstractionNames[:],
		set: func(c *Config, value string) (err error) {
			c.States.Abstraction, err = ParseAbstraction(value)
			return err
		},
	},
	count("horizon", "0", "events that a state sees, 0 for all", "сколько событий видит состояние, 0 — все", func(c *Config, n int) { c.States.Horizon = n }),
	flag("future", "states see the events to come", "состояния видят будущие события", func(c *Config) *bool { return &c.States.Future }),
}

func number(name, standard, en, ru string, field func(*Config) *float64) Parameter {
	return Parameter{Name: name, EN: en, RU: ru, Default: standard, set: func(c *Config, value string) error {
		v, err := strconv.ParseFloat(value, 64)
		if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Errorf("found %q, wanted a number", value)
		}
		*field(c) = v
		return nil
	}}
}

func count(name, standard, en, ru string, set func(*Config, int)) Parameter {
	return Parameter{Name: name, EN: en, RU: ru, Default: standard, set: func(c *Config, value string) error {
		v, err := strconv.Atoi(value)
		if err != nil || v < 0 {
			return fmt.Errorf("found %q, wanted a whole number, 0 or more", value)
		}
		set(c, v)
		return nil
	}}
}

func flag(name, en, ru string, field func(*Config) *bool) Parameter {
	return Parameter{Name: name, EN: en, RU: ru, Default: "false", Values: []string{"true", "false"}, set: func(c *Config, value string) error {
		v, err := strconv.ParseBool(value)
		if err != nil {
			return fmt.Errorf("found %q, wanted true or false", value)
		}
		*field(c) = v
		return nil
	}}
}

// parameters returns the parameters of the given names.
func parameters(names ...string) []Parameter {
	var out []Parameter
	for _, name := range names {
		i := slices.IndexFunc(allParameters, func(p Parameter) bool { return p.Name == name })
		out = append(out, allParameters[i])
	}
	return out
}

// Set sets a parameter of the algorithm by its name. A parameter that the algorithm
// does not have, and a value that it does not take, are errors; ranges are checked
// by Config.Validate.
func (a Algorithm) Set(c *Config, name, value string) error {
	var names []string
	for _, p := range a.Parameters {
		if p.Name == name {
			if err := p.set(c, value); err != nil {
				return fmt.Errorf("setting %s of %s: %w", name, a.Name, err)
			}
			return nil
		}
		names = append(names, p.Name)
	}
	if len(names) == 0 {
		return fmt.Errorf("setting %q of %s: it has no parameters", name, a.Name)
	}
	return fmt.Errorf("setting %q of %s: wanted one of %s", name, a.Name, strings.Join(names, ", "))
}
