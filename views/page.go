package views

import (
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"sort"
	"strings"
	"text/template/parse"
	"time"
)

const partialsFolder = "partials"

// pageNames lists every page, "<folder>/<name>".
func pageNames(files fs.FS) ([]string, error) {
	found, err := fs.Glob(files, "*/*.html")
	if err != nil {
		return nil, fmt.Errorf("list pages: %w", err)
	}
	var names []string
	for _, file := range found {
		if path.Dir(file) != partialsFolder {
			names = append(names, strings.TrimSuffix(file, ".html"))
		}
	}
	sort.Strings(names)
	return names, nil
}

// parse builds one page in one language: base, partials and the page in a set
// of their own, since in a shared set the title block of one page would be the
// title of all.
func (v *Views) parse(files fs.FS, lang, name string) (*template.Template, error) {
	s := speaker{words: v.words, assets: v.assets, zone: v.zone, lang: lang}
	// The first pass finds which fields the page draws, in which order; the
	// second binds the functions that need to know.
	draft, err := parsePage(files, name, s.funcs())
	if err != nil {
		return nil, err
	}
	s.fields = drawnFields(draft.Lookup("main"))
	for _, t := range draft.Templates() {
		if t.Name() != "main" {
			s.fields = append(s.fields, drawnFields(t)...)
		}
	}
	return draft.Funcs(s.funcs()), nil
}

func parsePage(files fs.FS, name string, funcs template.FuncMap) (*template.Template, error) {
	t := template.New("page").Option("missingkey=error").Funcs(funcs)
	t, err := t.ParseFS(files, "base.html", partialsFolder+"/*.html")
	if err != nil {
		return nil, err
	}
	return t.ParseFS(files, name+".html")
}

// drawn is a field that a page draws: its name and the key of its words.
type drawn struct{ name, key string }

// drawnFields lists the calls of field with literal name and key, in the order
// of the page.
func drawnFields(t *template.Template) []drawn {
	if t == nil {
		return nil
	}
	var found []drawn
	eachCall(t.Tree, func(call *parse.CommandNode) {
		if callee(call) != "field" || len(call.Args) < 4 {
			return
		}
		name, okName := call.Args[2].(*parse.StringNode)
		key, okKey := call.Args[3].(*parse.StringNode)
		if okName && okKey {
			found = append(found, drawn{name.Text, key.Text})
		}
	})
	return found
}

// callee returns the name of the function that a command calls, or "".
func callee(call *parse.CommandNode) string {
	if len(call.Args) == 0 {
		return ""
	}
	if ident, ok := call.Args[0].(*parse.IdentifierNode); ok {
		return ident.Ident
	}
	return ""
}

// eachCall visits every command of a template in the order of the text.
func eachCall(tree *parse.Tree, visit func(*parse.CommandNode)) {
	if tree == nil || tree.Root == nil {
		return
	}
	walk(tree.Root, visit)
}

func walk(node parse.Node, visit func(*parse.CommandNode)) {
	switch n := node.(type) {
	case *parse.ListNode:
		if n == nil {
			return
		}
		for _, child := range n.Nodes {
			walk(child, visit)
		}
	case *parse.ActionNode:
		walk(n.Pipe, visit)
	case *parse.TemplateNode:
		walk(n.Pipe, visit)
	case *parse.IfNode:
		walkBranch(&n.BranchNode, visit)
	case *parse.RangeNode:
		walkBranch(&n.BranchNode, visit)
	case *parse.WithNode:
		walkBranch(&n.BranchNode, visit)
	case *parse.PipeNode:
		if n == nil {
			return
		}
		for _, cmd := range n.Cmds {
			visit(cmd)
			for _, arg := range cmd.Args {
				walk(arg, visit)
			}
		}
	}
}

func walkBranch(n *parse.BranchNode, visit func(*parse.CommandNode)) {
	walk(n.Pipe, visit)
	walk(n.List, visit)
	walk(n.ElseList, visit)
}

// speaker binds the template functions to one language and one page.
type speaker struct {
	words  *Catalogue
	assets assets
	zone   *time.Location
	lang   string
	fields []drawn
}

func (s speaker) funcs() template.FuncMap {
	return template.FuncMap{
		"t": func(key string, args ...any) (string, error) { return s.words.Text(s.lang, key, args...) },
		// tm is t with the arguments in a map, as what is found wrong brings them.
		"tm": func(key string, args map[string]any) (string, error) { return s.words.text(s.lang, key, args) },
		// In another language than the page's, as letters in two languages need.
		"in": func(lang, key string, args ...any) (string, error) { return s.words.Text(lang, key, args...) },
		"dayin": func(lang string, value any) (string, error) {
			at, err := moment(value)
			if err != nil {
				return "", fmt.Errorf("dayin: %w", err)
			}
			return s.words.Date(lang, at, s.zone)
		},
		"occupation": func(code string) string { return s.words.Occupation(s.lang, code) },
		"has":        func(key string) bool { return s.words.Has(s.lang, key) },
		"number":     func(value any) (string, error) { return s.words.Number(s.lang, value) },
		"asset":      s.assets.url,
		"field":      s.field,
		"options":    options,
		"summary":    s.summary,
		"dict":       func(args ...any) (map[string]any, error) { return pairs(args) },
		"groups":     groups,
		"hidden":     func(name string, value any) map[string]any { return map[string]any{"Name": name, "Value": value} },
		"date": func(value any) (string, error) {
			at, err := moment(value)
			if err != nil {
				return "", fmt.Errorf("date: %w", err)
			}
			return s.words.Date(s.lang, at, s.zone)
		},
		"datetime": func(value any) (string, error) {
			at, err := moment(value)
			if err != nil {
				return "", fmt.Errorf("datetime: %w", err)
			}
			return s.words.DateTime(s.lang, at, s.zone)
		},
	}
}

// groups splits a code into the groups of four in which people copy it.
func groups(code string) []string {
	plain := strings.Map(func(r rune) rune {
		if r == '-' || r == ' ' {
			return -1
		}
		return r
	}, code)
	var all []string
	for len(plain) > 4 {
		all, plain = append(all, plain[:4]), plain[4:]
	}
	return append(all, plain)
}
