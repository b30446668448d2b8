package jobs

import (
	"context"
	"errors"
	"time"

	"github.com/fairpassage/portal/internal/document"
	"github.com/google/uuid"
)

// Documents erases papers that were taken back.
type Documents interface {
	Erase(ctx context.Context, promiseID uuid.UUID) error
	Tidy(ctx context.Context) error
}

var errNoDocuments = errors.New("jobs: this worker was told no place of documents")

// eraseDocument destroys the keys of a document that was removed, and its bytes.
// Once in effect: a key that is destroyed is destroyed, and the document is marked
// in the transaction that keeps the promise.
func eraseDocument(d Documents) job {
	return job{topic: document.TopicRemoved, queue: low, tries: 200, timeout: 30 * time.Second, handle: func(ctx context.Context, promiseID uuid.UUID) error {
		if d == nil {
			return errNoDocuments
		}
		return d.Erase(ctx, promiseID)
	}}
}
