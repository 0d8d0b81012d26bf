package conformance

import (
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
)

// stored are the tests whose files are in Amazon's storage, or Google's, as the
// emulator plays them over https, with what they are told beside that.
var stored = map[string][]string{
	"TestPutOverwrite": nil, "TestPutGetWithAutoCompressFalse": nil, "TestPutGetLargeFile": nil,
	"TestPutGetStream": nil, "TestPutGetGcsDownscopedCredential": nil,
	"TestPutWithInvalidToken": {"CLOUD_PROVIDER=AWS"},
	revocation:                {"SNOWFLAKE_TEST_PROTOCOL=https"},
}

// revocation is the test of certificates that may be revoked: it takes the account
// and the storage for two, each with a certificate of its own.
const revocation = "TestCrlE2E"

// A storage is where the emulator is reached over https, with a certificate that
// the driver is told to trust.
type storage struct {
	*httptest.Server
	trusted     string // the file that the certificate is written to
	environment []string
	by          *authority // of the certificates; nil for one that nobody has signed
}

// newStorage listens for a test that is stored; nil for others.
func (s *suite) newStorage(t *testing.T, name string) *storage {
	more, ok := stored[name]
	if !ok {
		return nil
	}
	trusted := filepath.Join(s.home, name+".crt")
	st := &storage{httptest.NewUnstartedServer(nil), trusted, append([]string{"SSL_CERT_FILE=" + trusted}, more...), nil}
	if name == revocation {
		st.by = newAuthority(t)
		st.TLS = st.by.certify("storage")
	}
	return st
}

// address is the host and port, "" without a storage.
func (s *storage) address() string {
	if s == nil {
		return ""
	}
	return s.Listener.Addr().String()
}

// account is where the emulator is reached for everything else.
func (s *storage) account(handler http.Handler) *httptest.Server {
	if s == nil || s.by == nil {
		return httptest.NewServer(handler)
	}
	web := httptest.NewUnstartedServer(handler)
	web.TLS = s.by.certify("account")
	web.StartTLS()
	return web
}

// serve begins to answer.
func (s *storage) serve(t *testing.T, handler http.Handler) (environment []string, done func()) {
	if s == nil {
		return nil, func() {}
	}
	s.Config.Handler = handler
	s.StartTLS()
	cert := s.Certificate()
	if s.by != nil {
		cert = s.by.cert
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw})
	if err := os.WriteFile(s.trusted, text, 0o644); err != nil {
		t.Fatal(err)
	}
	return s.environment, func() {
		s.CloseClientConnections()
		s.Close()
		if s.by != nil {
			s.by.lists.Close()
		}
	}
}
