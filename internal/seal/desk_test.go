package seal_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/fairpassage/portal/internal/seal"
)

func newDesk(t testing.TB, unit string) seal.Desk {
	t.Helper()
	d, err := seal.NewDesk(unit, 1)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestADesksKeyOpensForTheMemberItIsWrappedTo(t *testing.T) {
	d, m, other := newDesk(t, "police"), member(t), member(t)
	wrapped, err := d.WrapFor(m.Public())
	if err != nil {
		t.Fatal(err)
	}
	back, err := seal.UnwrapDesk(m, "police", d.ID(), wrapped)
	if err != nil || back.ID() != d.ID() {
		t.Fatal(err)
	}
	c := seal.New(one)
	put(t, c, seal.Answers, "{}")
	if _, err := back.Open(one, envelope(t, c, d.Recipient(), seal.Answers)); err != nil {
		t.Errorf("its envelope: %v", err)
	}
	substituted, err := newDesk(t, "police").WrapFor(m.Public())
	if err != nil {
		t.Fatal(err)
	}
	for name, open := range map[string]func() (seal.Desk, error){
		"another member":    func() (seal.Desk, error) { return seal.UnwrapDesk(other, "police", d.ID(), wrapped) },
		"nobody":            func() (seal.Desk, error) { return seal.UnwrapDesk(seal.Member{}, "police", d.ID(), wrapped) },
		"another unit":      func() (seal.Desk, error) { return seal.UnwrapDesk(m, "ministry", d.ID(), wrapped) },
		"another key's id":  func() (seal.Desk, error) { return seal.UnwrapDesk(m, "police", "2-0011223344556677", wrapped) },
		"a substituted key": func() (seal.Desk, error) { return seal.UnwrapDesk(m, "police", d.ID(), substituted) },
	} {
		if _, err := open(); !errors.Is(err, seal.ErrSealed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAPublicHalfIsReadUnderItsOwnNameOnly(t *testing.T) {
	d, other := newDesk(t, "police"), newDesk(t, "police")
	if !strings.HasPrefix(d.ID(), "1-") {
		t.Error(d.ID())
	}
	if _, err := seal.ReadDesk("police", d.ID(), d.Recipient().Key.Bytes()); err != nil {
		t.Error(err)
	}
	if _, err := seal.ReadDesk("police", d.ID(), other.Recipient().Key.Bytes()); !errors.Is(err, seal.ErrSealed) {
		t.Errorf("another key: %v", err)
	}
}

// holders are three desks with a share each of a fourth one's key.
func holders(t *testing.T) (lost seal.Desk, desks []seal.Desk, shares [][]byte) {
	t.Helper()
	lost = newDesk(t, "ministry")
	var to []seal.Recipient
	for _, unit := range []string{"oversight", "police", "support"} {
		desks = append(desks, newDesk(t, unit))
		to = append(to, desks[len(desks)-1].Recipient())
	}
	shares, err := lost.Split(to)
	if err != nil {
		t.Fatal(err)
	}
	return lost, desks, shares
}

func TestAnyTwoHoldersRestoreAKeyAndOneDoesNot(t *testing.T) {
	lost, desks, shares := holders(t)
	m := member(t)
	give := func(i int) []byte {
		share, err := desks[i].OpenShare("ministry", lost.ID(), shares[i])
		if err != nil {
			t.Fatal(err)
		}
		sealed, err := share.ContributeTo(m.Public())
		if err != nil {
			t.Fatal(err)
		}
		return sealed
	}
	for _, pair := range [][2]int{{0, 1}, {0, 2}, {1, 2}} {
		back, err := seal.JoinDesk(m, "ministry", lost.ID(), [][]byte{give(pair[0]), give(pair[1])})
		if err != nil || back.ID() != lost.ID() {
			t.Errorf("holders %v: %v", pair, err)
		}
	}
	if _, err := seal.JoinDesk(m, "ministry", lost.ID(), [][]byte{give(0), give(1), give(2)}); err != nil {
		t.Errorf("all three: %v", err)
	}
	for name, given := range map[string][][]byte{
		"nobody": nil, "one": {give(0)}, "one, twice": {give(1), give(1)}, "junk": {give(0), []byte("junk")},
	} {
		if _, err := seal.JoinDesk(m, "ministry", lost.ID(), given); !errors.Is(err, seal.ErrSealed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := seal.JoinDesk(member(t), "ministry", lost.ID(), [][]byte{give(0), give(1)}); !errors.Is(err, seal.ErrSealed) {
		t.Errorf("for another member: %v", err)
	}
	if _, err := seal.JoinDesk(m, "ministry", "2-0011223344556677", [][]byte{give(0), give(1)}); !errors.Is(err, seal.ErrSealed) {
		t.Errorf("as another key: %v", err)
	}
}

func TestAShareOpensForItsHolderAndItsKey(t *testing.T) {
	lost, desks, shares := holders(t)
	for name, open := range map[string]func() (seal.Share, error){
		"another holder": func() (seal.Share, error) { return desks[1].OpenShare("ministry", lost.ID(), shares[0]) },
		"another unit":   func() (seal.Share, error) { return desks[0].OpenShare("police", lost.ID(), shares[0]) },
		"another key":    func() (seal.Share, error) { return desks[0].OpenShare("ministry", desks[0].ID(), shares[0]) },
		"nobody":         func() (seal.Share, error) { return seal.Desk{}.OpenShare("ministry", lost.ID(), shares[0]) },
	} {
		if _, err := open(); !errors.Is(err, seal.ErrSealed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := lost.Split([]seal.Recipient{desks[0].Recipient()}); err == nil {
		t.Error("split among one")
	}
}

func TestAnOpenedEnvelopeIsAddressedToAnotherKeyWithoutItsDataKeys(t *testing.T) {
	old, fresh := newDesk(t, "police"), newDesk(t, "police")
	c := seal.New(one)
	story := put(t, c, seal.Narrative, "they held my passport")
	put(t, c, seal.Answers, "{}")
	opened, err := old.Open(one, envelope(t, c, old.Recipient(), seal.Narrative))
	if err != nil {
		t.Fatal(err)
	}
	again, err := opened.EnvelopeFor(fresh.Recipient(), opened.Items()...)
	if err != nil {
		t.Fatal(err)
	}
	back, err := fresh.Open(one, again)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := back.Item(seal.Narrative, seal.Schema, shredKey, story); err != nil || string(text) != "they held my passport" {
		t.Errorf("%q, %v", text, err)
	}
	if _, err := old.Open(one, again); !errors.Is(err, seal.ErrSealed) {
		t.Errorf("the old key: %v", err)
	}
	if _, err := opened.EnvelopeFor(fresh.Recipient(), seal.Answers); !errors.Is(err, seal.ErrSealed) {
		t.Errorf("more than it held: %v", err)
	}
}

func FuzzShare(f *testing.F) {
	m, err := seal.NewMember()
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte{})
	f.Add([]byte{0, 0, 0, 1, 'x'})
	f.Fuzz(func(t *testing.T, data []byte) {
		sealed, err := m.Public().SealTo(data, "desk share", []byte("u"), []byte("k"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := seal.JoinDesk(m, "u", "k", [][]byte{sealed, sealed}); err == nil {
			t.Error("a key from junk")
		}
	})
}
