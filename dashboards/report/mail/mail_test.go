package mail

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"mime"
	"mime/multipart"
	"net"
	netmail "net/mail"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/dashboards/hostile"
	"github.com/uprava/uprava/dashboards/report"
)

// box is a server that keeps what it gets.
type box struct {
	mu       sync.Mutex
	got      []string
	to       []string
	user     string
	refuse   error
	hold     chan struct{} // data is answered when it is closed
	password string
}

type session struct{ b *box }

func (b *box) NewSession(*smtp.Conn) (smtp.Session, error) { return &session{b}, nil }
func (s *session) Reset()                                  {}
func (s *session) Logout() error                           { return nil }
func (s *session) Mail(string, *smtp.MailOptions) error    { return s.b.refuse }
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.b.mu.Lock()
	defer s.b.mu.Unlock()
	s.b.to = append(s.b.to, to)
	return nil
}
func (s *session) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if s.b.hold != nil {
		<-s.b.hold
	}
	s.b.mu.Lock()
	defer s.b.mu.Unlock()
	s.b.got = append(s.b.got, string(text))
	return nil
}
func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }
func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if password != s.b.password {
			return errors.New("wrong password")
		}
		s.b.user = user
		return nil
	}), nil
}

// serve starts the server; implicit says whether it begins with TLS.
func (b *box) serve(t *testing.T, implicit bool) (port int, ca string) {
	t.Helper()
	certificate, ca := certify(t)
	s := smtp.NewServer(b)
	s.Domain = "localhost"
	s.TLSConfig = &tls.Config{Certificates: []tls.Certificate{certificate}}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	port = l.Addr().(*net.TCPAddr).Port
	if implicit {
		l = tls.NewListener(l, s.TLSConfig)
	}
	go s.Serve(l)
	t.Cleanup(func() { s.Close() })
	return port, ca
}

func certify(t *testing.T) (tls.Certificate, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	form := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature}
	der, err := x509.CreateCertificate(rand.Reader, form, form, &key.PublicKey, key)
	require.NoError(t, err)
	ca := filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, ca
}

var sample = Message{ID: "weekly.2019-W49@uprava", To: "head@example.org", Subject: "Доклад за 49-ю неделю", Text: "Главное\n", HTML: "<p>Главное</p>", Date: time.Date(2019, 12, 9, 8, 0, 0, 0, time.UTC),
	Files: []File{{"доклад.pdf", "application/pdf", []byte("%PDF-1.3 x")}, {"доклад.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", []byte{0, 1, 2, '\r', '\n', '.'}}}}

func TestThroughEverySecurity(t *testing.T) {
	for _, security := range []Security{StartTLS, TLS, None} {
		t.Run(string(security), func(t *testing.T) {
			b := &box{password: "secret"}
			port, ca := b.serve(t, security == TLS)
			s := Server{Host: "127.0.0.1", Port: port, Security: security, From: "Управа <reports@example.org>", CAFile: ca}
			if security != None {
				s.User, s.PasswordFile = "reports", filepath.Join(t.TempDir(), "password")
				require.NoError(t, os.WriteFile(s.PasswordFile, []byte("secret\n"), 0o600))
			}
			require.NoError(t, s.Send(context.Background(), sample))
			require.Equal(t, []string{"head@example.org"}, b.to)
			require.Equal(t, s.User, b.user)
			m, err := netmail.ReadMessage(strings.NewReader(b.got[0]))
			require.NoError(t, err)
			subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
			require.NoError(t, err)
			require.Equal(t, sample.Subject, subject)
			require.Equal(t, "<weekly.2019-W49@uprava>", m.Header.Get("Message-Id"))
			require.Equal(t, sample.Files, attached(t, m.Header.Get("Content-Type"), m.Body))
		})
	}
}

