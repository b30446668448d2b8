package seal_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/seal"
)

func member(t *testing.T) seal.Member {
	t.Helper()
	m, err := seal.NewMember()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestAMembersKeyOpensUnderItsPassphrasesKeyAndForItsPersonOnly(t *testing.T) {
	m, person, under := member(t), id.New(), bytes.Repeat([]byte{7}, seal.KeySize)
	wrapped, err := m.Wrap(person, under)
	if err != nil {
		t.Fatal(err)
	}
	same, err := seal.UnwrapMember(person, under, wrapped)
	if err != nil || same.ID() != m.ID() {
		t.Fatalf("%v, %v", same.ID(), err)
	}
	if _, err := seal.UnwrapMember(id.New(), under, wrapped); !errors.Is(err, seal.ErrSealed) {
		t.Errorf("another person's: %v", err)
	}
	if _, err := seal.UnwrapMember(person, bytes.Repeat([]byte{8}, seal.KeySize), wrapped); !errors.Is(err, seal.ErrSealed) {
		t.Errorf("another passphrase's: %v", err)
	}
	if _, err := seal.MemberFromSession("a-token-of-26-letters-xxxxx", person, wrapped); !errors.Is(err, seal.ErrSealed) {
		t.Errorf("as a session's: %v", err)
	}
}

func TestAMembersKeyLivesUnderTheSessionsToken(t *testing.T) {
	m, person := member(t), id.New()
	const token = "a-token-of-26-letters-xxxxx"
	sealed, err := m.ToSession(token, person)
	if err != nil {
		t.Fatal(err)
	}
	if same, err := seal.MemberFromSession(token, person, sealed); err != nil || same.ID() != m.ID() {
		t.Fatalf("%v", err)
	}
	if _, err := seal.MemberFromSession("another-token-of-26-letters", person, sealed); !errors.Is(err, seal.ErrSealed) {
		t.Errorf("with another token: %v", err)
	}
}

func TestASignatureHoldsForOneStatementPurposeAndMember(t *testing.T) {
	m, other := member(t), member(t)
	signature, err := m.Sign("decision", []byte("yes"))
	if err != nil {
		t.Fatal(err)
	}
	public, err := seal.ReadMemberPublic(m.Public().Bytes())
	if err != nil || public.ID != m.ID() {
		t.Fatal(err)
	}
	if !public.Signed("decision", []byte("yes"), signature) {
		t.Error("the right signature is refused")
	}
	if public.Signed("decision", []byte("no"), signature) || public.Signed("other", []byte("yes"), signature) || other.Public().Signed("decision", []byte("yes"), signature) {
		t.Error("a signature holds for something else")
	}
	if _, err := (seal.Member{}).Sign("decision", nil); !errors.Is(err, seal.ErrSealed) {
		t.Errorf("a locked member signs: %v", err)
	}
}

func TestWhatIsSealedToAMemberOpensForThemAlone(t *testing.T) {
	m, other := member(t), member(t)
	sealed, err := m.Public().SealTo([]byte("a desk's key"), "desk", []byte("police-national"))
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := m.OpenFrom(sealed, "desk", []byte("police-national")); err != nil || string(plain) != "a desk's key" {
		t.Fatalf("%q, %v", plain, err)
	}
	for name, open := range map[string]func() ([]byte, error){
		"another member": func() ([]byte, error) { return other.OpenFrom(sealed, "desk", []byte("police-national")) },
		"another desk":   func() ([]byte, error) { return m.OpenFrom(sealed, "desk", []byte("ministry")) },
		"nobody":         func() ([]byte, error) { return (seal.Member{}).OpenFrom(sealed, "desk", []byte("police-national")) },
	} {
		if _, err := open(); !errors.Is(err, seal.ErrSealed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAPinHoldsForItsPurposeAndPartsUnderOneFolder(t *testing.T) {
	one, err := seal.Ensure(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	two, err := seal.Ensure(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	pin := one.Pins().Pin("membership", []byte("a"), []byte("bc"))
	if !one.Pins().Check(pin, "membership", []byte("a"), []byte("bc")) {
		t.Error("the right pin is refused")
	}
	if one.Pins().Check(pin, "membership", []byte("ab"), []byte("c")) || one.Pins().Check(pin, "desk", []byte("a"), []byte("bc")) ||
		two.Pins().Check(pin, "membership", []byte("a"), []byte("bc")) || (seal.Pins{}).Check((seal.Pins{}).Pin("x"), "x") {
		t.Error("a pin holds for something else")
	}
}

func FuzzMemberPublic(f *testing.F) {
	m, err := seal.NewMember()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(m.Public().Bytes())
	f.Add([]byte{0, 0, 0, 1, 'x'})
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := seal.ReadMemberPublic(data)
		if err == nil && !bytes.Equal(p.Bytes(), data) {
			t.Error("two writings of one key")
		}
	})
}
