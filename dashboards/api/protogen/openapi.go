package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
)

// describe makes the plugin's description say what the server does: 64-bit
// integers are JSON numbers, answers carry all their fields, and a figure that
// cannot be told is null.
func describe(swagger []byte, all []*descriptorpb.FileDescriptorProto) ([]byte, error) {
	var doc map[string]any
	d := json.NewDecoder(bytes.NewReader(swagger))
	d.UseNumber()
	if err := d.Decode(&doc); err != nil {
		return nil, err
	}
	doc["info"] = map[string]any{"title": "Uprava", "version": "v1", "description": "Event logs, what they tell of their processes, and what the processes would become. The same calls are served as gRPC on the same port."}
	doc["schemes"] = []any{"http"}
	integers(doc)
	definitions, ok := doc["definitions"].(map[string]any)
	if !ok {
		return nil, fmt.Errorf("the description has no definitions")
	}
	answers := map[string]bool{}
	paths, _ := doc["paths"].(map[string]any)
	for _, path := range paths {
		for _, operation := range path.(map[string]any) {
			replies, _ := operation.(map[string]any)["responses"].(map[string]any)
			for code, reply := range replies {
				reach(reply, definitions, answers)
				if code == "default" {
					reply.(map[string]any)["description"] = "The call failed: a code of gRPC and a sentence."
				}
			}
		}
	}
	for name := range answers {
		null, left := absent(strings.TrimPrefix(name, "v1"), all)
		complete(definitions[name].(map[string]any), null, left)
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(doc)
	return out.Bytes(), err
}

// integers turns {"type":"string","format":"int64"}, protojson's way, into
// integers.
func integers(v any) {
	switch v := v.(type) {
	case map[string]any:
		if f, _ := v["format"].(string); v["type"] == "string" && (f == "int64" || f == "uint64") {
			v["type"] = "integer"
		}
		for _, x := range v {
			integers(x)
		}
	case []any:
		for _, x := range v {
			integers(x)
		}
	}
}

// reach adds to seen the definitions that v refers to.
func reach(v any, definitions map[string]any, seen map[string]bool) {
	switch v := v.(type) {
	case map[string]any:
		if ref, _ := v["$ref"].(string); ref != "" {
			name := strings.TrimPrefix(ref, "#/definitions/")
			if d, ok := definitions[name]; ok && !seen[name] {
				seen[name] = true
				reach(d, definitions, seen)
			}
		}
		for _, x := range v {
			reach(x, definitions, seen)
		}
	case []any:
		for _, x := range v {
			reach(x, definitions, seen)
		}
	}
}

// absent returns the fields of a message whose absence is JSON's null, optional
// figures and times, and those that are left out where they are empty.
func absent(message string, all []*descriptorpb.FileDescriptorProto) (null, left []string) {
	for _, f := range all {
		if !strings.HasPrefix(f.GetPackage(), "uprava.") {
			continue
		}
		for _, m := range f.MessageType {
			if m.GetName() != message {
				continue
			}
			for _, field := range m.Field {
				switch {
				case omitted(field):
					left = append(left, field.GetName())
				case field.GetProto3Optional(), field.GetTypeName() == ".google.protobuf.Timestamp":
					null = append(null, field.GetName())
				}
			}
		}
	}
	return null, left
}

// omitted reports whether a field has the option omit_empty of uprava.proto,
// which this program, as it generates the code for it, knows by number only.
func omitted(f *descriptorpb.FieldDescriptorProto) bool {
	found := false
	f.GetOptions().ProtoReflect().Range(func(d protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		found = found || d.FullName() == "uprava.v1.omit_empty" && v.Bool()
		return true
	})
	return found
}

// complete says that a message of an answer has all its fields but those that
// may be left out, and which may be null.
func complete(definition map[string]any, null, left []string) {
	properties, _ := definition["properties"].(map[string]any)
	if len(properties) == 0 || definition["additionalProperties"] != nil {
		return
	}
	definition["required"] = slices.DeleteFunc(slices.Sorted(maps.Keys(properties)), func(n string) bool { return slices.Contains(left, n) })
	definition["additionalProperties"] = false
	for _, name := range null {
		properties[name].(map[string]any)["x-nullable"] = true
	}
}
