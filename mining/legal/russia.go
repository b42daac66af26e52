package legal

import (
	"bytes"
	"embed"
	"fmt"
	"sync"
)

//go:embed russia/*.yaml
var russiaFiles embed.FS

var russia = sync.OnceValues(func() (*Set, error) {
	files, err := russiaFiles.ReadDir("russia")
	if err != nil {
		return nil, err
	}
	all := &Set{}
	for _, f := range files {
		text, err := russiaFiles.ReadFile("russia/" + f.Name())
		if err != nil {
			return nil, err
		}
		s, err := Read("russia/"+f.Name(), bytes.NewReader(text))
		if err != nil {
			return nil, err
		}
		for _, r := range s.Rules {
			if _, twice := all.Rule(r.ID); twice {
				return nil, fmt.Errorf("reading %q: the id %q stands in another file", f.Name(), r.ID)
			}
		}
		all.Rules = append(all.Rules, s.Rules...)
	}
	return all, nil
})

// Russia returns the terms of Russian law that come with the program, by file and
// place in it, from folder russia. Their events are words such as "registered",
// which Rule.Bind replaces by those of a log. What they say is data to be checked
// before it is relied upon; what is known to be doubtful is marked.
func Russia() *Set {
	s, err := russia()
	if err != nil { // the files are embedded and read by every test
		panic("legal: " + err.Error())
	}
	return s
}

// Schema is the JSON Schema of the files that Read reads, for editors and for
// programs that write such files. Read checks more than a schema can say.
//
//go:embed terms.schema.json
var Schema []byte
