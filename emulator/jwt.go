package emulator

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/snowpit-dev/snowpit/emulator/wire"
)

// A jwt is what a key-pair login's token says.
type jwt struct {
	Issuer  string  `json:"iss"` // ACCOUNT.USER.SHA256:fingerprint
	Subject string  `json:"sub"` // ACCOUNT.USER
	Expires float64 `json:"exp"` // seconds; the Node driver has milliseconds
}

func errJWT(why string) error {
	return &loginError{wire.CodeJWT, "JWT token is invalid: " + why + "."}
}

// byKey lets in whoever signed the token with the private key of one of its
// user's public keys.
func (s *Server) byKey(token string) (*User, error) {
	t, err := parseToken(token)
	if err != nil {
		return nil, errJWT(err.Error())
	}
	var claims jwt
	if decode(t.claims, &claims) != nil {
		return nil, errJWT("it cannot be read")
	}
	_, name, _ := strings.Cut(claims.Subject, ".")
	user := s.user(name)
	if user == nil {
		return nil, errJWT("its user has no such key")
	}
	for _, key := range user.Keys {
		print, err := fingerprint(key)
		if err != nil || !strings.HasSuffix(claims.Issuer, "."+print) {
			continue
		}
		if err := t.signedBy(key); err != nil {
			return nil, errJWT(err.Error())
		}
		return user, claims.expired()
	}
	return nil, errJWT("its user has no such key")
}

// A signed is a JWT in its parts.
type signed struct {
	algorithm      string
	header, claims string // as they are written
	signature      []byte
}

func parseToken(token string) (signed, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return signed{}, errors.New("it has not three parts")
	}
	var header struct {
		Algorithm string `json:"alg"`
	}
	if decode(parts[0], &header) != nil {
		return signed{}, errors.New("it cannot be read")
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil {
		return signed{}, errors.New("its signature cannot be read")
	}
	return signed{header.Algorithm, parts[0], parts[1], signature}, nil
}

// signedBy checks that the token was signed with the private key of key.
func (t signed) signedBy(key crypto.PublicKey) error {
	return verify(t.algorithm, key, []byte(t.header+"."+t.claims), t.signature)
}

// signedByOne reports a token that was signed with the private key of one of keys.
func (t signed) signedByOne(keys []crypto.PublicKey) bool {
	return slices.ContainsFunc(keys, func(key crypto.PublicKey) bool { return t.signedBy(key) == nil })
}

func (c jwt) expired() error {
	seconds := c.Expires
	if seconds > 1e11 {
		seconds /= 1000
	}
	if seconds == 0 || time.Now().Unix() > int64(seconds)+5 {
		return errJWT("it has expired")
	}
	return nil
}

func decode(part string, v any) error {
	data, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(part, "="))
	if err != nil {
		return err
	}
	return json.Unmarshal(data, v)
}

// fingerprint is a public key's, as Snowflake writes it.
func fingerprint(key crypto.PublicKey) (string, error) {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return "", fmt.Errorf("public key: %w", err)
	}
	sum := sha256.Sum256(der)
	return "SHA256:" + base64.StdEncoding.EncodeToString(sum[:]), nil
}

// hashes are those of the algorithms that clients sign with.
var hashes = map[string]crypto.Hash{
	"RS256": crypto.SHA256, "RS384": crypto.SHA384, "RS512": crypto.SHA512,
	"ES256": crypto.SHA256, "ES384": crypto.SHA384, "ES512": crypto.SHA512,
}

var errSignature = errors.New("its signature is wrong")

// verify checks a signature of text with the kind of key that the algorithm has.
func verify(algorithm string, key crypto.PublicKey, text, signature []byte) error {
	hash, ok := hashes[algorithm]
	if !ok {
		return fmt.Errorf("the algorithm %.10q is not supported", algorithm)
	}
	h := hash.New()
	h.Write(text)
	sum := h.Sum(nil)
	switch key := key.(type) {
	case *rsa.PublicKey:
		if algorithm[0] == 'R' && rsa.VerifyPKCS1v15(key, hash, sum, signature) == nil {
			return nil
		}
	case *ecdsa.PublicKey:
		n := len(signature) / 2
		if algorithm[0] == 'E' && n > 0 && ecdsa.Verify(key, sum, new(big.Int).SetBytes(signature[:n]), new(big.Int).SetBytes(signature[n:])) {
			return nil
		}
	}
	return errSignature
}
