package sign_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/snowpit-dev/snowpit/emulator/sign"
)

type claim struct{ Who string }

func TestSeal(t *testing.T) {
	key := sign.NewKey(nil)
	token, err := key.Seal("session", claim{"ann"}, time.Now().Add(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	var got claim
	if err := key.Open("session", token, &got); err != nil || got.Who != "ann" {
		t.Errorf("opened %v, %v", got, err)
	}
	if err := key.Open("chunk", token, &got); !errors.Is(err, sign.ErrForged) {
		t.Errorf("for another purpose: %v", err)
	}
	if err := sign.NewKey(nil).Open("session", token, &got); !errors.Is(err, sign.ErrForged) {
		t.Errorf("with another key: %v", err)
	}
	for i := range token {
		c := byte('A')
		if token[i] == c {
			c = 'B'
		}
		if i == len(token)-1 {
			break // its last bits are none of the signature's
		}
		if err := key.Open("session", token[:i]+string(c)+token[i+1:], &got); !errors.Is(err, sign.ErrForged) {
			t.Fatalf("changed at %d: %v", i, err)
		}
	}
}

func TestSealExpires(t *testing.T) {
	key := sign.NewKey([]byte("a secret"))
	token, err := key.Seal("session", claim{"ann"}, time.Now().Add(-time.Second))
	if err != nil {
		t.Fatal(err)
	}
	var got claim
	if err := sign.NewKey([]byte("a secret")).Open("session", token, &got); !errors.Is(err, sign.ErrExpired) || got.Who != "ann" {
		t.Errorf("too late: %v, %v", got, err)
	}
}

func FuzzOpen(f *testing.F) {
	key := sign.NewKey([]byte("a secret"))
	token, _ := key.Seal("session", claim{"ann"}, time.Now().Add(time.Hour))
	for _, s := range []string{token, "", ".", "a.b", strings.Repeat("x", 99) + "."} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var got claim
		if err := key.Open("session", s, &got); err == nil && got.Who != "ann" {
			t.Errorf("%q says %v", s, got)
		}
	})
}
