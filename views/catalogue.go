package views

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"sort"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/nicksnyder/go-i18n/v2/i18n/template"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// Catalogue holds every sentence of the portal in every language. It is
// read-only after NewCatalogue and safe for concurrent use.
type Catalogue struct {
	codes    []string // in the order of the language switch
	voices   map[string]voice
	messages map[string]map[string]*i18n.Message // language → key → message
}

// voice is what one language needs to speak.
type voice struct {
	localizer *i18n.Localizer
	printer   *message.Printer
}

// languageOrder is the order of the language switch; the first is the one that
// a visitor without a preference gets. A folder under locales that is not
// listed here is an error, so that no language is forgotten.
func languageOrder() []string { return []string{"km", "en"} }

// NewCatalogue reads the embedded message files. It fails on a file that does
// not parse and on a key that two files of one language define.
func NewCatalogue() (*Catalogue, error) {
	return readCatalogue(embedded, "locales")
}

func readCatalogue(files fs.FS, root string) (*Catalogue, error) {
	c := &Catalogue{
		codes:    languageOrder(),
		voices:   map[string]voice{},
		messages: map[string]map[string]*i18n.Message{},
	}
	folders, err := fs.ReadDir(files, root)
	if err != nil {
		return nil, fmt.Errorf("read message folders: %w", err)
	}
	if len(folders) != len(c.codes) {
		return nil, fmt.Errorf("read message folders: %d folders for %d languages", len(folders), len(c.codes))
	}
	for _, code := range c.codes {
		if err := c.readLanguage(files, path.Join(root, code), code); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// readLanguage fills one language. Each language has a bundle of its own:
// falling back to another language would hide a message that is missing.
func (c *Catalogue) readLanguage(files fs.FS, folder, code string) error {
	tag, err := language.Parse(code)
	if err != nil {
		return fmt.Errorf("read messages of %q: %w", code, err)
	}
	names, err := fs.Glob(files, folder+"/*.json")
	if err != nil {
		return fmt.Errorf("list messages of %q: %w", code, err)
	}
	bundle := i18n.NewBundle(tag)
	c.messages[code] = map[string]*i18n.Message{}
	for _, name := range names {
		body, err := fs.ReadFile(files, name)
		if err != nil {
			return fmt.Errorf("read messages: %w", err)
		}
		found, err := bundle.ParseMessageBytes(tag, body, json.Unmarshal)
		if err != nil {
			return fmt.Errorf("read messages of %s: %w", name, err)
		}
		for _, m := range found {
			if _, twice := c.messages[code][m.ID]; twice {
				return fmt.Errorf("read messages of %s: %q is defined twice", name, m.ID)
			}
			c.messages[code][m.ID] = m
		}
	}
	c.voices[code] = voice{
		localizer: i18n.NewLocalizer(bundle, code),
		printer:   message.NewPrinter(tag),
	}
	return nil
}

// Languages lists the language codes in the order of the language switch.
func (c *Catalogue) Languages() []string { return append([]string(nil), c.codes...) }

// Has reports whether the language has the message.
func (c *Catalogue) Has(lang, key string) bool {
	_, ok := c.messages[lang][key]
	return ok
}

// Text returns the message of that key in that language. Arguments are pairs of
// name and value; the argument "Count", an int, chooses the plural form and is
// shown grouped for the language. An unknown language, an unknown key and an
// argument that the message needs but did not get are errors.
func (c *Catalogue) Text(lang, key string, args ...any) (string, error) {
	named, err := pairs(args)
	if err != nil {
		return "", fmt.Errorf("message %q: %w", key, err)
	}
	return c.text(lang, key, named)
}

func (c *Catalogue) text(lang, key string, named map[string]any) (string, error) {
	v, ok := c.voices[lang]
	if !ok {
		return "", fmt.Errorf("message %q: no language %q", key, lang)
	}
	if !c.Has(lang, key) {
		return "", fmt.Errorf("message %q: missing in language %q", key, lang)
	}
	config := &i18n.LocalizeConfig{MessageID: key, TemplateData: named, TemplateParser: strictParser()}
	if count, ok := named["Count"]; ok {
		shown := make(map[string]any, len(named))
		for name, value := range named {
			shown[name] = value
		}
		shown["Count"] = v.printer.Sprint(count)
		config.PluralCount, config.TemplateData = count, shown
	}
	text, err := v.localizer.Localize(config)
	if err != nil {
		return "", fmt.Errorf("message %q in language %q: %w", key, lang, err)
	}
	return text, nil
}

// strictParser makes a missing argument an error instead of "<no value>".
func strictParser() template.Parser { return &template.TextParser{Option: "missingkey=error"} }

// MissingMessages lists, sorted, every message that one language has and
// another lacks, as "language key". An unreadable catalogue is its one line.
func MissingMessages() []string {
	c, err := NewCatalogue()
	if err != nil {
		return []string{err.Error()}
	}
	return c.missing()
}

func (c *Catalogue) missing() []string {
	var gaps []string
	for _, has := range c.codes {
		for key := range c.messages[has] {
			for _, other := range c.codes {
				if !c.Has(other, key) {
					gaps = append(gaps, other+" "+key)
				}
			}
		}
	}
	sort.Strings(gaps)
	return gaps
}

// pairs turns name, value, name, value … into a map.
func pairs(args []any) (map[string]any, error) {
	if len(args)%2 != 0 {
		return nil, fmt.Errorf("arguments are not pairs of name and value")
	}
	named := make(map[string]any, len(args)/2)
	for i := 0; i < len(args); i += 2 {
		name, ok := args[i].(string)
		if !ok {
			return nil, fmt.Errorf("argument %d is not a name", i+1)
		}
		named[name] = args[i+1]
	}
	return named, nil
}
