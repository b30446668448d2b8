package dossier

// Change is one difference between two dossiers.
type Change struct {
	Section Section
	Item    string
	Name    string // of the item, as the later dossier has it
	Kind    ChangeKind
	Field   string // of Changed
	// Old and New are the field's texts; of a number they are its last characters.
	Old, New string
}

// ChangeKind says what happened to an item.
type ChangeKind string

// The kinds of change.
const (
	Added   ChangeKind = "added"
	Removed ChangeKind = "removed"
	Changed ChangeKind = "changed"
)

// Diff lists what the later dossier says otherwise, in the order of the form.
func Diff(earlier, later Dossier) (changes []Change) {
	for _, c := range chapters {
		if !c.Many {
			changes = append(changes, c.diff(earlier.One(c.Section), later.One(c.Section))...)
			continue
		}
		for _, now := range later.Items(c.Section) {
			before, there := earlier.Item(c.Section, now.ID)
			if !there {
				changes = append(changes, Change{Section: c.Section, Item: now.ID, Name: now.Name(), Kind: Added})
				continue
			}
			changes = append(changes, c.diff(before, now)...)
		}
		for _, before := range earlier.Items(c.Section) {
			if _, there := later.Item(c.Section, before.ID); !there {
				changes = append(changes, Change{Section: c.Section, Item: before.ID, Name: before.Name(), Kind: Removed})
			}
		}
	}
	return changes
}

func (c Chapter) diff(before, now Item) (changes []Change) {
	for _, f := range c.Fields {
		was, is := before.Fields[f.Name], now.Fields[f.Name]
		same := was == is
		if f.Type == Secret {
			same = before.Numbers[f.Name] == now.Numbers[f.Name]
			was, is = before.Numbers[f.Name].Last4, now.Numbers[f.Name].Last4
		}
		if !same {
			changes = append(changes, Change{c.Section, now.ID, now.Name(), Changed, f.Name, was, is})
		}
	}
	return changes
}
