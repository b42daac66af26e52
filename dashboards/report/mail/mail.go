// Package mail sends a report through any SMTP server: the first page as text and
// HTML, the files attached.
//
//	Server, Message ─▶ Send ─▶ one message to one reader
//
// Labels that stand in a subject, a name or a file name cannot end a header line: they
// are cleaned, and encoded after RFC 2047 and RFC 2231. The identifier of a message is
// the caller's, so that the same report sent again after a crash is known as the same
// by whoever sorts mail by it.
package mail

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"os"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"github.com/uprava/uprava/dashboards/report"
)

// Security is how the connection is kept from being read by others.
type Security string

// The kinds of security: STARTTLS upgrades a plain connection and gives up where it
// cannot, TLS begins with it, None leaves everything readable.
const (
	StartTLS Security = "starttls"
	TLS      Security = "tls"
	None     Security = "none"
)

// Server says through which server mail goes.
type Server struct {
	Host         string
	Port         int      // 0 for 587, 465 and 25, as the security asks
	Security     Security // "" for StartTLS
	User         string   // "" for no authentication
	PasswordFile string   // file that holds the password, so that no other does
	From         string   // address, with or without a name
	CAFile       string   // certificates to trust, PEM; "" for those of the system
	Timeout      time.Duration
}

// usualTimeout bounds the whole of a conversation with a server.
const usualTimeout = 2 * time.Minute

// Validate reports all faults of the configuration.
func (s Server) Validate() error {
	var faults []error
	if s.Host == "" {
		faults = append(faults, errors.New("mail: the host of the server is missing"))
	}
	if s.Port < 0 || s.Port > 65535 {
		faults = append(faults, fmt.Errorf("mail: port %d: wanted 1 to 65535, or none for the usual one", s.Port))
	}
	switch s.Security {
	case "", StartTLS, TLS, None:
	default:
		faults = append(faults, fmt.Errorf("mail: security %q: wanted %q, %q or %q", s.Security, StartTLS, TLS, None))
	}
	if s.User != "" && s.Security == None {
		faults = append(faults, errors.New("mail: with security \"none\" the password would travel readable; leave the user out or choose starttls or tls"))
	}
	if (s.User == "") != (s.PasswordFile == "") {
		faults = append(faults, errors.New("mail: user and password-file go together"))
	}
	if _, err := netmail.ParseAddress(s.From); err != nil {
		faults = append(faults, fmt.Errorf("mail: from %q: wanted an address such as reports@example.org: %w", s.From, err))
	}
	return errors.Join(faults...)
}

func (s Server) port() int {
	switch {
	case s.Port > 0:
		return s.Port
	case s.Security == TLS:
		return 465
	case s.Security == None:
		return 25
	}
	return 587
}

// File is an attachment.
type File struct {
	Name, Type string // Type such as application/pdf
	Data       []byte
}

// Message is one mail to one reader.
type Message struct {
	ID         string // without brackets: name@host
	To         string
	Subject    string
	Text, HTML string
	Files      []File
	Date       time.Time
}

// Address reports whether a text is an address that mail can be sent to.
func Address(s string) error {
	if _, err := netmail.ParseAddress(s); err != nil || strings.ContainsAny(s, "\r\n") {
		return fmt.Errorf("address %q: wanted such as head@example.org", s)
	}
	return nil
}

// message builds the mail.
func (s Server) message(m Message) (*gomail.Msg, error) {
	out := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := out.From(s.From); err != nil {
		return nil, fmt.Errorf("sender %q: %w", s.From, err)
	}
	if err := Address(m.To); err != nil {
		return nil, err
	}
	if err := out.To(m.To); err != nil {
		return nil, fmt.Errorf("reader %q: %w", m.To, err)
	}
	out.Subject(report.Short(m.Subject, 200))
	out.SetDateWithValue(m.Date)
	out.SetMessageIDWithValue(m.ID)
	out.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no holiday replies
	out.SetBodyString(gomail.TypeTextPlain, m.Text)
	if m.HTML != "" {
		out.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	}
	for _, f := range m.Files {
		if err := out.AttachReader(report.Short(f.Name, 120), bytes.NewReader(f.Data), gomail.WithFileContentType(gomail.ContentType(f.Type))); err != nil {
			return nil, fmt.Errorf("attaching %q: %w", f.Name, err)
		}
	}
	return out, nil
}

