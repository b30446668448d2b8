package desk

import (
	"time"

	"github.com/fairpassage/portal/internal/platform/postgres"
)

// Work is something that waits for a key-holder. The numbers are of what the
// asking person may see, and count up to ten thousand.
type Work struct {
	Kind              string // rotate, leave, recover or handover
	To                map[string]string
	Done, Total, Left int
	// Stuck: somebody came to the end, and what is left did not go.
	Stuck bool
	// Skipped is what a hand-over leaves out for good.
	Skipped int
	// Refused: a hand-over that was not signed on both sides. Nobody goes on with it.
	Refused bool
	AskedAt time.Time
}

// lines lists what waits, as the acting person may see it. What one of them came
// to the end of is gone for them, although it may wait for a colleague.
func (s *Service) lines(tx postgres.Tx, u unitRow) (all []Work, err error) {
	open, err := openWork(tx, u.ID)
	if err != nil {
		return nil, err
	}
	for _, w := range open {
		line, err := s.line(tx, u, w)
		if err != nil {
			return nil, err
		}
		if line.Refused || line.seen(w) {
			all = append(all, line)
		}
	}
	return all, nil
}

func (w Work) seen(row workRow) bool { return row.WalkedAt == nil || w.Left > 0 }

func (s *Service) line(tx postgres.Tx, u unitRow, row workRow) (w Work, err error) {
	w = Work{Kind: row.Kind, To: names(row.ToName), AskedAt: row.AskedAt}
	if row.ToUnitID == nil {
		w.Left, err = countBehind(tx, u)
	} else {
		why, doubtful := s.doubt(tx, row)
		if w.Refused = why != ""; doubtful != nil || w.Refused {
			return w, doubtful
		}
		if w.Skipped, err = countLeftOut(tx, row.ID); err != nil {
			return w, err
		}
		w.Left, err = countUnhanded(tx, u, row.ID)
	}
	if err != nil {
		return w, err
	}
	w.Stuck = row.WalkedAt != nil && w.Left > 0
	w.Total, err = countVisible(tx, u)
	w.Done = max(w.Total-w.Left, 0)
	return w, err
}
