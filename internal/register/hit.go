package register

import (
	"time"

	"github.com/fairpassage/portal/internal/licensing"
	"github.com/google/uuid"
)

// How says by what an agency was found.
type How string

// The ways, the surest first where two of them find one agency.
const (
	ByLicenceNumber How = "licence"
	ByPhone         How = "phone"      // a phone or fax number as a whole
	ByPhonePart     How = "phone_part" // six or more digits of one
	ByEmail         How = "email"
	ByPerson        How = "person" // somebody listed as speaking for the agency
	ByName          How = "name"
	ByNameLike      How = "name_like" // spelt otherwise, or a part of it
)

// Agency is what the register says of one agency, in short.
type Agency struct {
	ID             uuid.UUID
	Slug           string // last part of its public address
	Source         string // which register lists it
	NameLatin      string // one of the two names may be ""
	NameLocal      string
	District       string
	ValidSinceYear int // as the source says; 0 is unknown
	// State is of the licence today. Listed means that the source names the
	// agency and that no licence is on record here.
	State  licensing.State
	Number string    // licence number, "" when none is known
	Until  time.Time // last day of the licence, midnight UTC; zero when no source gives one
}

// Name returns the name to show first.
func (a Agency) Name() string {
	if a.NameLatin != "" {
		return a.NameLatin
	}
	return a.NameLocal
}

// Hit is an agency that a search found.
type Hit struct {
	Agency
	How How
	// Matched is what the register has where the search matched: the name, the
	// number, the address. It is the register's, never what was typed.
	Matched string
	// Score orders hits: 1 is a perfect match, 0 none.
	Score float64
}
