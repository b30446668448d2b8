package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// axeFile holds the accessibility rules; npm brings it.
const axeFile = "../node_modules/axe-core/axe.min.js"

// withAxe lets a tab judge its pages. The rules arrive through the debugger;
// a page's own policy lets no script in.
func withAxe(b *tab) error {
	if _, err := os.Stat(axeFile); err != nil {
		return fmt.Errorf("axe-core is missing: run npm ci: %w", err)
	}
	_, err := chromedp.Call(b.ctx, page.SetBypassCSP, page.SetBypassCSPParams{Enabled: true})
	return err
}

// violations lists what keeps people out of the page: everything that axe
// calls serious or critical.
func (b *tab) violations() []string {
	b.t.Helper()
	rules, err := os.ReadFile(axeFile)
	if err != nil {
		b.t.Fatal(err)
	}
	evaluate[bool](b, string(rules)+"\n;true")
	text := b.read(`axe.run(document, {resultTypes: ["violations"]}).then(r => JSON.stringify(r.violations.map(v => (
		{id: v.id, impact: v.impact, help: v.help, nodes: v.nodes.map(n => n.html + " — " + n.failureSummary)}))))`)
	var found []struct {
		ID, Impact, Help string
		Nodes            []string
	}
	if err := json.Unmarshal([]byte(text), &found); err != nil {
		b.t.Fatal(err)
	}
	var out []string
	for _, v := range found {
		if v.Impact == "serious" || v.Impact == "critical" {
			out = append(out, fmt.Sprintf("%s (%s): %s\n\t%s", v.ID, v.Impact, v.Help, strings.Join(v.Nodes, "\n\t")))
		}
	}
	return out
}
