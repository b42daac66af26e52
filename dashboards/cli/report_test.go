package cli

import (
	"archive/zip"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/logtest"
)

func TestReports(t *testing.T) {
	s := newShell(t)
	s.ok("ingest", logtest.Shared(t, "receipt.xes.gz"))
	dir := t.TempDir()
	first := func(name string) string {
		data, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		require.NotEmpty(t, data)
		return string(data)
	}
	for _, f := range []string{"pdf", "docx", "xlsx", "html"} {
		for _, lang := range []string{"ru", "en"} {
			name := lang + "." + f
			out := s.ok("report", "receipt", "--period", "2011-Q3", "--lang", lang, "--out", filepath.Join(dir, name))
			require.Equal(t, filepath.Join(dir, name)+"\n", out)
			if f != "pdf" {
				continue // the same bytes are asked of each format in its own package
			}
			again := s.ok("report", "receipt", "--period", "2011-Q3", "--lang", lang, "--format", f, "--out", "-")
			require.True(t, first(name) == again, "%s: the same report has other bytes", name)
		}
	}
	require.True(t, strings.HasPrefix(first("ru.pdf"), "%PDF-"))
	_, err := zip.OpenReader(filepath.Join(dir, "ru.docx"))
	require.NoError(t, err)
	require.Contains(t, first("ru.html"), "в пределах погрешности")
	require.Contains(t, first("en.html"), "within noise")
	early := s.ok("report", "executive", "--period", "2011-03", "--as-of", "2011-03-15", "--lang", "en", "--format", "html", "--out", "-")
	require.Contains(t, early, "the period is not over")

	for code, args := range map[int][]string{
		exitUsage:    {"report", "receipt", "--period", "2011-13"},
		exitNotFound: {"report", "nothing"},
		exitBadInput: {"report", "receipt", "--period", "2020", "--as-of", "2011-03-01", "--out", "-"},
	} {
		got, out, message := s.run(args...)
		require.Equal(t, code, got, "%q %s", args, message)
		require.Empty(t, out)
	}
	got, _, message := s.run("report", "receipt", "--format", "doc")
	require.Equal(t, exitUsage, got, message)
	got, _, message = s.run("report", "receipt", "--out", filepath.Join(dir, "none", "a.pdf"))
	require.Equal(t, exitBadInput, got)
	require.Contains(t, message, "the folder is not there")
}

func TestReportSchedule(t *testing.T) {
	s := newShell(t)
	s.ok("ingest", logtest.Shared(t, "receipt.xes.gz"))
	folder := t.TempDir()
	require.Contains(t, s.ok("report", "schedule", "list"), "no schedule yet")
	s.ok("report", "schedule", "add", "yearly", "receipt", "--every", "year", "--from", "2012-01-01", "--catch-up", "latest", "--format", "html", "--folder", folder, "--lang", "ru")
	require.Contains(t, s.ok("report", "schedule", "list"), "process:receipt")
	got, _, message := s.run("report", "schedule", "add", "yearly", "receipt", "--folder", folder)
	require.Equal(t, exitBadInput, got)
	require.Contains(t, message, "two of this name")
	got, _, message = s.run("report", "schedule", "add", "mails", "receipt", "--to", "head@example.org")
	require.Equal(t, exitBadInput, got)
	require.Contains(t, message, "no mail server")

	out := s.ok("report", "schedule", "run")
	require.Equal(t, 1, strings.Count(out, " done\n"), out)
	require.Greater(t, strings.Count(out, " skipped\n"), 5, "the years before are not caught up with")
	require.Empty(t, s.ok("report", "schedule", "run"), "each report once")
	files, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.Len(t, files, 1)
	var sent struct {
		Reports []struct {
			Of     string            `json:"of"`
			Hash   string            `json:"inputs_hash"`
			Inputs map[string]string `json:"inputs"`
		} `json:"reports"`
	}
	require.NoError(t, json.Unmarshal([]byte(s.ok("report", "sent", "--json")), &sent))
	require.Len(t, sent.Reports, 1)
	require.Equal(t, "process:receipt", sent.Reports[0].Of)
	require.Contains(t, sent.Reports[0].Inputs["log receipt"], "1434 cases, 8577 events")
	require.NotEmpty(t, sent.Reports[0].Hash)
	require.Contains(t, s.ok("report", "sent"), "Доклад о ходе процесса")

	require.Contains(t, s.ok("report", "send", "receipt", "--period", "2011-Q2", "--folder", folder, "--format", "xlsx"), "folder:"+folder)
	s.ok("report", "schedule", "remove", "yearly")
	served := t.TempDir()
	s.ok("report", "schedule", "add", "served", "receipt", "--every", "year", "--from", "2012-01-01", "--format", "xlsx", "--folder", served)
	s.serving()
	require.Eventually(t, func() bool {
		files, err := filepath.Glob(filepath.Join(served, "*.xlsx"))
		return err == nil && len(files) == 1
	}, time.Minute, 50*time.Millisecond, "the schedule runs while the pages are served")
	got, _, _ = s.run("report", "schedule", "remove", "yearly")
	require.Equal(t, exitNotFound, got)
}
