package application_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/application"
	"github.com/fairpassage/portal/internal/dossier"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
)

func TestWhatIsTypedIsKeptAndLiesWithNobodyElseUntilItIsFiled(t *testing.T) {
	o := open(t)
	key := o.write(t, o.heads[0])
	own, err := o.Own(t.Context(), o.heads[0])
	if err != nil {
		t.Fatal(err)
	}
	if len(own.Gaps) > 0 || own.Answers.One(dossier.Company).Text("phone") != "+85512000001" {
		t.Errorf("%v %v", own.Gaps, own.Answers)
	}
	// Another agency and the ministry see nothing of it.
	if other, err := o.Own(t.Context(), o.heads[1]); err != nil || len(other.Papers) > 0 {
		t.Errorf("another agency sees %v, %v", other.Papers, err)
	}
	if _, err := o.Get(t.Context(), o.officers[0].Actor, key); fault.KindOf(err) != fault.NotFound {
		t.Errorf("an officer opens a draft: %v", err)
	}
	if q, err := o.Queue(t.Context(), o.officers[0].Actor, application.Filter{}); err != nil || q.Total > 0 {
		t.Errorf("an officer sees %d drafts, %v", q.Total, err)
	}
	if err := o.File(t.Context(), o.heads[0]); err != nil {
		t.Fatal(err)
	}
	folder, err := o.Get(t.Context(), o.officers[0].Actor, key)
	if err != nil || folder.Paper.Status != application.Filed || folder.Paper.Round != 1 || folder.Paper.FiledName != "Person head-a" || folder.Compared {
		t.Errorf("%+v %v", folder.Paper, err)
	}
	if diff := cmp.Diff(own.Answers, folder.Answers); diff != "" {
		t.Error(diff)
	}
}

func TestNoNumberOfADocumentOrAnAccountIsInTheRecord(t *testing.T) {
	o := open(t)
	o.file(t, o.heads[0])
	var all string
	err := o.db.Super(t).QueryRow(`SELECT (SELECT string_agg(answers::text, '') FROM application_drafts) || (SELECT string_agg(answers::text, '') FROM application_versions)`).Scan(&all)
	if err != nil || strings.Contains(all, "N1234567") || strings.Contains(all, "000111222") || !strings.Contains(all, `"4567"`) {
		t.Errorf("%v %s", err, all)
	}
}

func TestADossierWithGapsIsNotFiledAndEachGapIsNamed(t *testing.T) {
	o := open(t)
	o.write(t, o.heads[0])
	typed := answers()[dossier.Directors]
	typed["appointed_on"] = []string{"2015-05-03"} // the day before the company was founded
	if _, err := o.Save(t.Context(), o.heads[0], application.Answer{Section: dossier.Directors, Typed: typed}); err != nil {
		t.Fatal(err)
	}
	err := o.File(t.Context(), o.heads[0])
	var incomplete *application.Incomplete
	if !errors.As(err, &incomplete) {
		t.Fatal(err)
	}
	var codes []string
	for _, g := range incomplete.Gaps {
		codes = append(codes, string(g.Section)+"."+g.Field+" "+g.Code)
	}
	// The same passport for two directors, too.
	if diff := cmp.Diff([]string{"directors.appointed_on dossier.error.before_foundation", "directors.document_number dossier.error.same_document"}, codes); diff != "" {
		t.Error(diff)
	}
}

func TestAnAgencyHasOneOpenApplicationAndAnswersItAlone(t *testing.T) {
	o := open(t)
	key := o.file(t, o.heads[0])
	if _, err := o.Begin(t.Context(), o.heads[0]); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a second open one: %v", err)
	}
	_, err := o.Save(t.Context(), o.heads[0], application.Answer{Section: dossier.Scope, Typed: answers()[dossier.Scope]})
	if fault.KindOf(err) != fault.Conflict {
		t.Errorf("what the ministry has is changed: %v", err)
	}
	if err := o.File(t.Context(), o.heads[1]); fault.CodeOf(err) != "licensing.nothing_open" {
		t.Errorf("nothing is filed: %v", err)
	}
	for _, actor := range []identity.Actor{o.officers[0].Actor, identity.Public(), {}} {
		if _, err := o.Begin(t.Context(), actor); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%s begins: %v", actor.Role, err)
		}
	}
	clerk := o.heads[0]
	clerk.Role = identity.RoleAgencyClerk
	if err := o.File(t.Context(), clerk); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("a clerk files: %v", err)
	}
	if err := o.Withdraw(t.Context(), o.heads[0]); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Recommend(t.Context(), o.officers[0].Actor, key, refusal(), o.decisions); fault.KindOf(err) != fault.Conflict {
		t.Errorf("what was withdrawn is decided: %v", err)
	}
	o.file(t, o.heads[0])
}

