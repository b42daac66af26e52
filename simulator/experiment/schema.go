package experiment

import _ "embed"

// ResultSchema is the JSON schema (draft 2020-12) of a Result and of a
// Comparison.
//
//go:embed result.schema.json
var ResultSchema string
