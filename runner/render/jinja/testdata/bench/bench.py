"""Times Jinja2, as dbt sets it up, on the templates beside this file.

Prints JSON: for each name the text of one render, and the seconds for one
render and for one parse (compilation included, as Jinja2 must do it too)."""
import json, pathlib, time
from jinja2.sandbox import SandboxedEnvironment

here = pathlib.Path(__file__).parent
env = SandboxedEnvironment(extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"])
macros = env.from_string((here / "macros.sql").read_text()).module


def context():
    return dict(
        config=lambda **kw: "", ref=lambda name: "db.schema." + name, source=lambda s, t: "db." + s + "." + t,
        is_incremental=lambda: True, this="db.schema.model", surrogate_key=macros.surrogate_key,
        var=lambda name, default=None: default or 2020, target={"name": "dev"})


def best(f):
    """The least of several averages, to leave out what else the machine does."""
    least = 1e9
    for _ in range(7):
        n, begin = 0, time.perf_counter()
        while time.perf_counter() - begin < 0.05:
            f()
            n += 1
        least = min(least, (time.perf_counter() - begin) / n)
    return least


out = {}
for name in ["model", "loop"]:
    text = (here / (name + ".sql")).read_text()
    template, names = env.from_string(text), context()
    out[name] = dict(
        text=template.render(names), render=best(lambda: template.render(names)), parse=best(lambda: env.from_string(text)))
print(json.dumps(out))
