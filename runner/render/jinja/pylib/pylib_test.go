package pylib_test

import (
	"strings"
	"testing"
	"time"

	"github.com/snowpit-dev/snowpit/runner/render/jinja"
	"github.com/snowpit-dev/snowpit/runner/render/jinja/pylib"
)

func evaluate(t *testing.T, expr string) (string, error) {
	t.Helper()
	names := map[string]any{"modules": pylib.Modules(), "zip": jinja.Func(pylib.Zip)}
	env := &jinja.Env{Lookup: func(name string) (any, bool) { v, ok := names[name]; return v, ok }}
	v, err := env.Value(t.Context(), "t", strings.NewReplacer("dt.", "modules.datetime.", "re.", "modules.re.").Replace(expr))
	return jinja.Str(v), err
}

// TestModules is what Python 3.11 gives.
func TestModules(t *testing.T) {
	for expr, want := range map[string]string{
		"dt.date(2024, 2, 29)":                                                                           "2024-02-29",
		"dt.date(year=2024, month=2, day=1)":                                                             "2024-02-01",
		"dt.datetime(2024, 2, 29, 1, 2, 3, 4)":                                                           "2024-02-29 01:02:03.000004",
		"dt.datetime(2024, 2, 29).isoformat()":                                                           "2024-02-29T00:00:00",
		"dt.date(2024, 2, 28) + dt.timedelta(days=2)":                                                    "2024-03-01",
		"dt.date(2024, 3, 1) - dt.timedelta(hours=30)":                                                   "2024-02-29",
		"dt.datetime(2024, 3, 1) - dt.timedelta(hours=30)":                                               "2024-02-28 18:00:00",
		"(dt.date(2024, 3, 1) - dt.date(2023, 3, 1)).days":                                               "366",
		"dt.datetime(2024, 3, 1) - dt.datetime(2024, 2, 28, 12)":                                         "1 day, 12:00:00",
		"dt.timedelta(hours=-1)":                                                                         "-1 day, 23:00:00",
		"dt.timedelta(days=2, milliseconds=5)":                                                           "2 days, 0:00:00.005000",
		"dt.timedelta(minutes=90).total_seconds()":                                                       "5400.0",
		"dt.datetime.strptime('06.05.2024 15:04', '%d.%m.%Y %H:%M')":                                     "2024-05-06 15:04:00",
		"dt.datetime(2024, 5, 6, 15, 4).strftime('%Y%m%d %H:%M %a %B %%')":                               "20240506 15:04 Mon May %",
		"dt.date.fromisoformat('2024-02-29').replace(year=2020)":                                         "2020-02-29",
		"dt.date(2024, 1, 7).weekday() ~ dt.date(2024, 1, 7).isoweekday()":                               "67",
		"dt.datetime(2024, 1, 7, 5).date()":                                                              "2024-01-07",
		"{dt.date(2024, 1, 7): 1}[dt.date(2024, 1, 7)]":                                                  "1",
		"[dt.date(2024, 1, 7), dt.date(2023, 1, 7)] | min":                                               "2023-01-07",
		"re.sub('(a+)(b)', '\\\\2<\\\\1>', 'aabxab')":                                                    "b<aa>xb<a>",
		"re.sub('a', '$0', 'aa')":                                                                        "$0$0",
		"re.sub('(?P<x>a)', '\\\\g<x>!', 'aa', 1)":                                                       "a!a",
		"re.sub('^', '> ', 'x')":                                                                         "> x",
		"re.match('b', 'ab')":                                                                            "None",
		"re.search('b', 'ab').group()":                                                                   "b",
		"re.match('(a)|(b)', 'b').groups()":                                                              "(None, 'b')",
		"re.findall('(a)(b)?', 'aab')":                                                                   "[('a', ''), ('a', 'b')]",
		"re.split('[,;] *', 'a, b;c')":                                                                   "['a', 'b', 'c']",
		"dt.datetime.fromisoformat('2026-08-15T12:00:00+02:00')":                                         "2026-08-15 12:00:00+02:00",
		"dt.datetime.fromisoformat('2026-08-15 12:00:01.250')":                                           "2026-08-15 12:00:01.250000",
		"dt.datetime.fromisoformat('2026-08-15T12:00Z').tzinfo is not none":                              "True",
		"dt.datetime.fromisoformat('20260815T120000').isoformat()":                                       "2026-08-15T12:00:00",
		"dt.datetime.fromisoformat('2026-08-15').tzinfo":                                                 "None",
		"dt.date.fromisoformat('20260815')":                                                              "2026-08-15",
		"dt.datetime.fromisoformat('2026-08-15T12:00:00+00:00').replace(hour=0)":                         "2026-08-15 00:00:00+00:00",
		"dt.datetime.fromisoformat('2026-08-15T12:00:00+00:00').replace(tzinfo=none)":                    "2026-08-15 12:00:00",
		"dt.date(2024, 12, 30).isocalendar()[0] ~ '-' ~ dt.date(2024, 12, 30).isocalendar().week":        "2025-1",
		"dt.date(2024, 2, 29).toordinal()":                                                               "738945",
		"dt.datetime(2024, 3, 5, 4, 7).strftime('%w %u %V %G %U %W %e %D %R %h [%z%Z] %-d.%-m. %-H %j')": "2 2 10 2024 09 10  5 03/05/24 04:07 Mar [] 5.3. 4 065",
		"dt.datetime(2024, 1, 1).strftime('%U %W')":                                                      "00 01",
		"dt.datetime.strptime('5.3.2024 4:07:09.125', '%d.%m.%Y %H:%M:%S.%f')":                           "2024-03-05 04:07:09.125000",
		"dt.datetime.strptime('2024-03-05T04:07:00+0100', '%Y-%m-%dT%H:%M:%S%z')":                        "2024-03-05 04:07:00+01:00",
		"dt.timedelta(hours=36).seconds":                                                                 "43200",
		"dt.timedelta(hours=-1).seconds":                                                                 "82800",
		"dt.timedelta(milliseconds=1).microseconds":                                                      "1000",
		"dt.timedelta(days=1) * 3 - dt.timedelta(hours=2)":                                               "2 days, 22:00:00",
		"dt.timedelta(days=1) / dt.timedelta(hours=6)":                                                   "4.0",
		"dt.timedelta(days=1) / 2":                                                                       "12:00:00",
		"dt.timedelta(days=1) + dt.date(2024, 2, 28)":                                                    "2024-02-29",
		"re.search('AB', 'xab', re.IGNORECASE).group(0)":                                                 "ab",
		"re.match('b', 'a\\nb', re.M)":                                                                   "None",
		"re.search('^b', 'a\\nb', flags=re.M).group()":                                                   "b",
		"re.search('a.b', 'a\\nb')":                                                                      "None",
		"re.sub('A', 'x', 'aA', flags=re.I)":                                                             "xx",
		"re.sub('A', 'x', 'aA', 1, re.I)":                                                                "xA",
		"re.split(',', 'a,b,c', 1)":                                                                      "['a', 'b,c']",
		"re.findall('A', 'aA', re.I)":                                                                    "['a', 'A']",
		"re.compile('(?P<n>[a-z]+)=(\\\\d+)').match('ab=12').groupdict()":                                "{'n': 'ab'}",
		"re.compile('a', re.I).sub('b', 'Aa')":                                                           "bb",
		"re.compile('a').pattern":                                                                        "a",
		"re.match('(?P<n>a)(b)?', 'a')['n'] ~ re.match('(?P<n>a)(b)?', 'a').group(2)":                    "aNone",
		"re.fullmatch('a', 'ab')":                                                                        "None",
		"re.escape('a.b-c d')":                                                                           "a\\.b\\-c\\ d",
		"dt.date(2024, 1, 7).hour is defined":                                                            "False",
		"re.findall('(a)(?=b)', 'abac')":                                                                 "['a']",
		"re.findall('(?<!x)a(b|c)', 'abxabac')":                                                          "['b', 'c']",
		"re.findall('(?x) (from|join) # a ( comment\\n \\\\s+ ([a-z]+)(?=\\\\s|$)', 'from a join b, c')": "[('from', 'a')]",
		"re.fullmatch('(?ix) A # all', 'a') is not none":                                                 "True",
		"re.sub('(?P<q>[\\'\\\"])(.*?)(?P=q)', '<\\\\2>', 'a \\\"b\\\" \\'c\\\"')":                       "a <b> 'c\"",
		"re.match('(?P<y>[0-9]+)-([0-9]+)', '2024-05').groups()":                                         "('2024', '05')",
		"re.sub('x*', '-', 'abxd')":                                                                      "-a-b--d-",
		"re.split('x*', 'axbc')":                                                                         "['', 'a', '', 'b', 'c', '']",
		"re.split('(,)', 'a,b')":                                                                         "['a', ',', 'b']",
		"re.split('(-)|,', 'a,b')":                                                                       "['a', None, 'b']",
		"re.sub('a', '\\\\n\\\\\\\\', 'ba')":                                                             "b\n\\",
		"re.findall('[[a]+', '[a]')":                                                                     "['[a']",
		"re.findall('[]a]', ']b')":                                                                       "[']']",
		"re.search('é', 'caféé').span()":                                                                 "(3, 4)",
		"re.sub('é', 'e', 'café')":                                                                       "cafe",
		"re.findall('\\\\d', '٣a1')":                                                                     "['٣', '1']",
		"re.search('a\\\\Z', 'a\\n') is none":                                                            "True",
		"re.search('a$', 'a\\n') is not none":                                                            "True",
		"re.sub('(a)|(b)', '[\\\\1\\\\2]', 'ab')":                                                        "[a][b]",
		"re.match('b', 'ab') is none":                                                                    "True",
		"re.findall('a # x', 'a', re.X)":                                                                 "['a']",
		"re.search('(?=a)', 'ba').start()":                                                               "1",
		"zip([1, 2, 3], 'ab') | list":                                                                    "[(1, 'a'), (2, 'b')]",
		"zip() | list":                                                                                   "[]",
	} {
		if got, err := evaluate(t, expr); err != nil || got != want {
			t.Errorf("%s\ngot  %s, error %v\nwant %s", expr, got, err, want)
		}
	}
}

