package complaint_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/fairpassage/portal/internal/complaint"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/google/go-cmp/cmp"
)

// allow is what the holder of the receipt allows after all.
func (o *office) allow(t *testing.T, receipt complaint.Receipt, given ...complaint.Consent) error {
	t.Helper()
	token, session := o.handIn(t, receipt)
	return o.service.Allow(t.Context(), session.Actor, token, session.SealedKey, given...)
}

func TestWhatIsAllowedLaterReachesExactlyWhomItWouldHaveReachedAtFiling(t *testing.T) {
	desk, police := complaint.LabourDesk, complaint.Police
	stateWith := openStates(t)
	for _, readers := range [][]string{nil, {"reading-room", "oversight-national"}} {
		o := stateWith(readers)
		for _, accused := range []string{"nobody", "somebody", "province-east", "embassy-th", "ministry-national", "police-national", "oversight-national"} {
			for _, before := range [][]complaint.MayAct{nil, {desk}, {police}} {
				for _, safe := range []complaint.Safety{complaint.NotSure, complaint.InDanger} {
					t.Run(fmt.Sprint(len(readers), " readers, accuses ", accused, ", ", before, " at first, ", safe), func(t *testing.T) {
						in := told()
						in.Safe, in.Official, in.OfficialUnit = safe, accused != "nobody", o.units[accused]
						whole := in
						whole.MayAct, whole.WorkerAgrees = []complaint.MayAct{desk, police}, true
						wanted, _ := o.file(t, whole)
						in.MayAct = before
						filed, receipt := o.file(t, in)
						err := o.allow(t, receipt, complaint.ConsentWorkerAgrees, complaint.ConsentPolice, complaint.ConsentLabourDesk)
						if err != nil {
							t.Fatal(err)
						}
						if diff := cmp.Diff(o.envelopes(t, wanted), o.envelopes(t, filed)); diff != "" {
							t.Error(diff)
						}
						if got, want := o.bases(t, filed), o.bases(t, wanted); got != want {
							t.Errorf("police know who people are by %q, want %q", got, want)
						}
						if got, want := o.excluded(t, filed), o.excluded(t, wanted); got != want {
							t.Errorf("excluded %q, want %q", got, want)
						}
						if got, want := o.reads(t, filed), o.reads(t, wanted); got != want {
							t.Errorf("read by %q, want %q", got, want)
						}
					})
				}
			}
		}
	}
}

func TestWhoIsAllowedLaterReadsItAndSeesWhoMayAct(t *testing.T) {
	o := openState(t)
	in := told()
	filed, receipt := o.file(t, in)
	if err := o.allow(t, receipt, complaint.ConsentPolice); err != nil {
		t.Fatal(err)
	}
	c, err := o.service.OpenFor(t.Context(), o.holder(t, "police"), filed.ID)
	if err != nil || c.Narrative == nil || *c.Narrative != in.Narrative || c.Reporter == nil || c.Worker != nil {
		t.Fatalf("police read %+v, %v", c, err)
	}
	want := []complaint.Given{{Consent: complaint.ConsentPolice, At: o.clock.Now()}}
	if diff := cmp.Diff(want, c.Later); diff != "" || !slices.Equal(c.Answers.MayAct, []complaint.MayAct{complaint.Police}) {
		t.Error(diff, c.Answers.MayAct)
	}
	token, session := o.handIn(t, receipt)
	mine, err := o.service.Mine(t.Context(), session.Actor, token, session.SealedKey)
	if err != nil || !slices.Equal(mine.Contents.Answers.MayAct, []complaint.MayAct{complaint.Police}) {
		t.Error(mine.Contents.Answers, err)
	}
	if n := o.count(t, `SELECT count(*) FROM audit_entries WHERE action = 'complaint.consent' AND actor_kind = 'receipt' AND object_id = $1`, filed.ID); n != 1 {
		t.Errorf("%d entries", n)
	}
}

