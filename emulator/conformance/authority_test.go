package conformance

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// An authority signs certificates for this host, and says which of them it has
// revoked: none. Each names a list of its own.
type authority struct {
	t     *testing.T
	cert  *x509.Certificate
	key   *ecdsa.PrivateKey
	lists *httptest.Server
}

func newAuthority(t *testing.T) *authority {
	a := &authority{t: t, key: newKey(t)}
	what := &x509.Certificate{Subject: pkix.Name{CommonName: "authority"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign}
	a.cert = a.sign(what, what, &a.key.PublicKey)
	a.lists = httptest.NewServer(http.HandlerFunc(a.revoked))
	return a
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// sign makes a certificate of what, by another's key.
func (a *authority) sign(what, by *x509.Certificate, of *ecdsa.PublicKey) *x509.Certificate {
	now := time.Now()
	what.SerialNumber, what.NotBefore, what.NotAfter = big.NewInt(now.UnixNano()), now.Add(-time.Hour), now.AddDate(0, 6, 0)
	der, err := x509.CreateCertificate(rand.Reader, what, by, of, a.key)
	if err != nil {
		a.t.Fatal(err)
	}
	made, err := x509.ParseCertificate(der)
	if err != nil {
		a.t.Fatal(err)
	}
	return made
}

// certify is a certificate for this host whose revocation is to be looked up in
// the list of that name.
func (a *authority) certify(list string) *tls.Config {
	key := newKey(a.t)
	cert := a.sign(&x509.Certificate{Subject: pkix.Name{CommonName: list}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		KeyUsage: x509.KeyUsageDigitalSignature, CRLDistributionPoints: []string{a.lists.URL + "/" + list}}, a.cert, &key.PublicKey)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{cert.Raw}, PrivateKey: key}}}
}

// revoked answers with a list of revoked certificates.
func (a *authority) revoked(w http.ResponseWriter, _ *http.Request) {
	now := time.Now()
	list, err := x509.CreateRevocationList(rand.Reader, &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: now, NextUpdate: now.AddDate(0, 1, 0)}, a.cert, a.key)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Write(list)
}
