package app

import (
	"fmt"
	"slices"

	"github.com/fairpassage/portal/app/account"
	"github.com/fairpassage/portal/app/admin"
	"github.com/fairpassage/portal/app/agency"
	"github.com/fairpassage/portal/app/decision"
	"github.com/fairpassage/portal/app/desk"
	"github.com/fairpassage/portal/app/documents"
	"github.com/fairpassage/portal/app/licence"
	"github.com/fairpassage/portal/app/ministry"
	"github.com/fairpassage/portal/app/oversight"
	"github.com/fairpassage/portal/app/police"
	"github.com/fairpassage/portal/app/public"
	"github.com/fairpassage/portal/app/reading"
	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/gofiber/fiber/v2"
)

const (
	get  = fiber.MethodGet
	post = fiber.MethodPost
)

// Pages are the handlers of all audiences.
type Pages struct {
	Account      *account.Desk
	Home         *public.Home
	Agencies     *public.Agencies
	Complaints   *public.Complaints
	Agency       *agency.Desk
	Applications *ministry.Applications
	Policies     *ministry.Policies
	Police       *police.Desk
	Decisions    *decision.Desk
	Admin        *admin.Desk
	Audit        *public.Audit
	Desk         *desk.Desk
	// Oversight is the same desk as that of police, for the oversight body.
	Oversight *police.Desk
	Readings  *reading.Desk
	Documents *documents.Desk
	Retention *oversight.Retention
	// Licences, LicenceAppeals, OwnLicence and LicenceHistory are one desk, for the
	// ministry, the oversight body, agencies and investigators.
	Licences       *licence.Desk
	LicenceAppeals *licence.Desk
	OwnLicence     *licence.Desk
	LicenceHistory *licence.Desk
	Verify         *public.Verify
	Fitness        *oversight.Fitness

	// Inspections are the ministry's pages of them, Inspected an agency's.
	Inspections *ministry.Inspections
	Inspected   *agency.Inspections

	Shared *ministry.Shared
	Barred *ministry.Barred
	// Changes are letters about the register, to people without an account.
	Changes *public.Changes
	// Guarantees are the ministry's pages of them, OwnGuarantee an agency's.
	Guarantees   *ministry.Guarantees
	OwnGuarantee *agency.Guarantee
}

// SiteMap is every address of the portal: who may come, and what answers. It
// is the only place where a route is made.
func SiteMap(w *web.Web, p Pages) []web.Route {
	return slices.Concat(publicRoutes(w, p), accountRoutes(p), officeRoutes(p), inspectionRoutes(p), guaranteeRoutes(p), documentRoutes(p), caseRoutes(p), deskRoutes(p), peopleRoutes(p))
}

