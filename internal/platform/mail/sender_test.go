package mail_test

import (
	"context"
	"errors"
	"strings"
	"testing"

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

func TestABadAddressOfAServerIsRefusedWithoutRepeatingIt(t *testing.T) {
	for _, url := range []string{"", "hush", "http://hush.example", "smtp://", "smtp://a:hush%zz@mail.example", "smtp://mail.example?from=hush"} {
		_, err := mail.New(url)
		if err == nil || strings.Contains(err.Error(), "hush") {
			t.Errorf("%q: err = %v", url, err)
		}
	}
}
