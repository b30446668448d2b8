package document

import (
	"slices"
	"time"

	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/policy"
	"github.com/fairpassage/portal/internal/upload"
	"github.com/google/uuid"
)

// Owner is what a document is attached to.
type Owner struct {
	Kind OwnerKind
	ID   uuid.UUID
}

// OwnerKind names a subject that documents are attached to.
type OwnerKind string

// The kinds of owner, as the table allows them. That of an agency is the agency
// itself.
const (
	OfAgency      OwnerKind = "agency"
	OfApplication OwnerKind = "application"
	OfInspection  OwnerKind = "inspection"
)

// Standing is how an owner stands to an actor just now.
type Standing struct {
	AgencyID uuid.UUID
	// Readable: the actor may see what is attached.
	Readable bool
	// Open: the actor may attach, and remove what they attached.
	Open bool
}

// Owners says how an owner of its kind stands. It reads under the transaction's
// actor, locks what must not change until the transaction ends, and gives a
// NotFound fault for an owner that the actor may not know of. Its answer is asked
// for beside internal/authority, never instead.
type Owners interface {
	Standing(tx postgres.Tx, by identity.Actor, owner uuid.UUID) (Standing, error)
}

// Kinds beside those that the law names (policy.Documents).
const (
	Receipt         = "receipt"
	InspectionPhoto = "inspection_photo"
	Other           = "other"
)

// Kinds lists what a document can be.
func Kinds() []string { return append(policy.Documents(), Receipt, InspectionPhoto, Other) }

// KindsOf lists what can be attached to such an owner.
func KindsOf(owner OwnerKind) []string {
	switch owner {
	case OfInspection:
		return []string{InspectionPhoto, Other}
	case OfApplication:
		return append(policy.Documents(), Receipt, Other)
	case OfAgency:
	}
	return append(policy.Documents(), Other)
}

// Document is what is known of one, without its content.
type Document struct {
	ID         uuid.UUID
	AgencyID   uuid.UUID
	Owner      Owner
	Kind       string
	Type       upload.Type
	Size       int // bytes of the original
	SHA256     []byte
	Pages      int // 0: could not be counted
	View       upload.Viewable
	Scan       upload.Scanned
	ExpiresOn  time.Time // a day, or the zero time
	UploadedBy uuid.UUID
	By         string // the name of who handed it in
	UploadedAt time.Time
	RemovedAt  time.Time // zero: it is there
	ErasedAt   time.Time
	// Apart: the original is sealed to the national police unit's desk; else the
	// portal itself keeps its key. Lists do not say.
	Apart bool
}

// Removed reports whether it was taken back.
func (d Document) Removed() bool { return !d.RemovedAt.IsZero() }

// Expired reports whether its last day is gone.
func (d Document) Expired(today time.Time) bool {
	return !d.ExpiresOn.IsZero() && d.ExpiresOn.Before(today)
}

// Shown is how many pages can be looked at.
func (d Document) Shown() int {
	if d.View != upload.Made || d.Removed() {
		return 0
	}
	return d.Pages
}

// agencyOwners is the owner that this package answers for: an agency, to its own
// people and to licensing officers.
type agencyOwners struct{}

func (agencyOwners) Standing(tx postgres.Tx, by identity.Actor, owner uuid.UUID) (Standing, error) {
	if _, err := findAgency(tx, owner); err != nil {
		return Standing{}, err
	}
	own := by.UnitKind == identity.UnitAgency && by.AgencyID == owner
	officer := by.UnitKind == identity.UnitMinistry && by.Role == identity.RoleLicensingOfficer
	return Standing{AgencyID: owner, Readable: own || officer, Open: own}, nil
}

// takes reports whether the kind can be attached to that owner.
func (o Owner) takes(kind string) bool { return slices.Contains(KindsOf(o.Kind), kind) }
