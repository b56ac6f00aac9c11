// Dependants: actors that end with one that outlives many of them, as a listener does its clients.
// They do not monitor it: CAF 0.17 keeps what a monitor needs as long as the monitored actor lives,
// and to undo one it walks over all others. Not for parents, which monitor their children.
#pragma once

#include <caf/actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/exit_reason.hpp>
#include <caf/send.hpp>

#include <mutex>
#include <unordered_map>
#include <utility>

namespace ff::actors {

/// Any thread. Shared by the one actor, which calls end() when its state is destroyed, and by the
/// others.
class Dependants {
 public:
  /// Told to exit (user_shutdown) when the one ends; at once if it has.
  template <class Handle>
  void add(const Handle& handle) {
    auto actor = caf::actor_cast<caf::actor>(handle);
    {
      const std::scoped_lock lock(mutex_);
      if (!ended_) {
        const auto id = actor.id();
        actors_.emplace(id, std::move(actor));
        return;
      }
    }
    caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
  }
  /// It has ended before the one. Harmless if it is not there.
  void remove(caf::actor_id id) {
    decltype(actors_)::node_type gone;  // is let go of without the lock
    const std::scoped_lock lock(mutex_);
    gone = actors_.extract(id);
  }
  void end() {
    decltype(actors_) all;
    {
      const std::scoped_lock lock(mutex_);
      ended_ = true;
      all.swap(actors_);
    }
    for (const auto& [id, actor] : all) caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
  }
  std::size_t size() const {
    const std::scoped_lock lock(mutex_);
    return actors_.size();
  }

 private:
  mutable std::mutex mutex_;
  bool ended_ = false;
  std::unordered_map<caf::actor_id, caf::actor> actors_;
};

}  // namespace ff::actors
