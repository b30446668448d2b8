package public

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"time"

	"github.com/fairpassage/portal/internal/complaint"
)

// stateLife is how long a screen may lie open: long enough to be interrupted,
// short enough that a page found later opens nothing.
const stateLife = 2 * time.Hour

var stateContext = []byte("/complaints/new")

// state is what travels from screen to screen in one sealed field. Nothing of
// it is kept on the phone or on the server.
type state struct {
	Receipt string    `json:"r"`
	Nonce   string    `json:"n"`
	Until   time.Time `json:"u"`
	// Reviewed says that the last screen was reached: from then on a changed
	// answer leads back there.
	Reviewed bool    `json:"v,omitempty"`
	Answers  answers `json:"a"`
}

func newState() state {
	return state{Receipt: complaint.NewReceipt().Code(), Nonce: rand.Text(), Answers: answers{}}
}

// write seals the state for another two hours.
func (p *Complaints) write(s state) (string, error) {
	s.Until = p.Clock.Now().Add(stateLife)
	text, err := json.Marshal(s)
	if err != nil {
		return "", fmt.Errorf("write form state: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(p.box.Seal(text, stateContext)), nil
}

// read returns false for a state that is too old, changed, or not ours.
func (p *Complaints) read(sealed string) (state, bool) {
	raw, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil {
		return state{}, false
	}
	text, err := p.box.Open(raw, stateContext)
	if err != nil {
		return state{}, false
	}
	var s state
	if json.Unmarshal(text, &s) != nil || p.Clock.Now().After(s.Until) {
		return state{}, false
	}
	if s.Answers == nil {
		s.Answers = answers{}
	}
	return s, true
}

// answers maps form fields to what was sent; an unanswered field is absent.
type answers map[string][]string

func (a answers) one(field string) string {
	if all := a[field]; len(all) > 0 {
		return all[0]
	}
	return ""
}

func (a answers) chosen(field, value string) bool {
	for _, v := range a[field] {
		if v == value {
			return true
		}
	}
	return false
}

// with returns a copy in which the fields of one screen are as sent.
func (a answers) with(sent map[string][]string) answers {
	next := maps.Clone(a)
	for field, values := range sent {
		delete(next, field)
		for _, v := range values {
			if v != "" {
				next[field] = append(next[field], v)
			}
		}
	}
	return next
}
