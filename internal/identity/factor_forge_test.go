package identity_test

import (
	"testing"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/id"
)

// What somebody with the whole database, and without the key folder, would do to
// get past a second factor. They know the passphrase.
func TestTheDatabaseAloneGetsNobodyPastTheSecondFactor(t *testing.T) {
	known := "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	for name, forge := range map[string]func(*testing.T, *office){
		"factors deleted":     func(t *testing.T, o *office) { o.super(t, `DELETE FROM factors`) },
		"nobody has a factor": func(t *testing.T, o *office) { o.super(t, `UPDATE credentials SET guarded = false`) },
		"both": func(t *testing.T, o *office) {
			o.super(t, `DELETE FROM factors`)
			o.super(t, `UPDATE credentials SET guarded = false`)
		},
		"a code of their make": func(t *testing.T, o *office) {
			o.super(t, `INSERT INTO factors (id, person_id, kind, name, handle, material, counter, pin, made_at)
				VALUES ($1, $2, 'recovery', '', sha256($3), '', 0, sha256('x'), now())`, id.New(), o.person, []byte(known))
		},
		"another's factor": func(t *testing.T, o *office) {
			o.db.Hire(t, o.clock, "clerk@police.example", "Clerk", o.unit, identity.RoleDutyOfficer)
			o.enrolApp(t, "clerk@police.example")
			o.super(t, `DELETE FROM factors WHERE person_id = $1`, o.person)
			o.super(t, `UPDATE factors SET person_id = $1`, o.person)
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			o.enrolApp(t, sok)
			forge(t, o)
			entry, err := o.attempt(t, sok, passphrase, "")
			if err == nil && !entry.Halfway {
				t.Fatal("signed in by the passphrase alone")
			}
			for _, code := range []string{"123456", known, ""} {
				if _, err := o.finish(t, entry.Token, identity.Proof{Code: code}); err == nil {
					t.Fatal("signed in")
				}
			}
		})
	}
}

func TestAUsedStepCannotBeGivenBackInTheDatabase(t *testing.T) {
	o := newOffice(t)
	secret := o.enrolApp(t, sok)
	code := o.code(t, secret)
	if _, err := o.finish(t, o.half(t, sok), identity.Proof{Code: code}); err != nil {
		t.Fatal(err)
	}
	o.super(t, `UPDATE factors SET counter = 0`)
	if _, err := o.finish(t, o.half(t, sok), identity.Proof{Code: code}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("the step counts again: %v", err)
	}
}
