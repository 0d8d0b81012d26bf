package emulator

import (
	"cmp"
	"context"
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/snowpit-dev/snowpit/emulator/envelope"
	"github.com/snowpit-dev/snowpit/emulator/s3"
	"github.com/snowpit-dev/snowpit/emulator/session"
	"github.com/snowpit-dev/snowpit/emulator/sign"
	"github.com/snowpit-dev/snowpit/emulator/wire"
	"github.com/snowpit-dev/snowpit/stage"
)

const (
	purposeFolder = "folder"
	// bucket has a name that is none of a host's, for clients to put it into the
	// path.
	bucket = "snowpit_stages"
)

// The clouds whose storage the server answers for.
const (
	amazon = "S3"
	google = "GCS"
)

// cloudFor is the cloud whose storage a client is told that its files are in;
// "" for none, where there is no https or the client is none that was tried.
func (s *Server) cloudFor(r *http.Request, found *session.Session) string {
	if found.App != "Go" || s.storage(r) == "" {
		return ""
	}
	if strings.EqualFold(found.Parameters.Text("GCS_USE_DOWNSCOPED_CREDENTIAL"), "true") {
		return google
	}
	return amazon
}

// storage is the host and port that a client reaches the storage at.
func (s *Server) storage(r *http.Request) string {
	if s.config.Storage == "" && r.TLS != nil {
		return r.Host
	}
	return s.config.Storage
}

// A folderClaim is what temporary credentials say: what may be done to the
// objects of a stage whose names begin so.
type folderClaim struct {
	Session int64      `json:"s"`
	Stage   stage.Name `json:"st"`
	Root    string     `json:"r"`           // keys begin with it
	Prefix  string     `json:"f,omitempty"` // what stands for the root in an object's name
	Within  string     `json:"w,omitempty"` // objects' names begin with it
	Put     bool       `json:"p,omitempty"`
	Keep    bool       `json:"k,omitempty"` // an object that is there stays
}

// credentials tell a client with what, and how encrypted, it moves the files.
func (s *Server) credentials(r *http.Request, st *session.Statement, t *transfer, cloud string, data *wire.TransferData) error {
	root := "stages/" + hex.EncodeToString(s.key.Derive("stage", t.stage.String())[:8]) + "/"
	claim := folderClaim{Session: st.Session.ID, Stage: t.stage, Root: root, Within: t.prefix, Put: t.put, Keep: t.put && !t.overwrite}
	if prefix := strings.Trim(t.prefix, "/"); t.put && prefix != "" {
		claim.Root, claim.Prefix = root+prefix+"/", prefix+"/"
	}
	token, err := s.key.Seal(purposeFolder, claim, time.Now().Add(s.config.Times.URL))
	if err != nil {
		return err
	}
	storage, master := s.storage(r), s.masterKey(claim)
	info := &data.StageInfo
	info.LocationType, info.Location, info.EndPoint, info.IsClientSideEncrypted = cloud, bucket+"/"+claim.Root, &storage, true
	if cloud == google {
		info.Creds["GCS_ACCESS_TOKEN"] = token
	} else {
		info.Creds["AWS_KEY_ID"], info.Creds["AWS_SECRET_KEY"], info.Creds["AWS_TOKEN"] = s.keyID(token), s.secret(token), token
	}
	material := wire.EncryptionMaterial{Key: master.String(), QueryID: st.ID, ID: 1}
	if t.put {
		data.EncryptionMaterial = material
		return nil
	}
	all := make([]wire.EncryptionMaterial, len(t.objects))
	for i := range all {
		all[i] = material
	}
	data.EncryptionMaterial = all
	return nil
}

func (s *Server) keyID(token string) string {
	return "SNOWPIT" + strings.ToUpper(hex.EncodeToString(s.key.Derive("key id", token)[:8]))
}

func (s *Server) secret(token string) string {
	return base64.StdEncoding.EncodeToString(s.key.Derive("secret", token))
}

// masterKey is the one of a stage in a session: credentials that are renewed go
// with the same.
func (s *Server) masterKey(claim folderClaim) (key envelope.Key) {
	copy(key[:], s.key.Derive("master key", strconv.FormatInt(claim.Session, 10)+" "+claim.Stage.String()))
	return key
}

// folder is what a token of credentials opens.
func (s *Server) folder(ctx context.Context, token string) (*folder, error) {
	var claim folderClaim
	switch err := s.key.Open(purposeFolder, token, &claim); {
	case errors.Is(err, sign.ErrExpired):
		return nil, s3.ErrExpired
	case err != nil:
		return nil, s3.ErrUnknown
	}
	found := s.sessions.Find(claim.Session)
	if found == nil || found.Stages == nil {
		return nil, s3.ErrExpired // the client asks for others, and is told
	}
	found.Touch()
	st, err := found.Stages.Stage(ctx, claim.Stage)
	if errors.Is(err, stage.ErrNotExist) {
		return nil, fmt.Errorf("%w: the stage is not there any more", s3.ErrDenied)
	}
	return &folder{server: s, claim: claim, stage: st, key: s.masterKey(claim)}, err
}

