package seal_test

import (
	"bytes"
	"crypto/hpke"
	"errors"
	"testing"

	"github.com/fairpassage/portal/internal/seal"
	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
)

var (
	one = uuid.MustParse("0190aaaa-0000-7000-8000-000000000001")
	two = uuid.MustParse("0190aaaa-0000-7000-8000-000000000002")
)

// shredKey stands for the one that a store would keep.
var shredKey = [seal.KeySize]byte{1, 2, 3}

func desk(t *testing.T, name string) (seal.Recipient, hpke.PrivateKey) {
	t.Helper()
	key, err := hpke.MLKEM768X25519().GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	return seal.Recipient{Name: name, KeyID: "1-0", Key: key.PublicKey()}, key
}

func put(t *testing.T, c *seal.Complaint, item seal.Item, text string) []byte {
	t.Helper()
	sealed, err := c.Put(item, shredKey, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func envelope(t *testing.T, c *seal.Complaint, to seal.Recipient, items ...seal.Item) []byte {
	t.Helper()
	e, err := c.EnvelopeFor(to, items...)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestARecipientOpensExactlyWhatItsEnvelopeHolds(t *testing.T) {
	to, key := desk(t, "police")
	c := seal.New(one)
	answers := put(t, c, seal.Answers, "{}")
	story := put(t, c, seal.Narrative, "they held my passport")
	opened, err := seal.Open(key, one, "police", "1-0", envelope(t, c, to, seal.Answers))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]seal.Item{seal.Answers}, opened.Items()); diff != "" {
		t.Error(diff)
	}
	got, err := opened.Item(seal.Answers, seal.Schema, shredKey, answers)
	if err != nil || string(got) != "{}" {
		t.Errorf("answers: %q, %v", got, err)
	}
	if _, err := opened.Item(seal.Narrative, seal.Schema, shredKey, story); !errors.Is(err, seal.ErrSealed) {
		t.Errorf("the narrative opened: %v", err)
	}
}

func TestAnEnvelopeOpensForItsRecipientItsComplaintAndItsKeyOnly(t *testing.T) {
	to, key := desk(t, "police")
	_, other := desk(t, "ministry")
	c := seal.New(one)
	put(t, c, seal.Answers, "{}")
	sealed := envelope(t, c, to, seal.Answers)
	tests := map[string]struct {
		key              hpke.PrivateKey
		complaint        uuid.UUID
		recipient, keyID string
		envelope         []byte
	}{
		"another desk's key":     {other, one, "police", "1-0", sealed},
		"another complaint":      {key, two, "police", "1-0", sealed},
		"another recipient":      {key, one, "ministry", "1-0", sealed},
		"another key id":         {key, one, "police", "2-0", sealed},
		"another version":        {key, one, "police", "1-0", append([]byte{2}, sealed[1:]...)},
		"cut short":              {key, one, "police", "1-0", sealed[:len(sealed)-1]},
		"nothing but a version":  {key, one, "police", "1-0", sealed[:1]},
		"nothing":                {key, one, "police", "1-0", nil},
		"more than was written":  {key, one, "police", "1-0", append(bytes.Clone(sealed), 0)},
		"one bit changed at end": {key, one, "police", "1-0", flip(sealed, len(sealed)-1)},
		"one bit changed inside": {key, one, "police", "1-0", flip(sealed, 600)},
	}
	for name, tt := range tests {
		if _, err := seal.Open(tt.key, tt.complaint, tt.recipient, tt.keyID, tt.envelope); !errors.Is(err, seal.ErrSealed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := seal.Open(key, one, "police", "1-0", sealed); err != nil {
		t.Errorf("its own: %v", err)
	}
}

func flip(b []byte, at int) []byte {
	b = bytes.Clone(b)
	b[at] ^= 1
	return b
}

func TestACiphertextMovedToAnotherPlaceDoesNotOpen(t *testing.T) {
	to, key := desk(t, "ministry")
	c := seal.New(one)
	reporter := put(t, c, seal.Identity("reporter"), "Dara Example")
	worker := put(t, c, seal.Identity("worker"), "Sophea Example")
	opened, err := seal.Open(key, one, "ministry", "1-0", envelope(t, c, to, seal.Identity("reporter"), seal.Identity("worker")))
	if err != nil {
		t.Fatal(err)
	}
	d := seal.New(two)
	foreign := put(t, d, seal.Identity("reporter"), "Vanna Example")
	tests := map[string]struct {
		item   seal.Item
		schema int
		sealed []byte
	}{
		"another item's row":      {seal.Identity("reporter"), seal.Schema, worker},
		"another complaint's row": {seal.Identity("reporter"), seal.Schema, foreign},
		"another schema":          {seal.Identity("reporter"), seal.Schema + 1, reporter},
		"a bit changed":           {seal.Identity("reporter"), seal.Schema, flip(reporter, 100)},
		"nothing":                 {seal.Identity("reporter"), seal.Schema, nil},
	}
	for name, tt := range tests {
		if _, err := opened.Item(tt.item, tt.schema, shredKey, tt.sealed); !errors.Is(err, seal.ErrSealed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPaddingHidesHowLongATextIs(t *testing.T) {
	sizes := map[int]int{}
	for _, n := range []int{0, 1, 100, 4092} {
		sizes[len(put(t, seal.New(one), seal.Narrative, string(make([]byte, n))))]++
	}
	if len(sizes) != 1 {
		t.Errorf("lengths differ: %v", sizes)
	}
	longer := put(t, seal.New(one), seal.Narrative, string(make([]byte, 4093)))
	for n := range sizes {
		if len(longer) != n+4096 {
			t.Errorf("the next block has %d bytes after %d", len(longer), n)
		}
	}
}

func TestTextsOfEveryLengthComeBackWhole(t *testing.T) {
	to, key := desk(t, "ministry")
	for _, n := range []int{0, 1, 4091, 4092, 4093, 60_000} {
		c := seal.New(one)
		text := bytes.Repeat([]byte("ក"), n)[:n]
		sealed := put(t, c, seal.Narrative, string(text))
		opened, err := seal.Open(key, one, "ministry", "1-0", envelope(t, c, to, seal.Narrative))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := opened.Item(seal.Narrative, seal.Schema, shredKey, sealed); err != nil || !bytes.Equal(got, text) {
			t.Errorf("%d bytes: %d back, %v", n, len(got), err)
		}
	}
}

func TestAnItemIsSealedOnceAndAnEnvelopeNamesOnlyWhatIs(t *testing.T) {
	to, _ := desk(t, "ministry")
	c := seal.New(one)
	put(t, c, seal.Answers, "{}")
	if _, err := c.Put(seal.Answers, shredKey, nil); err == nil {
		t.Error("a second key for one item")
	}
	if _, err := c.EnvelopeFor(to, seal.Narrative); err == nil {
		t.Error("an envelope for what was never sealed")
	}
}

func TestAReceiptAloneOpensItsMailbox(t *testing.T) {
	box, err := seal.MailboxOf("0123456789ABCDEFGHJKMNPQ")
	if err != nil {
		t.Fatal(err)
	}
	c := seal.New(one)
	sealed := put(t, c, seal.Narrative, "my words")
	env := envelope(t, c, box.Recipient(), seal.Narrative)
	again, _ := seal.MailboxOf("0123456789ABCDEFGHJKMNPQ")
	opened, err := again.Open(one, env)
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := opened.Item(seal.Narrative, seal.Schema, shredKey, sealed); string(got) != "my words" {
		t.Errorf("got %q", got)
	}
	other, _ := seal.MailboxOf("0123456789ABCDEFGHJKMNPR")
	if _, err := other.Open(one, env); !errors.Is(err, seal.ErrSealed) {
		t.Errorf("another receipt: %v", err)
	}
}

func TestAMailboxInASessionOpensByThatSessionsTokenAlone(t *testing.T) {
	box, _ := seal.MailboxOf("0123456789ABCDEFGHJKMNPQ")
	sealed, err := box.ToSession("a-token-of-a-session-000001", one)
	if err != nil {
		t.Fatal(err)
	}
	back, err := seal.FromSession("a-token-of-a-session-000001", one, sealed)
	if err != nil {
		t.Fatal(err)
	}
	c := seal.New(one)
	put(t, c, seal.Answers, "{}")
	if _, err := back.Open(one, envelope(t, c, box.Recipient(), seal.Answers)); err != nil {
		t.Errorf("the same mailbox: %v", err)
	}
	for name, try := range map[string]struct {
		token     string
		complaint uuid.UUID
	}{
		"another token": {"a-token-of-a-session-000002", one}, "another complaint": {"a-token-of-a-session-000001", two}, "no token": {"", one},
	} {
		if _, err := seal.FromSession(try.token, try.complaint, sealed); !errors.Is(err, seal.ErrSealed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestABoxOfOnePurposeDoesNotOpenForAnother(t *testing.T) {
	secret := bytes.Repeat([]byte{7}, seal.KeySize)
	form, err := seal.NewBox(secret, "form")
	if err != nil {
		t.Fatal(err)
	}
	other, _ := seal.NewBox(secret, "other")
	sealed := form.Seal([]byte("x"), []byte("ctx"))
	if _, err := other.Open(sealed, []byte("ctx")); !errors.Is(err, seal.ErrSealed) {
		t.Errorf("another purpose: %v", err)
	}
	if _, err := form.Open(sealed, []byte("cty")); !errors.Is(err, seal.ErrSealed) {
		t.Errorf("another context: %v", err)
	}
	if got, err := form.Open(sealed, []byte("ctx")); err != nil || string(got) != "x" {
		t.Errorf("its own: %q, %v", got, err)
	}
	if _, err := seal.NewBox([]byte("short"), "form"); err == nil {
		t.Error("a short secret")
	}
}

func TestAnOpenedEnvelopeAddressesWhatItHoldsToSomebodyElseAndNothingMore(t *testing.T) {
	reader, readerKey := desk(t, "reader")
	embassy, embassyKey := desk(t, "embassy")
	c := seal.New(one)
	story := put(t, c, seal.Narrative, "they held my passport")
	put(t, c, seal.Contact("reporter"), "012")
	opened, err := seal.Open(readerKey, one, "reader", "1-0", envelope(t, c, reader, seal.Narrative))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := opened.EnvelopeFor(embassy, seal.Narrative, seal.Contact("reporter")); !errors.Is(err, seal.ErrSealed) {
		t.Errorf("more than it holds: %v", err)
	}
	passed, err := opened.EnvelopeFor(embassy, seal.Narrative)
	if err != nil {
		t.Fatal(err)
	}
	again, err := seal.Open(embassyKey, one, "embassy", "1-0", passed)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := again.Item(seal.Narrative, seal.Schema, shredKey, story); err != nil || string(text) != "they held my passport" {
		t.Errorf("%q, %v", text, err)
	}
}

func TestAnItemOpensWithBothItsKeysOnly(t *testing.T) {
	to, key := desk(t, "ministry")
	c := seal.New(one)
	sealed := put(t, c, seal.Narrative, "my words")
	opened, err := seal.Open(key, one, "ministry", "1-0", envelope(t, c, to, seal.Narrative))
	if err != nil {
		t.Fatal(err)
	}
	other := shredKey
	other[31] ^= 1
	for name, shred := range map[string][seal.KeySize]byte{"none": {}, "one bit off": other} {
		if _, err := opened.Item(seal.Narrative, seal.Schema, shred, sealed); !errors.Is(err, seal.ErrSealed) {
			t.Errorf("with the data key and the shred key %s: %v", name, err)
		}
	}
	if got, err := opened.Item(seal.Narrative, seal.Schema, shredKey, sealed); err != nil || string(got) != "my words" {
		t.Errorf("with both: %v", err)
	}
}