// publicRoutes are for anybody.
func publicRoutes(w *web.Web, p Pages) []web.Route {
	return []web.Route{
		{Method: get, Path: "/", Surface: web.Public, Action: authority.PublicRead, Handler: p.Home.Show},
		{Method: get, Path: "/leave", Surface: web.Public, Action: authority.PublicRead, Handler: p.Home.Leave},
		{Method: get, Path: "/language/:code", Surface: web.Public, Action: authority.PublicRead, Handler: w.SwitchLanguage, Plain: true},
		{Method: get, Path: "/assets/*", Surface: web.Public, Action: authority.PublicRead, Handler: w.Asset, Plain: true},
		{Method: get, Path: "/healthz", Surface: web.Public, Action: authority.PublicRead, Handler: p.Home.Alive, Plain: true},
		{Method: get, Path: "/readyz", Surface: web.Public, Action: authority.PublicRead, Handler: p.Home.Ready, Plain: true},

		{Method: get, Path: "/agencies", Surface: web.Public, Action: authority.PublicRead, Handler: p.Agencies.Search},
		// The plus also takes a slash: a licence number may hold one.
		{Method: get, Path: "/agencies/+", Surface: web.Public, Action: authority.PublicRead, Handler: p.Agencies.Show},

		{Method: post, Path: "/agencies/check", Surface: web.Public, Action: authority.PublicRead, Handler: p.Verify.Prove},

		{Method: get, Path: "/changes", Surface: web.Public, Action: authority.PublicRead, Handler: p.Changes.Form},
		{Method: post, Path: "/changes", Surface: web.Public, Action: authority.SubscriptionKeep, Handler: p.Changes.Ask},
		{Method: get, Path: "/changes/:token", Surface: web.Public, Action: authority.PublicRead, Handler: p.Changes.Show},
		{Method: post, Path: "/changes/:token/confirm", Surface: web.Public, Action: authority.SubscriptionKeep, Handler: p.Changes.Confirm},
		{Method: post, Path: "/changes/:token/end", Surface: web.Public, Action: authority.SubscriptionKeep, Handler: p.Changes.End},
		{Method: post, Path: "/changes/:token/one-click", Surface: web.Public, Action: authority.SubscriptionKeep, Handler: p.Changes.OneClick, OneClick: true},
		{Method: get, Path: "/verify", Surface: web.Public, Action: authority.PublicRead, Handler: p.Verify.Form},
		{Method: get, Path: "/verify/keys", Surface: web.Public, Action: authority.PublicRead, Handler: p.Verify.Keys, Plain: true},
		{Method: get, Path: "/verify/revoked", Surface: web.Public, Action: authority.PublicRead, Handler: p.Verify.Revoked, Plain: true},
		{Method: get, Path: "/verify/+", Surface: web.Public, Action: authority.PublicRead, Handler: p.Verify.Show},

		{Method: get, Path: "/complaints/new", Surface: web.Public, Action: authority.ComplaintFile, Handler: p.Complaints.New},
		{Method: post, Path: "/complaints/new", Surface: web.Public, Action: authority.ComplaintFile, Handler: p.Complaints.Walk},
		{Method: post, Path: "/complaints", Surface: web.Public, Action: authority.ComplaintFile, Handler: p.Complaints.Send},
		{Method: get, Path: "/complaints", Surface: web.Public, Action: authority.ComplaintFind, Handler: p.Complaints.Index},
		{Method: get, Path: "/complaints/check", Surface: web.Public, Action: authority.ComplaintFind, Handler: p.Complaints.CheckForm},
		{Method: post, Path: "/complaints/check", Surface: web.Public, Action: authority.ComplaintFind, Handler: p.Complaints.Check},
		// Whoever holds no open receipt is asked for one; the use case asks for ComplaintMine.
		{Method: get, Path: "/complaints/mine", Surface: web.Public, Action: authority.ComplaintFind, Handler: p.Complaints.Mine},
		{Method: get, Path: "/complaints/mine/consent", Surface: web.Public, Action: authority.ComplaintFind, Handler: p.Complaints.ConsentForm},
		{Method: post, Path: "/complaints/mine/consent", Surface: web.Public, Action: authority.ComplaintFind, Handler: p.Complaints.Allow},
		{Method: post, Path: "/complaints/close", Surface: web.Public, Action: authority.ComplaintFind, Handler: p.Complaints.Close},

		{Method: get, Path: "/checkpoint", Surface: web.Public, Action: authority.PublicRead, Handler: p.Audit.Checkpoint, Plain: true},
		{Method: get, Path: "/checkpoint/key", Surface: web.Public, Action: authority.PublicRead, Handler: p.Audit.Key, Plain: true},
		{Method: get, Path: "/complaints/mine/proof", Surface: web.Public, Action: authority.ComplaintFind, Handler: p.Audit.Proof},
		{Method: get, Path: "/complaints/mine/proof/file", Surface: web.Public, Action: authority.ComplaintFind, Handler: p.Audit.ProofFile},
	}
}