// Send sends a message; the error says at which server and what it answered.
func (s Server) Send(ctx context.Context, m Message) error {
	if err := s.Validate(); err != nil {
		return err
	}
	msg, err := s.message(m)
	if err != nil {
		return fmt.Errorf("mail to %q: %w", m.To, err)
	}
	client, err := s.client()
	if err != nil {
		return fmt.Errorf("mail to %q: %w", m.To, err)
	}
	timeout := s.Timeout
	if timeout <= 0 {
		timeout = usualTimeout
	}
	limited, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- client.DialAndSendWithContext(limited, msg) }()
	select {
	case err = <-done:
	case <-limited.Done():
		_ = client.Close() // ends the conversation, and with it the goroutine
		if err = <-done; err == nil {
			return nil // it was through in the same moment
		}
		if ctx.Err() == nil {
			err = fmt.Errorf("no answer within %s", timeout)
		}
	}
	if err != nil {
		return fmt.Errorf("mail to %q through %s: %w", m.To, net.JoinHostPort(s.Host, fmt.Sprint(s.port())), err)
	}
	return nil
}

// Notes sends short notes, such as alerts, through the server that Server names at the
// moment; there is no note where it names none.
type Notes struct {
	Server func() (*Server, error)
	Now    func() time.Time // nil for the clock on the wall
}

// ErrNoServer says that no mail server is configured.
var ErrNoServer = errors.New("the schedule names no mail server")

// Send sends a note to each of the addresses, also where one of them fails.
func (n Notes) Send(ctx context.Context, to []string, subject, text string) error {
	s, err := n.Server()
	if err != nil {
		return err
	}
	if s == nil {
		return ErrNoServer
	}
	now := time.Now
	if n.Now != nil {
		now = n.Now
	}
	var faults []error
	for _, a := range to {
		at := now()
		m := Message{ID: ID(fmt.Sprintf("%s\x00%s\x00%d", subject, text, at.UnixNano()), s.From, a), To: a, Subject: subject, Text: text, Date: at}
		faults = append(faults, s.Send(ctx, m))
	}
	return errors.Join(faults...)
}

// ID is an identifier of a message about something to one reader: always the same for
// the same.
func ID(about, from, to string) string {
	sum := sha256.Sum256([]byte(about + "\x00" + to))
	host := "localhost"
	if a, err := netmail.ParseAddress(from); err == nil {
		host = a.Address[strings.LastIndexByte(a.Address, '@')+1:]
	}
	return "uprava." + hex.EncodeToString(sum[:12]) + "@" + host
}

func (s Server) client() (*gomail.Client, error) {
	timeout := s.Timeout
	if timeout <= 0 {
		timeout = usualTimeout
	}
	trust := &tls.Config{ServerName: s.Host, MinVersion: tls.VersionTLS12}
	if s.CAFile != "" {
		pem, err := os.ReadFile(s.CAFile)
		if err != nil {
			return nil, fmt.Errorf("certificates to trust: %w", err)
		}
		trust.RootCAs = x509.NewCertPool()
		if !trust.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("certificates to trust: %q holds no certificate in PEM", s.CAFile)
		}
	}
	options := []gomail.Option{gomail.WithPort(s.port()), gomail.WithTimeout(timeout), gomail.WithTLSConfig(trust)}
	switch s.Security {
	case TLS:
		options = append(options, gomail.WithSSL())
	case None:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if s.User != "" {
		password, err := os.ReadFile(s.PasswordFile)
		if err != nil {
			return nil, fmt.Errorf("password of the mail server: %w", err)
		}
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(s.User), gomail.WithPassword(strings.TrimRight(string(password), "\r\n")))
	}
	return gomail.NewClient(s.Host, options...)
}
