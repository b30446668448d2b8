package main

import (
	"errors"
	"slices"
	"strings"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/views"
)

// inWords says a fault as the site would say it. Other errors stay as they are.
func inWords(words *views.Catalogue, err error) error {
	f, is := errors.AsType[*fault.Error](err)
	if !is {
		return err
	}
	codes := map[string]string{"": f.Code}
	if len(f.Fields) > 0 {
		codes = f.Fields
	}
	var all []string
	for field, code := range codes {
		text, missing := words.Text("en", code)
		if missing != nil {
			return err
		}
		if len(codes) > 1 {
			text = strings.ReplaceAll(field, "_", " ") + ": " + text
		}
		all = append(all, text)
	}
	slices.Sort(all)
	return errors.New(strings.Join(all, "; "))
}
