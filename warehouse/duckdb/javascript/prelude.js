// What the language is not on Snowflake goes, and dates are in the session's time
// zone: the engine has the process's alone.
(function (offset, toUTC, tooDeep) {
  const noCode = () => { throw new EvalError("Code generation from strings disallowed for this context"); };
  const NoFunction = function Function() { noCode(); };
  NoFunction.prototype = Function.prototype;
  Function.prototype.constructor = NoFunction;
  globalThis.Function = NoFunction;
  globalThis.eval = function (code) { noCode(); };
  const parseJSON = JSON.parse;
  JSON.parse = function parse(text, reviver) {
    text = String(text);
    if (tooDeep(text)) {
      throw new RangeError("Maximum call stack size exceeded");
    }
    return parseJSON(text, reviver);
  };

  const Real = Date, proto = Real.prototype, own = {};
  for (const part of ["FullYear", "Month", "Date", "Hours", "Minutes", "Seconds", "Milliseconds"]) {
    own[part] = proto["get" + part];
  }
  const local = (d) => new Real(d.getTime() + offset(d.getTime()));
  for (const part of ["FullYear", "Month", "Date", "Day", "Hours", "Minutes", "Seconds", "Milliseconds"]) {
    const get = proto["getUTC" + part], set = proto["setUTC" + part];
    define("get" + part, function () { return get.call(local(this)); });
    if (set) {
      define("set" + part, function (...values) {
        const moved = local(this);
        set.apply(moved, values);
        return this.setTime(toUTC(moved.getTime()));
      });
    }
  }
  define("getYear", function () { return this.getFullYear() - 1900; });
  define("getTimezoneOffset", function () { return -offset(this.getTime()) / 60000; });
  const two = (n) => String(Math.abs(n)).padStart(2, "0");
  const day = (d) => ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][d.getDay()];
  const month = (d) => ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"][d.getMonth()];
  const year = (d) => (d.getFullYear() < 0 ? "-" : "") + String(Math.abs(d.getFullYear())).padStart(4, "0");
  const invalid = (d) => isNaN(d.getTime());
  const date = (d) => day(d) + " " + month(d) + " " + two(d.getDate()) + " " + year(d);
  const time = (d) => two(d.getHours()) + ":" + two(d.getMinutes()) + ":" + two(d.getSeconds());
  function zone(d) {
    const m = -d.getTimezoneOffset();
    return "GMT" + (m < 0 ? "-" : "+") + two(Math.trunc(m / 60)) + two(m % 60);
  }
  const written = (how) => function () { return invalid(this) ? "Invalid Date" : how(this); };
  define("toDateString", written(date));
  define("toTimeString", written((d) => time(d) + " " + zone(d)));
  define("toString", written((d) => date(d) + " " + time(d) + " " + zone(d)));
  define("toLocaleDateString", written((d) => (d.getMonth() + 1) + "/" + d.getDate() + "/" + year(d)));
  define("toLocaleTimeString", written(clock));
  define("toLocaleString", written((d) => (d.getMonth() + 1) + "/" + d.getDate() + "/" + year(d) + ", " + clock(d)));
  function clock(d) {
    const h = d.getHours();
    return (h % 12 || 12) + ":" + two(d.getMinutes()) + ":" + two(d.getSeconds()) + (h < 12 ? " AM" : " PM");
  }
  function parse(text) {
    text = String(text);
    const t = Real.parse(text);
    if (isNaN(t) || /^\s*[+-]?\d{4,6}(-\d\d){0,2}\s*$/.test(text) || /(Z|GMT|UTC|UT|[+-]\d\d:?\d\d|[A-Z]{2}T)(\s*\([^)]*\))?\s*$/.test(text)) {
      return t;
    }
    const d = new Real(t);
    return toUTC(Real.UTC(own.FullYear.call(d), own.Month.call(d), own.Date.call(d), own.Hours.call(d), own.Minutes.call(d), own.Seconds.call(d), own.Milliseconds.call(d)));
  }
  function Zoned(...args) {
    if (!new.target) {
      return new Zoned().toString();
    }
    let of = args;
    if (args.length > 1) {
      of = [toUTC(Real.UTC(...args))];
    } else if (args.length === 1 && !(args[0] instanceof Real)) {
      const value = typeof args[0] === "object" && args[0] !== null ? args[0].valueOf() : args[0];
      of = [typeof value === "string" ? parse(value) : value];
    }
    return Reflect.construct(Real, of, new.target);
  }
  function define(name, value) {
    Object.defineProperty(proto, name, { value, writable: true, configurable: true });
  }
  Object.defineProperty(Zoned, "name", { value: "Date" });
  Object.defineProperty(Zoned, "length", { value: 7 });
  Zoned.prototype = proto;
  Zoned.UTC = Real.UTC;
  Zoned.now = Real.now;
  Zoned.parse = parse;
  define("constructor", Zoned);
  Object.defineProperty(globalThis, "Date", { value: Zoned, writable: true, configurable: true });
})
