package identity_test

import (
	"errors"
	"testing"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
)

func TestAnOperatorInvitesTheFirstAdministratorAndClosesAccounts(t *testing.T) {
	o := newOffice(t)
	operator := identity.NewOperator(o.db.DB, o.people)
	code, err := operator.InviteAdministrator(t.Context(), identity.Newcomer{Email: "Admin@ministry.example", Name: "Admin"})
	if err != nil {
		t.Fatal(err)
	}
	entry, err := o.sessions.Accept(t.Context(), identity.Acceptance{Code: code, Passphrase: "seven quiet rivers"})
	if err != nil || entry.Actor.Role != identity.RoleAdministrator || entry.Actor.UnitKind != identity.UnitAdministration {
		t.Fatalf("%+v, %v", entry.Actor, err)
	}
	// Somebody who lost their passphrase keeps their roles and gets no other.
	if code, err = operator.InviteAdministrator(t.Context(), identity.Newcomer{Email: sok, Name: "Ignored"}); err != nil {
		t.Fatal(err)
	}
	again, err := o.sessions.Accept(t.Context(), identity.Acceptance{Code: code, Passphrase: "nine quiet rivers"})
	if err != nil || again.Actor.Role != identity.RoleInvestigator {
		t.Fatalf("%+v, %v", again.Actor, err)
	}
	if err := operator.Deactivate(t.Context(), sok); err != nil || o.alive(t, again.Token) {
		t.Errorf("the session goes on: %v", err)
	}
	var left int
	err = o.db.Super(t).QueryRow(`SELECT (SELECT count(*) FROM sessions WHERE person_id = $1 AND revoked_at IS NULL) + (SELECT count(*) FROM memberships WHERE person_id = $1)
		+ (SELECT count(*) FROM invitations WHERE person_id = $1 AND accepted_at IS NULL AND revoked_at IS NULL)`, o.person).Scan(&left)
	if err != nil || left != 0 {
		t.Errorf("%d sessions, roles and invitations outlive the account (%v)", left, err)
	}
	if _, err := operator.InviteAdministrator(t.Context(), identity.Newcomer{Email: sok}); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a closed account is invited: %v", err)
	}
	if err := operator.Deactivate(t.Context(), "nobody@police.example"); !errors.Is(err, identity.ErrNoAccount) {
		t.Errorf("err = %v, want ErrNoAccount", err)
	}
	all, err := operator.Accounts(t.Context())
	if err != nil || len(all) != 2 || all[0].Roles != "administrator at administration" || all[1].DeactivatedAt == nil {
		t.Errorf("%+v, %v", all, err)
	}
}
