package seal

import (
	"bytes"
	"testing"
)

func FuzzKeysOfAnEnvelope(f *testing.F) {
	f.Add(encodeKeys(dataKeys{}))
	f.Add(encodeKeys(dataKeys{Answers: {1}, Narrative: {2}}))
	f.Add([]byte{1, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, data []byte) {
		keys, err := decodeKeys(data)
		if err != nil {
			return
		}
		again, err := decodeKeys(encodeKeys(keys))
		if err != nil || len(again) != len(keys) {
			t.Fatalf("%d keys became %d: %v", len(keys), len(again), err)
		}
	})
}

func FuzzPadding(f *testing.F) {
	f.Add([]byte("text"))
	f.Add([]byte{0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, data []byte) {
		_, _ = unpad(data)
		back, err := unpad(pad(data))
		if err != nil || !bytes.Equal(back, data) {
			t.Fatalf("%d bytes came back as %d: %v", len(data), len(back), err)
		}
	})
}
