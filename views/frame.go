package views

import "net/url"

// Surfaces of the portal: who a page is for decides what surrounds it.
const (
	SurfacePublic = "public"
	SurfaceStaff  = "staff"
)

// Frame is what surrounds every page.
type Frame struct {
	// Lang is the code of the page's language, as in Catalogue.Languages.
	Lang string
	// Languages fill the language switch; LanguageSwitch makes them.
	Languages []Language
	// LanguageForm is the id of the page's form when switching must send it
	// along, as on a page whose answers are stored nowhere; else "". Such a form
	// gets _go=lang:CODE at LanguageAction.
	LanguageForm, LanguageAction string
	// Path is the path of the page, without host.
	Path string
	// CSRF is the token that the partial csrf puts into forms.
	CSRF string
	// Surface is SurfacePublic or SurfaceStaff.
	Surface string
	// Actor is who is signed in; nil for the public.
	Actor *Actor
	Nav   []Link
	// Demo shows the banner that says that all data are invented.
	Demo bool
	// Flash is the key of a message to show once; "" for none.
	Flash string
}

// Staff reports whether the page belongs to the officials' site.
func (f Frame) Staff() bool { return f.Surface == SurfaceStaff }

// Actor is the signed-in person as the frame names them.
type Actor struct {
	Name     string
	UnitName string
	// RoleKey is the message key of the role.
	RoleKey string
	// Home is the path of the person's first page.
	Home string
}

// Link is one entry of the navigation.
type Link struct {
	Key     string
	Href    string
	Current bool
	// Waits marks a page on which something waits.
	Waits bool
}

// Language is one entry of the language switch.
type Language struct {
	Code, Name, Href string
	Current          bool
}

// LanguageSwitch lists every language with its own name and a link to
// /language/{code}?back=path, which sets the language and returns. The receiver
// of that link must refuse a path that leaves the site.
func (v *Views) LanguageSwitch(current, path string) []Language {
	names := map[string]string{"en": "English", "km": "ខ្មែរ"}
	var all []Language
	for _, code := range v.words.codes {
		all = append(all, Language{
			Code: code, Name: names[code],
			Href:    "/language/" + code + "?back=" + url.QueryEscape(path),
			Current: code == current,
		})
	}
	return all
}
