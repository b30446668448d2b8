package application

import (
	"slices"
	"time"

	"github.com/fairpassage/portal/internal/document"
	"github.com/fairpassage/portal/internal/dossier"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// papersSection names what is missing among documents, which are no part of the
// dossier: they lie in the agency's folder and serve every application.
const papersSection dossier.Section = "documents"

// missingPapers lists the documents that the law asks for and of which the agency's
// folder has none that is still good.
func missingPapers(tx postgres.Tx, agency uuid.UUID, asks Asks, today time.Time) ([]string, error) {
	if len(asks.Documents) == 0 {
		return nil, nil
	}
	all, err := document.List(tx, document.Owner{Kind: document.OfAgency, ID: agency})
	if err != nil {
		return nil, err
	}
	var missing []string
	for _, kind := range asks.Documents {
		good := func(d document.Document) bool {
			return d.Kind == kind && (d.ExpiresOn.IsZero() || !d.ExpiresOn.Before(today))
		}
		if !slices.ContainsFunc(all, good) {
			missing = append(missing, kind)
		}
	}
	return missing, nil
}
