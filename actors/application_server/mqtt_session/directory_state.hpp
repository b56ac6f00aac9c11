// The logic of the directory: which sessions are stored, how many an application may have, whose
// time is over. Pure; directory.cpp carries decisions out.
#pragma once

#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include "actors/application_server/mqtt_session/config.hpp"
#include "actors/application_server/mqtt_session/effect.hpp"

namespace ff::application_server::mqtt_session {

/// A session as the directory knows it.
struct KnownSession {
  /// Zero: a client is connected, or is about to be.
  UtcTime expires_at;
  std::uint32_t expiry = 0;  // seconds, as its client said when it connected last
  bool running = false;      // has an actor
  std::uint64_t orders = 0;  // attaches and removals told to that actor
};

class DirectoryState {
 public:
  explicit DirectoryState(const SessionsConfig& config) : config_(config) {}

  /// A stored session, at the start. Whoever was connected when the process ended is given the
  /// session's whole time from now.
  void found(const SessionKey& key, const SessionRecord& record, UtcTime now);
  /// A client connects: false if its application has too many sessions. Otherwise the session has,
  /// or is to be given, an actor.
  bool attach(const SessionKey& key, std::uint32_t expiry);
  /// A clean session is wanted instead. True: the session's actor is to be told; false: there is
  /// none, and the session is forgotten.
  bool remove(const SessionKey& key);
  /// The session's actor reports. True: it has seen every order, and is to end.
  bool idle(const SessionKey& key, std::uint64_t orders, UtcTime expires_at);
  bool gone(const SessionKey& key, std::uint64_t orders);
  /// The actor ended by itself. The session's time begins as if its client had left.
  void failed(const SessionKey& key, UtcTime now);
  /// Its time is over, although it was not swept yet.
  bool is_expired(const SessionKey& key, UtcTime now) const;

  /// Sessions whose time is over and that have no actor, among the next few from `from`; they are
  /// forgotten.
  struct Sweep {
    std::vector<SessionKey> expired;
    std::optional<SessionKey> next;  // nothing: the end was reached
  };
  Sweep sweep(const SessionKey& from, UtcTime now);
  /// The same, of one application, all of them.
  std::vector<SessionKey> sweep_application(const ApplicationId& application_id, UtcTime now);

  /// All of one application, those with an actor too.
  std::vector<SessionKey> of_application(const ApplicationId& application_id) const;

  const KnownSession* find(const SessionKey& key) const;
  const std::map<SessionKey, KnownSession>& sessions() const noexcept { return sessions_; }

 private:
  using Sessions = std::map<SessionKey, KnownSession>;
  bool end(const SessionKey& key, std::uint64_t orders, Sessions::iterator& found);
  Sessions::iterator forget(Sessions::iterator session);

  SessionsConfig config_;
  Sessions sessions_;
  std::unordered_map<ApplicationId, std::size_t> counts_;
};

}  // namespace ff::application_server::mqtt_session