// attached are the attachments of a body.
func attached(t *testing.T, kind string, body io.Reader) []File {
	t.Helper()
	_, parameters, err := mime.ParseMediaType(kind)
	require.NoError(t, err)
	parts := multipart.NewReader(body, parameters["boundary"])
	var out []File
	for {
		p, err := parts.NextRawPart()
		if err == io.EOF {
			return out
		}
		require.NoError(t, err)
		if !strings.HasPrefix(p.Header.Get("Content-Disposition"), "attachment") {
			continue
		}
		kind, _, err := mime.ParseMediaType(p.Header.Get("Content-Type"))
		require.NoError(t, err)
		_, disposition, err := mime.ParseMediaType(p.Header.Get("Content-Disposition"))
		require.NoError(t, err)
		name, err := new(mime.WordDecoder).DecodeHeader(disposition["filename"])
		require.NoError(t, err)
		data, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, p))
		require.NoError(t, err)
		out = append(out, File{name, kind, data})
	}
}

func TestFaultsAreSentences(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()
	s := Server{Host: "127.0.0.1", Port: port, Security: None, From: "a@example.org"}
	require.ErrorContains(t, s.Send(context.Background(), sample), `mail to "head@example.org" through 127.0.0.1:`)

	refusing := &box{refuse: &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "no relaying"}}
	s.Port, _ = refusing.serve(t, false)
	require.ErrorContains(t, s.Send(context.Background(), sample), "no relaying")

	slow := &box{hold: make(chan struct{})}
	defer close(slow.hold)
	s.Port, _ = slow.serve(t, false)
	s.Timeout = 200 * time.Millisecond
	begin := time.Now()
	require.Error(t, s.Send(context.Background(), sample))
	require.Less(t, time.Since(begin), 5*time.Second)

	plain := Server{Host: "127.0.0.1", From: "a@example.org"} // a server without a certificate that is trusted
	certain := &box{}
	plain.Port, _ = certain.serve(t, false)
	require.ErrorContains(t, plain.Send(context.Background(), sample), "certificate")
	require.Empty(t, certain.got)
}

func TestNotes(t *testing.T) {
	b := &box{}
	s := &Server{Host: "127.0.0.1", Security: None, From: "a@example.org"}
	s.Port, _ = b.serve(t, false)
	n := Notes{Server: func() (*Server, error) { return s, nil }}
	require.NoError(t, n.Send(context.Background(), []string{"x@example.org", "y@example.org"}, "Оповещение", "Текст\n"))
	require.Equal(t, []string{"x@example.org", "y@example.org"}, b.to)
	s = nil
	require.ErrorIs(t, n.Send(context.Background(), []string{"x@example.org"}, "a", "b"), ErrNoServer)
}

func TestValidate(t *testing.T) {
	err := Server{Port: 99999, Security: "ssl", User: "a", From: "nobody"}.Validate()
	for _, want := range []string{"host", "99999", "ssl", "password-file", "nobody"} {
		require.ErrorContains(t, err, want)
	}
	require.ErrorContains(t, Server{Host: "h", From: "a@b.c", Security: None, User: "u", PasswordFile: "p"}.Validate(), "readable")
	require.Error(t, Address("a@example.org\r\nBcc: b@example.org"))
}

// No label ends a header line or adds one.
func TestHostileLabelsStayInTheirHeader(t *testing.T) {
	s := Server{Host: "h", From: "a@example.org"}
	for _, label := range hostile.Labels {
		m := sample
		m.Subject = label
		m.Files = []File{{label, "application/pdf", []byte("x")}}
		msg, err := s.message(m)
		require.NoError(t, err)
		var b strings.Builder
		_, err = msg.WriteTo(&b)
		require.NoError(t, err)
		read, err := netmail.ReadMessage(strings.NewReader(b.String()))
		require.NoError(t, err, "%q", label)
		require.Empty(t, read.Header.Get("Bcc"))
		require.Equal(t, "<"+m.ID+">", read.Header.Get("Message-Id"))
		require.Len(t, read.Header["To"], 1)
		subject, err := new(mime.WordDecoder).DecodeHeader(read.Header.Get("Subject"))
		require.NoError(t, err)
		require.Equal(t, strings.Join(strings.Fields(report.Short(label, 200)), " "), strings.Join(strings.Fields(subject), " "), "%q", label)
		files := attached(t, read.Header.Get("Content-Type"), read.Body)
		require.Len(t, files, 1)
		require.Equal(t, []byte("x"), files[0].Data)
		require.NotContains(t, files[0].Name, "\n")
	}
}
