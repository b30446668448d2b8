package complaint_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/complaint"
	"github.com/fairpassage/portal/internal/desk"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/matching"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/google/uuid"
)

func TestAComplaintItsAuditAndItsPromiseCommitTogether(t *testing.T) {
	o := open(t)
	filed, _ := o.file(t, told())
	for what, query := range map[string]string{
		"complaint": `SELECT count(*) FROM complaints WHERE id = $1 AND status = 'received' AND about = 'family' AND NOT first_hand
			AND country = 'TH' AND happened_on = '2026-01-01' AND departed AND fee_usd = 900 AND debt_usd = 1500 AND wage_usd = 0
			AND language = 'km' AND text_signature <> 0 AND agency_id IS NULL AND who_may_act = '{}'`,
		"promise": `SELECT count(*) FROM promises WHERE subject_id = $1 AND topic = 'complaint.filed'`,
		"audit":   `SELECT count(*) FROM audit_entries WHERE object_id = $1 AND action = 'complaint.filed' AND actor_kind = 'public'`,
	} {
		if n := o.count(t, query, filed.ID); n != 1 {
			t.Errorf("%s: %d", what, n)
		}
	}
	if n := o.count(t, `SELECT count(*) FROM complaint_indicators WHERE complaint_id = $1`, filed.ID); n != 4 {
		t.Errorf("%d indicator rows", n)
	}
}

