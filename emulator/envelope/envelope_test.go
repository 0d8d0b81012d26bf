package envelope_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"errors"
	"io"
	"math/rand"
	"testing"
	"testing/iotest"

	"github.com/snowpit-dev/snowpit/emulator/envelope"
)

var key = envelope.Key([]byte("0123456789abcdef"))

func bytesOf(n int) []byte {
	data := make([]byte, n)
	rand.New(rand.NewSource(int64(n))).Read(data)
	return data
}

// What was sealed opens to what it was, however it comes, and has the size that
// was promised.
func TestSealAndOpen(t *testing.T) {
	for _, n := range []int{0, 1, 15, 16, 17, 1000, 64 << 10, 64<<10 + 16, 64<<10 + 17, 200_000} {
		in, seal, err := key.Seal(iotest.HalfReader(bytes.NewReader(bytesOf(n))), "a")
		if err != nil {
			t.Fatal(err)
		}
		sealed, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		if int64(len(sealed)) != envelope.Size(int64(n)) {
			t.Errorf("%d bytes are %d when sealed, and were to be %d", n, len(sealed), envelope.Size(int64(n)))
		}
		out, err := key.Open(iotest.OneByteReader(bytes.NewReader(sealed)), seal)
		if err != nil {
			t.Fatal(err)
		}
		if err := iotest.TestReader(out, bytesOf(n)); err != nil {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
}

// The same file is sealed alike for one seed, and otherwise for another.
func TestSealSeed(t *testing.T) {
	text := func(seed string) string {
		in, seal, err := key.Seal(bytes.NewReader(bytesOf(100)), seed)
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		return seal.Key + seal.IV + string(data)
	}
	first, again, other := text("a"), text("a"), text("b")
	if first != again || first == other {
		t.Error("the seed does not say how a file is sealed")
	}
}

// A file is opened that was encrypted step by step as the clients' makers write:
// a random key, CBC and PKCS #7, the key in ECB under the master key.
func TestOpenByTheBook(t *testing.T) {
	own, iv := bytesOf(16), bytesOf(17)[:16]
	block, err := aes.NewCipher(own)
	if err != nil {
		t.Fatal(err)
	}
	sealed := append([]byte("hello"), bytes.Repeat([]byte{11}, 11)...)
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(sealed, sealed)
	master, err := aes.NewCipher(key[:])
	if err != nil {
		t.Fatal(err)
	}
	wrapped := append(own, bytes.Repeat([]byte{16}, 16)...)
	master.Encrypt(wrapped, wrapped)
	master.Encrypt(wrapped[16:], wrapped[16:])
	in, err := key.Open(bytes.NewReader(sealed), envelope.Seal{Key: base64.StdEncoding.EncodeToString(wrapped), IV: base64.StdEncoding.EncodeToString(iv)})
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(in); err != nil || string(text) != "hello" {
		t.Errorf("opened to %q, %v", text, err)
	}
}

// What is not encrypted as it says, or was cut, is an error and nothing is made
// up.
func TestOpenRefuses(t *testing.T) {
	in, seal, err := key.Seal(bytes.NewReader(bytesOf(100)), "a")
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := io.ReadAll(in)
	if err != nil {
		t.Fatal(err)
	}
	other := envelope.Key([]byte("another key here"))
	for name, try := range map[string]struct {
		key  envelope.Key
		seal envelope.Seal
		data []byte
	}{
		"another master key": {other, seal, sealed},
		"no key":             {key, envelope.Seal{IV: seal.IV}, sealed},
		"half a key":         {key, envelope.Seal{Key: "AAAA", IV: seal.IV}, sealed},
		"no base64":          {key, envelope.Seal{Key: "?", IV: seal.IV}, sealed},
		"no vector":          {key, envelope.Seal{Key: seal.Key}, sealed},
		"nothing":            {key, seal, nil},
		"half a block":       {key, seal, sealed[:len(sealed)-3]},
		"a block less":       {key, seal, sealed[:len(sealed)-16]},
	} {
		in, err := try.key.Open(bytes.NewReader(try.data), try.seal)
		if err == nil {
			_, err = io.ReadAll(in)
		}
		if !errors.Is(err, envelope.ErrSealed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	fault := errors.New("the disk")
	broken, err := key.Open(iotest.ErrReader(fault), seal)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(broken); !errors.Is(err, fault) {
		t.Errorf("a fault of what is read: %v", err)
	}
}

func FuzzOpen(f *testing.F) {
	f.Add("AAAAAAAAAAAAAAAAAAAAAA==", "AAAAAAAAAAAAAAAAAAAAAA==", []byte("0123456789abcdef"))
	f.Fuzz(func(t *testing.T, own, iv string, data []byte) {
		in, err := key.Open(bytes.NewReader(data), envelope.Seal{Key: own, IV: iv})
		if err == nil {
			var text []byte
			text, err = io.ReadAll(in)
			if len(text) > len(data) {
				t.Errorf("%d bytes of %d", len(text), len(data))
			}
		}
		if err != nil && !errors.Is(err, envelope.ErrSealed) {
			t.Error(err)
		}
	})
}