// accountRoutes are how people sign in and look after their own account.
func accountRoutes(p Pages) []web.Route {
	return []web.Route{
		{Method: get, Path: "/sign-in", Surface: web.Staff, Action: authority.SessionOpen, Handler: p.Account.SignInForm, Unguarded: true},
		{Method: post, Path: "/sign-in", Surface: web.Staff, Action: authority.SessionOpen, Handler: p.Account.SignIn, Unguarded: true},
		{Method: get, Path: "/sign-in/factor", Surface: web.Staff, Action: authority.SessionOpen, Handler: p.Account.FactorForm, Unguarded: true},
		{Method: post, Path: "/sign-in/factor", Surface: web.Staff, Action: authority.SessionOpen, Handler: p.Account.Factor, Unguarded: true},
		{Method: get, Path: "/sign-in/role", Surface: web.Staff, Action: authority.SessionOpen, Handler: p.Account.RoleForm, Unguarded: true},
		{Method: post, Path: "/sign-in/role", Surface: web.Staff, Action: authority.SessionOpen, Handler: p.Account.Role, Unguarded: true},
		{Method: get, Path: "/invitation", Surface: web.Staff, Action: authority.SessionOpen, Handler: p.Account.InvitationForm, Unguarded: true},
		{Method: post, Path: "/invitation", Surface: web.Staff, Action: authority.SessionOpen, Handler: p.Account.Accept, Unguarded: true},
		{Method: post, Path: "/sign-out", Surface: web.Staff, Action: authority.SessionClose, Handler: p.Account.SignOut, Unguarded: true},
		{Method: get, Path: "/account", Surface: web.Staff, Action: authority.AccountRead, Handler: p.Account.Show},
		{Method: get, Path: "/account/confirm", Surface: web.Staff, Action: authority.AccountRead, Handler: p.Account.ConfirmForm, Unguarded: true},
		{Method: post, Path: "/account/confirm", Surface: web.Staff, Action: authority.AccountRead, Handler: p.Account.Confirm, Unguarded: true},
		{Method: get, Path: "/account/factors", Surface: web.Staff, Action: authority.AccountRead, Handler: p.Account.Factors, Unguarded: true},
		{Method: get, Path: "/account/factors/app", Surface: web.Staff, Action: authority.AccountSecure, Handler: p.Account.AppForm, Unguarded: true, StepUp: true},
		{Method: post, Path: "/account/factors/app", Surface: web.Staff, Action: authority.AccountSecure, Handler: p.Account.AddApp, Unguarded: true, StepUp: true},
		{Method: get, Path: "/account/factors/key", Surface: web.Staff, Action: authority.AccountSecure, Handler: p.Account.KeyForm, Unguarded: true, StepUp: true},
		{Method: post, Path: "/account/factors/key", Surface: web.Staff, Action: authority.AccountSecure, Handler: p.Account.AddKey, Unguarded: true, StepUp: true},
		{Method: get, Path: "/account/factors/codes", Surface: web.Staff, Action: authority.AccountSecure, Handler: p.Account.CodesForm, StepUp: true},
		{Method: post, Path: "/account/factors/codes", Surface: web.Staff, Action: authority.AccountSecure, Handler: p.Account.NewCodes, StepUp: true},
		{Method: post, Path: "/account/factors/remove", Surface: web.Staff, Action: authority.AccountSecure, Handler: p.Account.RemoveFactor, StepUp: true},
		{Method: get, Path: "/account/passphrase", Surface: web.Staff, Action: authority.AccountSecure, Handler: p.Account.PassphraseForm, StepUp: true},
		{Method: post, Path: "/account/passphrase", Surface: web.Staff, Action: authority.AccountSecure, Handler: p.Account.ChangePassphrase, StepUp: true},
		{Method: get, Path: "/account/role", Surface: web.Staff, Action: authority.AccountSecure, Handler: p.Account.SwitchForm, StepUp: true},
		{Method: post, Path: "/account/role", Surface: web.Staff, Action: authority.AccountSecure, Handler: p.Account.Switch, StepUp: true},
		{Method: get, Path: "/account/sessions", Surface: web.Staff, Action: authority.AccountRead, Handler: p.Account.Sessions},
		{Method: post, Path: "/account/sessions", Surface: web.Staff, Action: authority.AccountSecure, Handler: p.Account.EndSessions},
	}
}

