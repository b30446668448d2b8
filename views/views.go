package views

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"reflect"
	"time"
)

//go:embed *.html */*.html locales/*/*.json all:assets/dist
var embedded embed.FS

// Views renders the pages. It is read-only after New and safe for concurrent
// use.
type Views struct {
	words  *Catalogue
	assets assets
	zone   *time.Location
	pages  map[string]map[string]*template.Template // language → page → template
}

// Setting changes how New builds the views.
type Setting func(*Views)

// InZone sets the time zone of the country that runs the portal; UTC without.
func InZone(zone *time.Location) Setting { return func(v *Views) { v.zone = zone } }

// New parses every page in every language, so that a page that does not parse
// fails the start and not a visitor.
func New(settings ...Setting) (*Views, error) {
	built, err := fs.Sub(embedded, "assets/dist")
	if err != nil {
		return nil, fmt.Errorf("open assets: %w", err)
	}
	return build(embedded, built, settings...)
}

func build(files, built fs.FS, settings ...Setting) (*Views, error) {
	v := &Views{zone: time.UTC, pages: map[string]map[string]*template.Template{}}
	for _, set := range settings {
		set(v)
	}
	var err error
	if v.words, err = readCatalogue(files, "locales"); err != nil {
		return nil, err
	}
	if v.assets, err = readAssets(built); err != nil {
		return nil, err
	}
	names, err := pageNames(files)
	if err != nil {
		return nil, err
	}
	for _, lang := range v.words.codes {
		v.pages[lang] = map[string]*template.Template{}
		for _, name := range names {
			if v.pages[lang][name], err = v.parse(files, lang, name); err != nil {
				return nil, fmt.Errorf("parse page %s: %w", name, err)
			}
		}
	}
	return v, nil
}

// Catalogue returns the messages, for mail and other words outside pages.
func (v *Views) Catalogue() *Catalogue { return v.words }

// Render writes a whole page, or nothing and an error: an unknown page or
// language, a missing message, or data that the page does not fit.
func (v *Views) Render(w io.Writer, lang, page string, data Data) error {
	t, ok := v.pages[lang][page]
	if !ok {
		return fmt.Errorf("render: no page %q in language %q", page, lang)
	}
	var whole bytes.Buffer
	if err := t.ExecuteTemplate(&whole, "base", data); err != nil {
		return fmt.Errorf("render %s: %w", page, err)
	}
	if _, err := whole.WriteTo(w); err != nil {
		return fmt.Errorf("render %s: write: %w", page, err)
	}
	return nil
}

// Data is the dot of every page.
type Data struct {
	Frame Frame
	Page  any
}

// Failed reports whether the page's form has errors; see Form.
func (d Data) Failed() bool {
	page := reflect.Indirect(reflect.ValueOf(d.Page))
	if page.Kind() != reflect.Struct {
		return false
	}
	at := page.FieldByName("Form")
	if !at.IsValid() {
		return false
	}
	form, ok := at.Interface().(Form)
	return ok && form.Failed()
}
