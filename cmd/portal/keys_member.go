package main

import (
	"fmt"
	"time"

	"github.com/fairpassage/portal/internal/desk"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
)

// memberFlags name the member as whom a command works.
type memberFlags struct {
	Unit  string `required:"" help:"Code of the unit." placeholder:"CODE"`
	Email string `help:"Account of a member of the unit; the passphrase is asked for, and a code of whoever has a second factor." placeholder:"ADDRESS"`
}

type keysRotateCmd struct {
	dataFlag
	memberFlags
}

// Run gives the desk a new key and wraps everything anew.
func (c *keysRotateCmd) Run(p *program) error {
	return c.work(p, func(l *locksmith) error {
		by, err := l.member(p, c.Email, c.Unit)
		if err != nil {
			return err
		}
		if err := l.desks.Rotate(p.ctx, by, desk.Asked); err != nil {
			return err
		}
		fmt.Fprintf(p.stdout, "%s has a new key: what is filed from now on goes to it\n", c.Unit)
		return l.goOn(p, by)
	})
}

// goOn does what waits for a key-holder, and says how far it is.
func (l *locksmith) goOn(p *program, by identity.Holder) error {
	for {
		more, err := l.desks.Continue(p.ctx, by, 2*time.Second)
		if err != nil {
			return err
		}
		st, err := l.desks.State(p.ctx, by)
		if err != nil {
			return err
		}
		for _, w := range st.Work {
			if w.Refused {
				fmt.Fprintf(p.stdout, "%s: refused, it was not signed on both sides: see \"Handing a desk over\" in docs/operations.md\n", w.Kind)
				continue
			}
			fmt.Fprintf(p.stdout, "%s: %d of %d\n", w.Kind, w.Done, w.Total)
			if w.Stuck && !more {
				fmt.Fprintf(p.stdout, "%d envelopes could not be moved in this session: see \"Keys of desks\" in docs/operations.md\n", w.Left)
			}
		}
		if !more {
			if len(st.Work) == 0 {
				fmt.Fprintln(p.stdout, "nothing that you may see is left; old keys are destroyed as soon as nothing at all is under them")
			}
			return nil
		}
	}
}

type keysRecoverCmd struct {
	dataFlag
	memberFlags
}

// Run asks the holders of shares, or restores the key when two have given theirs.
func (c *keysRecoverCmd) Run(p *program) error {
	return c.work(p, func(l *locksmith) error {
		by, err := l.member(p, c.Email, c.Unit)
		if err != nil {
			return err
		}
		err = l.desks.Restore(p.ctx, by)
		if err == nil {
			fmt.Fprintf(p.stdout, "the key of %s is restored, and replaced by a new one\n", c.Unit)
			if err := l.goOn(p, by); err != nil {
				return err
			}
			fmt.Fprintln(p.stdout, "Next: colleagues with a new passphrase ask to be readmitted at /desk, and you decide at /decisions.")
			return nil
		}
		if fault.KindOf(err) != fault.Conflict {
			return err
		}
		asked, err := l.desks.AskRecovery(p.ctx, by, l.decisions)
		if fault.KindOf(err) == fault.Conflict && asked == 0 {
			st, again := l.desks.State(p.ctx, by)
			if again == nil && st.Lost {
				fmt.Fprintf(p.stdout, "%d of 2 holders gave their share so far. Next: holders sign in and approve at /decisions; then run this again.\n", st.Contributed)
				return nil
			}
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(p.stdout, "%d holders of shares were asked. Next: two of them, of two desks, sign in and approve at /decisions; then run this again, within the life of your present passphrase.\n", asked)
		return nil
	})
}

type keysRehearseCmd struct {
	dataFlag
	Unit   string `required:"" help:"Code of the unit whose recovery is rehearsed." placeholder:"CODE"`
	First  string `required:"" help:"Account of somebody of a desk that holds a share." placeholder:"ADDRESS"`
	Second string `required:"" help:"Account of somebody of another such desk." placeholder:"ADDRESS"`
}

// Run rehearses and says what it proved.
func (c *keysRehearseCmd) Run(p *program) error {
	return c.work(p, func(l *locksmith) error {
		first, err := l.member(p, c.First, "")
		if err != nil {
			return err
		}
		second, err := l.member(p, c.Second, "")
		if err != nil {
			return err
		}
		done, err := l.desks.Rehearse(p.ctx, c.Unit, first, second)
		if err != nil {
			return err
		}
		fmt.Fprintf(p.stdout, "a key to throw away was split, given by %s and %s, restored, and opened a test envelope\n", first.UnitCode, second.UnitCode)
		fmt.Fprintf(p.stdout, "%d shares of the present key of %s open for them; they were not put together\n", done.RealShares, c.Unit)
		return nil
	})
}