// officeRoutes are those of agencies, and of the ministry that licenses them.
func officeRoutes(p Pages) []web.Route {
	return []web.Route{
		{Method: get, Path: "/agency", Surface: web.Staff, Action: authority.AgencyDesk, Handler: p.Agency.Home},
		{Method: get, Path: "/agency/application", Surface: web.Staff, Action: authority.ApplicationWrite, Handler: p.Agency.Application},
		{Method: post, Path: "/agency/application", Surface: web.Staff, Action: authority.ApplicationWrite, Handler: p.Agency.Begin},
		{Method: post, Path: "/agency/application/file", Surface: web.Staff, Action: authority.ApplicationFile, Handler: p.Agency.File},
		{Method: post, Path: "/agency/application/withdraw", Surface: web.Staff, Action: authority.ApplicationFile, Handler: p.Agency.Withdraw},
		{Method: get, Path: "/agency/application/receipt", Surface: web.Staff, Action: authority.ApplicationWrite, Handler: p.Agency.Receipt},
		{Method: get, Path: "/agency/application/:section", Surface: web.Staff, Action: authority.ApplicationWrite, Handler: p.Agency.Section},
		{Method: post, Path: "/agency/application/:section", Surface: web.Staff, Action: authority.ApplicationWrite, Handler: p.Agency.SayNone},
		{Method: get, Path: "/agency/application/:section/:item", Surface: web.Staff, Action: authority.ApplicationWrite, Handler: p.Agency.Item},
		{Method: post, Path: "/agency/application/:section/:item", Surface: web.Staff, Action: authority.ApplicationWrite, Handler: p.Agency.Answer},
		{Method: post, Path: "/agency/application/:section/:item/remove", Surface: web.Staff, Action: authority.ApplicationWrite, Handler: p.Agency.Remove},
		{Method: get, Path: "/agency/placements", Surface: web.Staff, Action: authority.PlacementList, Handler: p.Agency.Placements},
		{Method: get, Path: "/agency/placements/new", Surface: web.Staff, Action: authority.PlacementRegister, Handler: p.Agency.NewPlacement},
		{Method: post, Path: "/agency/placements/new", Surface: web.Staff, Action: authority.PlacementRegister, Handler: p.Agency.Register},

		{Method: get, Path: "/ministry/applications", Surface: web.Staff, Action: authority.ApplicationList, Handler: p.Applications.Queue},
		{Method: get, Path: "/ministry/applications/:id", Surface: web.Staff, Action: authority.ApplicationRead, Handler: p.Applications.Application},
		{Method: get, Path: "/ministry/applications/:id/remarks", Surface: web.Staff, Action: authority.ApplicationRecommend, Handler: p.Applications.RemarkForm},
		{Method: post, Path: "/ministry/applications/:id/remarks", Surface: web.Staff, Action: authority.ApplicationRecommend, Handler: p.Applications.Remark},
		{Method: post, Path: "/ministry/applications/:id/return", Surface: web.Staff, Action: authority.ApplicationRecommend, Handler: p.Applications.Return},
		{Method: post, Path: "/ministry/applications/:id/fee", Surface: web.Staff, Action: authority.ApplicationRecommend, Handler: p.Applications.Receive},
		{Method: post, Path: "/ministry/applications/:id/recommendation", Surface: web.Staff, Action: authority.ApplicationRecommend, Handler: p.Applications.Recommend},
		{Method: get, Path: "/agency/licence", Surface: web.Staff, Action: authority.LicenceRead, Handler: p.OwnLicence.Agency},
		{Method: get, Path: "/agency/licence/:kind", Surface: web.Staff, Action: authority.LicenceAnswer, Handler: p.OwnLicence.StepForm},
		{Method: post, Path: "/agency/licence/:kind", Surface: web.Staff, Action: authority.LicenceAnswer, Handler: p.OwnLicence.Take},
		{Method: get, Path: "/agency/certificate", Surface: web.Staff, Action: authority.LicenceRead, Handler: p.OwnLicence.Certificate},
		{Method: get, Path: "/agency/letters/:id", Surface: web.Staff, Action: authority.LicenceRead, Handler: p.OwnLicence.Letter},
		{Method: get, Path: "/agency/timeline", Surface: web.Staff, Action: authority.LicenceRead, Handler: p.OwnLicence.Timeline},
		{Method: get, Path: "/agency/duties", Surface: web.Staff, Action: authority.LicenceRead, Handler: p.OwnLicence.Duties},
		{Method: post, Path: "/agency/duties", Surface: web.Staff, Action: authority.LicenceRead, Handler: p.OwnLicence.Discharge},

		{Method: get, Path: "/ministry/agencies", Surface: web.Staff, Action: authority.RegisterList, Handler: p.Licences.Agencies},
		{Method: get, Path: "/ministry/barred", Surface: web.Staff, Action: authority.BarredRead, Handler: p.Barred.List},
		{Method: get, Path: "/ministry/barred/new", Surface: web.Staff, Action: authority.BarredPropose, Handler: p.Barred.Form},
		{Method: post, Path: "/ministry/barred/new", Surface: web.Staff, Action: authority.BarredPropose, Handler: p.Barred.Bar},
		{Method: get, Path: "/ministry/barred/:id", Surface: web.Staff, Action: authority.BarredRead, Handler: p.Barred.Show},
		{Method: post, Path: "/ministry/barred/:id/lift", Surface: web.Staff, Action: authority.BarredPropose, Handler: p.Barred.Lift},
		{Method: get, Path: "/ministry/register/shared", Surface: web.Staff, Action: authority.RegisterList, Handler: p.Shared.Show},
		{Method: get, Path: "/ministry/agencies/:id", Surface: web.Staff, Action: authority.RegisterList, Handler: p.Licences.Agency},
		{Method: get, Path: "/ministry/agencies/:id/steps/:kind", Surface: web.Staff, Action: authority.LicencePropose, Handler: p.Licences.StepForm},
		{Method: post, Path: "/ministry/agencies/:id/steps/:kind", Surface: web.Staff, Action: authority.LicencePropose, Handler: p.Licences.Take},
		{Method: get, Path: "/ministry/agencies/:id/certificate", Surface: web.Staff, Action: authority.RegisterList, Handler: p.Licences.Certificate},
		{Method: get, Path: "/ministry/agencies/:id/timeline", Surface: web.Staff, Action: authority.RegisterList, Handler: p.Licences.Timeline},
		{Method: get, Path: "/ministry/agencies/:id/duties", Surface: web.Staff, Action: authority.RegisterList, Handler: p.Licences.Duties},
		{Method: post, Path: "/ministry/agencies/:id/duties", Surface: web.Staff, Action: authority.RegisterList, Handler: p.Licences.Discharge},
		{Method: get, Path: "/ministry/letters/:id", Surface: web.Staff, Action: authority.RegisterList, Handler: p.Licences.Letter},
		{Method: get, Path: "/ministry/policies", Surface: web.Staff, Action: authority.PolicyRead, Handler: p.Policies.List},
		{Method: get, Path: "/ministry/policies/:key", Surface: web.Staff, Action: authority.PolicyRead, Handler: p.Policies.Law},
		{Method: post, Path: "/ministry/policies/:key", Surface: web.Staff, Action: authority.PolicyPropose, Handler: p.Policies.Propose},
	}
}

