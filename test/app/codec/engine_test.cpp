// Scripts in the engine itself: what they get and return, what of a call remains, what stops them.
// [spec application-server §10.2]
#include "app/codec/engine.hpp"

#include <gtest/gtest.h>

#include <boost/json/value.hpp>

#include "protocol/crypto/digest.hpp"

namespace ff::codec {
namespace {

using formatter::Answer;
using formatter::Call;
using formatter::Ending;
using formatter::Function;

/// One engine for all: a process has one.
Engine& engine() {
  static const auto one = Engine::start({.cpu = std::chrono::milliseconds{100}, .realms = 16});
  return *one;
}

Answer run(std::string script, Bytes input = {5, 6}, Function function = Function::decode_uplink) {
  Call call{.id = 1, .function = function, .f_port = 3, .input = std::move(input)};
  call.received_at = UtcTime{std::chrono::milliseconds{1'739'262'667'412}};
  call.key = crypto::sha256(as_bytes(script));
  call.script = std::move(script);
  return engine().run(call);
}
/// So often that it is in its lasting realm.
Answer run_often(const std::string& script, const Bytes& input = {5, 6}) {
  for (int i = 0; i < 8; ++i) run(script, input);
  return run(script, input);
}
Answer encode(std::string script, std::string_view json) {
  return run(std::move(script), to_owned(as_bytes(json)), Function::encode_downlink);
}
/// The same script with what gives it fresh globals, and as it is.
std::vector<std::string> both_ways(const std::string& script) {
  return {script, script + "\n// arguments"};
}

TEST(Scripts, GetTheirInputAndReturnData) {
  for (const auto& script : both_ways("function decodeUplink(input) { return {data: {b: "
                                      "input.bytes, p: input.fPort, t: input.recvTime}}; }")) {
    const auto answer = run_often(script);
    EXPECT_EQ(answer.ending, Ending::done) << answer.text;
    EXPECT_EQ(answer.text, R"({"data":{"b":[5,6],"p":3,"t":"2025-02-11T08:31:07.412Z"}})");
  }
}

TEST(Scripts, AreCompiledOnceForEachOfTheirRealms) {
  const auto how = [](const Answer& answer) {
    std::string out;
    for (const auto& one : answer.compilations) {
      EXPECT_GE(one.took.count(), 0);
      EXPECT_LT(one.took, std::chrono::seconds{1});
      out += one.ok ? "ok " : "failed ";
    }
    return out;
  };
  const std::string script = "function decodeUplink() { return { data: { compiled: 'once' } }; }";
  std::string all;
  for (int i = 0; i < 8; ++i) all += how(run(script));
  EXPECT_EQ(all, "ok ok ") << "for fresh globals, and for the lasting realm";
  EXPECT_EQ(how(run("function (")), "failed ");
}

TEST(Scripts, OfEveryKindRun) {
  const struct {
    const char* name;
    const char* script;
    const char* result;
  } rows[] = {
      {"legacy", "function Decoder(bytes, port) { return {a: bytes[0], p: port}; }",
       R"({"data":{"a":5,"p":3}})"},
      {"the new name wins",
       "function Decoder() { return {old: 1}; } function decodeUplink() { return {data: {n: 1}}; }",
       R"({"data":{"n":1}})"},
      {"a constant", "const decodeUplink = (i) => ({data: {x: i.bytes.slice(1)}});",
       R"({"data":{"x":[6]}})"},
      {"ES2020",
       "const f = ({bytes, ...r}) => ({x: bytes?.[0] ?? 0, m: [...new Map([[1, 2]])]});"
       "function decodeUplink(i) { return {data: f(i)}; }",
       R"({"data":{"x":5,"m":[[1,2]]}})"},
      {"a variable without var", "function decodeUplink(i) { d = {}; d.a = 1; return {data: d}; }",
       R"({"data":{"a":1}})"},
      {"a prototype of its own",
       "Array.prototype.last = function () { return this[this.length - 1]; };"
       "function decodeUplink(i) { return {data: {l: i.bytes.last()}}; }",
       R"({"data":{"l":6}})"},
      {"members named as the library's",
       "function decodeUplink() { var o = {}; o.toString = 1; o.valueOf = 2; return {data: o}; }",
       R"({"data":{"toString":1,"valueOf":2}})"},
      {"octal numbers", "function decodeUplink() { return {data: {x: 010}}; }",
       R"({"data":{"x":8}})"},
      {"functions in blocks",
       "function decodeUplink() { if (true) { function h() { return 1; } } return {data: {x: "
       "h()}}; }",
       R"({"data":{"x":1}})"},
      {"a function that asks for its object",
       "function decodeUplink() { return {data: {x: this ? 1 : 2}}; }", R"({"data":{"x":1}})"},
      {"odd values",
       "function decodeUplink() { return {data: {u: undefined, f: function () {}, n: null, l: "
       "[undefined],"
       " d: new Date(0), i: new Date(NaN), a: new Uint8Array([1, 2]), z: -0, s: '\\ud800', e: "
       "1e21}}; }",
       "{\"data\":{\"n\":null,\"l\":[null],\"d\":\"1970-01-01T00:00:00Z\",\"i\":null,\"a\":[1,2],"
       "\"z\":0,"
       "\"s\":\"\xEF\xBF\xBD\",\"e\":1e+21}}"},
      {"a promise that waits",
       "function decodeUplink() { Promise.resolve().then(() => 1); return {data: {ok: 1}}; }",
       R"({"data":{"ok":1}})"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(run(row.script).text, row.result) << row.name << ", with fresh globals";
    const auto answer = run_often(row.script);
    EXPECT_EQ(answer.ending, Ending::done) << row.name << ": " << answer.text;
    EXPECT_EQ(answer.text, row.result) << row.name;
  }
}

TEST(Scripts, NormalizersRunOnTheSameDataIfTheDecoderHasSucceeded) {
  for (const auto& script : both_ways(
           "function decodeUplink(i) { return {data: {t: 1}, errors: i.bytes[0] ? [] : ['e']}; }"
           "function normalizeUplink(i) { i.data.more = 2; return {data: {air: {temperature: "
           "i.data.t}}}; }")) {
    const auto answer = run_often(script, {1});
    EXPECT_EQ(answer.text, R"({"data":{"t":1,"more":2},"errors":[]})");
    EXPECT_EQ(answer.normalized, R"({"data":{"air":{"temperature":1}}})");
    EXPECT_FALSE(run(script, {0}).normalized);
  }
  EXPECT_EQ(
      run("function decodeUplink() { return {data: {}}; } function normalizeUplink() { throw 1; }")
          .ending,
      Ending::threw);
}

TEST(Scripts, EncodeAndDecodeDownlinks) {
  EXPECT_EQ(
      encode(
          "function encodeDownlink(i) { return {bytes: [i.data.led ? 1 : 0, i.fPort], fPort: 9}; }",
          R"({"led":true})")
          .text,
      R"({"bytes":[1,3],"fPort":9})");
  EXPECT_EQ(encode("function Encoder(data, port) { return [data.x, port]; }", R"({"x":7})").text,
            R"({"bytes":[7,3]})");
  EXPECT_EQ(
      encode("function encodeDownlink(i) { return {bytes: new Uint8Array([1])}; }", "{}").text,
      R"({"bytes":[1]})");
  EXPECT_EQ(run("function decodeDownlink(i) { return {data: {b: i.bytes[0]}}; }", {4},
                Function::decode_downlink)
                .text,
            R"({"data":{"b":4}})");
  const auto none = run("function decodeUplink() {}", {4}, Function::decode_downlink);
  EXPECT_EQ(none.ending, Ending::threw);
  EXPECT_NE(none.text.find("decodeDownlink is not defined"), std::string::npos) << none.text;
}

TEST(Scripts, FindNoTraceOfAnEarlierCall) {
  const char* scripts[] = {
      "var n = 0; function decodeUplink() { n++; return {data: {n: n}}; }",
      "const seen = []; function decodeUplink() { seen.push(1); return {data: {n: seen.length}}; }",
      "function decodeUplink() { m = typeof m === 'undefined' ? 1 : m + 1; return {data: {n: m}}; "
      "}",
      "function decodeUplink() { Math.x = (Math.x || 0) + 1; return {data: {n: Math.x}}; }",
      "function decodeUplink() { decodeUplink.x = (decodeUplink.x || 0) + 1; return {data: {n: "
      "decodeUplink.x}}; }",
      "function decodeUplink() { const h = globalThis.h || 0; globalThis.h = h + 1; return {data: "
      "{n: h + 1}}; }",
      "function decodeUplink() { var h = RegExp.$1; /(secret)/.test('secret'); return {data: {n: h "
      "=== '' ? 1 : 2}}; }",
      "function decodeUplink() { try { Array.prototype.z = (Array.prototype.z || 0) + 1; } catch "
      "(e) {} return {data: {n: [].z}}; }",
      "const r = /a/g; function decodeUplink() { r.test('aa'); return {data: {n: r.lastIndex}}; }",
      "function f() { return f; } function decodeUplink() { f()['p' + ''] = (f()['p'] || 0) + 1; "
      "return {data: {n: f.p}}; }",
  };
  for (const char* script : scripts) {
    for (int call = 0; call < 10; ++call)
      EXPECT_EQ(run(script).text, R"({"data":{"n":1}})") << script << " in call " << call;
  }
}

/// What script A tries to leave behind, and how script B would see it.
struct Trace {
  const char* name;
  const char* leaves;
  const char* looks;  ///< An expression; a fresh process makes it `clean`.
  const char* clean;
};

constexpr Trace traces[] = {
    {"a function of Math", "Math.abs = function () { return 666; };", "Math.abs(-1)", "1"},
    {"a member of Math", "Math.leak = 666;", "typeof Math.leak", R"("undefined")"},
    {"JSON", "JSON.stringify = function () { return 666; };", "JSON.stringify(1)", R"("1")"},
    {"the prototype of arrays", "Array.prototype.map = function () { return 666; };",
     "[1].map(String)", R"(["1"])"},
    {"a member of all objects", "Object.prototype.leak = 666;", "typeof ({}).leak",
     R"("undefined")"},
    {"a setter of all objects",
     "Object.defineProperty(Object.prototype, 'data', {set: function () {}, configurable: true});",
     "Object.keys({data: 1}).length", "1"},
    {"the iterator of arrays", "Array.prototype[Symbol.iterator] = function* () { yield 666; };",
     "[...[1]]", "[1]"},
    {"the prototype of functions", "Function.prototype.call = function () { return 666; };",
     "(function () { return 1; }).call(null)", "1"},
    {"the prototype of bytes", "Uint8Array.prototype.fill = function () { return 666; };",
     "new Uint8Array(1).fill(1)[0]", "1"},
    {"the prototype of generators",
     "Object.getPrototypeOf(function* () {}).prototype.next = function () { return 666; };",
     "(function* () { yield 1; })().next().value", "1"},
    {"a member of a registered symbol", "Symbol.for('leak').constructor.leak = 666;",
     "typeof Symbol.leak", R"("undefined")"},
    {"a value under a registered symbol", "Object.prototype[Symbol.for('leak')] = 666;",
     "typeof ({})[Symbol.for('leak')]", R"("undefined")"},
    {"a global under a registered symbol", "globalThis[Symbol.for('leak')] = 666;",
     "typeof globalThis[Symbol.for('leak')]", R"("undefined")"},
    {"the last match of RegExp", "/(le)(ak)/.exec('leak');", "RegExp.$1", R"("")"},
    {"the input of RegExp", "RegExp.input = 'leak';", "RegExp.input", R"("")"},
    {"a member of globalThis", "globalThis.leak = 666;", "typeof leak", R"("undefined")"},
    {"a global without var", "leak = 666;", "typeof leak", R"("undefined")"},
    {"a function at the top", "function leak() { return 666; }", "typeof leak", R"("undefined")"},
    {"a global that is replaced", "parseInt = function () { return 666; };", "parseInt('1')", "1"},
    {"undefined", "try { undefined = 666; } catch (e) {}", "typeof undefined", R"("undefined")"},
    {"how errors are told", "Error.prototype.toString = function () { return 666; };",
     "String(new Error('x'))", R"("Error: x")"},
    {"the prototype of globalThis", "Object.setPrototypeOf(globalThis, {leak: 666});",
     "typeof leak", R"("undefined")"},
    {"the prototype of numbers", "Number.prototype.toString = function () { return '666'; };",
     "(1).toString()", R"("1")"},
    {"the then of promises", "Promise.prototype.then = function () { return 666; };",
     "typeof Promise.resolve(1).then(function () {})", R"("object")"},
};

/// A in its lasting realm and with fresh globals, then B in each of them: four ways, in one worker.
TEST(Scripts, FindNoTraceOfAnotherScript) {
  int number = 0;
  for (const auto& trace : traces) {
    SCOPED_TRACE(trace.name);
    // At the top of the script, and in the call.
    const std::string top =
        std::string(trace.leaves) + " function decodeUplink() { return {data: {}}; }";
    const std::string inside =
        "function decodeUplink() { " + std::string(trace.leaves) + " return {data: {}}; }";
    const std::string looks =
        "function decodeUplink() { return {data: {x: " + std::string(trace.looks) + "}}; } // " +
        std::to_string(++number);
    const auto expected = R"({"data":{"x":)" + std::string(trace.clean) + "}}";
    for (const auto& leaving : {top, inside}) {
      for (const auto& a : both_ways(leaving)) {
        run_often(a);
        for (const auto& b : both_ways(looks)) {
          EXPECT_EQ(run(b).text, expected) << a;
          run(a);
          EXPECT_EQ(run_often(b).text, expected) << a;
          run(a);
          EXPECT_EQ(run(b).text, expected) << a;
        }
      }
    }
  }
}

TEST(Scripts, ReachNothingOutside) {
  const auto answer =
      run("function decodeUplink() { const out = {}; for (const n of ['require', 'process', "
          "'console', 'print', 'load',"
          " 'read', 'fetch', 'setTimeout', 'WebAssembly', 'SharedArrayBuffer', 'Atomics', "
          "'XMLHttpRequest', 'os', 'std',"
          " 'Debugger', 'gc', 'module', 'exports']) { out[n] = typeof globalThis[n]; } return "
          "{data: out}; }");
  EXPECT_EQ(answer.ending, Ending::done);
  for (const char* there : {"\"function\"", "\"object\""})
    EXPECT_EQ(answer.text.find(there), std::string::npos) << answer.text;
  for (const char* script :
       {"function decodeUplink() { return {data: {x: eval('1')}}; }",
        "function decodeUplink() { return {data: {x: (function () {}).constructor('return 1')()}}; "
        "}",
        "function decodeUplink() { return {data: {x: new Function('return 1')()}}; }",
        "function decodeUplink() { return {data: {x: (async () => {}).constructor('return 1')}}; "
        "}"}) {
    EXPECT_EQ(run(script).ending, Ending::threw) << script;
  }
}

TEST(Scripts, ThatAreWrongSayWhere) {
  const struct {
    const char* script;
    const char* text;
  } rows[] = {
      {"function decodeUplink() {\n  throw new Error('no sensor');\n}", "Error: no sensor at 2:"},
      {"function decodeUplink() { return x.y; }", "ReferenceError: x is not defined at 1:"},
      {"function decodeUplink() {\n\n  return {", "SyntaxError"},
      {"var x = 1;", "decodeUplink is not defined"},
      {"} ; function x() {", "SyntaxError"},
      {"return 5;", "SyntaxError"},
      {"throw 'early';", "early"},
  };
  for (const auto& row : rows) {
    const auto answer = run_often(row.script);
    EXPECT_EQ(answer.ending, Ending::threw) << row.script;
    EXPECT_NE(answer.text.find(row.text), std::string::npos) << answer.text;
  }
}

TEST(Scripts, ResultsThatJsonCanNotHoldAreRefused) {
  const struct {
    const char* script;
    Ending ending;
  } rows[] = {
      {"function decodeUplink() { return null; }", Ending::no_output},
      {"function decodeUplink() { }", Ending::no_output},
      {"function Decoder() { return null; }", Ending::no_output},
      {"function decodeUplink() { return {data: {x: 10n}}; }", Ending::bad_output},
      {"function decodeUplink() { var o = {}; o.o = o; return {data: o}; }", Ending::bad_output},
      {"function decodeUplink() { var o = 1; for (var k = 0; k < 99; k++) o = [o]; return {data: "
       "{o: o}}; }",
       Ending::bad_output},
      {"function decodeUplink() { return {data: {x: 'a'.repeat(1 << 20)}}; }", Ending::bad_output},
      {"function decodeUplink() { var a = []; a[4294967294] = 1; return {data: {a: a}}; }",
       Ending::bad_output},
  };
  for (const auto& row : rows) EXPECT_EQ(run(row.script).ending, row.ending) << row.script;
  const auto nan = run("function decodeUplink() { return {data: {a: {b: [0, NaN]}, c: 1 / 0}}; }");
  EXPECT_EQ(nan.ending, Ending::not_encodable);
  EXPECT_EQ(nan.paths, (std::vector<std::string>{"data.a.b[1]", "data.c"}));
}

TEST(Scripts, EndlessOnesAreStoppedWhateverTheyCatch) {
  for (const char* script :
       {"function decodeUplink() { while (true) {} }", "while (true) {}",
        "function decodeUplink() { for (;;) { try { while (true) {} } catch (e) {} finally { "
        "continue; } } }",
        "function decodeUplink() { return {get data() { while (true) {} }}; }",
        "function decodeUplink() { return new Proxy({}, {ownKeys() { while (true) {} }}); }",
        "function decodeUplink() { return {data: {}}; } function normalizeUplink() { while (true) "
        "{} }"}) {
    EXPECT_EQ(run(script).ending, Ending::timed_out) << script;
  }
  EXPECT_NE(
      run("function decodeUplink() { return {data: {m: /^(a+)+$/.test('a'.repeat(40) + '!')}}; }")
          .ending,
      Ending::done)
      << "its own stack may end it first";
  EXPECT_EQ(run("function decodeUplink() { return {data: {ok: 1}}; }").ending, Ending::done)
      << "the next call is not affected";
}

TEST(Scripts, ThatRecurseForEverThrow) {
  for (const auto& script :
       both_ways("function f() { return f() + 1; } function decodeUplink() { return f(); }")) {
    const auto answer = run_often(script);
    EXPECT_EQ(answer.ending, Ending::threw);
    EXPECT_NE(answer.text.find("too much recursion"), std::string::npos) << answer.text;
  }
}

TEST(Scripts, AreForgottenOneByOneAndAskedForAgain) {
  Call call{.id = 1, .input = {1}};
  call.key.fill(77);
  EXPECT_EQ(engine().run(call).ending, Ending::script_missing);
  call.script = "function decodeUplink() { return {data: {}}; }";
  EXPECT_EQ(engine().run(call).ending, Ending::done);
  call.script.reset();
  EXPECT_EQ(engine().run(call).ending, Ending::done);
  for (int i = 0; i < 130; ++i)
    run("function decodeUplink() { return {data: {}}; }//" + std::to_string(i));
  EXPECT_EQ(engine().run(call).ending, Ending::script_missing);
}

}  // namespace
}  // namespace ff::codec
