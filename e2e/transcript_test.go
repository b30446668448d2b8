package e2e

import (
	"bufio"
	"io"
	"strings"
	"sync"
)

// transcript keeps the lines that a process wrote to both its streams.
type transcript struct {
	mu    sync.Mutex
	lines []string
	more  chan struct{} // closed and renewed with every line
}

func newTranscript() *transcript { return &transcript{more: make(chan struct{})} }

func (o *transcript) read(stream io.Reader) {
	in := bufio.NewReader(stream)
	for {
		line, err := in.ReadString('\n')
		if line != "" {
			o.add(strings.TrimSuffix(line, "\n"))
		}
		if err != nil {
			return
		}
	}
}

func (o *transcript) add(line string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.lines = append(o.lines, line)
	close(o.more)
	o.more = make(chan struct{})
}

func (o *transcript) line(prefix string) (line string, found bool, more <-chan struct{}) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, line := range o.lines {
		if strings.HasPrefix(line, prefix) {
			return line, true, nil
		}
	}
	return "", false, o.more
}

func (o *transcript) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return strings.Join(o.lines, "\n")
}
