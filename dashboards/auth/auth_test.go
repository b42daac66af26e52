package auth

import (
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var (
	here  = netip.MustParseAddr("192.0.2.7")
	there = netip.MustParseAddr("2001:db8::1")
	noon  = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
)

func keeper(t *testing.T, dir string) (*Keeper, *time.Time) {
	t.Helper()
	k, err := OpenKeeper(dir)
	require.NoError(t, err)
	now := noon
	k.now = func() time.Time { return now }
	return k, &now
}

func TestCodesAreKeptAsHashesOnly(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "access")
	c := OpenCodes(dir)
	code, err := c.Add("Иванова А. А.", noon)
	require.NoError(t, err)
	id, secret, ok := strings.Cut(code, "-")
	require.True(t, ok)
	require.Len(t, secret, 26, "26 characters of base32 hold 130 bits")
	file := filepath.Join(dir, "codes.json")
	b, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Contains(t, string(b), id)
	require.NotContains(t, string(b), secret)
	info, err := os.Stat(file)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	_, err = c.Add("Иванова А. А.", noon)
	require.ErrorContains(t, err, "has one already")
	for _, name := range []string{"", " a", "a\n", "a\u202eb", strings.Repeat("a", 61)} {
		_, err := c.Add(name, noon)
		require.ErrorContains(t, err, "1 to 60 printable", "%q", name)
	}
	require.ErrorIs(t, c.Remove("nobody"), ErrUnknown)
	list, err := c.List()
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.Equal(t, noon, list[0].Added)
	require.NoError(t, c.Remove("Иванова А. А."))
}

func TestSessions(t *testing.T) {
	dir := t.TempDir()
	k, now := keeper(t, dir)
	code, err := k.codes.Add("ivanova", noon)
	require.NoError(t, err)
	other, err := k.codes.Add("petrov", noon)
	require.NoError(t, err)
	for name, wrong := range map[string]string{
		"nothing": "", "another secret": code[:9] + strings.Repeat("A", 26), "the secret of another": code[:9] + other[9:],
		"unknown": "AAAAAAAA-" + code[9:], "id alone": code[:8], "very long": strings.Repeat(code, 100),
	} {
		_, err := k.Enter(here, wrong)
		require.ErrorIs(t, err, ErrWrong, name)
	}
	require.EqualValues(t, 6, k.Wrong())
	token, err := k.Enter(here, " "+strings.ToLower(code)+"\n")
	require.NoError(t, err, "as people copy it")
	name := func(k *Keeper, token string) string {
		n, err := k.Session(token)
		require.NoError(t, err)
		return n
	}
	require.Equal(t, "ivanova", name(k, token))
	require.Empty(t, name(k, ""))
	require.Empty(t, name(k, token+"A"))
	again, now2 := keeper(t, dir)
	require.Equal(t, "ivanova", name(again, token), "a session survives a restart")
	*now2 = noon.Add(Lasting)
	require.Empty(t, name(again, token), "it ends")
	b, err := os.ReadFile(filepath.Join(dir, "sessions.json"))
	require.NoError(t, err)
	require.NotContains(t, string(b), token)

	second, err := k.Enter(here, code)
	require.NoError(t, err)
	require.NotEqual(t, token, second)
	require.NoError(t, k.Leave(token))
	require.NoError(t, k.Leave(token))
	require.Empty(t, name(k, token), "who left must enter again")
	require.Equal(t, "ivanova", name(k, second), "elsewhere the reader stays")
	who, err := k.Bearer(here, code)
	require.NoError(t, err)
	require.Equal(t, "ivanova", who)
	require.NoError(t, OpenCodes(dir).Remove("ivanova")) // as another process does
	require.Empty(t, name(k, second), "a removed code ends its sessions")
	_, err = k.Bearer(here, code)
	require.ErrorIs(t, err, ErrWrong, "and opens nothing though it was known")
	_, err = k.codes.Add("ivanova", noon)
	require.NoError(t, err)
	require.Empty(t, name(k, second), "another code of the same name does not revive them")
	*now = noon
}

func TestUnreadableCodesOpenNothing(t *testing.T) {
	dir := t.TempDir()
	k, _ := keeper(t, dir)
	code, err := k.codes.Add("ivanova", noon)
	require.NoError(t, err)
	token, err := k.Enter(here, code)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "codes.json"), []byte("{"), 0o600))
	_, err = k.Session(token)
	require.ErrorContains(t, err, "reading the access codes")
	_, err = k.Bearer(here, code)
	require.ErrorContains(t, err, "reading the access codes")
}

func TestTriesAreLimited(t *testing.T) {
	k, now := keeper(t, t.TempDir())
	code, err := k.codes.Add("ivanova", noon)
	require.NoError(t, err)
	for range burst {
		_, err := k.Enter(here, code)
		require.NoError(t, err)
	}
	for range burst {
		_, err := k.Enter(here, "AAAAAAAA-A")
		require.ErrorIs(t, err, ErrWrong, "right codes cost no try")
	}
	var often *TooOftenError
	_, err = k.Enter(here, "AAAAAAAA-A")
	require.ErrorAs(t, err, &often)
	require.Equal(t, another, often.After)
	_, err = k.Enter(there, "AAAAAAAA-A")
	require.ErrorIs(t, err, ErrWrong, "another address is not held up")
	*now = now.Add(another)
	_, err = k.Enter(here, "AAAAAAAA-A")
	require.ErrorIs(t, err, ErrWrong)
	_, err = k.Enter(here, "AAAAAAAA-A")
	require.ErrorAs(t, err, &often)
	_, err = k.Enter(here, code)
	require.NoError(t, err, "a holder known to this process is not locked out by a neighbour")

	var tr tries
	tr.left = map[netip.Prefix]bucket{}
	require.Equal(t, network(netip.MustParseAddr("2001:db8::1")), network(netip.MustParseAddr("2001:db8::ffff")))
	require.Equal(t, network(here), network(netip.MustParseAddr("::ffff:192.0.2.7")))
	for i := range addresses {
		require.Zero(t, tr.take(netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}), noon))
	}
	require.Equal(t, another, tr.take(here, noon), "memory is bounded")
	require.Zero(t, tr.take(here, noon.Add(time.Hour)))
	require.Len(t, tr.left, 1)
}
