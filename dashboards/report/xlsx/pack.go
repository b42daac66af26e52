package xlsx

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"
)

var override = regexp.MustCompile(`<(?:Default|Override) [^>]*(?:/>|></(?:Default|Override)>)`)

// pack writes the workbook again with its parts by name, the types of its contents in
// order and the same time on all: the library emits some of them in the order of a map.
func pack(w io.Writer, workbook []byte, at time.Time) error {
	in, err := zip.NewReader(bytes.NewReader(workbook), int64(len(workbook)))
	if err != nil {
		return err
	}
	files := slices.Clone(in.File)
	slices.SortFunc(files, func(a, b *zip.File) int { return strings.Compare(a.Name, b.Name) })
	out := zip.NewWriter(w)
	for _, f := range files {
		r, err := f.Open()
		if err != nil {
			return err
		}
		data, err := io.ReadAll(r)
		r.Close()
		if err != nil {
			return err
		}
		if f.Name == "[Content_Types].xml" {
			list := override.FindAllString(string(data), -1)
			slices.Sort(list)
			k := -1
			data = []byte(override.ReplaceAllStringFunc(string(data), func(string) string { k++; return list[k] }))
		}
		part, err := out.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Deflate, Modified: at})
		if err != nil {
			return err
		}
		if _, err := part.Write(data); err != nil {
			return fmt.Errorf("part %q: %w", f.Name, err)
		}
	}
	return out.Close()
}
