package account

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	"crypto/pbkdf2"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"hash"
	"os"
	"slices"
	"strings"
)

// errPassphrase is a key that its passphrase does not open.
var errPassphrase = errors.New("the passphrase does not open the key")

// privateKey is the key given, or that of the file.
func (c Config) privateKey() (*rsa.PrivateKey, error) {
	text, what := c.PrivateKey, "private_key"
	if c.PrivateKeyPath != "" {
		what = "private_key_path " + c.PrivateKeyPath
		file, err := os.ReadFile(expandHome(c.PrivateKeyPath))
		if err != nil {
			return nil, fmt.Errorf("setting private_key_path: %w", err)
		}
		text = string(file)
	}
	key, err := ParseKey(text, c.PrivateKeyPassphrase)
	if err != nil {
		return nil, fmt.Errorf("setting %s: %w", what, err)
	}
	return key, nil
}

func expandHome(path string) string {
	rest, ok := strings.CutPrefix(path, "~/")
	if home, err := os.UserHomeDir(); ok && err == nil {
		return home + "/" + rest
	}
	return path
}

// ParseKey reads an RSA key: PKCS#8, encrypted or not, or PKCS#1, as PEM or as
// base64 of DER.
func ParseKey(text, passphrase string) (*rsa.PrivateKey, error) {
	der, kind := []byte(nil), "PRIVATE KEY"
	if block, _ := pem.Decode([]byte(text)); block != nil {
		der, kind = block.Bytes, block.Type
	} else {
		var err error
		if der, err = base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), "")); err != nil {
			return nil, errors.New("it is neither PEM nor base64; Snowflake's guide makes one with openssl genrsa 2048 | openssl pkcs8 -topk8 -inform PEM")
		}
		if passphrase != "" {
			kind = "ENCRYPTED PRIVATE KEY"
		}
	}
	switch kind {
	case "RSA PRIVATE KEY":
		return x509.ParsePKCS1PrivateKey(der)
	case "ENCRYPTED PRIVATE KEY":
		if passphrase == "" {
			return nil, errors.New("the key is encrypted: give private_key_passphrase")
		}
		var err error
		if der, err = decryptKey(der, passphrase); err != nil {
			return nil, err
		}
	case "PRIVATE KEY":
	default:
		return nil, fmt.Errorf("it holds a %s, and a PRIVATE KEY is needed", strings.ToLower(kind))
	}
	key, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		if kind == "ENCRYPTED PRIVATE KEY" {
			return nil, errPassphrase
		}
		return nil, fmt.Errorf("the key cannot be read: %w", err)
	}
	r, ok := key.(*rsa.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("it is a key of type %T, and Snowflake takes RSA keys", key)
	}
	return r, nil
}

// The structures of RFC 5958 and RFC 8018 around an encrypted key.
type (
	encryptedKey struct {
		Algorithm pkix.AlgorithmIdentifier
		Data      []byte
	}
	pbes2 struct {
		KDF    pkix.AlgorithmIdentifier
		Cipher pkix.AlgorithmIdentifier
	}
	pbkdf2Params struct {
		Salt       []byte
		Iterations int
		KeyLength  int                      `asn1:"optional"`
		PRF        pkix.AlgorithmIdentifier `asn1:"optional"`
	}
)

var (
	oidPBES2  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13}
	oidPBKDF2 = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 12}
)

// A sealing is a cipher that keys are encrypted with.
type sealing struct {
	oid  asn1.ObjectIdentifier
	key  int
	open func([]byte) (cipher.Block, error)
}

var sealings = []sealing{
	{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 2}, 16, aes.NewCipher},
	{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 22}, 24, aes.NewCipher},
	{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 42}, 32, aes.NewCipher},
	{asn1.ObjectIdentifier{1, 2, 840, 113549, 3, 7}, 24, des.NewTripleDESCipher},
}

// prfs are the hashes of PBKDF2, by the last number of their identifiers.
var prfs = map[int]func() hash.Hash{7: sha1.New, 9: sha256.New, 10: sha512.New384, 11: sha512.New}

// maxIterations keeps a key file from taking for ever.
const maxIterations = 10_000_000

// decryptKey opens what PBES2 sealed.
func decryptKey(der []byte, passphrase string) ([]byte, error) {
	var sealed encryptedKey
	if _, err := asn1.Unmarshal(der, &sealed); err != nil {
		return nil, fmt.Errorf("the key cannot be read: %w", err)
	}
	if !sealed.Algorithm.Algorithm.Equal(oidPBES2) {
		return nil, fmt.Errorf("the key is encrypted by the old method %s: convert it with openssl pkcs8 -topk8 -v2 aes-256-cbc", sealed.Algorithm.Algorithm)
	}
	var scheme pbes2
	var kdf pbkdf2Params
	var iv []byte
	_, err := asn1.Unmarshal(sealed.Algorithm.Parameters.FullBytes, &scheme)
	if err == nil && !scheme.KDF.Algorithm.Equal(oidPBKDF2) {
		return nil, fmt.Errorf("the key's passphrase goes through %s, and PBKDF2 is what is supported: convert it with openssl pkcs8 -topk8 -v2 aes-256-cbc", scheme.KDF.Algorithm)
	}
	if err == nil {
		_, err = asn1.Unmarshal(scheme.KDF.Parameters.FullBytes, &kdf)
	}
	if err == nil {
		_, err = asn1.Unmarshal(scheme.Cipher.Parameters.FullBytes, &iv)
	}
	if err != nil {
		return nil, fmt.Errorf("the key's encryption cannot be read: %w", err)
	}
	return openKey(sealed.Data, scheme.Cipher.Algorithm, kdf, iv, passphrase)
}

func openKey(data []byte, algorithm asn1.ObjectIdentifier, kdf pbkdf2Params, iv []byte, passphrase string) ([]byte, error) {
	i := slices.IndexFunc(sealings, func(s sealing) bool { return s.oid.Equal(algorithm) })
	prf := prfs[7]
	if id := kdf.PRF.Algorithm; len(id) > 0 {
		prf = prfs[id[len(id)-1]]
	}
	if i < 0 || prf == nil || kdf.Iterations < 1 || kdf.Iterations > maxIterations {
		return nil, errors.New("the key is encrypted in a way that is not supported: convert it with openssl pkcs8 -topk8 -v2 aes-256-cbc")
	}
	key, err := pbkdf2.Key(prf, passphrase, kdf.Salt, kdf.Iterations, sealings[i].key)
	if err != nil {
		return nil, fmt.Errorf("the key's passphrase: %w", err)
	}
	block, err := sealings[i].open(key)
	if err != nil {
		return nil, fmt.Errorf("the key's passphrase: %w", err)
	}
	size := block.BlockSize()
	if len(iv) != size || len(data) == 0 || len(data)%size != 0 {
		return nil, errors.New("the encrypted key is cut off")
	}
	plain := make([]byte, len(data))
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(plain, data)
	pad := int(plain[len(plain)-1])
	if pad < 1 || pad > size {
		return nil, errPassphrase
	}
	return plain[:len(plain)-pad], nil
}
