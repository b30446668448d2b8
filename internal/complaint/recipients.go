package complaint

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/fairpassage/portal/internal/seal"
)

// desk is a kind of recipient; which unit it is, the units table says.
type desk int

const (
	complaintsDesk desk = iota // the ministry's, or the oversight body's where an official is involved
	policeDesk
	localDesks // the province's by place, the embassy's by destination; after the first reading
)

// basis says why police hold who somebody is.
type basis string

const (
	byConsent   basis = "consent"
	lifeOrChild basis = "life_or_child"
)

// part is a group of items that is shared as one.
type part int

const (
	partAnswers   part = iota
	partNarrative      // the reporter's own words
	partReporter       // who they are and how to reach them
	partWorker         // who the person is whom it is about, if another
)

func (p part) has(item seal.Item) bool {
	switch p {
	case partAnswers:
		return item == seal.Answers
	case partNarrative:
		return item == seal.Narrative
	case partReporter:
		return strings.HasSuffix(string(item), ":"+personReporter)
	case partWorker:
		return strings.HasSuffix(string(item), ":"+personWorker)
	}
	return false
}

// entitlements is the whole of who receives what, once it is known who may
// receive anything (eligible.go: exclusions come first) and when (reading.go:
// the words may have to be read first). All lines that hold for a complaint are
// added up. The reporter's mailbox always receives everything.
var entitlements = []struct {
	holds func(Complaint) bool
	to    desk
	parts []part
	basis basis
	why   string
}{
	{
		always, complaintsDesk,
		[]part{partAnswers},
		"", "somebody must be able to see that a complaint waits and how urgent it is",
	},
	{
		allows(LabourDesk), complaintsDesk,
		[]part{partNarrative, partReporter, partWorker},
		"", "the reporter asked this desk to act",
	},
	{
		allows(LabourDesk), localDesks,
		[]part{partAnswers, partNarrative, partReporter, partWorker},
		"", "the desk where it happened acts for the labour desk; who is eligible and when, eligible.go says",
	},
	{
		allows(LabourDesk), policeDesk,
		[]part{partAnswers},
		"", "the pattern may become a case; who people are stays closed",
	},
	{
		allows(Police), policeDesk,
		[]part{partAnswers, partNarrative, partReporter},
		byConsent, "the reporter asked police to act and lets them know who they are",
	},
	{
		workerAgrees, policeDesk,
		[]part{partWorker},
		byConsent, "the other person agrees; a reporter cannot consent for them",
	},
	{
		allows(Police), complaintsDesk,
		[]part{partNarrative},
		"", "the licence is the desk's matter whoever investigates",
	},
	{
		Complaint.urgent, policeDesk,
		[]part{partAnswers, partNarrative, partReporter, partWorker},
		lifeOrChild, "a life or a child is at stake",
	},
}

func always(Complaint) bool { return true }

func allows(who MayAct) func(Complaint) bool {
	return func(c Complaint) bool { return slices.Contains(c.in.MayAct, who) }
}

func workerAgrees(c Complaint) bool { return allows(Police)(c) && c.in.WorkerAgrees }

// inWords tells, by class of item, where an official may be named who is
// indicated nowhere else. Voice and files will be of it.
func inWords(item seal.Item) bool { return partNarrative.has(item) }

// personal tells the items that say who somebody is, or how to reach them.
func personal(item seal.Item) bool { return partReporter.has(item) || partWorker.has(item) }

// share is what one desk receives of a complaint.
type share struct {
	items map[seal.Item]bool
	bases map[string]basis // person → why police may know who they are
}

// shares adds up the entitlements over the items there are. Where consent was
// given it is the basis, even if life or a child would do.
func (c Complaint) shares(items []seal.Item) map[desk]share {
	out := map[desk]share{}
	for _, e := range entitlements {
		if !e.holds(c) {
			continue
		}
		s, begun := out[e.to]
		if !begun {
			s = newShare()
			out[e.to] = s
		}
		for _, p := range e.parts {
			for _, item := range items {
				if !p.has(item) {
					continue
				}
				s.items[item] = true
				_, person, personal := strings.Cut(string(item), ":")
				if personal && e.basis != "" && s.bases[person] != byConsent {
					s.bases[person] = e.basis
				}
			}
		}
	}
	return out
}

// add puts another share into this one. Reasons for police are not carried over
// to whom stands in for them.
func (s share) add(items map[seal.Item]bool) { maps.Copy(s.items, items) }

func newShare() share { return share{items: map[seal.Item]bool{}, bases: map[string]basis{}} }

func (s share) list() []seal.Item { return slices.Sorted(maps.Keys(s.items)) }

// disclosure is a recorded reason for police to know who somebody is.
type disclosure struct {
	Person, Recipient string
	Basis             basis
	GivenAt           time.Time
}