func TestTheSameFormSentTwiceAtOnceIsOneComplaint(t *testing.T) {
	o := open(t)
	receipt := complaint.NewReceipt()
	const senders = 6
	filed := make([]complaint.Filed, senders)
	var wg sync.WaitGroup
	for i := range senders {
		wg.Go(func() {
			var err error
			if filed[i], err = o.service.File(t.Context(), identity.Public(), told(), receipt, "one-nonce-of-one-form"); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	again := 0
	for _, f := range filed {
		if f.ID != filed[0].ID || !f.FiledAt.Equal(filed[0].FiledAt) {
			t.Error("two answers")
		}
		if f.Again {
			again++
		}
	}
	if again != senders-1 {
		t.Errorf("%d of %d were told that it was there already", again, senders)
	}
	for _, table := range []string{"complaints", "promises", "audit_entries WHERE action = 'complaint.filed'"} {
		if n := o.count(t, `SELECT count(*) FROM `+table); n != 1 {
			t.Errorf("%d rows of %s", n, table)
		}
	}
}

func TestNoWordOfAComplaintStandsInAPlainColumn(t *testing.T) {
	o := open(t)
	in := told()
	in.MayAct = []complaint.MayAct{complaint.LabourDesk, complaint.Police}
	o.file(t, in)
	rows, err := o.db.Super(t).QueryContext(t.Context(), `SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'`)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var dump strings.Builder
	for rows.Next() {
		var table, text string
		if err := rows.Scan(&table); err != nil {
			t.Fatal(err)
		}
		err := o.db.Super(t).QueryRowContext(t.Context(), `SELECT coalesce(string_agg(row_to_json(x)::text, E'\n'), '') FROM "`+table+`" x`).Scan(&text)
		if err != nil {
			t.Fatal(err)
		}
		dump.WriteString(strings.ToLower(text))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(dump.String(), "document_retention") {
		t.Fatal("the dump does not hold the complaint")
	}
	for _, secret := range []string{"canary", "63616e617279", "012000111", "012 000 111", "85512000111", "12000222", "ice factory", "seafood", "dara", "sok"} {
		if strings.Contains(dump.String(), secret) {
			t.Errorf("%q stands in the open", secret)
		}
	}
}

func TestTokensSayTheSameAsBeforeInAnyNotation(t *testing.T) {
	o := open(t)
	first, _ := o.file(t, told())
	in := told()
	in.BrokerPhone, in.Employer, in.AgencyName = "+855 (0)12-000-111", "CANARY-EMPLOYER SEAFOOD LTD.", "canary-agency overseas"
	second, _ := o.file(t, in)
	for _, column := range []string{"broker_token", "employer_token", "agency_token", "reporter_token", "text_signature"} {
		n := o.count(t, `SELECT count(*) FROM complaints a JOIN complaints b USING (`+column+`) WHERE a.id = $1 AND b.id = $2 AND a.`+column+`::text NOT IN ('', '0')`, first.ID, second.ID)
		if n != 1 {
			t.Errorf("%s differs or is empty", column)
		}
	}
	if n := o.count(t, `SELECT count(*) FROM complaints WHERE broker_token = reporter_token`); n != 0 {
		t.Error("two phones have one token")
	}
}

func (o *office) agency(t *testing.T, name string) uuid.UUID {
	t.Helper()
	agency := id.New()
	exec(t, o.db.Super(t), `INSERT INTO agencies (id, slug, source, source_key, name_latin, state, created_at, updated_at)
		VALUES ($1, $2, 'test', $2, $3, 'licensed', now(), now())`, agency, agency.String(), name)
	return agency
}

func TestATypedNameThatOneAgencyBearsIsThatAgency(t *testing.T) {
	o := open(t)
	agency := o.agency(t, "Golden Canary")
	o.register.named["Golden canary"] = agency
	o.register.placed[o.token(t, matching.Phone("+85512000222"))] = agency
	in := told()
	in.AgencyName = "Golden canary"
	filed, _ := o.file(t, in)
	if n := o.count(t, `SELECT count(*) FROM complaints WHERE id = $1 AND agency_id = $2 AND agency_token = '' AND registry_match`, filed.ID, agency); n != 1 {
		t.Error("not resolved, or not matched with the placement")
	}
}

// Agencies register the phones of those whom they place. Whoever reads the
// database, and whom they tell, must not find the reporter among them.
func TestNoTokenOfAComplaintLeadsToTheReportersPlacement(t *testing.T) {
	o := open(t)
	in := told()
	o.file(t, in)
	in.BrokerPhone = in.Contact.Phone // some give their own number twice
	o.file(t, in)
	n := o.count(t, `SELECT count(*) FROM complaints c WHERE position($1 IN c::text) > 0`, o.token(t, matching.Phone("+85512000222")))
	if n != 0 {
		t.Errorf("%d of 2 complaints hold the token by which agencies register the phone", n)
	}
	if n := o.count(t, `SELECT count(DISTINCT reporter_token) FROM complaints WHERE reporter_token <> ''`); n != 1 {
		t.Errorf("one reporter has %d tokens", n)
	}
}

func TestAnAgencyThatIsNotInTheRegisterIsSaidAtTheField(t *testing.T) {
	o := open(t)
	in := told()
	in.AgencyID = id.New()
	_, err := o.service.File(t.Context(), identity.Public(), in, complaint.NewReceipt(), "a-nonce-of-a-form")
	if fault.FieldsOf(err)["agency_id"] == "" {
		t.Errorf("%v", err)
	}
	if n := o.count(t, `SELECT count(*) FROM complaints`); n != 0 {
		t.Error("half a complaint")
	}
}

func TestNothingIsFiledWhereADeskIsMissing(t *testing.T) {
	for name, tt := range map[string]struct {
		units []string
		spoil func(*complaint.Intake)
	}{
		"no complaints desk":                  {[]string{"police", "oversight"}, func(*complaint.Intake) {}},
		"no police though police may act":     {[]string{"ministry", "oversight"}, func(in *complaint.Intake) { in.MayAct = []complaint.MayAct{complaint.Police} }},
		"no police though a child is at risk": {[]string{"ministry"}, func(in *complaint.Intake) { in.Minor = true }},
		"no oversight though an official":     {[]string{"ministry", "police"}, func(in *complaint.Intake) { in.Official = true }},
	} {
		t.Run(name, func(t *testing.T) {
			o := open(t, tt.units...)
			in := told()
			tt.spoil(&in)
			_, err := o.service.File(t.Context(), identity.Public(), in, complaint.NewReceipt(), "a-nonce-of-a-form")
			if fault.KindOf(err) != fault.Unavailable {
				t.Errorf("%v", err)
			}
			if n := o.count(t, `SELECT (SELECT count(*) FROM complaints) + (SELECT count(*) FROM promises)`); n != 0 {
				t.Error("something was written")
			}
		})
	}
}

// closedKey is a matching key out of reach.
type closedKey struct{}

func (closedKey) Hash(context.Context, []matching.Input) ([]matching.Mark, error) {
	return nil, fmt.Errorf("ask: %w", fault.New(fault.Unavailable, "problem.503.title"))
}

func TestNothingIsFiledWhileTheMatchingKeyIsOutOfReach(t *testing.T) {
	o := open(t)
	o.service.Hasher = closedKey{}
	receipt := complaint.NewReceipt()
	if _, err := o.service.File(t.Context(), identity.Public(), told(), receipt, "a-nonce-of-a-form"); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("%v", err)
	}
	if n := o.count(t, `SELECT (SELECT count(*) FROM complaints) + (SELECT count(*) FROM promises)`); n != 0 {
		t.Error("something was written")
	}
	o.service.Hasher = o.hasher
	if filed, err := o.service.File(t.Context(), identity.Public(), told(), receipt, "a-nonce-of-a-form"); err != nil || filed.Again {
		t.Errorf("the same form when it is back: %v", err)
	}
}

func TestADeskWithoutAKeyIsAsGoodAsNone(t *testing.T) {
	o := open(t)
	exec(t, o.db.Super(t), `INSERT INTO units (id, code, kind, name) VALUES ($1, 'a-ministry', 'ministry', '{"en":"Without a key"}')`, id.New())
	o.db.Adopt(t)
	_, err := o.service.File(t.Context(), identity.Public(), told(), complaint.NewReceipt(), "a-nonce-of-a-form")
	if fault.KindOf(err) != fault.Unavailable {
		t.Errorf("%v", err)
	}
}

func TestTheUnitUnderNoOtherReceives(t *testing.T) {
	o := open(t)
	exec(t, o.db.Super(t), `INSERT INTO units (id, code, kind, name, parent_id) VALUES ($1, 'a-police-post', 'police', '{"en":"Post"}', $2)`, id.New(), o.units["police"])
	o.db.Adopt(t)
	in := told()
	in.MayAct = []complaint.MayAct{complaint.Police}
	filed, _ := o.file(t, in)
	if n := o.count(t, `SELECT count(*) FROM complaint_envelopes WHERE complaint_id = $1 AND recipient = 'police-national'`, filed.ID); n != 1 {
		t.Error("the national unit got nothing")
	}
}

func TestStaffOfNoDeskAndProcessesCannotFile(t *testing.T) {
	o := open(t)
	for _, by := range []identity.Actor{{}, identity.System("x")} {
		if _, err := o.service.File(t.Context(), by, told(), complaint.NewReceipt(), "a-nonce-of-a-form"); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%v", err)
		}
	}
}

func TestAFormWithoutReceiptOrNonceIsRefused(t *testing.T) {
	o := open(t)
	if _, err := o.service.File(t.Context(), identity.Public(), told(), complaint.Receipt{}, "a-nonce-of-a-form"); fault.KindOf(err) != fault.Invalid {
		t.Errorf("no receipt: %v", err)
	}
	if _, err := o.service.File(t.Context(), identity.Public(), told(), complaint.NewReceipt(), "short"); fault.KindOf(err) != fault.Invalid {
		t.Errorf("no nonce: %v", err)
	}
}

func TestWhatIsWrongWithAnIntakeIsSaidByField(t *testing.T) {
	now := time.Date(2026, 3, 2, 9, 15, 0, 0, time.UTC)
	for name, tt := range map[string]struct {
		field string
		spoil func(*complaint.Intake)
	}{
		"a story too long":          {"narrative", func(in *complaint.Intake) { in.Narrative = strings.Repeat("ក", 20_001) }},
		"a name too long":           {"reporter_name", func(in *complaint.Intake) { in.ReporterName = strings.Repeat("x", 501) }},
		"a fee below nothing":       {"fee", func(in *complaint.Intake) { in.FeeUSD = pointer(-1) }},
		"a fee in another currency": {"fee", func(in *complaint.Intake) { in.FeeUSD = pointer(4_000_000) }},
		"a day that is not":         {"happened", func(in *complaint.Intake) { in.HappenedOn = complaint.Day{Year: 2026, Month: 2, Day: 30} }},
		"a year beyond time":        {"happened", func(in *complaint.Intake) { in.HappenedOn = complaint.Day{Year: 292277026597, Month: 1} }},
		"a day to come":             {"happened", func(in *complaint.Intake) { in.HappenedOn = complaint.Day{Year: 2026, Month: 5} }},
		"a day without month":       {"happened", func(in *complaint.Intake) { in.HappenedOn = complaint.Day{Year: 2026, Day: 3} }},
		"a month without year":      {"happened", func(in *complaint.Intake) { in.HappenedOn = complaint.Day{Month: 3} }},
		"an unknown country":        {"country", func(in *complaint.Intake) { in.Country = "thailand" }},
		"an unknown relation":       {"about", func(in *complaint.Intake) { in.About = "boss" }},
		"an unknown indicator":      {"what", func(in *complaint.Intake) { in.Indicators = map[complaint.Indicator][]complaint.Phase{"x": nil} }},
		"an unknown phase": {"phase", func(in *complaint.Intake) {
			in.Indicators = map[complaint.Indicator][]complaint.Phase{complaint.Violence: {"x"}}
		}},
		"a stranger who may act":       {"may_act", func(in *complaint.Intake) { in.MayAct = []complaint.MayAct{"embassy"} }},
		"another worker who is myself": {"worker_name", func(in *complaint.Intake) { in.About = complaint.AboutSelf }},
		"nothing at all":               {"narrative", func(in *complaint.Intake) { *in = complaint.Intake{Language: "en"} }},
	} {
		in := told()
		tt.spoil(&in)
		_, err := complaint.New(id.New(), in, now)
		if fault.FieldsOf(err)[tt.field] == "" {
			t.Errorf("%s: %v %v", name, err, fault.FieldsOf(err))
		}
	}
	for name, in := range map[string]complaint.Intake{
		"everything":      told(),
		"danger alone":    {Safe: complaint.InDanger},
		"one tick":        {Minor: true},
		"only the year":   {Narrative: "x", HappenedOn: complaint.Day{Year: 2019}},
		"today elsewhere": {Narrative: "x", HappenedOn: complaint.Day{Year: 2026, Month: 3, Day: 3}},
	} {
		if _, err := complaint.New(id.New(), in, now); err != nil {
			t.Errorf("%s: %v", name, fault.FieldsOf(err))
		}
	}
}

// A key that is replaced while a complaint is being sealed receives nothing.
func TestAComplaintFollowsADesksNewKey(t *testing.T) {
	o := open(t)
	in := told()
	in.MayAct = []complaint.MayAct{complaint.Police}
	o.file(t, in) // the service knows the desks' keys now
	police := o.holder(t, "police")
	// Another process replaces it.
	if err := o.db.DeskService(o.clock).Rotate(t.Context(), police, desk.Asked); err != nil {
		t.Fatal(err)
	}
	filed, _ := o.file(t, in)
	if n := o.count(t, `SELECT count(*) FROM complaint_envelopes e JOIN desk_keys k ON k.id = e.key_id
		WHERE e.complaint_id = $1 AND e.recipient = 'police-national' AND k.retired_at IS NULL`, filed.ID); n != 1 {
		t.Error("the police's envelope is not under the new key")
	}
	if _, err := o.service.OpenFor(t.Context(), police, filed.ID); err != nil {
		t.Error(err)
	}
}
