#include "app/codec/realm.hpp"

#include <js/Array.h>
#include <js/CompilationAndEvaluation.h>
#include <js/CompileOptions.h>
#include <js/GlobalObject.h>
#include <js/PropertyAndElement.h>
#include <js/Realm.h>
#include <js/RealmOptions.h>
#include <js/SourceText.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <cstring>
#include <string_view>

namespace ff::codec {
namespace {

constexpr JSClass global_class = {"formatter", JSCLASS_GLOBAL_FLAGS, &JS::DefaultGlobalClassOps};

/// What of the script's functions is there, in the order of `Functions`.
constexpr std::string_view functions_of = R"([
  typeof decodeUplink === 'function' ? decodeUplink : undefined,
  typeof normalizeUplink === 'function' ? normalizeUplink : undefined,
  typeof Decoder === 'function' ? Decoder : undefined,
  typeof encodeDownlink === 'function' ? encodeDownlink : undefined,
  typeof Encoder === 'function' ? Encoder : undefined,
  typeof decodeDownlink === 'function' ? decodeDownlink : undefined,
];)";

/// Freezes everything that a script can reach without making it. RegExp remembers the last match in
/// properties that can not be removed: there must be no way to it.
constexpr std::string_view freeze_library = R"(
(() => {
  'use strict';
  const { ownKeys, getOwnPropertyDescriptor, getPrototypeOf } = Reflect;
  const freeze = Object.freeze;
  const seen = new Set();
  const waiting = [];
  const visit = (value) => {
    if (value === null || (typeof value !== 'object' && typeof value !== 'function') || seen.has(value)) return;
    seen.add(value);
    waiting.push(value);
  };
  RegExp.prototype.constructor = undefined;
  visit(RegExp);
  visit(RegExp.prototype);
  delete globalThis.RegExp;
  visit(globalThis);
  for (const hidden of [function* () {}, async function () {}, async function* () {}, (function* () {})(),
                        (async function* () {})(), [][Symbol.iterator](), new Map()[Symbol.iterator](),
                        new Set()[Symbol.iterator](), ''[Symbol.iterator](), ''.matchAll(/x/g)])
    visit(getPrototypeOf(hidden));
  while (waiting.length > 0) {
    const object = waiting.pop();
    visit(getPrototypeOf(object));
    for (const key of ownKeys(object)) {
      const { value, get, set } = getOwnPropertyDescriptor(object, key);
      visit(value);
      visit(get);
      visit(set);
    }
    freeze(object);
  }
})();)";

/// Words with which a script could behave differently in a lasting realm without throwing there, or
/// catch what it throws: `arguments` and `this` are other things in strict mode; promises outlive a
/// call; the others lead to the standard library.
constexpr std::array<std::string_view, 18> telling_words{
    "arguments", "try",     "eval",       "Function", "RegExp",    "constructor",
    "prototype", "Reflect", "Proxy",      "Promise",  "async",     "await",
    "import",    "WeakRef", "globalThis", "caller",   "__proto__", "this"};

bool is_word_character(char c) noexcept {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$';
}

/// Also in comments and texts: then it is fresh globals needlessly. A backslash may hide any word.
bool is_confined(std::string_view script) {
  if (script.find("\\u") != std::string_view::npos) return false;
  for (std::size_t i = 0; i < script.size();) {
    if (!is_word_character(script[i])) {
      ++i;
      continue;
    }
    const auto begin = i;
    while (i < script.size() && is_word_character(script[i])) ++i;
    const auto word = script.substr(begin, i - begin);
    for (const auto telling : telling_words) {
      if (word == telling) return false;
    }
  }
  return true;
}

/// A trusted script, or the user's, in the realm that has been entered.
RefPtr<JS::Stencil> compile(JSContext* cx, std::string_view text) {
  JS::CompileOptions options(cx);
  options.setFileAndLine("formatter", 1);
  JS::SourceText<mozilla::Utf8Unit> source;
  if (!source.init(cx, text.data(), text.size(), JS::SourceOwnership::Borrowed)) return nullptr;
  return JS::CompileGlobalScriptToStencil(cx, options, source);
}

bool execute(JSContext* cx, JS::Stencil* stencil, JS::MutableHandleValue result) {
  const JS::InstantiateOptions options;
  const JS::RootedScript script(cx, JS::InstantiateGlobalStencil(cx, options, stencil));
  return script && JS_ExecuteScript(cx, script, result);
}

/// Notes how long `call` takes, which returns what it has compiled, or null.
template <class Call>
auto measured(Globals& globals, Call call) {
  const auto began = JS_Now();
  auto compiled = call();
  const auto took = std::max<std::int64_t>(JS_Now() - began, 0);
  globals.compilations.push_back({compiled != nullptr, std::chrono::microseconds{took}});
  return compiled;
}

/// The same text in every realm: compiled once.
bool execute_trusted(JSContext* cx, std::string_view text, RefPtr<JS::Stencil>& cache,
                     JS::MutableHandleValue result) {
  if (!cache) cache = compile(cx, text);
  return cache && execute(cx, cache, result);
}