// grant finds what S3's credentials are good for.
func (s *Server) grant(ctx context.Context, keyID, token string) (s3.Grant, error) {
	f, err := s.folder(ctx, token)
	if err != nil {
		return s3.Grant{}, err
	}
	if keyID != s.keyID(token) {
		return s3.Grant{}, s3.ErrUnknown
	}
	return s3.Grant{Secret: s.secret(token), Bucket: bucket, Folder: f, Owner: fmt.Sprint(f.claim.Session, f.claim.Put, f.claim.Stage)}, nil
}

// A folder is a stage's, or a part of it, as a cloud's storage has it: what comes
// encrypted is opened, and what goes is sealed.
type folder struct {
	server *Server
	claim  folderClaim
	stage  stage.Stage
	key    envelope.Key
}

// The names that S3's clients have for what stands beside an encrypted file.
const (
	metaKey         = "x-amz-key"
	metaIV          = "x-amz-iv"
	metaDescription = "x-amz-matdesc"
	metaDigest      = "sfc-digest"
)

// object is the name that an object of a key has in the stage.
func (f *folder) object(key string) (string, error) {
	rest, ok := strings.CutPrefix(key, f.claim.Root)
	name := f.claim.Prefix + rest
	if !ok || stage.CheckName(name) != nil || !strings.HasPrefix(name, strings.TrimPrefix(f.claim.Within, "/")) {
		return "", fmt.Errorf("%w: %q", s3.ErrDenied, key)
	}
	return name, nil
}

// Put keeps an object.
func (f *folder) Put(ctx context.Context, key string, meta map[string]string, in io.Reader) (s3.Object, error) {
	name, err := f.object(key)
	if err != nil {
		return s3.Object{}, err
	}
	if !f.claim.Put {
		return s3.Object{}, fmt.Errorf("%w: they are for getting objects", s3.ErrDenied)
	}
	opts := stage.PutOptions{KeepExisting: f.claim.Keep}
	if meta[metaKey] != "" {
		sum := md5.New()
		in, opts.Tag = io.TeeReader(in, sum), func() string { return hex.EncodeToString(sum.Sum(nil)) }
		if in, err = f.key.Open(in, envelope.Seal{Key: meta[metaKey], IV: meta[metaIV]}); err != nil {
			return s3.Object{}, fmt.Errorf("%w: %w", s3.ErrContent, err)
		}
	}
	o, err := f.stage.Put(ctx, name, in, opts)
	if errors.Is(err, stage.ErrExist) { // OVERWRITE = FALSE: the client's own is dropped
		return s3.Object{}, nil
	}
	if errors.Is(err, envelope.ErrSealed) {
		err = fmt.Errorf("%w: %w", s3.ErrContent, err)
	}
	if err != nil {
		return s3.Object{}, err
	}
	f.server.log.Info("put", "session", f.claim.Session, "stage", f.claim.Stage.String(), "object", o.Name, "bytes", o.Size)
	return s3.Object{Size: o.Size, ETag: cmp.Or(o.Tag, o.MD5), Modified: o.Modified}, nil
}

// Open reads an object.
func (f *folder) Open(ctx context.Context, key string) (io.ReadCloser, s3.Object, error) {
	name, err := f.object(key)
	if err != nil {
		return nil, s3.Object{}, err
	}
	in, o, err := f.stage.Open(ctx, name)
	if errors.Is(err, stage.ErrNotExist) {
		return nil, s3.Object{}, s3.ErrNoKey
	} else if err != nil {
		return nil, s3.Object{}, err
	}
	sealed, seal, err := f.key.Seal(in, o.Name+"\n"+o.MD5)
	if err != nil {
		return nil, s3.Object{}, errors.Join(err, in.Close())
	}
	meta := map[string]string{metaKey: seal.Key, metaIV: seal.IV, metaDescription: f.key.Description(f.claim.Stage.String())}
	if sum, err := hex.DecodeString(o.SHA256); err == nil && len(sum) > 0 {
		meta[metaDigest] = base64.StdEncoding.EncodeToString(sum)
	}
	return struct {
		io.Reader
		io.Closer
	}{sealed, in}, s3.Object{Size: envelope.Size(o.Size), ETag: o.MD5, Modified: o.Modified, Meta: meta}, nil
}
