package s3

import (
	"context"
	"crypto/hmac"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

const (
	algorithm = "AWS4-HMAC-SHA256"
	// skew is how far the sender's clock may be off.
	skew = 15 * time.Minute
)

// A signature is what the header Authorization says.
type signature struct {
	keyID, date, region, service string
	headers                      []string
	value                        string
	at                           time.Time
}

// authorize tells whose request it is.
func (h *Handler) authorize(r *http.Request) (Grant, error) {
	sig, err := readSignature(r)
	if err != nil {
		return Grant{}, err
	}
	if off := time.Since(sig.at); off > skew || off < -skew {
		return Grant{}, refusal("RequestTimeTooSkewed", "The difference between the request time and the server's time is too large.")
	}
	token := r.Header.Get("X-Amz-Security-Token")
	grant, err := h.config.Grants(r.Context(), sig.keyID, token)
	if err != nil {
		return Grant{}, err
	}
	made, err := sig.again(r, aws.Credentials{AccessKeyID: sig.keyID, SecretAccessKey: grant.Secret, SessionToken: token})
	if err != nil {
		return Grant{}, err
	}
	if !hmac.Equal([]byte(made), []byte(sig.value)) {
		return Grant{}, refusal("SignatureDoesNotMatch", "The request signature that the server calculated does not match the signature that you provided. Check your AWS secret access key and signing method.")
	}
	return grant, nil
}

// readSignature reads Authorization: AWS4-HMAC-SHA256 Credential=ID/20060102/region/s3/aws4_request, SignedHeaders=a;b, Signature=hex.
func readSignature(r *http.Request) (s signature, err error) {
	malformed := refusal("AuthorizationHeaderMalformed", "The authorization header that you provided is not valid.")
	text, ok := strings.CutPrefix(r.Header.Get("Authorization"), algorithm)
	if !ok {
		return s, refusal("AccessDenied", "the request is not signed")
	}
	for part := range strings.SplitSeq(text, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch name {
		case "Credential":
			scope := strings.Split(value, "/")
			if len(scope) != 5 || scope[4] != "aws4_request" {
				return s, malformed
			}
			s.keyID, s.date, s.region, s.service = scope[0], scope[1], scope[2], scope[3]
		case "SignedHeaders":
			s.headers = strings.Split(value, ";")
		case "Signature":
			s.value = value
		}
	}
	if s.at, err = time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date")); err != nil {
		return s, refusal("AccessDenied", "AWS authentication requires a valid x-amz-date header")
	}
	if s.keyID == "" || s.value == "" || s.service != "s3" || s.date != s.at.Format("20060102") || !slices.Contains(s.headers, "host") {
		return s, malformed
	}
	for name := range r.Header {
		if name = strings.ToLower(name); strings.HasPrefix(name, "x-amz-") && !slices.Contains(s.headers, name) {
			return s, refusal("AccessDenied", "There were headers present in the request which were not signed: %s", name)
		}
	}
	return s, nil
}

// again signs the same request and is the signature that it ought to have.
func (s signature) again(r *http.Request, who aws.Credentials) (string, error) {
	twin := &http.Request{Method: r.Method, Host: r.Host, Header: http.Header{},
		URL: &url.URL{Scheme: "https", Host: r.Host, Path: r.URL.Path, RawPath: r.URL.RawPath, RawQuery: r.URL.RawQuery}}
	for _, name := range s.headers {
		switch name = http.CanonicalHeaderKey(name); name {
		case "Host":
		case "Content-Length":
			twin.ContentLength = r.ContentLength
		default:
			if values, ok := r.Header[name]; ok {
				twin.Header[name] = slices.Clone(values)
			}
		}
	}
	signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true }) // one keeps the keys of all whom it has signed for
	if err := signer.SignHTTP(context.WithoutCancel(r.Context()), who, twin, r.Header.Get("X-Amz-Content-Sha256"), s.service, s.region, s.at); err != nil {
		return "", err
	}
	_, made, _ := strings.Cut(twin.Header.Get("Authorization"), "Signature=")
	return made, nil
}