func TestAConsentAfterTheFirstReadingGoesWhereTheReadingLetsIt(t *testing.T) {
	o := openState(t)
	reader := o.person(t, "reading-room", identity.RoleFirstReader)
	file := func() (complaint.Filed, complaint.Receipt, complaint.Reading) {
		in := told()
		in.Safe, in.MayAct = complaint.InDanger, []complaint.MayAct{complaint.Police}
		filed, receipt := o.file(t, in)
		return filed, receipt, o.waiting(t, reader)[0]
	}
	t.Run("while it waits, the reader releases it by what is allowed by then", func(t *testing.T) {
		filed, receipt, line := file()
		if err := o.allow(t, receipt, complaint.ConsentLabourDesk); err != nil {
			t.Fatal(err)
		}
		if got := o.envelopes(t, filed); got["embassy-th"] != "" || got["reading-room"] != all || got["oversight-national"] != all {
			t.Error("before it was read", got)
		}
		if err := o.service.NobodyNamed(t.Context(), reader, line.ID); err != nil {
			t.Fatal(err)
		}
		if got := o.envelopes(t, filed); got["embassy-th"] != all || got["ministry-national"] != all {
			t.Error(got)
		}
	})
	t.Run("nobody is named: at once", func(t *testing.T) {
		filed, receipt, line := file()
		if err := o.service.NobodyNamed(t.Context(), reader, line.ID); err != nil {
			t.Fatal(err)
		}
		if err := o.allow(t, receipt, complaint.ConsentLabourDesk); err != nil {
			t.Fatal(err)
		}
		if got := o.envelopes(t, filed); got["embassy-th"] != all || got["ministry-national"] != all {
			t.Error(got)
		}
		if words := o.openedBy(t, filed, "embassy-th"); words != told().Narrative {
			t.Errorf("the embassy reads %q", words)
		}
	})
	for named, excluded := range map[string]string{"embassy-th": "embassy-th", "": "ministry-national", "province-east": "province-east"} {
		t.Run("an official is named of "+named+": neither they nor any local desk", func(t *testing.T) {
			filed, receipt, line := file()
			if err := o.service.OfficialIsNamed(t.Context(), reader.Actor, line.ID, o.units[named]); err != nil {
				t.Fatal(err)
			}
			held := o.envelopes(t, filed)
			if err := o.allow(t, receipt, complaint.ConsentLabourDesk); err != nil {
				t.Fatal(err)
			}
			got := o.envelopes(t, filed)
			if got["oversight-national"] != all {
				t.Error("the oversight body, which goes on with it:", got)
			}
			for _, code := range []string{excluded, "embassy-th", "ministry-national", "province-east"} {
				if got[code] != held[code] {
					t.Errorf("%s had %q and got %q", code, held[code], got[code])
				}
			}
		})
	}
}

func TestAnOfficeThatCameUnderAnAccusedOneGetsNothingByALaterConsent(t *testing.T) {
	o := openState(t)
	in := told()
	in.Official, in.OfficialUnit = true, o.units["border-north"]
	filed, receipt := o.file(t, in)
	exec(t, o.db.Super(t), `UPDATE units SET parent_id = $1 WHERE code = 'police-east'`, o.units["border-north"])
	exec(t, o.db.Super(t), `UPDATE units SET parent_id = NULL WHERE code = 'police-national'`)
	o.db.Adopt(t)
	if err := o.allow(t, receipt, complaint.ConsentPolice, complaint.ConsentLabourDesk); err != nil {
		t.Fatal(err)
	}
	if got := o.envelopes(t, filed); got["police-east"] != "" || got["police-national"] != "answers" && got["police-national"] != "" {
		t.Error(got)
	}
}

func TestAConsentThatThePortalDidNotWriteCountsForNothing(t *testing.T) {
	o := openState(t)
	reader := o.person(t, "reading-room", identity.RoleFirstReader)
	in := told()
	in.Safe, in.MayAct = complaint.InDanger, []complaint.MayAct{complaint.Police}
	filed, receipt := o.file(t, in)
	other, second := o.file(t, told())
	if err := o.allow(t, second, complaint.ConsentLabourDesk, complaint.ConsentWorkerAgrees); err != nil {
		t.Fatal(err)
	}
	// A pin of another complaint, copied, is as good as an invented one.
	exec(t, o.db.Super(t), `INSERT INTO complaint_consents SELECT $1, consent, given_at, pin FROM complaint_consents WHERE complaint_id = $2`, filed.ID, other.ID)
	token, session := o.handIn(t, receipt)
	mine, err := o.service.Mine(t.Context(), session.Actor, token, session.SealedKey)
	if err != nil || len(mine.Contents.Later) > 0 || mine.Contents.Answers.WorkerAgrees {
		t.Errorf("%+v, %v", mine.Contents.Later, err)
	}
	if err := o.service.NobodyNamed(t.Context(), reader, o.waiting(t, reader)[0].ID); err != nil {
		t.Fatal(err)
	}
	if got := o.envelopes(t, filed); got["embassy-th"] != "" || got["ministry-national"] != "answers narrative" {
		t.Error(got)
	}
}

