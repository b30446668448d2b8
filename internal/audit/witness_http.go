package audit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

const addCheckpoint = "/add-checkpoint"

// Remote is a witness that speaks C2SP tlog-witness over HTTP.
type Remote struct {
	address string
	client  *http.Client
}

// NewRemote returns the witness at that submission prefix.
func NewRemote(prefix string) *Remote {
	return &Remote{prefix, &http.Client{
		Timeout:       10 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Name is the address, without what may be a password.
func (r *Remote) Name() string {
	u, err := url.Parse(r.address)
	if err != nil {
		return "https:"
	}
	return u.Scheme + "://" + u.Host + u.Path
}

// Take posts the submission.
func (r *Remote) Take(ctx context.Context, s Submission) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, r.address+addCheckpoint, bytes.NewReader(s.marshal()))
	if err != nil {
		return errors.New("the address of a witness cannot be used")
	}
	answer, err := r.client.Do(request)
	if err != nil {
		return fmt.Errorf("reach the witness: %w", errors.Unwrap(err)) // without the address
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(answer.Body, mostSubmission))
	if err != nil {
		return fmt.Errorf("hear the witness: %w", err)
	}
	switch answer.StatusCode {
	case http.StatusOK:
		return nil
	case http.StatusConflict:
		held, err := number(string(bytes.TrimSuffix(body, []byte("\n"))), "")
		if err != nil || held == s.Old {
			return errRefused
		}
		return HeldError{held}
	case http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound, http.StatusUnprocessableEntity:
		return errRefused
	}
	return fmt.Errorf("the witness answers %d", answer.StatusCode)
}

// ServeHTTP lets a folder be a witness for others, in the words of C2SP
// tlog-witness. It does not cosign: what it holds is what it says.
func (f *Folder) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost || r.URL.Path != addCheckpoint {
		http.NotFound(w, r)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, mostSubmission))
	if err != nil {
		http.Error(w, "", http.StatusBadRequest)
		return
	}
	s, err := parseSubmission(body)
	if err == nil {
		err = f.Take(r.Context(), s)
	}
	held, other := errors.AsType[HeldError](err)
	switch {
	case err == nil:
	case other:
		w.Header().Set("Content-Type", "text/x.tlog.size")
		w.WriteHeader(http.StatusConflict)
		fmt.Fprintf(w, "%d\n", held.Size)
	case errors.Is(err, errRequest):
		http.Error(w, "", http.StatusBadRequest)
	case errors.Is(err, errNotACheckpoint):
		http.Error(w, "", http.StatusForbidden)
	case errors.Is(err, errRefused):
		http.Error(w, "", http.StatusUnprocessableEntity)
	default:
		http.Error(w, "", http.StatusInternalServerError)
	}
}
