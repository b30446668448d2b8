package views

// Form is what a form page shows again: the values as they were sent, and for
// each field that failed the key of the message that says why. A page struct
// holds it in a field called Form (embedding it will do); a form that failed
// puts "Error:" before the title of its page.
type Form struct {
	Values map[string][]string
	// Errors maps a field name to a message key. Keys below "form." are generic.
	Errors map[string]string
	// Args holds, for a field, the arguments of its message: {"Max": 200}.
	Args map[string]map[string]any
}

// Value returns the first value of a field, or "".
func (f Form) Value(name string) string {
	if all := f.Values[name]; len(all) > 0 {
		return all[0]
	}
	return ""
}

// Chosen reports whether the field holds the value.
func (f Form) Chosen(name, value string) bool {
	for _, v := range f.Values[name] {
		if v == value {
			return true
		}
	}
	return false
}

// Failed reports whether any field has an error.
func (f Form) Failed() bool { return len(f.Errors) > 0 }

// Option is one choice of radios, checkboxes or a select. Its words are the
// message Key (with a hint at Key+".hint" when that exists) or, for data such
// as the name of an agency, Text and Hint as they stand.
type Option struct {
	Value string
	Key   string
	Text  string
	Hint  string
	// Apart sets the choice off by an "or" before it, as in "none of these".
	Apart bool
}

// Field is one form field as the partials draw it. Templates get it from the
// function field; Go code has no need to build one.
type Field struct {
	ID, Name           string
	Label, Hint, Error string
	Value              string
	Type, Autocomplete string
	Inputmode          string
	Prefix, Suffix     string
	Size               string
	Width, Rows        int
	Maxlength          int
	Heading, Optional  bool
	Inline, Small      bool
	Choices            []Choice
	Day, Month, Year   string
}

// Choice is one drawn option of a Field.
type Choice struct {
	ID, Name, Value string
	Text, Hint      string
	Chosen, Apart   bool
}

// DescribedBy returns the ids that describe the input, for aria-describedby.
func (f Field) DescribedBy() string {
	ids := ""
	if f.Hint != "" {
		ids = f.ID + "-hint"
	}
	if f.Error != "" {
		if ids != "" {
			ids += " "
		}
		ids += f.ID + "-error"
	}
	return ids
}

// Problem is the page struct of the pages under problem/.
type Problem struct {
	// Incident is the id under which the log knows what happened; may be "".
	Incident string
}
