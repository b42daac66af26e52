package studio

import "github.com/uprava/uprava/mining/measure"

// fields are the Russian names of the fields of forms that faults tell of.
var fields = map[string]string{
	"n": "прогоны", "days": "дни", "before": "дни до начала",
	"percent": "проценты", "working-days": "рабочие дни", "change": "изменение", "number": "число",
	"length": "длительность",
}

// inputName names a field of a form in both languages, in English as the form does; one
// without a Russian name is named alike in both.
func inputName(key string) *measure.Doubt { return &measure.Doubt{EN: key, RU: fields[key]} }
