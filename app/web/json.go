package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/gofiber/fiber/v2"
)

// JSON answers a program.
func (w *Web) JSON(c *fiber.Ctx, status int, data any) error {
	return c.Status(status).JSON(data)
}

// problem is what a program is told of an error. Text is in the language of the
// request, Code and the keys of Fields are not.
type problem struct {
	Status   int               `json:"status"`
	Code     string            `json:"code,omitempty"`
	Text     string            `json:"text,omitempty"`
	Fields   map[string]string `json:"fields,omitempty"` // field → text
	Incident string            `json:"incident,omitempty"`
}

// problemJSON says what a page of a problem would. What may not be known stays
// unsaid: the code of a refusal is that of a missing page.
func (w *Web) problemJSON(c *fiber.Ctx, status int, incident string, err error) error {
	p := problem{Status: status, Incident: incident, Code: fault.CodeOf(err)}
	p.Text = w.say(c, p.Code)
	for name, key := range fault.FieldsOf(err) {
		if p.Fields == nil {
			p.Fields = map[string]string{}
		}
		p.Fields[name] = w.say(c, key)
	}
	return w.JSON(c, status, p)
}

func (w *Web) say(c *fiber.Ctx, key string) string {
	words := w.views.Catalogue()
	if key == "" || !words.Has(w.Lang(c), key) {
		return ""
	}
	text, err := words.Text(w.Lang(c), key)
	if err != nil {
		return ""
	}
	return text
}

// jsonValues reads one flat object of strings as a form body: a name that comes
// twice has two values, and is refused where a form's would be.
func jsonValues(body []byte) (map[string][]string, error) {
	refused := fault.New(fault.Invalid, "problem.body")
	if bytes.Count(body, []byte(":")) >= maxFields {
		return nil, refused
	}
	in := json.NewDecoder(bytes.NewReader(body))
	if begin, err := in.Token(); err != nil || begin != json.Delim('{') {
		return nil, refused
	}
	values := map[string][]string{}
	for in.More() {
		name, err := in.Token()
		if err != nil {
			return nil, refused
		}
		key, _ := name.(string)
		var value string
		if err := in.Decode(&value); err != nil {
			return nil, refused
		}
		values[key] = append(values[key], value)
	}
	if _, err := in.Token(); err != nil {
		return nil, refused
	}
	if _, err := in.Token(); !errors.Is(err, io.EOF) {
		return nil, refused
	}
	return values, nil
}
