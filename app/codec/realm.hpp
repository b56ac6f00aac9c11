// INTERNAL: compiled scripts, each with globals of its own. [spec application-server §10.2]
//
// Every call must find the globals as new: no state goes from one call to the next. New globals
// cost a tenth of a millisecond and more, which is a hundred calls. So a script is first compiled
// for a *lasting* realm: as the body of a function, in strict mode, with the standard library
// frozen. Each call runs the body anew, what it declares is new, and what it would leave behind
// elsewhere (a global without `var`, an altered prototype) throws. A script that throws there is
// run again with *fresh* globals, as the reference runs all of them; if it succeeds so, or uses
// what would behave differently without throwing, it always gets fresh ones.
//
// A lasting realm takes milliseconds to make and a quarter of a megabyte: a script gets one when it
// has been called a few times, and keeps it while it is among the scripts used last.
#pragma once

#include <js/experimental/JSStencil.h>
#include <jsapi.h>

#include <list>
#include <memory>
#include <string>
#include <unordered_map>

#include "protocol/formatter/wire.hpp"

namespace ff::codec {

/// The script's functions; undefined for those that it does not define.
struct Functions {
  explicit Functions(JSContext* cx)
      : decode_uplink(cx),
        normalize_uplink(cx),
        decoder(cx),
        encode_downlink(cx),
        encoder(cx),
        decode_downlink(cx) {}
  JS::RootedValue decode_uplink;
  JS::RootedValue normalize_uplink;
  JS::RootedValue decoder;
  JS::RootedValue encode_downlink;
  JS::RootedValue encoder;
  JS::RootedValue decode_downlink;
};

/// Makes globals, and keeps what is compiled for all of them. Realms share one zone: a zone of its
/// own costs more than everything else of it.
class Globals {
 public:
  explicit Globals(JSContext* cx) : cx_(cx), first_(cx) {}
  /// Null when memory is short.
  JSObject* make();

  RefPtr<JS::Stencil> freezing;
  RefPtr<JS::Stencil> listing;
  /// Users' scripts, since somebody took them.
  std::vector<formatter::Compilation> compilations;

 private:
  JSContext* cx_;
  JS::PersistentRootedObject first_;
};

/// One script.
class Realm {
 public:
  Realm(JSContext* cx, Globals& globals, std::string script);

  /// Whether calls may run in a lasting realm.
  bool may_last() const noexcept { return may_last_; }
  /// From now on with fresh globals.
  void give_up_lasting();
  /// Until it has been called often enough again.
  void drop_lasting();
  /// Counts a call. True: often enough for a lasting realm.
  bool count_call() noexcept { return ++calls_ > calls_before_lasting; }

  /// The global object to enter; of the lasting realm, made by the first call. Null: an exception
  /// is pending in no realm, or the script does not compile so.
  JSObject* lasting_global();
  /// In the realm of lasting_global().
  bool lasting_functions(Functions& out);
  /// In the realm of a new global.
  bool fresh_functions(Functions& out);

 private:
  static constexpr unsigned calls_before_lasting = 4;

  JSContext* cx_;
  Globals& globals_;
  std::string script_;
  bool may_last_;
  unsigned calls_ = 0;
  JS::PersistentRootedObject global_;
  JS::PersistentRootedFunction body_;
  RefPtr<JS::Stencil> stencil_;
};

/// The scripts of a worker; the one unused for longest goes when there are too many: of `max`
/// lasting realms, and of formatter::scripts_per_realm times as many scripts.
class Realms {
 public:
  Realms(JSContext* cx, std::size_t max) : cx_(cx), max_(max), globals_(cx) {}

  /// Null: neither known nor given.
  Realm* find(const formatter::ScriptKey& key, const std::optional<std::string>& script);
  void forget(const formatter::ScriptKey& key);
  /// Whether this call runs in the lasting realm.
  bool use_lasting(Realm& realm);
  void give_up_lasting(Realm& realm);
  Globals& globals() noexcept { return globals_; }

 private:
  struct Hash {
    std::size_t operator()(const formatter::ScriptKey& key) const noexcept;
  };
  using Entries = std::list<std::pair<formatter::ScriptKey, std::unique_ptr<Realm>>>;

  JSContext* cx_;
  std::size_t max_;
  Globals globals_;
  Entries entries_;            // the newest first
  std::list<Realm*> lasting_;  // likewise
  std::unordered_map<formatter::ScriptKey, Entries::iterator, Hash> index_;
};

}  // namespace ff::codec
