package emulator_test

import (
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/snowpit-dev/snowpit/emulator"
	"github.com/snowpit-dev/snowpit/emulator/emulatortest"
)

// A client that sends its body a byte at a time is let go, and others are
// answered meanwhile.
func TestSlowBodies(t *testing.T) {
	address := emulatortest.Serve(t, emulator.Config{Times: emulator.Times{Read: 300 * time.Millisecond}})
	var slow []net.Conn
	for range 50 {
		conn, err := net.Dial("tcp", strings.TrimPrefix(address, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		slow = append(slow, conn)
		fmt.Fprint(conn, "POST /session/v1/login-request HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n")
		go func() {
			for range 200 {
				if _, err := conn.Write([]byte(" ")); err != nil {
					return
				}
				time.Sleep(50 * time.Millisecond)
			}
		}()
	}
	start := time.Now()
	db, err := sql.Open("snowflake", emulatortest.DSN(address))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if got := one[int](t, db, "select 1"); got != 1 || time.Since(start) > 2*time.Second {
		t.Errorf("another client: %d after %v", got, time.Since(start))
	}
	until := time.Now().Add(5 * time.Second)
	for _, conn := range slow {
		conn.SetReadDeadline(until)
		if _, err := io.Copy(io.Discard, conn); errors.Is(err, os.ErrDeadlineExceeded) {
			t.Fatal("after 5 s it still waits for a body that was to take 300 ms")
		}
	}
}
