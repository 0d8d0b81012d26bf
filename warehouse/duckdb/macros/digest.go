package macros

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"hash"
)

// sha2 is SHA2 of so many bits, which DuckDB has of 256 alone.
func sha2(bits string) (textFunction, error) {
	of, err := digest(bits)
	return func(dst, src []byte) ([]byte, bool, error) {
		h := of()
		h.Write(src)
		return hex.AppendEncode(dst, h.Sum(nil)), true, nil
	}, err
}

// sha2OfHex is the same of bytes that are written in hexadecimal digits.
func sha2OfHex(bits string) (textFunction, error) {
	of, err := digest(bits)
	return func(dst, src []byte) ([]byte, bool, error) {
		h := of()
		raw, err := hex.DecodeString(string(src))
		if err != nil {
			return nil, false, err
		}
		h.Write(raw)
		return hex.AppendEncode(dst, h.Sum(nil)), true, nil
	}, err
}

func digest(bits string) (func() hash.Hash, error) {
	switch bits {
	case "224":
		return sha256.New224, nil
	case "384":
		return sha512.New384, nil
	case "512":
		return sha512.New, nil
	}
	return nil, fmt.Errorf("[001008:22023] SQL compilation error: invalid value [%s] for parameter 'digest size'", bits)
}
