package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// secrets asks for passphrases and codes on the terminal, without showing them,
// or reads them line by line, in the order in which they are asked for, from
// the file that PORTAL_PASSPHRASE_FILE names.
type secrets struct {
	lines  *bufio.Scanner // nil: the terminal
	file   io.Closer
	stderr io.Writer
}

func openSecrets(p *program) (*secrets, error) {
	path := p.getenv("PORTAL_PASSPHRASE_FILE")
	if path == "" {
		return &secrets{stderr: p.stderr}, nil
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, errors.New("the file of PORTAL_PASSPHRASE_FILE cannot be opened")
	}
	return &secrets{lines: bufio.NewScanner(file), file: file, stderr: p.stderr}, nil
}

func (s *secrets) close() {
	if s.file != nil {
		_ = s.file.Close()
	}
}

// ask asks for what it names.
func (s *secrets) ask(what string) (string, error) {
	if s.lines != nil {
		if !s.lines.Scan() {
			return "", errors.New("the file of PORTAL_PASSPHRASE_FILE has too few lines")
		}
		return strings.TrimRight(s.lines.Text(), "\r"), nil
	}
	stdin := int(os.Stdin.Fd())
	if !term.IsTerminal(stdin) {
		return "", errors.New("no terminal to ask for a passphrase or a code: name a file in PORTAL_PASSPHRASE_FILE")
	}
	fmt.Fprintf(s.stderr, "%s: ", what)
	typed, err := term.ReadPassword(stdin)
	fmt.Fprintln(s.stderr)
	if err != nil {
		return "", errors.New("what is asked for cannot be read from the terminal")
	}
	return string(typed), nil
}