func TestAConsentIsGivenOnceHoweverOftenAndWhateverElseHappens(t *testing.T) {
	o := openState(t)
	reader := o.person(t, "reading-room", identity.RoleFirstReader)
	for range 4 {
		in := told()
		in.Safe, in.MayAct = complaint.InDanger, []complaint.MayAct{complaint.Police}
		filed, receipt := o.file(t, in)
		line := o.waiting(t, reader)[0]
		first, one := o.handIn(t, receipt)
		second, two := o.handIn(t, receipt)
		var all3 sync.WaitGroup
		failed := make([]error, 4)
		for i, do := range []func() error{
			func() error {
				return o.service.Allow(t.Context(), one.Actor, first, one.SealedKey, complaint.ConsentLabourDesk)
			},
			func() error {
				return o.service.Allow(t.Context(), two.Actor, second, two.SealedKey, complaint.ConsentLabourDesk)
			},
			func() error {
				return o.service.Allow(t.Context(), two.Actor, second, two.SealedKey, complaint.ConsentWorkerAgrees)
			},
			func() error { return o.service.NobodyNamed(t.Context(), reader, line.ID) },
		} {
			all3.Go(func() { failed[i] = do() })
		}
		all3.Wait()
		for _, err := range failed {
			if err != nil {
				t.Error(err)
			}
		}
		want := map[string]string{
			"reporter": all, "embassy-th": all, "ministry-national": all, "police-national": all, "oversight-national": all, "reading-room": all,
		}
		got := o.envelopes(t, filed)
		// Whether the readers came to hold the worker's name depends on who was first.
		for _, code := range []string{"oversight-national", "reading-room"} {
			if got[code] == "answers narrative" {
				got[code] = all
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if n := o.count(t, `SELECT count(*) FROM complaint_consents WHERE complaint_id = $1`, filed.ID); n != 2 {
			t.Errorf("%d consents", n)
		}
		if n := o.count(t, `SELECT count(*) FROM audit_entries WHERE action = 'complaint.consent' AND object_id = $1`, filed.ID); n != 2 {
			t.Errorf("%d entries for two consents", n)
		}
	}
}

func TestAConsentThatIsStoppedBeforeItsEndLeavesNothing(t *testing.T) {
	o := openState(t)
	filed, receipt := o.file(t, told())
	held := o.envelopes(t, filed)
	token, session := o.handIn(t, receipt)
	ctx, stop := context.WithCancel(t.Context())
	o.service.Step = func(name string) {
		if name == "consent: before commit" {
			stop()
		}
	}
	if err := o.service.Allow(ctx, session.Actor, token, session.SealedKey, complaint.ConsentPolice, complaint.ConsentLabourDesk); err == nil {
		t.Fatal("it was not stopped")
	}
	if diff := cmp.Diff(held, o.envelopes(t, filed)); diff != "" || o.reads(t, filed) != "" {
		t.Error(diff)
	}
	if n := o.count(t, `SELECT count(*) FROM complaint_consents`) + o.count(t, `SELECT count(*) FROM complaint_disclosures`); n != 0 {
		t.Errorf("%d rows stayed", n)
	}
	o.service.Step = func(string) {}
	if err := o.allow(t, receipt, complaint.ConsentPolice); err != nil {
		t.Error("it cannot be given again:", err)
	}
}

func TestNobodyConsentsToAComplaintButByItsReceipt(t *testing.T) {
	o := openState(t)
	filed, receipt := o.file(t, told())
	in := told()
	in.About, in.WorkerName = complaint.AboutSelf, ""
	_, own := o.file(t, in)
	token, session := o.handIn(t, receipt)
	allow := func(by identity.Actor, token string, given ...complaint.Consent) error {
		return o.service.Allow(t.Context(), by, token, session.SealedKey, given...)
	}
	for _, by := range []identity.Actor{identity.Public(), {}, identity.System("screening"), o.holder(t, "police").Actor} {
		if err := allow(by, token, complaint.ConsentPolice); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%s: %v", by.Kind, err)
		}
	}
	if err := allow(session.Actor, "another-token-of-26-letters", complaint.ConsentPolice); err == nil {
		t.Error("with another session's token")
	}
	if err := allow(session.Actor, token, "everybody"); fault.FieldsOf(err)["may_act"] != "form.choice" {
		t.Error(err)
	}
	if err := o.allow(t, own, complaint.ConsentWorkerAgrees); fault.FieldsOf(err)["worker_agrees"] != "form.choice" {
		t.Error(err)
	}
	if err := o.sessions.Close(t.Context(), session.Actor); err != nil {
		t.Fatal(err)
	}
	if err := allow(session.Actor, token, complaint.ConsentPolice); fault.KindOf(err) != fault.NotFound {
		t.Error("after the receipt was closed:", err)
	}
	if n := o.count(t, `SELECT count(*) FROM complaint_consents`); n != 0 || o.envelopes(t, filed)["police-national"] != "" {
		t.Error(n, "consents")
	}
}
