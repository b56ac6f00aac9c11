// INTERNAL: what the registries of webhooks, pub/subs and packages have in common: changes one at a
// time, each with a beginning in the outbox if it needs one and then its records; actors that are
// watched; rows that are read at the start. Not what a change is and not when an actor runs: each
// registry knows.
#pragma once

#include <caf/actor_addr.hpp>
#include <caf/send.hpp>
#include <caf/system_messages.hpp>
#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>

#include "actors/application_server/integration/notice.hpp"
#include "actors/application_server/integration/registry_messages.hpp"
#include "actors/application_server/outbox/interface.hpp"
#include "actors/support/deps.hpp"
#include "actors/support/metrics.hpp"
#include "actors/support/route.hpp"

namespace ff::application_server::integration {

/// The outbox reader answers in milliseconds, or has ended.
inline constexpr std::chrono::seconds beginning_timeout{5};
/// Rows that are read at once; fewer are the end.
inline constexpr std::size_t list_step = 1024;

/// The requests that wait and the change that is under way. `Job` is what a registry knows of a
/// change; late answers are told apart by its number.
template <class Request, class Job>
class ChangeQueue {
 public:
  void add(Request request) { waiting_.push_back(std::move(request)); }
  void add_first(Request request) { waiting_.push_front(std::move(request)); }
  const std::deque<Request>& waiting() const noexcept { return waiting_; }

  /// Null: no change is under way.
  Job* job() noexcept { return job_ ? &*job_ : nullptr; }
  const Job* job() const noexcept { return job_ ? &*job_ : nullptr; }
  /// Null: another one is, or none.
  Job* job(std::uint64_t number) noexcept { return number == number_ ? job() : nullptr; }
  std::uint64_t number() const noexcept { return number_; }
  /// The change is over.
  Job take() { return *std::exchange(job_, std::nullopt); }

  /// Unless one is under way: the first request that makes a change. `plan` gives its job; or
  /// nothing, and has answered. True: one has begun.
  template <class Plan>
  bool next(Plan plan) {
    while (!job_ && !waiting_.empty()) {
      const auto request = std::move(waiting_.front());
      waiting_.pop_front();
      job_ = plan(request);
      if (!job_) continue;
      ++number_;
      return true;
    }
    return false;
  }

 private:
  std::deque<Request> waiting_;
  std::optional<Job> job_;
  std::uint64_t number_ = 0;
};

/// Which actor is whose. Their ends are heard.
template <class Key>
class Watched {
 public:
  template <class Pointer, class Actor>
  void add(Pointer self, const Actor& actor, const Key& key, const actors::ActorProbe& probe) {
    self->monitor(actor);
    keys_.insert_or_assign(actor.address(), key);
    probe.spawned.Increment();
    probe.running.Increment();
  }
  /// Nothing: it is none of these.
  std::optional<Key> ended(const caf::down_msg& down, const actors::ActorProbe& probe) {
    const auto found = keys_.find(down.source);
    if (found == keys_.end()) return std::nullopt;
    auto key = std::move(found->second);
    keys_.erase(found);
    probe.running.Decrement();
    return key;
  }

 private:
  std::unordered_map<caf::actor_addr, Key> keys_;
};

/// Where the outbox ends; answered with BeginningFound.
template <class Registry>
void find_beginning(const Registry& registry, const actors::Route<OutboxHandle>& outbox,
                    const ApplicationId& application_id, std::uint64_t change) {
  FindNewest ask{application_id, {}};
  ask.reply = [registry, change](auto newest) {
    caf::anon_send(registry, BeginningFound{change, std::move(newest)});
  };
  caf::anon_send(outbox.get(), std::move(ask));
}

/// Answered with ChangeWritten.
template <class Registry>
void write_change(const Registry& registry, const actors::Deps& deps, storage::WriteBatch records,
                  std::uint64_t change) {
  auto tell = [registry, change](Status status) {
    caf::anon_send(registry, ChangeWritten{change, std::move(status)});
  };
  caf::anon_send(deps.committer.get(),
                 actors::Commit{std::move(records), std::make_shared<Notice>(std::move(tell))});
}

/// The rows of `range` behind `last`; from its beginning if that is empty. Answered with RowsFound.
template <class Registry>
void list_rows(const Registry& registry, const actors::Route<OutboxHandle>& outbox,
               storage::KeyRange range, const Bytes& last, std::uint8_t list = 0) {
  if (!last.empty()) {
    range.first = last;
    range.first.push_back(0);
  }
  ScanRows ask{storage::Family::entity, std::move(range), list_step, {}};
  ask.reply = [registry, list](Result<ScanRows::Rows> rows) {
    caf::anon_send(registry, RowsFound{list, std::move(rows)});
  };
  caf::anon_send(outbox.get(), std::move(ask));
}

/// The first rows of `range`, behind everything that an earlier incarnation wrote.
template <class Registry>
void begin_listing(const Registry& registry, const actors::Deps& deps,
                   const actors::Route<OutboxHandle>& outbox, storage::KeyRange range) {
  auto durable = [registry, outbox, range = std::move(range)](const Status& status) {
    if (status) return list_rows(registry, outbox, range, {});
    caf::anon_send(registry, RowsFound{0, fail(status.error())});
  };
  caf::anon_send(deps.committer.get(),
                 actors::Commit{{}, std::make_shared<Notice>(std::move(durable))});
}

/// How many of a map are an application's; `first` is the least key that it can have.
template <class Map>
std::size_t number_of(const Map& map, const typename Map::key_type& first) {
  std::size_t number = 0;
  for (auto it = map.lower_bound(first);
       it != map.end() && it->first.application_id == first.application_id; ++it)
    ++number;
  return number;
}

}  // namespace ff::application_server::integration
