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

// passphrases asks for secrets on the terminal, without showing them, or reads
// them line by line from the file that PORTAL_PASSPHRASE_FILE names.
type passphrases struct {
	lines  *bufio.Scanner // nil: the terminal
	file   io.Closer
	stderr io.Writer
}

func openPassphrases(p *program) (*passphrases, error) {
	path := p.getenv("PORTAL_PASSPHRASE_FILE")
	if path == "" {
		return &passphrases{stderr: p.stderr}, nil
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, errors.New("the file of PORTAL_PASSPHRASE_FILE cannot be opened")
	}
	return &passphrases{lines: bufio.NewScanner(file), file: file, stderr: p.stderr}, nil
}

func (s *passphrases) close() {
	if s.file != nil {
		_ = s.file.Close()
	}
}

// of asks for the passphrase of that account.
func (s *passphrases) of(email string) (string, error) {
	if s.lines != nil {
		if !s.lines.Scan() {
			return "", errors.New("the file of PORTAL_PASSPHRASE_FILE has too few lines")
		}
		return strings.TrimRight(s.lines.Text(), "\r"), nil
	}
	stdin := int(os.Stdin.Fd())
	if !term.IsTerminal(stdin) {
		return "", errors.New("no terminal to ask for a passphrase: name a file in PORTAL_PASSPHRASE_FILE")
	}
	fmt.Fprintf(s.stderr, "Passphrase of %s: ", email)
	typed, err := term.ReadPassword(stdin)
	fmt.Fprintln(s.stderr)
	if err != nil {
		return "", errors.New("the passphrase cannot be read from the terminal")
	}
	return string(typed), nil
}
