package config

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// source reads single variables and gathers what is wrong with them.
type source struct {
	getenv   func(string) string
	problems []error
}

// problem notes what is wrong with a variable, by its name.
func (s *source) problem(name, format string, args ...any) {
	s.problems = append(s.problems, fmt.Errorf("%s %w", name, fmt.Errorf(format, args...)))
}

// plain is a setting that is no secret.
func (s *source) plain(name string) string { return strings.TrimSpace(s.getenv(name)) }

// pick prefers a flag to the environment and that to the default.
func (s *source) pick(flag, name, otherwise string) string {
	for _, v := range []string{flag, s.plain(name)} {
		if v != "" {
			return v
		}
	}
	return otherwise
}

// secret is a setting that may come from a file, as secret stores hand it out.
func (s *source) secret(name string) string {
	value, file := s.plain(name), s.plain(name+"_FILE")
	if file == "" {
		return value
	}
	if value != "" {
		s.problem(name, "and %s_FILE are both set: keep one", name)
		return ""
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		s.problem(name+"_FILE", "cannot be read: %w", err)
		return ""
	}
	if value = strings.TrimSpace(string(raw)); value == "" {
		s.problem(name+"_FILE", "is empty: %s", file)
	}
	return value
}

// truth is a switch.
func (s *source) truth(name string, otherwise bool) bool {
	value := s.plain(name)
	if value == "" {
		return otherwise
	}
	on, err := strconv.ParseBool(value)
	if err != nil {
		s.problem(name, "is neither true nor false")
	}
	return on
}

// needs notes what a command lacks. The embedded servers of a data folder
// stand in for both database addresses or for neither: an owner of one server
// and an application role on another would be two records.
func (s *source) needs(c Config, needs []Need) {
	embedded := c.DataDir != ""
	have := map[Need]bool{
		NeedDatabase: c.DatabaseURL != "" || embedded,
		NeedOwner:    c.DatabaseOwnerURL != "" || (embedded && c.DatabaseURL == ""),
		NeedRedis:    c.RedisURL != "" || embedded,
		NeedKeys:     c.KeysDir != "",
		NeedShred:    c.ShredDir != "",
		NeedBlobs:    c.BlobURL != "" || !c.Surfaces.Staff, // the public looks at none
		NeedBaseURL:  s.plain("PORTAL_BASE_URL") != "" || c.Demo,
	}
	for _, need := range needs {
		if !have[need] {
			s.problems = append(s.problems, errors.New(string(need)+" is not set"))
		}
	}
}