// inspectionRoutes are those of inspections of agencies.
func inspectionRoutes(p Pages) []web.Route {
	return []web.Route{
		{Method: get, Path: "/ministry/inspections", Surface: web.Staff, Action: authority.InspectionList, Handler: p.Inspections.Queue},
		{Method: get, Path: "/ministry/inspections/new", Surface: web.Staff, Action: authority.InspectionPlan, Handler: p.Inspections.PlanForm},
		{Method: post, Path: "/ministry/inspections/new", Surface: web.Staff, Action: authority.InspectionPlan, Handler: p.Inspections.Plan},
		{Method: get, Path: "/ministry/inspections/:id", Surface: web.Staff, Action: authority.InspectionRead, Handler: p.Inspections.Show},
		{Method: post, Path: "/ministry/inspections/:id", Surface: web.Staff, Action: authority.InspectionRecord, Handler: p.Inspections.Record},
		{Method: get, Path: "/ministry/inspections/:id/report", Surface: web.Staff, Action: authority.InspectionRead, Handler: p.Inspections.Report},
		{Method: post, Path: "/ministry/inspections/:id/visit", Surface: web.Staff, Action: authority.InspectionRecord, Handler: p.Inspections.Visit},
		{Method: post, Path: "/ministry/inspections/:id/call-off", Surface: web.Staff, Action: authority.InspectionPlan, Handler: p.Inspections.CallOff},
		{Method: post, Path: "/ministry/inspections/:id/photos", Surface: web.Staff, Action: authority.DocumentAttach, Handler: p.Inspections.Photo, Upload: true},
		{Method: post, Path: "/ministry/inspections/:id/photos/:photo/remove", Surface: web.Staff, Action: authority.DocumentAttach, Handler: p.Inspections.TakeBack},
		{Method: get, Path: "/ministry/inspections/:id/send", Surface: web.Staff, Action: authority.InspectionSend, Handler: p.Inspections.SendForm},
		{Method: post, Path: "/ministry/inspections/:id/send", Surface: web.Staff, Action: authority.InspectionSend, Handler: p.Inspections.Send},
		{Method: get, Path: "/ministry/inspections/:id/close", Surface: web.Staff, Action: authority.InspectionClose, Handler: p.Inspections.CloseForm},
		{Method: post, Path: "/ministry/inspections/:id/close", Surface: web.Staff, Action: authority.InspectionClose, Handler: p.Inspections.Close},

		{Method: get, Path: "/agency/inspections", Surface: web.Staff, Action: authority.InspectionOwn, Handler: p.Inspected.List},
		{Method: get, Path: "/agency/inspections/:id", Surface: web.Staff, Action: authority.InspectionOwn, Handler: p.Inspected.Show},
		{Method: post, Path: "/agency/inspections/:id", Surface: web.Staff, Action: authority.InspectionReply, Handler: p.Inspected.Reply},
	}
}

