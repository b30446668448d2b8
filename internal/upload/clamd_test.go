package upload_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"path/filepath"
	"testing"

	"github.com/fairpassage/portal/internal/upload"
)

// daemon answers INSTREAM as clamd does, by what it received.
func daemon(t *testing.T, network, address string, answer func(data []byte) string) string {
	t.Helper()
	l, err := net.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			head := make([]byte, len("zINSTREAM\x00"))
			_, _ = io.ReadFull(conn, head)
			var data []byte
			for string(head) == "zINSTREAM\x00" {
				var size uint32
				if binary.Read(conn, binary.BigEndian, &size) != nil || size == 0 {
					break
				}
				piece := make([]byte, size)
				_, _ = io.ReadFull(conn, piece)
				data = append(data, piece...)
			}
			_, _ = conn.Write([]byte(answer(data)))
			_ = conn.Close()
		}
	}()
	return l.Addr().String()
}

func TestAFileInWhichSomethingWasFoundIsRefused(t *testing.T) {
	bad, good := pngOf(t, quarters(10, 10)), pngOf(t, quarters(300, 300))
	verdict := func(data []byte) string {
		switch {
		case bytes.Equal(data, bad):
			return "stream: Eicar-Signature FOUND\x00"
		case bytes.Equal(data, good):
			return "stream: OK\x00"
		}
		return "INSTREAM size limit exceeded. ERROR\x00"
	}
	socket := filepath.Join(t.TempDir(), "clamd")
	daemon(t, "unix", socket, verdict)
	for _, address := range []string{"unix:" + socket, "tcp://" + daemon(t, "tcp", "127.0.0.1:0", verdict)} {
		clamd, err := upload.NewClamd(address)
		if err != nil {
			t.Fatal(err)
		}
		c := upload.New(clamd, nil)
		var r *upload.Refusal
		if _, err := c.Take(t.Context(), upload.Claim{}, bad); !errors.As(err, &r) || r.Code != "upload.error.virus" {
			t.Errorf("%s: %v", address, err)
		}
		if r := take(t, c, upload.Claim{}, good); r.Scan != upload.Clean {
			t.Errorf("%s: %s", address, r.Scan)
		}
		// No verdict is not a good one.
		if r := take(t, c, upload.Claim{}, jpegOf(t, quarters(9, 9))); r.Scan != upload.Unreachable {
			t.Errorf("%s: %s", address, r.Scan)
		}
	}
}

func TestAScannerThatIsDownStopsNobodyAndIsSaid(t *testing.T) {
	clamd, err := upload.NewClamd("unix:" + filepath.Join(t.TempDir(), "nobody"))
	if err != nil {
		t.Fatal(err)
	}
	if r := take(t, upload.New(clamd, nil), upload.Claim{}, pngOf(t, quarters(9, 9))); r.Scan != upload.Unreachable {
		t.Errorf("%s", r.Scan)
	}
	for _, address := range []string{"", "clamd", "unix:relative", "http://localhost:3310", "tcp://localhost", "tcp://u:p@localhost:1"} {
		if _, err := upload.NewClamd(address); err == nil {
			t.Errorf("%q was taken", address)
		}
	}
}
