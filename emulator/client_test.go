package emulator_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/snowpit-dev/snowpit/emulator"
	"github.com/snowpit-dev/snowpit/emulator/emulatortest"
)

// A client speaks the protocol by hand, for what the Go driver does not do.
type client struct {
	t       *testing.T
	url     string
	token   string
	master  string
	app     string
	session int64
	web     *http.Client // nil for the default one
}

// reply is what of an answer the tests look at.
type reply struct {
	Success bool
	Code    string
	Message string
	Data    struct {
		Token, MasterToken, SessionToken                                       string
		MFAToken                                                               *string
		SessionID                                                              int64
		QueryID, GetResultURL, QueryResultFormat, ResultIDs, Command, SQLState string
		SourceCompression, LocalLocation                                       string
		AutoCompress, Overwrite                                                bool
		RowSet                                                                 [][]*string
		RowSetBase64                                                           *string
		RowType                                                                []map[string]any
		Total, Returned, StatementTypeID                                       *int64
		Chunks                                                                 []struct{ URL string }
		Parameters                                                             []struct {
			Name  string
			Value any
		}
		SessionInfo map[string]*string
		StageInfo   struct {
			LocationType, PresignedURL, Location, Region string
			Creds                                        map[string]string
		}
		PresignedURLs                                     []string
		SrcLocations                                      []string `json:"src_locations"`
		FinalDatabaseName, FinalSchemaName, FinalRoleName *string
		FinalWarehouseName                                *string
		NumberOfBinds                                     int
		Queries                                           []struct {
			ID, Status   string
			ErrorCode    *string
			ErrorMessage *string
		}
	}
	raw []byte
}

func send(t *testing.T, method, url, body string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return do(t, req)
}

func do(t *testing.T, req *http.Request) (int, string) {
	t.Helper()
	return doBy(t, http.DefaultClient, req)
}

func doBy(t *testing.T, web *http.Client, req *http.Request) (int, string) {
	t.Helper()
	res, err := web.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(text)
}

// connect is a client of an emulator of config that has not logged in.
func connect(t *testing.T, config emulator.Config, app string) *client {
	t.Helper()
	return &client{t: t, url: emulatortest.Serve(t, config), app: app}
}

// login is a client that has logged in.
func login(t *testing.T, config emulator.Config, app string) *client {
	t.Helper()
	c := connect(t, config, app)
	if r := c.login(nil); !r.Success {
		t.Fatalf("login: %s %s", r.Code, r.Message)
	}
	return c
}

func (c *client) login(more map[string]any) reply {
	c.t.Helper()
	data := map[string]any{"CLIENT_APP_ID": c.app, "CLIENT_APP_VERSION": "1", "ACCOUNT_NAME": "acc",
		"LOGIN_NAME": emulator.DefaultUser, "PASSWORD": emulator.DefaultPassword}
	for k, v := range more {
		data[k] = v
	}
	body, _ := json.Marshal(map[string]any{"data": data})
	r := c.post("/session/v1/login-request?databaseName=TESTDB&schemaName=PUBLIC&request_id="+uuid.NewString(), string(body))
	c.token, c.master, c.session = r.Data.Token, r.Data.MasterToken, r.Data.SessionID
	return r
}

func (c *client) post(path, body string) reply {
	c.t.Helper()
	return c.call("POST", path, body, c.token)
}

func (c *client) get(path string) reply { c.t.Helper(); return c.call("GET", path, "", c.token) }

func (c *client) call(method, path, body, token string) (r reply) {
	c.t.Helper()
	req, err := http.NewRequestWithContext(c.t.Context(), method, c.url+path, bytes.NewReader([]byte(body)))
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if token != "" {
		req.Header.Set("Authorization", `Snowflake Token="`+token+`"`)
	}
	status, text := doBy(c.t, cmp.Or(c.web, http.DefaultClient), req)
	if status != http.StatusOK {
		c.t.Fatalf("%s %s: status %d: %.200s", method, path, status, text)
	}
	r.raw = []byte(text)
	if err := json.Unmarshal(r.raw, &r); err != nil {
		c.t.Fatalf("%s %s: %v in %.200s", method, path, err, text)
	}
	return r
}

// query sends a statement with more of a request's fields.
func (c *client) query(sql string, more map[string]any) reply {
	c.t.Helper()
	return c.request(uuid.NewString(), sql, more)
}

func (c *client) request(id, sql string, more map[string]any) reply {
	c.t.Helper()
	body := map[string]any{"sqlText": sql, "asyncExec": false, "sequenceId": 1}
	for k, v := range more {
		body[k] = v
	}
	text, _ := json.Marshal(body)
	return c.post("/queries/v1/query-request?requestId="+id, string(text))
}

// run sends a statement that must go well.
func (c *client) run(sql string) reply {
	c.t.Helper()
	r := c.query(sql, nil)
	if !r.Success {
		c.t.Fatalf("%s: %s %s", sql, r.Code, r.Message)
	}
	return r
}

// rows is a JSON result as text.
func (r reply) rows() string {
	out := []string{}
	for _, row := range r.Data.RowSet {
		cells := []string{}
		for _, v := range row {
			if v == nil {
				cells = append(cells, "null")
			} else {
				cells = append(cells, *v)
			}
		}
		out = append(out, strings.Join(cells, ","))
	}
	return fmt.Sprint(out)
}