// guaranteeRoutes are those of guarantees of agencies.
func guaranteeRoutes(p Pages) []web.Route {
	const of = "/ministry/agencies/:id/guarantee"
	return []web.Route{
		{Method: get, Path: "/agency/guarantee", Surface: web.Staff, Action: authority.GuaranteeOwn, Handler: p.OwnGuarantee.Show},

		{Method: get, Path: "/ministry/guarantees", Surface: web.Staff, Action: authority.GuaranteeRead, Handler: p.Guarantees.List},
		{Method: get, Path: "/ministry/guarantees/letters/:id", Surface: web.Staff, Action: authority.GuaranteeRead, Handler: p.Guarantees.Letter},
		{Method: get, Path: of, Surface: web.Staff, Action: authority.GuaranteeRead, Handler: p.Guarantees.Show},
		{Method: post, Path: of + "/post", Surface: web.Staff, Action: authority.GuaranteePropose, Handler: p.Guarantees.Post},
		{Method: post, Path: of + "/call", Surface: web.Staff, Action: authority.GuaranteePropose, Handler: p.Guarantees.Call},
		{Method: post, Path: of + "/release", Surface: web.Staff, Action: authority.GuaranteePropose, Handler: p.Guarantees.Release},
		{Method: post, Path: of + "/paid", Surface: web.Staff, Action: authority.GuaranteeClaim, Handler: p.Guarantees.Paid},
		{Method: post, Path: of + "/claims", Surface: web.Staff, Action: authority.GuaranteeClaim, Handler: p.Guarantees.Record},
		{Method: get, Path: of + "/claims/:claim", Surface: web.Staff, Action: authority.GuaranteeClaim, Handler: p.Guarantees.Claim},
		{Method: post, Path: of + "/claims/:claim", Surface: web.Staff, Action: authority.GuaranteeClaim, Handler: p.Guarantees.Change},
	}
}

// caseRoutes are those of people who read what was told.
func caseRoutes(p Pages) []web.Route {
	return []web.Route{
		{Method: get, Path: "/police/escalations", Surface: web.Staff, Action: authority.EscalationList, Handler: p.Police.Escalations},
		{Method: get, Path: "/police/escalations/stream", Surface: web.Staff, Action: authority.EscalationList, Handler: p.Police.Stream, Stream: true},
		{Method: get, Path: "/police/escalations/:id", Surface: web.Staff, Action: authority.EscalationRead, Handler: p.Police.Escalation},
		{Method: post, Path: "/police/escalations/:id/acknowledge", Surface: web.Staff, Action: authority.EscalationAcknowledge, Handler: p.Police.Acknowledge},
		{Method: get, Path: "/police/agencies/:id/timeline", Surface: web.Staff, Action: authority.EscalationList, Handler: p.LicenceHistory.Timeline},
		{Method: get, Path: "/police/escalations/:id/complaints/:complaint", Surface: web.Staff, Action: authority.SealedRead, Handler: p.Police.Complaint},

		{Method: get, Path: "/readings", Surface: web.Staff, Action: authority.ReadingList, Handler: p.Readings.List},
		{Method: get, Path: "/readings/:id", Surface: web.Staff, Action: authority.ReadingRead, Handler: p.Readings.Show},
		{Method: post, Path: "/readings/:id", Surface: web.Staff, Action: authority.ReadingDecide, Handler: p.Readings.Record},

		{Method: get, Path: "/oversight/escalations", Surface: web.Staff, Action: authority.OversightList, Handler: p.Oversight.Escalations},
		{Method: get, Path: "/oversight/escalations/stream", Surface: web.Staff, Action: authority.OversightList, Handler: p.Oversight.Stream, Stream: true},
		{Method: get, Path: "/oversight/escalations/:id", Surface: web.Staff, Action: authority.OversightRead, Handler: p.Oversight.Escalation},
		{Method: post, Path: "/oversight/escalations/:id/acknowledge", Surface: web.Staff, Action: authority.OversightAcknowledge, Handler: p.Oversight.Acknowledge},
		{Method: get, Path: "/oversight/escalations/:id/complaints/:complaint", Surface: web.Staff, Action: authority.OversightSealedRead, Handler: p.Oversight.Complaint},
		{Method: get, Path: "/oversight/fitness", Surface: web.Staff, Action: authority.FitnessReview, Handler: p.Fitness.List},
		{Method: get, Path: "/oversight/fitness/:id", Surface: web.Staff, Action: authority.FitnessReview, Handler: p.Fitness.Show},
		{Method: post, Path: "/oversight/fitness/:id", Surface: web.Staff, Action: authority.FitnessReview, Handler: p.Fitness.Review},
		{Method: get, Path: "/oversight/appeals", Surface: web.Staff, Action: authority.AppealPropose, Handler: p.LicenceAppeals.Appeals},
		{Method: get, Path: "/oversight/agencies/:id", Surface: web.Staff, Action: authority.AppealPropose, Handler: p.LicenceAppeals.Agency},
		{Method: get, Path: "/oversight/agencies/:id/timeline", Surface: web.Staff, Action: authority.AppealPropose, Handler: p.LicenceAppeals.Timeline},
		{Method: get, Path: "/oversight/agencies/:id/steps/:kind", Surface: web.Staff, Action: authority.AppealPropose, Handler: p.LicenceAppeals.StepForm},
		{Method: post, Path: "/oversight/agencies/:id/steps/:kind", Surface: web.Staff, Action: authority.AppealPropose, Handler: p.LicenceAppeals.Take},
		{Method: get, Path: "/oversight/letters/:id", Surface: web.Staff, Action: authority.AppealPropose, Handler: p.LicenceAppeals.Letter},
		{Method: get, Path: "/oversight/retention", Surface: web.Staff, Action: authority.RetentionRead, Handler: p.Retention.Show},
		{Method: post, Path: "/oversight/retention/holds", Surface: web.Staff, Action: authority.HoldPlace, Handler: p.Retention.Place},
		{Method: get, Path: "/oversight/retention/holds/:id/lift", Surface: web.Staff, Action: authority.HoldLift, Handler: p.Retention.LiftForm},
		{Method: post, Path: "/oversight/retention/holds/:id/lift", Surface: web.Staff, Action: authority.HoldLift, Handler: p.Retention.Lift},
		{Method: get, Path: "/oversight/retention/policies/new", Surface: web.Staff, Action: authority.RetentionPropose, Handler: p.Retention.PolicyForm},
		{Method: post, Path: "/oversight/retention/policies", Surface: web.Staff, Action: authority.RetentionPropose, Handler: p.Retention.ProposePolicy},
	}
}

