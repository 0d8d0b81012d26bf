package emulator

import (
	"context"
	"fmt"
	"net/http"
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/snowpit-dev/snowpit/emulator/bind"
	"github.com/snowpit-dev/snowpit/emulator/session"
	"github.com/snowpit-dev/snowpit/emulator/wire"
	"github.com/snowpit-dev/snowpit/stage"
	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/print"
)

// A transfer is what PUT or GET asks for; its URLs are made when it is answered.
type transfer struct {
	put         bool
	stage       stage.Name
	local       string   // the client's path, as it wrote it
	objects     []string // of GET, all that match; of PUT, the one or none
	prefix      string   // of the stage's path, for the client's eyes
	compress    bool
	overwrite   bool
	compression string
	parallel    int64
	direct      bool // see direct
}

// direct reports an upload by the Python connector itself, such as those of
// write_pandas, rather than a PUT of its user's: it sends the files to the URL of
// this answer, packed or not, and asks for no other.
func direct(found *session.Session, req *wire.QueryRequest) bool {
	return req.IsInternal && strings.HasPrefix(found.App, "Python")
}

// isTransfer reports whether a statement is PUT or GET.
func isTransfer(sql string) bool {
	first := parse.First(sql)
	return first.Is("PUT") || first.Is("GET")
}

// glued is how the Node driver writes PUT: no space between file and stage.
var glued = regexp.MustCompile(`(?i)^(\s*put\s+file://[^\s'"]+)('@)`)

// transfer reads PUT or GET and finds its stage and files.
func (s *Server) transfer(ctx context.Context, st *session.Statement, sql string, req *wire.QueryRequest) session.Outcome {
	bound, err := bind.New(sql, req.Bindings)
	if err != nil {
		return session.Outcome{Err: err}
	}
	for one := range bound.Statements() {
		sql = glued.ReplaceAllString(one.SQL, "$1 $2")
		break
	}
	tree, err := parse.Statement(sql)
	if err != nil {
		return session.Outcome{Err: err}
	}
	var t *transfer
	switch tree := tree.(type) {
	case *ast.Put:
		t, err = s.put(ctx, st.Session, tree, direct(st.Session, req))
	case *ast.Get:
		t, err = s.get(ctx, st.Session, tree)
	default:
		err = fmt.Errorf("%T is no transfer of files", tree)
	}
	if err != nil {
		return session.Outcome{Err: err}
	}
	return session.Outcome{Kind: ast.Kind(tree), Value: t, Size: 1024}
}

func (s *Server) put(ctx context.Context, found *session.Session, stmt *ast.Put, direct bool) (*transfer, error) {
	at, err := s.locate(ctx, found, stmt.Location)
	if err != nil {
		return nil, err
	}
	t := &transfer{put: true, stage: at.name, local: stmt.File, prefix: at.prefix, compress: true, compression: "auto_detect", parallel: 4, direct: direct}
	for _, o := range stmt.Options {
		if err := t.option(o); err != nil {
			return nil, err
		}
	}
	if direct && strings.ContainsAny(t.local, "*?") {
		return nil, warehouse.Unsupported("an upload of several files by the connector itself, such as write_pandas(bulk_upload_chunks=True); leave that out, and the chunks go one by one")
	}
	object := path.Join(t.prefix, target(t.local))
	if stage.CheckName(object) == nil && target(t.local) != "" {
		t.objects = []string{object}
	}
	return t, nil
}

