package cli

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	upravav1 "github.com/uprava/uprava/dashboards/api/proto/uprava/v1"
)

func TestAccessCodes(t *testing.T) {
	s := &shell{t, t.TempDir()}
	t.Setenv("LC_ALL", "C")
	code, out, message := s.run("access", "list")
	require.Zero(t, code)
	require.Empty(t, out)
	require.Contains(t, message, "There are no access codes")
	made := strings.TrimSpace(s.ok("access", "add", "Иванова"))
	require.Len(t, made, 8+1+26)
	code, _, message = s.run("access", "add", "Иванова")
	require.Equal(t, exitFailure, code)
	require.Contains(t, message, "has one already")
	list := s.ok("access", "list")
	require.Contains(t, list, "Иванова")
	require.NotContains(t, list, made[9:])
	s.ok("access", "remove", "Иванова")
	require.NotContains(t, s.ok("access", "list"), "Иванова")
}

// certificate writes a certificate for a name and its key, and returns the pool that
// trusts it.
func certificate(t *testing.T, host string) (cert, key string, pool *x509.CertPool) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: host}, DNSNames: []string{host}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, c, c, k.Public(), k)
	require.NoError(t, err)
	secret, err := x509.MarshalPKCS8PrivateKey(k)
	require.NoError(t, err)
	dir := t.TempDir()
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	require.NoError(t, os.WriteFile(cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	require.NoError(t, os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}), 0o600))
	pool = x509.NewCertPool()
	parsed, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	pool.AddCert(parsed)
	return cert, key, pool
}

// TestOpenToTheNetwork serves on all addresses: over TLS with a code everything is
// there, without one nothing.
func TestOpenToTheNetwork(t *testing.T) {
	const host = "uprava.town.example"
	s := newShell(t)
	code := strings.TrimSpace(s.ok("access", "add", "ivanova"))
	cert, key, pool := certificate(t, host)
	free, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	metrics := free.Addr().String()
	require.NoError(t, free.Close())
	address := s.serving("--listen", "0.0.0.0:0", "--host", host, "--tls-cert", cert, "--tls-key", key, "--metrics", metrics)
	require.True(t, strings.HasPrefix(address, "https://"+host+":"), address)
	port := address[strings.LastIndex(address, ":"):]
	dial := func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, "127.0.0.1"+port)
	}
	client := &http.Client{Transport: &http.Transport{DialContext: dial, TLSClientConfig: &tls.Config{RootCAs: pool}}}
	get := func(path, bearer string) (int, string) {
		r, err := http.NewRequest("GET", address+path, nil)
		require.NoError(t, err)
		if bearer != "" {
			r.Header.Set("Authorization", "Bearer "+bearer)
		}
		reply, err := client.Do(r)
		require.NoError(t, err)
		defer reply.Body.Close()
		body, err := io.ReadAll(reply.Body)
		require.NoError(t, err)
		return reply.StatusCode, string(body)
	}
	for _, path := range []string{"/", "/api/v1/logs", "/openapi.json", "/logs/x", "/metrics", "/healthz"} {
		status, _ := get(path, "")
		require.Equal(t, http.StatusUnauthorized, status, path)
	}
	status401, _ := get("/api/v1/logs", code+"X")
	require.Equal(t, http.StatusUnauthorized, status401)
	ok, body := get("/api/v1/logs", code)
	require.Equal(t, http.StatusOK, ok, body)
	ok, body = get("/", code)
	require.Equal(t, http.StatusOK, ok)
	require.Contains(t, body, "ivanova")

	conn, err := grpc.NewClient("passthrough:///"+host+port, grpc.WithTransportCredentials(credentials.NewClientTLSFromCert(pool, "")),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return dial(ctx, "tcp", "") }))
	require.NoError(t, err)
	defer conn.Close()
	_, err = upravav1.NewUpravaClient(conn).ListLogs(t.Context(), &upravav1.ListLogsRequest{})
	require.Equal(t, codes.Unauthenticated, status.Code(err), err)
	_, err = upravav1.NewUpravaClient(conn).ListLogs(metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+code), &upravav1.ListLogsRequest{})
	require.NoError(t, err)

	for path, want := range map[string]string{"/healthz": "ok", "/metrics": "uprava_wrong_access_codes_total 1"} {
		reply, err := http.Get("http://" + metrics + path)
		require.NoError(t, err)
		body, err := io.ReadAll(reply.Body)
		reply.Body.Close()
		require.NoError(t, err)
		require.Contains(t, string(body), want)
	}
	s.ok("access", "remove", "ivanova") // beside the server
	gone, _ := get("/api/v1/logs", code)
	require.Equal(t, http.StatusUnauthorized, gone)
}

// TestPlainHTTPIsWarnedOf: codes that cross the network in the clear are said to.
func TestPlainHTTPIsWarnedOf(t *testing.T) {
	s := newShell(t)
	s.ok("access", "add", "ivanova")
	ctx, stop := context.WithCancel(t.Context())
	out, in := io.Pipe()
	var stderr strings.Builder
	done := make(chan int, 1)
	go func() {
		done <- Run(ctx, []string{"--data", s.data, "serve", "--listen", "0.0.0.0:0"}, nil, in, &stderr)
		in.Close()
	}()
	line := make([]byte, 4096)
	n, err := out.Read(line)
	require.NoError(t, err)
	require.Contains(t, string(line[:n]), "open to the network, by access code: http://")
	go io.Copy(io.Discard, out)
	stop()
	require.Zero(t, <-done)
	require.Contains(t, stderr.String(), "in the clear")
}
