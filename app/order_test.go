package app_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"testing"
)

// A panic before the recovering middleware ends the process, and with it every
// complaint that is being typed.
func TestRecoveringIsTheFirstMiddleware(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "app.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var used []string
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		if f, ok := call.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "Use" && len(call.Args) == 1 {
			used = append(used, source(call.Args[0]))
		}
		return true
	})
	if len(used) < 2 || used[0] != "recover.New()" || used[1] != "web.RefuseEncodedBodies" {
		t.Fatalf("middleware in order: %v", used)
	}
}

func source(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.CallExpr:
		return source(e.Fun) + "()"
	case *ast.SelectorExpr:
		return source(e.X) + "." + e.Sel.Name
	case *ast.Ident:
		return e.Name
	}
	return "?"
}
