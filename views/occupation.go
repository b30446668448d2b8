package views

// Occupation says in words which occupation a code of ISCO-08 is, of one to four
// digits: by its own name, or by that of the group that it is part of.
func (c *Catalogue) Occupation(lang, code string) string {
	for n := len(code); n > 0; n-- {
		key := "occupation." + code[:n]
		if !c.Has(lang, key) {
			continue
		}
		if name, err := c.Text(lang, key); err == nil {
			return name + " (ISCO-08 " + code + ")"
		}
	}
	return "ISCO-08 " + code
}
