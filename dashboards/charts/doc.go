// Package charts turns results into pictures for a reader: options for the
// bundled ECharts, built with go-echarts and handed over as JSON, and small SVG
// figures that need no script.
//
// Options are data, never code: go-echarts' own Render is not used, because a
// label that holds "</script>" would break out of it. JSON escapes <, > and &,
// so it may stand in a script element of type application/json.
package charts

import (
	"encoding/json"
	"fmt"
)

// Options are ECharts options ready for a script element of type application/json.
type Options string

// options marshals the options of a chart after patch has changed them.
func options(chart interface {
	Validate()
	JSON() map[string]any
}, patch func(map[string]any)) (Options, error) {
	chart.Validate()
	b, err := json.Marshal(chart.JSON())
	if err != nil {
		return "", fmt.Errorf("encoding chart options: %w", err)
	}
	m := map[string]any{}
	if err := json.Unmarshal(b, &m); err != nil {
		return "", fmt.Errorf("decoding chart options: %w", err)
	}
	delete(m, "toolbox")
	patch(m)
	if b, err = json.Marshal(m); err != nil {
		return "", fmt.Errorf("encoding chart options: %w", err)
	}
	return Options(b), nil
}
