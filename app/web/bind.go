package web

import (
	"bytes"
	"mime"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/views"
	"github.com/go-playground/validator/v10"
	"github.com/gofiber/fiber/v2"
)

// Bind reads the request's body into form, a pointer to a struct of strings
// and slices of strings with `form` and `validate` tags, and returns what was
// sent with the errors found, for the page to show again. It reads the body
// only, never the address; trims blanks; and refuses, at the field, what is
// not UTF-8, what holds control characters, and a single-valued field sent
// twice. A body of another type is an Invalid fault.
func (w *Web) Bind(c *fiber.Ctx, form any) (views.Form, error) {
	values, err := bodyValues(c)
	if err != nil {
		return views.Form{}, err
	}
	sent := views.Form{Values: map[string][]string{}, Errors: map[string]string{}, Args: map[string]map[string]any{}}
	fill(reflect.ValueOf(form).Elem(), values, &sent)
	w.check(form, &sent)
	return sent, nil
}

// BindNamed is Bind for a form whose fields are data. What they may hold is for
// the caller to say: here it is text, and each field was sent as often as it was.
func (w *Web) BindNamed(c *fiber.Ctx, names ...string) (views.Form, error) {
	values, err := bodyValues(c)
	if err != nil {
		return views.Form{}, err
	}
	sent := views.Form{Values: map[string][]string{}, Errors: map[string]string{}, Args: map[string]map[string]any{}}
	for _, name := range names {
		for _, v := range values[name] {
			text, ok := cleanText(v)
			if !ok {
				sent.Errors[name] = "form.encoding"
			}
			sent.Values[name] = append(sent.Values[name], text)
		}
	}
	return sent, nil
}

func fill(target reflect.Value, values map[string][]string, sent *views.Form) {
	for i := range target.NumField() {
		name := target.Type().Field(i).Tag.Get("form")
		if name == "" {
			continue
		}
		got := values[name]
		clean := make([]string, 0, len(got))
		for _, v := range got {
			text, ok := cleanText(v)
			if !ok {
				sent.Errors[name] = "form.encoding"
			}
			clean = append(clean, text)
		}
		sent.Values[name] = clean
		switch field := target.Field(i); {
		case field.Kind() == reflect.Slice:
			field.Set(reflect.ValueOf(clean))
		case len(clean) > 1:
			sent.Errors[name] = "form.duplicate"
		case len(clean) == 1:
			field.SetString(clean[0])
		}
	}
}

// cleanText trims, makes line ends one kind, and drops what is not text. ok is
// false when anything but line ends had to go.
func cleanText(v string) (text string, ok bool) {
	ok = utf8.ValidString(v)
	v = strings.ToValidUTF8(v, "")
	v = strings.ReplaceAll(v, "\r\n", "\n")
	kept := strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f {
			return -1
		}
		return r
	}, v)
	return strings.TrimSpace(kept), ok && len(kept) == len(v)
}

// messages maps a validation tag to the message of the field. A tag that is
// not here reads "form.invalid".
var messages = map[string]string{
	"required": "form.required", "max": "form.too_long", "email": "form.email", "number": "form.number",
	"numeric": "form.number", "oneof": "form.choice", "datetime": "form.date",
}

func (w *Web) check(form any, sent *views.Form) {
	err := w.validate.Struct(form)
	invalid, ok := err.(validator.ValidationErrors) //nolint:errorlint // Struct returns the type itself, documented so
	if !ok {
		return
	}
	t := reflect.TypeOf(form).Elem()
	for _, v := range invalid {
		// The field of a slice's element is "Name[0]".
		field, _ := t.FieldByName(strings.SplitN(v.StructField(), "[", 2)[0])
		name := field.Tag.Get("form")
		if sent.Errors[name] != "" {
			continue
		}
		code := messages[v.Tag()]
		if code == "" {
			code = "form.invalid"
		}
		sent.Errors[name] = code
		if code == "form.too_long" {
			sent.Args[name] = map[string]any{"Max": v.Param()}
		}
	}
}

// Explain adds to form what a use case found wrong. It returns false when err
// is not about fields, and the caller returns err to the edge.
func Explain(form *views.Form, err error) bool {
	fields := fault.FieldsOf(err)
	if len(fields) == 0 {
		return false
	}
	if form.Errors == nil {
		form.Errors = map[string]string{}
	}
	for name, code := range fields {
		form.Errors[name] = code
	}
	return true
}

// maxFields is many times what any form of ours sends; multipart bodies have the
// same limit in the standard library.
const maxFields = 1000

// bodyValues reads a form body of either kind. The strings are copies: the
// server reuses its buffers.
func bodyValues(c *fiber.Ctx) (map[string][]string, error) {
	values := map[string][]string{}
	kind, _, err := mime.ParseMediaType(c.Get(fiber.HeaderContentType))
	if err != nil {
		return nil, fault.New(fault.Invalid, "problem.body")
	}
	switch kind {
	case fiber.MIMEApplicationForm:
		// Counted before it is taken apart: a megabyte of separators would fill a
		// hundred as fields.
		if bytes.Count(c.Request().Body(), []byte("&")) >= maxFields {
			return nil, fault.New(fault.Invalid, "problem.body")
		}
		for key, value := range c.Request().PostArgs().All() {
			values[string(key)] = append(values[string(key)], string(value))
		}
	case fiber.MIMEMultipartForm:
		form, err := c.MultipartForm()
		if err != nil {
			return nil, fault.New(fault.Invalid, "problem.body")
		}
		for key, all := range form.Value {
			for _, v := range all {
				values[strings.Clone(key)] = append(values[strings.Clone(key)], strings.Clone(v))
			}
		}
	case fiber.MIMEApplicationJSON:
		if r, _ := route(c); !r.JSON {
			return nil, fault.New(fault.Invalid, "problem.body")
		}
		return jsonValues(c.Request().Body())
	default:
		return nil, fault.New(fault.Invalid, "problem.body")
	}
	return values, nil
}
