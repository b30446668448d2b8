package fitness

import (
	"fmt"
	"time"

	"github.com/fairpassage/portal/internal/barred"
	"github.com/fairpassage/portal/internal/dossier"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// Birth is a name with the birth date that belongs to it, as barred people are known by.
const Birth Kind = "birth"

// weightOfBirth is that of Birth, in tenths: two people of one name are seldom born on
// one day.
const weightOfBirth = 40

// BarredMatch is somebody of the application who is barred.
type BarredMatch struct {
	Kind   Kind // Document or Birth
	Person uuid.UUID
	Shown  string
	Weight int // tenths
}

// BarredEvidence is such a match in words that an officer may read.
type BarredEvidence struct {
	Kind                 Kind
	Shown                string
	Weight               int
	BarredID             uuid.UUID
	NameLatin, NameLocal string
	Ground               string // a word of the code
}

// Tenths writes the weight as "3.0".
func (e BarredEvidence) Tenths() string { return fmt.Sprintf("%d.%d", e.Weight/10, e.Weight%10) }

// marks lists the people of a dossier: who directs, who owns, who recruits.
func marks(d dossier.Dossier) (all []barred.Mark) {
	for _, section := range []dossier.Section{dossier.Directors, dossier.Owners, dossier.Agents} {
		for _, i := range d.Items(section) {
			number := i.Numbers["document_number"]
			all = append(all, barred.Mark{Token: number.Token, Last4: number.Last4, NameLatin: i.Text("name_latin"), NameLocal: i.Text("name_local"), BornOn: i.Text("born_on")})
		}
	}
	return all
}

func barredMatches(tx postgres.Tx, d dossier.Dossier, day time.Time) ([]BarredMatch, error) {
	hits, err := barred.Match(tx, marks(d), day)
	all := make([]BarredMatch, len(hits))
	for i, h := range hits {
		all[i] = BarredMatch{Kind: Birth, Person: h.Person, Shown: h.Shown, Weight: weightOfBirth}
		if h.Document {
			all[i].Kind, all[i].Weight = Document, weights[Document]
		}
	}
	return all, err
}
