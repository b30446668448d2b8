package config

import (
	"net/url"
	"path/filepath"
	"strings"
)

const witnessFolder = "file:"

// witnesses of the audit log. A demonstration has two of its own: they show how
// it works and protect from nobody.
func (s *source) witnesses(name string, c Config) []string {
	var out []string
	for part := range strings.SplitSeq(s.secret(name), ",") {
		part = strings.TrimSuffix(strings.TrimSpace(part), "/")
		if part == "" {
			continue
		}
		if !goodWitness(part) {
			s.problem(name, "holds something that is neither file:/folder nor an https address (it is not shown: it may hold a password)")
			return nil
		}
		out = append(out, part)
	}
	if len(out) == 0 && c.Demo && c.DataDir != "" {
		if dir, err := filepath.Abs(c.DataDir); err == nil {
			out = []string{witnessFolder + filepath.Join(dir, "witness-1"), witnessFolder + filepath.Join(dir, "witness-2")}
		}
	}
	return out
}

func goodWitness(text string) bool {
	if folder, ok := strings.CutPrefix(text, witnessFolder); ok {
		return filepath.IsAbs(folder)
	}
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.RawQuery != "" || u.Fragment != "" {
		return false
	}
	return u.Scheme == "https" || (u.Scheme == "http" && isLoopback(u.Hostname()))
}

// WitnessFolder returns the folder of a witness that is one.
func WitnessFolder(witness string) (dir string, ok bool) {
	return strings.CutPrefix(witness, witnessFolder)
}