// deskRoutes are how members look after their desk's key.
func deskRoutes(p Pages) []web.Route {
	return []web.Route{
		{Method: get, Path: "/desk", Surface: web.Staff, Action: authority.DeskRead, Handler: p.Desk.Show},
		{Method: post, Path: "/desk/create", Surface: web.Staff, Action: authority.DeskTend, Handler: p.Desk.Create},
		{Method: post, Path: "/desk/go-on", Surface: web.Staff, Action: authority.DeskTend, Handler: p.Desk.GoOn},
		{Method: post, Path: "/desk/forget", Surface: web.Staff, Action: authority.DeskTend, Handler: p.Desk.Forget},
		{Method: post, Path: "/desk/rotate", Surface: web.Staff, Action: authority.DeskTend, Handler: p.Desk.Rotate},
		{Method: post, Path: "/desk/admit", Surface: web.Staff, Action: authority.DeskTend, Handler: p.Desk.Admit},
		{Method: post, Path: "/desk/readmission", Surface: web.Staff, Action: authority.DeskRead, Handler: p.Desk.AskReadmission},
		{Method: post, Path: "/desk/recovery", Surface: web.Staff, Action: authority.DeskRead, Handler: p.Desk.AskRecovery},
		{Method: post, Path: "/desk/restore", Surface: web.Staff, Action: authority.DeskTend, Handler: p.Desk.Restore},
		{Method: post, Path: "/desk/hand-over", Surface: web.Staff, Action: authority.DeskTend, Handler: p.Desk.HandOver},
	}
}

// documentRoutes are those of papers.
func documentRoutes(p Pages) []web.Route {
	return []web.Route{
		{Method: get, Path: "/agency/documents", Surface: web.Staff, Action: authority.DocumentAdd, Handler: p.Documents.Own},
		{Method: post, Path: "/agency/documents", Surface: web.Staff, Action: authority.DocumentAdd, Handler: p.Documents.Add, Upload: true},
		{Method: post, Path: "/agency/documents/:id/remove", Surface: web.Staff, Action: authority.DocumentAdd, Handler: p.Documents.Remove},
		{Method: get, Path: "/ministry/agencies/:id/documents", Surface: web.Staff, Action: authority.DocumentOf, Handler: p.Documents.Of},
		{Method: get, Path: "/documents/:id", Surface: web.Staff, Action: authority.DocumentRead, Handler: p.Documents.Show},
		{Method: get, Path: "/documents/:id/pages/:page", Surface: web.Staff, Action: authority.DocumentRead, Handler: p.Documents.Page},
	}
}

