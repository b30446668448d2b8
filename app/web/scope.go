package web

import (
	"github.com/fairpassage/portal/internal/country"
	"github.com/fairpassage/portal/internal/licensing"
)

// Scope says line by line where an agency may send people, and for which work.
func (w *Web) Scope(lang string, lines []licensing.ScopeLine) []string {
	all := make([]string, len(lines))
	for i, l := range lines {
		if all[i] = country.Name(lang, l.Destination); l.Occupation != "" {
			all[i] += ", " + w.views.Catalogue().Occupation(lang, l.Occupation)
		}
	}
	return all
}