func TestRemarksReachTheAgencyWhenTheRoundIsSentBackAndTheNextIsCompared(t *testing.T) {
	o := open(t)
	key, officer := o.file(t, o.heads[0]), o.officers[0].Actor
	if err := o.Return(t.Context(), officer, key); fault.CodeOf(err) != "licensing.no_remark" {
		t.Errorf("sent back without a word: %v", err)
	}
	folder, err := o.Get(t.Context(), officer, key)
	if err != nil {
		t.Fatal(err)
	}
	director := folder.Answers.One(dossier.Directors).ID
	remark := application.Remark{Section: dossier.Directors, Item: director, Field: "address", Text: "This street is unknown."}
	for _, r := range []application.Remark{{Section: "x", Text: "?"}, {Section: dossier.Directors, Item: "zz", Text: "?"}, {Section: dossier.Directors, Item: director, Field: "zz", Text: "?"}} {
		if err := o.Note(t.Context(), officer, key, r); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a remark on nothing: %v", err)
		}
	}
	if err := o.Note(t.Context(), officer, key, remark); err != nil {
		t.Fatal(err)
	}
	seen := func() int {
		t.Helper()
		own, err := o.Own(t.Context(), o.heads[0])
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		err = o.db.Read(t.Context(), o.heads[0], func(tx postgres.Tx) error {
			return tx.Gorm().Raw(`SELECT count(*) FROM application_remarks`).Scan(&n).Error
		})
		if err != nil || n != len(own.Remarks) {
			t.Errorf("the agency's role sees %d remarks, its page %d, %v", n, len(own.Remarks), err)
		}
		return n
	}
	if n := seen(); n != 0 {
		t.Errorf("the agency sees %d remarks before they are sent", n)
	}
	if err := o.Return(t.Context(), officer, key); err != nil {
		t.Fatal(err)
	}
	if n := seen(); n != 1 {
		t.Errorf("the agency sees %d remarks", n)
	}
	if err := o.Note(t.Context(), officer, key, remark); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a remark on what was sent back: %v", err)
	}
	typed := answers()[dossier.Directors]
	typed["address"] = []string{"3 Invented Street"}
	delete(typed, "document_number") // stays
	if _, err := o.Save(t.Context(), o.heads[0], application.Answer{Section: dossier.Directors, Item: director, Typed: typed}); err != nil {
		t.Fatal(err)
	}
	if err := o.File(t.Context(), o.heads[0]); err != nil {
		t.Fatal(err)
	}
	if folder, err = o.Get(t.Context(), officer, key); err != nil {
		t.Fatal(err)
	}
	want := []dossier.Change{{Section: dossier.Directors, Item: director, Name: "Sok Sample", Kind: dossier.Changed, Field: "address", Old: "2 Invented Street", New: "3 Invented Street"}}
	if diff := cmp.Diff(want, folder.Changes); diff != "" || !folder.Compared || folder.Paper.Round != 2 {
		t.Errorf("round %d: %s", folder.Paper.Round, diff)
	}
}

func TestWhoMayDoNothingWithApplicationsLearnsNothing(t *testing.T) {
	o := open(t)
	key := o.file(t, o.heads[0])
	for _, actor := range []identity.Actor{o.heads[0], identity.Public(), {}} {
		if _, err := o.Recommend(t.Context(), actor, key, refusal(), o.decisions); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%v recommends: %v", actor.Role, err)
		}
		if _, err := o.Get(t.Context(), actor, key); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%v reads: %v", actor.Role, err)
		}
		if err := o.Note(t.Context(), actor, key, application.Remark{}); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%v remarks: %v", actor.Role, err)
		}
	}
	twoHats := o.officers[0].Actor
	twoHats.PersonID = o.heads[0].PersonID
	if _, err := o.Recommend(t.Context(), twoHats, key, refusal(), o.decisions); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("who filed recommends: %v", err)
	}
	if _, err := o.Recommend(t.Context(), o.officers[0].Actor, id.New(), refusal(), o.decisions); fault.KindOf(err) != fault.NotFound {
		t.Errorf("an application that does not exist: %v", err)
	}
}

func TestTheQueueIsFilteredAndPaged(t *testing.T) {
	o := open(t)
	first := o.file(t, o.heads[0])
	o.clock.Advance(time.Minute)
	second := o.file(t, o.heads[1])
	if err := o.decide(t, first, refusal()); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Recommend(t.Context(), o.officers[0].Actor, second, refusal(), o.decisions); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		filter application.Filter
		want   []uuid.UUID
	}{
		"all, open first":  {application.Filter{}, []uuid.UUID{second, first}},
		"open":             {application.Filter{Status: application.Filed}, []uuid.UUID{second}},
		"recommended":      {application.Filter{Recommended: true}, []uuid.UUID{second}},
		"refused":          {application.Filter{Status: application.Refused}, []uuid.UUID{first}},
		"renewals":         {application.Filter{Kind: application.Renewal}, nil},
		"by name":          {application.Filter{Name: "AGENCY B"}, []uuid.UUID{second}},
		"wildcards as is":  {application.Filter{Name: "%"}, nil},
		"a page too far":   {application.Filter{Page: 99}, []uuid.UUID{second, first}},
		"a page before":    {application.Filter{Page: -1}, []uuid.UUID{second, first}},
		"no such a status": {application.Filter{Status: "lost"}, nil},
	} {
		q, err := o.Queue(t.Context(), o.officers[0].Actor, c.filter)
		if err != nil || q.Total != len(q.Papers) || q.Pages != 1 || q.Page != 1 {
			t.Errorf("%s: total %d, page %d of %d for %d papers, %v", name, q.Total, q.Page, q.Pages, len(q.Papers), err)
		}
		var keys []uuid.UUID
		for _, p := range q.Papers {
			keys = append(keys, p.ID)
		}
		if diff := cmp.Diff(c.want, keys); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestOnlyWhatTheTableOfMovesNamesIsLegal(t *testing.T) {
	legal := map[application.Status][]application.Status{
		application.Draft:    {application.Filed, application.Withdrawn},
		application.Filed:    {application.Returned, application.Granted, application.Refused, application.Withdrawn},
		application.Returned: {application.Filed, application.Withdrawn},
	}
	for _, from := range application.Statuses() {
		for _, to := range application.Statuses() {
			if got := application.CanMove(from, to); got != slices.Contains(legal[from], to) {
				t.Errorf("%s to %s: %t", from, to, got)
			}
		}
	}
}