bool read_functions(JSContext* cx, JS::HandleValue list, Functions& out) {
  // A script that returns on its own has none.
  if (!list.isObject()) return true;
  const JS::RootedObject functions(cx, &list.toObject());
  std::uint32_t number = 0;
  for (auto* one : {&out.decode_uplink, &out.normalize_uplink, &out.decoder, &out.encode_downlink,
                    &out.encoder, &out.decode_downlink}) {
    if (!JS_GetElement(cx, functions, number++, one)) return false;
    if (!one->isObject() || !JS::IsCallable(&one->toObject())) one->setUndefined();
  }
  return true;
}

}  // namespace

JSObject* Globals::make() {
  JS::RealmOptions options;
  options.creationOptions().setSharedMemoryAndAtomicsEnabled(false);
  if (first_) {
    options.creationOptions().setNewCompartmentInExistingZone(first_);
  } else {
    options.creationOptions().setNewCompartmentAndZone();
  }
  auto* global = JS_NewGlobalObject(cx_, &global_class, nullptr, JS::FireOnNewGlobalHook, options);
  if (!first_) first_ = global;
  return global;
}

Realm::Realm(JSContext* cx, Globals& globals, std::string script)
    : cx_(cx),
      globals_(globals),
      script_(std::move(script)),
      may_last_(is_confined(script_)),
      global_(cx),
      body_(cx) {}

void Realm::give_up_lasting() {
  may_last_ = false;
  drop_lasting();
}

void Realm::drop_lasting() {
  calls_ = 0;
  global_ = nullptr;
  body_ = nullptr;
}

JSObject* Realm::lasting_global() {
  if (global_) return global_;
  const JS::RootedObject global(cx_, globals_.make());
  if (!global) return nullptr;
  const JSAutoRealm inside(cx_, global);
  JS::RootedValue ignored(cx_);
  if (!JS::InitRealmStandardClasses(cx_) ||
      !execute_trusted(cx_, freeze_library, globals_.freezing, &ignored))
    return nullptr;
  JS::CompileOptions options(cx_);
  // The function's own head is two lines.
  options.setFileAndLine("formatter", 1).setForceStrictMode();
  const auto text = script_ + "\n;return " + std::string(functions_of);
  JS::SourceText<mozilla::Utf8Unit> source;
  if (!source.init(cx_, text.data(), text.size(), JS::SourceOwnership::Borrowed)) return nullptr;
  const JS::RootedObjectVector scopes(cx_);
  body_ = measured(globals_, [&] {
    return JS::CompileFunction(cx_, scopes, options, "formatter", 0, nullptr, source);
  });
  if (!body_) return nullptr;
  global_ = global;
  return global_;
}

bool Realm::lasting_functions(Functions& out) {
  JS::RootedValue list(cx_);
  const JS::RootedFunction body(cx_, body_);
  const JS::RootedObject nobody(cx_);
  return JS_CallFunction(cx_, nobody, body, JS::HandleValueArray::empty(), &list) &&
         read_functions(cx_, list, out);
}

bool Realm::fresh_functions(Functions& out) {
  if (!stencil_) stencil_ = measured(globals_, [&] { return compile(cx_, script_); });
  JS::RootedValue ignored(cx_);
  JS::RootedValue list(cx_);
  return stencil_ && execute(cx_, stencil_, &ignored) &&
         execute_trusted(cx_, functions_of, globals_.listing, &list) &&
         read_functions(cx_, list, out);
}

std::size_t Realms::Hash::operator()(const formatter::ScriptKey& key) const noexcept {
  // It is a digest already.
  std::size_t hash = 0;
  std::memcpy(&hash, key.data(), sizeof hash);
  return hash;
}

Realm* Realms::find(const formatter::ScriptKey& key, const std::optional<std::string>& script) {
  const auto found = index_.find(key);
  if (found != index_.end()) {
    entries_.splice(entries_.begin(), entries_, found->second);
    return found->second->second.get();
  }
  if (!script) return nullptr;
  while (entries_.size() >= max_ * formatter::scripts_per_realm) forget(entries_.back().first);
  entries_.emplace_front(key, std::make_unique<Realm>(cx_, globals_, *script));
  index_.emplace(key, entries_.begin());
  return entries_.front().second.get();
}

void Realms::forget(const formatter::ScriptKey& key) {
  const auto found = index_.find(key);
  if (found == index_.end()) return;
  const auto entry = found->second;
  lasting_.remove(entry->second.get());
  index_.erase(found);
  entries_.erase(entry);
}

bool Realms::use_lasting(Realm& realm) {
  if (!realm.may_last() || !realm.count_call()) return false;
  lasting_.remove(&realm);
  lasting_.push_front(&realm);
  while (lasting_.size() > max_) {
    lasting_.back()->drop_lasting();
    lasting_.pop_back();
  }
  return true;
}

void Realms::give_up_lasting(Realm& realm) {
  realm.give_up_lasting();
  lasting_.remove(&realm);
}

}  // namespace ff::codec
