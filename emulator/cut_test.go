package emulator_test

import (
	"database/sql"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/snowpit-dev/snowpit/emulator"
	"github.com/snowpit-dev/snowpit/emulator/emulatortest"
)

// A cable is what clients reach a server through, and can be cut.
type cable struct {
	t  *testing.T
	to string
	in net.Listener

	mu    sync.Mutex
	conns []net.Conn
}

// layCable gives the address that stands for the server's.
func layCable(t *testing.T, to string) *cable {
	t.Helper()
	in, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &cable{t: t, to: to, in: in}
	t.Cleanup(func() { in.Close(); c.cut() })
	go c.accept()
	return c
}

func (c *cable) accept() {
	for {
		from, err := c.in.Accept()
		if err != nil {
			return
		}
		to, err := net.Dial("tcp", c.to)
		if err != nil {
			from.Close()
			continue
		}
		c.mu.Lock()
		c.conns = append(c.conns, from, to)
		c.mu.Unlock()
		for _, pair := range [][2]net.Conn{{from, to}, {to, from}} {
			go func() {
				io.Copy(pair[0], pair[1])
				pair[0].Close()
			}()
		}
	}
}

// cut breaks every connection that there is; new ones can be made.
func (c *cable) cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, conn := range c.conns {
		conn.Close()
	}
	c.conns = nil
}

// When connections are cut again and again, each client gets an answer, and
// each of its statements is done once: the driver sends again what it has had
// no answer to.
func TestConnectionsAreCut(t *testing.T) {
	url := emulatortest.Serve(t, emulator.Config{})
	c := layCable(t, strings.TrimPrefix(url, "http://"))
	db, err := sql.Open("snowflake", emulatortest.DSN("http://"+c.in.Addr().String()))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	const clients, each = 4, 10
	exec(t, db, "create table log (who int, n int)")
	stop, cutting := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(cutting)
		for pause := 100 * time.Millisecond; ; pause += pause / 5 { // however slow the machine, all is done in the end
			select {
			case <-stop:
				return
			case <-time.After(pause):
				c.cut()
			}
		}
	}()
	var group sync.WaitGroup
	for who := range clients {
		group.Go(func() {
			for n := range each {
				if _, err := db.ExecContext(t.Context(), fmt.Sprintf("insert into log select %d, %d from table(generator(rowcount => 100000)) qualify row_number() over (order by random()) = 1", who, n)); err != nil {
					t.Errorf("client %d, statement %d: %v", who, n, err)
				}
			}
		})
	}
	group.Wait()
	close(stop)
	<-cutting
	if got, want := fmt.Sprint(table(t, db, "select count(*), count(distinct who * 100 + n) from log")), fmt.Sprintf("[[%d %d]]", clients*each, clients*each); got != want {
		t.Errorf("the table has %s, want %s", got, want)
	}
}
