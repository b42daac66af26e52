package filter

import _ "embed"

//go:embed manual.en.txt
var manualEN string

//go:embed manual.ru.txt
var manualRU string

// Manual tells people how a filter is written, in the language "ru" or "en".
func Manual(lang string) string {
	if lang == "ru" {
		return manualRU
	}
	return manualEN
}