// peopleRoutes are the addresses of what takes two people, and of people and
// units.
func peopleRoutes(p Pages) []web.Route {
	return []web.Route{
		{Method: get, Path: "/decisions", Surface: web.Staff, Action: authority.DecisionList, Handler: p.Decisions.List},
		{Method: get, Path: "/decisions/:id", Surface: web.Staff, Action: authority.DecisionRead, Handler: p.Decisions.Show},
		{Method: post, Path: "/decisions/:id/approve", Surface: web.Staff, Action: authority.DecisionDecide, Handler: p.Decisions.Approve, StepUp: true},
		{Method: post, Path: "/decisions/:id/refuse", Surface: web.Staff, Action: authority.DecisionDecide, Handler: p.Decisions.Refuse, StepUp: true},
		{Method: post, Path: "/decisions/:id/send-back", Surface: web.Staff, Action: authority.DecisionDecide, Handler: p.Decisions.SendBack},
		{Method: post, Path: "/decisions/:id/withdraw", Surface: web.Staff, Action: authority.DecisionWithdraw, Handler: p.Decisions.Withdraw},
		{Method: get, Path: "/api/v1/decisions", Surface: web.Staff, Action: authority.DecisionList, Handler: p.Decisions.ListAPI, JSON: true},
		{Method: post, Path: "/api/v1/decisions/:id/approve", Surface: web.Staff, Action: authority.DecisionDecide, Handler: p.Decisions.ApproveAPI, JSON: true, StepUp: true},
		{Method: post, Path: "/api/v1/decisions/:id/refuse", Surface: web.Staff, Action: authority.DecisionDecide, Handler: p.Decisions.RefuseAPI, JSON: true, StepUp: true},
		{Method: post, Path: "/api/v1/decisions/:id/send-back", Surface: web.Staff, Action: authority.DecisionDecide, Handler: p.Decisions.SendBackAPI, JSON: true},

		{Method: get, Path: "/agency/people", Surface: web.Staff, Action: authority.AgencyPeople, Handler: p.Agency.People},
		{Method: get, Path: "/agency/people/invite", Surface: web.Staff, Action: authority.AgencyPeople, Handler: p.Agency.InviteForm},
		{Method: post, Path: "/agency/people/invite", Surface: web.Staff, Action: authority.AgencyPeople, Handler: p.Agency.Invite},
		{Method: post, Path: "/agency/people/:id/invitation", Surface: web.Staff, Action: authority.AgencyPeople, Handler: p.Agency.InviteAgain},
		{Method: post, Path: "/agency/people/:id/dismiss", Surface: web.Staff, Action: authority.AgencyPeople, Handler: p.Agency.Dismiss},

		{Method: get, Path: "/admin/units", Surface: web.Staff, Action: authority.PeopleManage, Handler: p.Admin.Units},
		{Method: post, Path: "/admin/units", Surface: web.Staff, Action: authority.PeopleManage, Handler: p.Admin.MakeUnit},
		{Method: get, Path: "/admin/units/:id", Surface: web.Staff, Action: authority.PeopleManage, Handler: p.Admin.Unit},
		{Method: post, Path: "/admin/units/:id/parent", Surface: web.Staff, Action: authority.PeopleManage, Handler: p.Admin.MoveUnit},
		{Method: get, Path: "/admin/people", Surface: web.Staff, Action: authority.PeopleManage, Handler: p.Admin.People},
		{Method: get, Path: "/admin/people/invite", Surface: web.Staff, Action: authority.PeopleManage, Handler: p.Admin.InviteForm},
		{Method: post, Path: "/admin/people/invite", Surface: web.Staff, Action: authority.PeopleManage, Handler: p.Admin.Invite},
		{Method: get, Path: "/admin/people/:id", Surface: web.Staff, Action: authority.PeopleManage, Handler: p.Admin.Person},
		{Method: post, Path: "/admin/people/:id/roles", Surface: web.Staff, Action: authority.PeopleManage, Handler: p.Admin.GiveRole},
		{Method: post, Path: "/admin/people/:id/roles/end", Surface: web.Staff, Action: authority.PeopleManage, Handler: p.Admin.EndRole},
		{Method: post, Path: "/admin/people/:id/deactivate", Surface: web.Staff, Action: authority.PeopleManage, Handler: p.Admin.Deactivate},
		{Method: post, Path: "/admin/people/:id/return", Surface: web.Staff, Action: authority.PeopleManage, Handler: p.Admin.Return},
		{Method: post, Path: "/admin/people/:id/readmit", Surface: web.Staff, Action: authority.PeopleManage, Handler: p.Admin.Readmit},
		{Method: post, Path: "/admin/people/:id/invitation", Surface: web.Staff, Action: authority.PeopleManage, Handler: p.Admin.InviteAgain},
	}
}

// routesOf returns the site map's routes of the given surfaces. Both need the
// plain ones: assets, probes and the language switch.
func routesOf(surfaces []web.Surface, w *web.Web, p Pages) ([]web.Route, error) {
	known := authority.Actions()
	var routes []web.Route
	for _, r := range SiteMap(w, p) {
		if !slices.Contains(known, r.Action) {
			return nil, fmt.Errorf("route %s %s names no known policy", r.Method, r.Path)
		}
		if r.Plain || slices.Contains(surfaces, r.Surface) {
			routes = append(routes, r)
		}
	}
	return routes, nil
}