func TestErrors(t *testing.T) {
	for expr, want := range map[string]string{
		"dt.date(2023, 2, 29)":                          "ValueError: there is no day 2023-02-29",
		"dt.datetime(2023, 2, 1, 25)":                   "ValueError: time 25:00:00 is out of range",
		"dt.date.fromisoformat('x')":                    "ValueError: Invalid isoformat string: 'x'",
		"dt.datetime.strptime('x', '%Y')":               "ValueError: time data 'x' does not match format '%Y'",
		"dt.datetime.strptime('x', '%U')":               "strptime format '%U' is not supported yet",
		"dt.date(2023, 2, 1).strftime('%q')":            "strftime directive %q is not supported yet",
		"re.search('a', 'b', 256)":                      "re.search: of the flags there are IGNORECASE, MULTILINE, DOTALL, UNICODE and VERBOSE",
		"dt.datetime(2023, 2, 1).replace(tzinfo='UTC')": "TypeError: tzinfo argument must be None or of a tzinfo subclass, such as modules.pytz.utc",
		"dt.timedelta(days='x')":                        "TypeError: timedelta days must be a number",
		"dt.timedelta(days=10**9)":                      "OverflowError: timedelta of over 146 years",
		"dt.date(2023, 2, 1) + 1":                       "TypeError: unsupported operand type(s) for +: 'datetime.date' and 'int'",
		"dt.date(2023, 2, 1) < dt.datetime(2023, 2, 1)": "TypeError: '<' not supported between instances of 'datetime.date' and 'datetime.datetime'",
		"dt.time(1)":                   "datetime.time is not supported yet",
		"re.finditer('x')":             "re.finditer is not supported yet",
		"re.sub('(', 'x', 'y')":        "regular expression '(': error parsing regexp: missing closing ) in `(`",
		"re.sub('(a)', '\\\\2', 'a')":  "re.error: invalid group reference 2",
		"re.sub('a', 'b')":             "TypeError: sub() missing required argument: 'string'",
		"re.search('a', 'a').group(1)": "IndexError: no such group",
		"modules.itertools.cycle([1])": "itertools.cycle is not supported yet",
		"zip([1], 5)":                  "TypeError: 'int' object is not iterable",
	} {
		_, err := evaluate(t, expr)
		if err == nil || !strings.HasSuffix(err.Error(), ": "+want) || !strings.HasPrefix(err.Error(), "t:1:") {
			t.Errorf("%s\ngot  %v\nwant %s", expr, err, want)
		}
	}
}

// TestNow is near the clock's time, in UTC.
func TestNow(t *testing.T) {
	got, err := evaluate(t, "dt.datetime.utcnow()")
	if err != nil {
		t.Fatal(err)
	}
	at, err := time.Parse("2006-01-02 15:04:05", got)
	if since := time.Since(at); err != nil || since < -time.Second || since > time.Minute {
		t.Errorf("now is %s, %v ago, error %v", got, since, err)
	}
	today, err := evaluate(t, "dt.date.today()")
	if err != nil || !strings.HasPrefix(got, today) && time.Now().UTC().Hour() != 0 {
		t.Errorf("today is %s, error %v", today, err)
	}
}
