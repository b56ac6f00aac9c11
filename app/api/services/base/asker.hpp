// Asker: how a handler of the API asks an actor. The answer comes once, on any thread: the actor's,
// or an error when nobody is there or the time is up. Nothing blocks.
#pragma once

#include <caf/send.hpp>

#include <mutex>

#include "actors/support/reply.hpp"
#include "app/api/services/base/deadline_keeper.hpp"
#include "protocol/base/result.hpp"

namespace ff::api {

inline constexpr ErrorDef context_deadline_exceeded{"pkg/errors", "context_deadline_exceeded",
                                                    Code::deadline_exceeded,
                                                    "context deadline exceeded"};
/// The component does not run here, or is starting again.
inline constexpr ErrorDef peer_unavailable{"pkg/cluster", "peer_unavailable", Code::unavailable,
                                           "peer with role `{cluster_role}` unavailable"};

/// Copies are the same. Thread safe.
class Asker {
 public:
  Asker(actors::Route<DeadlineKeeper> keeper, Duration within)
      : keeper_(std::move(keeper)), within_(within) {}

  /// A reply that passes the first answer on to `then`: context_deadline_exceeded if there is none
  /// in time, peer_unavailable when it is dropped without one.
  template <class T>
  actors::Reply<T> within_deadline(std::string_view role, actors::Reply<T> then) const {
    auto pending = std::make_shared<Pending<T>>(role, std::move(then));
    if (auto keeper = keeper_.get()) {
      std::shared_ptr<const std::function<void()>> expired(pending, &pending->expired);
      caf::anon_send(keeper, StartDeadline{within_, expired});
    }
    return [pending](Result<T> result) { pending->answer(std::move(result)); };
  }

  /// Sends `make(reply)` to `to`. `role` (a literal): who it is, for peer_unavailable.
  template <class T, class Handle, class Make>
  void ask(const Handle& to, std::string_view role, Make make, actors::Reply<T> then) const {
    if (!to) return then(fail(peer_unavailable, {{"cluster_role", role}}));
    caf::anon_send(to, make(within_deadline<T>(role, std::move(then))));
  }

 private:
  template <class T>
  struct Pending {
    Pending(std::string_view who, actors::Reply<T> answered)
        : role(who), then(std::move(answered)) {}
    Pending(const Pending&) = delete;
    Pending& operator=(const Pending&) = delete;
    ~Pending() { answer(fail(peer_unavailable, {{"cluster_role", role}})); }

    void answer(Result<T> result) {
      actors::Reply<T> call;
      {
        std::scoped_lock lock(mutex);
        call = std::exchange(then, nullptr);
      }
      if (call) call(std::move(result));
    }

    const std::string_view role;
    std::mutex mutex;
    actors::Reply<T> then;
    std::function<void()> expired = [this] { answer(fail(context_deadline_exceeded)); };
  };

  actors::Route<DeadlineKeeper> keeper_;
  Duration within_;
};

}  // namespace ff::api
