package web

import (
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
)

// BindNamed is Bind for a form whose fields are known by the data alone, such as
// the answers of a list: it reads these names, each of one value, with the same
// cleaning and refusals, and drops everything else.
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
		if len(values[name]) > 1 {
			sent.Errors[name] = "form.duplicate"
		}
	}
	return sent, nil
}
