"""Fills in what Jinja2 makes of the snippets of a corpus: python3 expect.py more.json

The environment is the one that conformance_test.go describes. A result that
shows an address in memory is refused, as it is another each time."""
import datetime, json, re, sys
from types import SimpleNamespace
from jinja2.sandbox import SandboxedEnvironment


class Obj:
    attr = "A"

    def m(self, x, caller=None):
        return f"m({x},{caller() if caller else ''})"


def f(*args, **kw):
    named = (f"{k}={v() if callable(v) else v}" for k, v in kw.items())
    return "f(" + ",".join(map(str, args)) + ",".join(named) + ")"


env = SandboxedEnvironment(extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"])
modules = SimpleNamespace(datetime=datetime, re=re)
corpus = json.load(open(sys.argv[1]))
for s in corpus["snippets"]:
    names = dict(f=f, fnone=lambda: None, obj=Obj(), zip=zip, modules=modules, **json.loads(json.dumps(s.get("ctx") or {})))
    try:
        got = dict(ok=True, out=env.from_string(s["src"]).render(names))
    except Exception as e:
        got = dict(ok=False, out=f"{type(e).__name__}: {e}")
    if " at 0x" in got["out"]:
        sys.exit(f"{s['name']}: {got['out']}")
    old = corpus["expected"].get(s["name"])
    if old != got:
        print(s["name"], old, "->", got)
    corpus["expected"][s["name"]] = got
with open(sys.argv[1], "w") as out:
    def rows(items):
        return ",\n".join("  " + text for text in items)

    def text(v):
        return json.dumps(v, ensure_ascii=False)

    out.write('{\n "made_by": %s,\n "snippets": [\n' % text(corpus.get("made_by", "")) + rows(map(text, corpus["snippets"])))
    out.write('\n ],\n "expected": {\n' + rows(text(k) + ": " + text(v) for k, v in corpus["expected"].items()) + "\n }\n}\n")