// target is the name that a file has on the stage: its own, without folders.
// Of a pattern, the Go driver asks again for each file with the name behind
// what it has of the pattern.
func target(local string) string {
	local = strings.ReplaceAll(local, `\`, "/")
	base := local[strings.LastIndexByte(local, '/')+1:]
	return base[strings.LastIndexAny(base, "*?")+1:]
}

func (t *transfer) option(o ast.Option) error {
	text := strings.ToLower(strings.Trim(fmt.Sprint(literalOf(o.Value)), "'"))
	var err error
	switch o.Key {
	case "AUTO_COMPRESS":
		t.compress, err = strconv.ParseBool(text)
	case "OVERWRITE":
		t.overwrite, err = strconv.ParseBool(text)
	case "SOURCE_COMPRESSION":
		t.compression = text
	case "PARALLEL":
		t.parallel, err = strconv.ParseInt(text, 10, 64)
	case "PATTERN":
	default:
		return &warehouse.Error{Code: 2019, State: "0A000", Kind: warehouse.ErrUnsupported, Line: o.Pos().Line, Column: o.Pos().Column,
			Message: "Unsupported by Snowpit: the option " + o.Key + " of PUT and GET"}
	}
	if err != nil {
		return &warehouse.Error{Code: 1008, State: "22023", Err: err, Line: o.Pos().Line, Column: o.Pos().Column,
			Message: fmt.Sprintf("SQL compilation error:\ninvalid value [%s] for parameter '%s'", print.SQL(o.Value), o.Key)}
	}
	return nil
}

func (s *Server) get(ctx context.Context, found *session.Session, stmt *ast.Get) (*transfer, error) {
	at, err := s.locate(ctx, found, stmt.Location)
	if err != nil {
		return nil, err
	}
	t := &transfer{stage: at.name, local: stmt.File, prefix: at.prefix, compression: "none", parallel: 10}
	var match *regexp.Regexp
	for _, o := range stmt.Options {
		if err := t.option(o); err != nil {
			return nil, err
		}
		if pattern, ok := o.Value.(*ast.String); ok && o.Key == "PATTERN" {
			if match, err = regexp.Compile("^(?:" + pattern.Value + ")$"); err != nil {
				return nil, &warehouse.Error{Code: 2037, State: "42000", Err: err,
					Message: "SQL compilation error:\nthe pattern is no regular expression: " + err.Error()}
			}
		}
	}
	for o, err := range at.List(ctx, t.prefix) {
		if err != nil {
			return nil, err
		}
		if match == nil || match.MatchString(o.Name) {
			t.objects = append(t.objects, o.Name)
		}
	}
	return t, nil
}

// instructions are what a client is told to do for a transfer.
func (s *Server) instructions(r *http.Request, st *session.Statement, t *transfer) (wire.Answer, error) {
	data := wire.TransferData{
		Parameters: st.Session.Parameters.List(), QueryID: st.ID, FinalRoleName: orNull(st.Session.Place().Role), Operation: "Node",
		SourceCompression: t.compression, AutoCompress: t.compress, Overwrite: t.overwrite, Parallel: t.parallel, Threshold: 209715200,
		RowType: []wire.RowType{}, RowSet: []string{},
		StageInfo: wire.StageInfo{LocationType: "GCS", Region: "local", Creds: map[string]string{},
			Location: strings.ToLower(t.stage.Stage) + "/", Path: ""},
	}
	if t.put {
		data.Command, data.StatementTypeID, data.SrcLocations = "UPLOAD", wire.TypePut, []string{t.local}
	} else {
		data.Command, data.StatementTypeID, data.LocalLocation = "DOWNLOAD", wire.TypeGet, t.local
		data.SrcLocations, data.EncryptionMaterial = append([]string{}, t.objects...), []string{}
	}
	var err error
	if cloud := s.cloudFor(r, st.Session); cloud != "" {
		err = s.credentials(r, st, t, cloud, &data)
	} else {
		err = s.urls(r, st, t, &data)
	}
	return wire.OK(data), err
}

// urls tell a client where each object is.
func (s *Server) urls(r *http.Request, st *session.Statement, t *transfer, data *wire.TransferData) error {
	urls := make([]string, len(t.objects))
	for i, object := range t.objects {
		claim := objectClaim{Session: st.Session.ID, Stage: t.stage, Object: object, Put: t.put, Keep: t.put && !t.overwrite, Pack: t.direct && t.compress}
		token, err := s.key.Seal(purposeObject, claim, time.Now().Add(s.config.Times.URL))
		if err != nil {
			return err
		}
		urls[i] = base(r) + "/stage/" + token
	}
	switch {
	case !t.put:
		data.PresignedURLs = urls
	case len(urls) == 1:
		data.StageInfo.PresignedURL = urls[0]
	}
	return nil
}
