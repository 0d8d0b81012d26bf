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
}

// A storage is where the emulator is reached over https, with a certificate that
// the driver is told to trust.
type storage struct {
	*httptest.Server
	trusted     string // the file that its certificate is written to
	environment []string
}

// newStorage listens for a test that is stored; nil for others.
func (s *suite) newStorage(name string) *storage {
	more, ok := stored[name]
	if !ok {
		return nil
	}
	trusted := filepath.Join(s.home, name+".crt")
	return &storage{httptest.NewUnstartedServer(nil), trusted, append([]string{"SSL_CERT_FILE=" + trusted}, more...)}
}

// address is the host and port, "" without a storage.
func (s *storage) address() string {
	if s == nil {
		return ""
	}
	return s.Listener.Addr().String()
}

// serve begins to answer.
func (s *storage) serve(t *testing.T, handler http.Handler) (environment []string, done func()) {
	if s == nil {
		return nil, func() {}
	}
	s.Config.Handler = handler
	s.StartTLS()
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	if err := os.WriteFile(s.trusted, text, 0o644); err != nil {
		t.Fatal(err)
	}
	return s.environment, func() {
		s.CloseClientConnections()
		s.Close()
	}
}
