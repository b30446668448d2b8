package demo

import (
	"time"

	"github.com/fairpassage/portal/internal/retention"
)

// rules are how long the demonstration keeps what. They are nobody's law, and
// say so. Of evidence there is none: then it is kept without end.
func rules() []retention.Policy {
	const year = 365
	from := time.Date(2020, time.January, 1, 0, 0, 0, 0, time.UTC)
	days := map[retention.Kind]int{
		retention.Narrative: 5 * year, retention.Answers: 5 * year, retention.Identity: 5 * year, retention.Originals: 5 * year,
		retention.Contact: 2 * year, retention.Sessions: 90, retention.ReceiptSessions: 7, retention.Attempts: 30,
		retention.ImportRejections: year, retention.MailDeliveries: year,
	}
	var all []retention.Policy
	for _, kind := range retention.Kinds() {
		if n, set := days[kind]; set {
			all = append(all, retention.Policy{Kind: kind, Days: n, From: from, Source: "house rule of the demonstration country; not law"})
		}
	}
	return all
}
