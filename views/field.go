package views

import (
	"fmt"
	"sort"
	"strconv"
	"strings"
)

// dateParts are the suffixes of the three inputs of a date.
func dateParts() []string { return []string{"_day", "_month", "_year"} }

// field builds a Field from a form; see the package text for its options.
func (s speaker) field(form Form, name, key string, settings ...any) (Field, error) {
	set, err := pairs(settings)
	if err != nil {
		return Field{}, fmt.Errorf("field %q: %w", name, err)
	}
	f := Field{
		ID: name, Name: name, Value: form.Value(name), Type: "text",
		Day: form.Value(name + "_day"), Month: form.Value(name + "_month"), Year: form.Value(name + "_year"),
	}
	words, _ := set["args"].(map[string]any)
	if f.Label, err = s.words.text(s.lang, key+".label", words); err != nil {
		return Field{}, err
	}
	if s.words.Has(s.lang, key+".hint") {
		if f.Hint, err = s.words.text(s.lang, key+".hint", words); err != nil {
			return Field{}, err
		}
	}
	if at := failing(form, name); at != "" {
		if f.Error, err = s.words.text(s.lang, form.Errors[at], form.Args[at]); err != nil {
			return Field{}, err
		}
	}
	for option, value := range set {
		if err := s.apply(&f, form, option, value); err != nil {
			return Field{}, fmt.Errorf("field %q: %w", name, err)
		}
	}
	return f, nil
}

// apply sets one option of a field. An unknown one is an error: a misspelt
// "autocomplete" must not leave a phone number in a shared browser.
func (s speaker) apply(f *Field, form Form, option string, value any) error {
	texts := map[string]*string{
		"type": &f.Type, "autocomplete": &f.Autocomplete, "inputmode": &f.Inputmode,
		"prefix": &f.Prefix, "suffix": &f.Suffix, "size": &f.Size,
	}
	numbers := map[string]*int{"width": &f.Width, "rows": &f.Rows, "maxlength": &f.Maxlength}
	flags := map[string]*bool{"heading": &f.Heading, "optional": &f.Optional, "inline": &f.Inline, "small": &f.Small}
	ok := false
	switch {
	case texts[option] != nil:
		*texts[option], ok = value.(string)
	case numbers[option] != nil:
		*numbers[option], ok = value.(int)
	case flags[option] != nil:
		*flags[option], ok = value.(bool)
	case option == "args":
		_, ok = value.(map[string]any)
	case option == "options":
		var given []Option
		if given, ok = value.([]Option); ok {
			return s.choices(f, form, given)
		}
	default:
		return fmt.Errorf("unknown option %q", option)
	}
	if !ok {
		return fmt.Errorf("option %q cannot be a %T", option, value)
	}
	return nil
}

// choices draws the options. The first keeps the id of the field, so that the
// error summary leads to it.
func (s speaker) choices(f *Field, form Form, given []Option) error {
	for i, o := range given {
		c := Choice{ID: f.ID, Name: f.Name, Value: o.Value, Text: o.Text, Hint: o.Hint, Apart: o.Apart}
		if i > 0 {
			c.ID = f.ID + "-" + strconv.Itoa(i+1)
		}
		var err error
		if o.Key != "" {
			if c.Text, err = s.words.Text(s.lang, o.Key); err != nil {
				return err
			}
			if s.words.Has(s.lang, o.Key+".hint") {
				if c.Hint, err = s.words.Text(s.lang, o.Key+".hint"); err != nil {
					return err
				}
			}
		}
		c.Chosen = form.Chosen(f.Name, o.Value)
		f.Choices = append(f.Choices, c)
	}
	return nil
}

// options builds choices from pairs of value and message key.
func options(args ...string) ([]Option, error) {
	if len(args)%2 != 0 {
		return nil, fmt.Errorf("options are not pairs of value and key")
	}
	var all []Option
	for i := 0; i < len(args); i += 2 {
		all = append(all, Option{Value: args[i], Key: args[i+1]})
	}
	return all, nil
}

// failing returns the name under which the field's error stands: its own, or
// that of a part of a date; "" when it has none.
func failing(form Form, name string) string {
	for _, at := range append([]string{""}, dateParts()...) {
		if _, bad := form.Errors[name+at]; bad {
			return name + at
		}
	}
	return ""
}

// Mistake is one line of an error summary.
type Mistake struct{ Href, Text string }

// summary lists the errors of a form in the order in which the page draws its
// fields; errors of fields that the page does not name follow by name.
func (s speaker) summary(form Form) ([]Mistake, error) {
	place := map[string]int{}
	for i, f := range s.fields {
		place[f.name] = i
	}
	names := make([]string, 0, len(form.Errors))
	for name := range form.Errors {
		names = append(names, name)
	}
	rank := func(name string) int {
		if at, known := place[base(name, place)]; known {
			return at
		}
		return len(s.fields)
	}
	sort.Slice(names, func(i, j int) bool {
		if a, b := rank(names[i]), rank(names[j]); a != b {
			return a < b
		}
		return names[i] < names[j]
	})
	var list []Mistake
	seen := map[string]bool{}
	for _, name := range names {
		field := base(name, place)
		if seen[field] {
			continue
		}
		seen[field] = true
		text, err := s.mistake(form, name, rank(name))
		if err != nil {
			return nil, err
		}
		list = append(list, Mistake{Href: "#" + field, Text: text})
	}
	return list, nil
}

// mistake words one error. A generic message alone ("Answer this question")
// would not say which, so the field's label goes before it.
func (s speaker) mistake(form Form, name string, at int) (string, error) {
	text, err := s.words.text(s.lang, form.Errors[name], form.Args[name])
	if err != nil || at >= len(s.fields) || !strings.HasPrefix(form.Errors[name], "form.") {
		return text, err
	}
	key := s.fields[at].key + ".label"
	label, err := s.words.Text(s.lang, key)
	if err != nil {
		return text, nil //nolint:nilerr // the label needs arguments that only the field has
	}
	return s.words.Text(s.lang, "form.mistake", "Label", label, "Message", text)
}

// base returns the field that a part of a date belongs to.
func base(name string, place map[string]int) string {
	if _, known := place[name]; known {
		return name
	}
	for _, part := range dateParts() {
		if whole, cut := strings.CutSuffix(name, part); cut {
			if _, known := place[whole]; known {
				return whole
			}
		}
	}
	return name
}
