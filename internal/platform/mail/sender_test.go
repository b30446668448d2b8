package mail_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/pem"
	"errors"
	"io"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/platform/mail"
	"github.com/fairpassage/portal/internal/platform/mail/mailtest"
)

func TestALetterSentTwiceCarriesTheSameID(t *testing.T) {
	server := mailtest.Start(t)
	sender, err := mail.New(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		err := sender.Send(t.Context(), mail.Letter{ID: "one", To: "sokha@police.example", Subject: "ដំណឹងថ្មី", Text: "ស្តេច\n.\n.."})
		if err != nil {
			t.Fatal(err)
		}
	}
	letters := server.Letters()
	if len(letters) != 2 {
		t.Fatalf("letters = %d, want 2", len(letters))
	}
	for _, l := range letters {
		if got := l.Header.Get("Message-Id"); got != "<one@portal.example>" {
			t.Errorf("Message-ID = %q", got)
		}
		if l.To != "sokha@police.example" || l.From != "portal@portal.example" {
			t.Errorf("from %q to %q", l.From, l.To)
		}
		if strings.Contains(l.Raw, "go-mail") {
			t.Error("the letter names the library")
		}
	}
}

func TestALetterThatCanBeEndedSaysWhereByOneRequest(t *testing.T) {
	server := mailtest.Start(t)
	sender, err := mail.New(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	for _, end := range []string{"", "https://portal.example/changes/a/one-click"} {
		if err := sender.Send(t.Context(), mail.Letter{ID: "one", To: "sokha@village.example", Subject: "News", Text: "News.", End: end}); err != nil {
			t.Fatal(err)
		}
	}
	letters := server.Letters()
	if got := letters[0].Header.Get("List-Unsubscribe") + letters[0].Header.Get("List-Unsubscribe-Post"); got != "" {
		t.Errorf("a letter that nobody can end says %q", got)
	}
	if got := letters[1].Header.Get("List-Unsubscribe"); got != "<https://portal.example/changes/a/one-click>" {
		t.Errorf("it ends at %q", got)
	}
	if got := letters[1].Header.Get("List-Unsubscribe-Post"); got != "List-Unsubscribe=One-Click" {
		t.Errorf("by %q", got)
	}
}

func TestARefusalDoesNotRepeatTheAddress(t *testing.T) {
	server := mailtest.Start(t)
	server.Refuse(true)
	sender, err := mail.New(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	err = sender.Send(t.Context(), mail.Letter{ID: "one", To: "sokha@police.example", Subject: "s", Text: "t"})
	if !errors.Is(err, mail.ErrNotSent) || strings.Contains(err.Error(), "sokha") {
		t.Fatalf("err = %v", err)
	}
}

func TestSendingEndsWithItsContext(t *testing.T) {
	server := mailtest.Start(t)
	sender, err := mail.New(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err = sender.Send(ctx, mail.Letter{ID: "one", To: "sokha@police.example", Subject: "s", Text: "t"})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("err = %v", err)
	}
}

func TestAServerThatFallsSilentIsLeftWhenTheContextEnds(t *testing.T) {
	greeted := make(chan struct{})
	address := listening(t, listen(t), func(conn net.Conn) {
		_, _ = io.WriteString(conn, "220 mail.example ready\r\n")
		_, _ = conn.Read(make([]byte, 1)) // the client has begun to speak
		close(greeted)
		_, _ = io.Copy(io.Discard, conn)
	})
	sender, err := mail.New("smtp://" + address + "?from=portal@portal.example")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	sent := make(chan error, 1)
	go func() {
		sent <- sender.Send(ctx, mail.Letter{ID: "one", To: "sokha@police.example", Subject: "s", Text: "t"})
	}()
	<-greeted
	cancel()
	select {
	case err := <-sent:
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("err = %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("it goes on waiting for the server")
	}
}

func TestALetterThatWasTakenIsSentEvenIfTheServerHangsUp(t *testing.T) {
	sender, err := mail.New("smtp://" + listening(t, listen(t), curt("250 ok")) + "?from=portal@portal.example")
	if err != nil {
		t.Fatal(err)
	}
	if err := sender.Send(t.Context(), mail.Letter{ID: "one", To: "sokha@police.example", Subject: "s", Text: "t"}); err != nil {
		t.Fatalf("err = %v for a letter that the server took", err)
	}
}

func TestTLSFromTheStartCarriesThePassword(t *testing.T) {
	known := httptest.NewTLSServer(nil) // for its certificate, which is good for 127.0.0.1
	t.Cleanup(known.Close)
	file := filepath.Join(t.TempDir(), "roots.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: known.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SSL_CERT_FILE", file)
	secret := tls.NewListener(listen(t), &tls.Config{Certificates: known.TLS.Certificates, MinVersion: tls.VersionTLS12})
	sender, err := mail.New("smtps://portal:password@" + listening(t, secret, curt("250-ok\r\n250 AUTH PLAIN")) + "?from=portal@portal.example")
	if err != nil {
		t.Fatal(err)
	}
	if err := sender.Send(t.Context(), mail.Letter{ID: "one", To: "sokha@police.example", Subject: "s", Text: "t"}); err != nil {
		t.Fatal(err)
	}
}

// curt takes one letter and hangs up at once. It says hello as told.
func curt(hello string) func(net.Conn) {
	return func(conn net.Conn) {
		in := bufio.NewReader(conn)
		say := func(line string) { _, _ = io.WriteString(conn, line+"\r\n") }
		say("220 mail.example ready")
		for reading := false; ; {
			line, err := in.ReadString('\n')
			verb, _, _ := strings.Cut(strings.TrimSpace(line), " ")
			switch {
			case err != nil:
				return
			case verb == "." && reading:
				say("250 taken")
				return
			case reading:
			case verb == "DATA":
				say("354 go on")
				reading = true
			case verb == "EHLO":
				say(hello)
			case verb == "AUTH":
				say("235 welcome")
			default:
				say("250 ok")
			}
		}
	}
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return listener
}

// listening talks as told to one client at a time until the test ends.
func listening(t *testing.T, listener net.Listener, talk func(net.Conn)) (address string) {
	t.Helper()
	var open sync.WaitGroup
	open.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			context.AfterFunc(t.Context(), func() { _ = conn.Close() })
			talk(conn)
			_ = conn.Close()
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		open.Wait()
	})
	return listener.Addr().String()
}

func TestABadAddressOfAServerIsRefusedWithoutRepeatingIt(t *testing.T) {
	for _, url := range []string{"", "hush", "http://hush.example", "smtp://", "smtp://a:hush%zz@mail.example", "smtp://mail.example?from=hush"} {
		_, err := mail.New(url)
		if err == nil || strings.Contains(err.Error(), "hush") {
			t.Errorf("%q: err = %v", url, err)
		}
	}
}
