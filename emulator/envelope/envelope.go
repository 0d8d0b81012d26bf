// Package envelope encrypts files as Snowflake's clients do before they send
// them to a cloud's storage: AES in CBC mode with a key of the file's own, which
// travels beside the file, itself encrypted with the stage's master key.
//
// A server that keeps its files plain opens what comes and seals what goes.
package envelope

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// ErrSealed is a file that is not encrypted as what stands beside it says. Test
// for it with [errors.Is].
var ErrSealed = errors.New("the file is not encrypted with the stage's key")

// A Key is the master key of a stage.
type Key [16]byte

// String is the key as clients are told it.
func (k Key) String() string { return base64.StdEncoding.EncodeToString(k[:]) }

// A Seal stands beside an encrypted file, as clients write it.
type Seal struct {
	Key string // the file's own, encrypted with the master key; base64
	IV  string // base64
}

// Description says which master key a file was encrypted with, as clients read
// it beside the file.
func (k Key) Description(queryID string) string {
	text, _ := json.Marshal(map[string]string{"smkId": "1", "queryId": queryID, "keySize": strconv.Itoa(8 * len(k))}) // of strings
	return string(text)
}

// Size is how long a file of n bytes is when it is encrypted.
func Size(n int64) int64 { return (n/aes.BlockSize + 1) * aes.BlockSize }

// Open is what the encrypted file in holds. A fault of the encryption is an error
// wrapping [ErrSealed], that of the last block when it is read.
func (k Key) Open(in io.Reader, seal Seal) (io.Reader, error) {
	wrapped, err := base64.StdEncoding.DecodeString(seal.Key)
	if err != nil || len(wrapped) == 0 || len(wrapped)%aes.BlockSize != 0 {
		return nil, fmt.Errorf("%w: its own key is no whole number of blocks", ErrSealed)
	}
	iv, err := base64.StdEncoding.DecodeString(seal.IV)
	if err != nil || len(iv) != aes.BlockSize {
		return nil, fmt.Errorf("%w: its initialization vector is none", ErrSealed)
	}
	master, err := aes.NewCipher(k[:])
	if err != nil {
		return nil, err
	}
	for at := 0; at < len(wrapped); at += aes.BlockSize {
		master.Decrypt(wrapped[at:], wrapped[at:])
	}
	own, err := unpadded(wrapped)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(own)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSealed, err)
	}
	return &opened{in: in, mode: cipher.NewCBCDecrypter(block, iv)}, nil
}

// Seal encrypts in. The same seed gives the same bytes, so that parts of a file
// that are asked for one by one belong together.
func (k Key) Seal(in io.Reader, seed string) (io.Reader, Seal, error) {
	own, iv := k.derive("key", seed), k.derive("iv", seed)
	master, err := aes.NewCipher(k[:])
	if err != nil {
		return nil, Seal{}, err
	}
	block, err := aes.NewCipher(own)
	if err != nil {
		return nil, Seal{}, err
	}
	wrapped := padded(own)
	for at := 0; at < len(wrapped); at += aes.BlockSize {
		master.Encrypt(wrapped[at:], wrapped[at:])
	}
	seal := Seal{base64.StdEncoding.EncodeToString(wrapped), base64.StdEncoding.EncodeToString(iv)}
	return &sealed{in: in, mode: cipher.NewCBCEncrypter(block, iv)}, seal, nil
}

// derive is a block that only who has the key can tell.
func (k Key) derive(purpose, seed string) []byte {
	h := hmac.New(sha256.New, k[:])
	fmt.Fprintf(h, "%s\n%s", purpose, seed)
	return h.Sum(nil)[:aes.BlockSize]
}

// padded appends what makes a whole number of blocks of it, as PKCS #7 has it.
func padded(text []byte) []byte {
	n := aes.BlockSize - len(text)%aes.BlockSize
	out := append([]byte(nil), text...)
	for range n {
		out = append(out, byte(n))
	}
	return out
}

// unpadded takes away what padded appends.
func unpadded(text []byte) ([]byte, error) {
	n := int(text[len(text)-1])
	if n == 0 || n > aes.BlockSize || n > len(text) {
		return nil, fmt.Errorf("%w: its last block does not end as one", ErrSealed)
	}
	for _, b := range text[len(text)-n:] {
		if int(b) != n {
			return nil, fmt.Errorf("%w: its last block does not end as one", ErrSealed)
		}
	}
	return text[:len(text)-n], nil
}
