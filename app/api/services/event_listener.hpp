// INTERNAL: one who listens to events: what it asked for, what it may see, and the past it is
// told of before what happens now. Not who answers which rights it has (event_subscriptions.hpp).
// [spec events-cluster-discovery §2]
//
// An event that happens is written at once while the rights are known to be current. When they may
// have changed, events wait until the rights were asked for again: an answer is for all that
// happened before the question.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "actors/events/hub.hpp"
#include "app/api/call.hpp"
#include "app/api/services/base/rights.hpp"
#include "app/api/services/event_names.hpp"
#include "protocol/base/time.hpp"
#include "ttn/lorawan/v3/events.pb.h"

namespace ff::api {

/// What one listener may name: publishers look through its subjects. The reference has no bound.
inline constexpr int identifiers_max = 1000;
inline constexpr ErrorDef too_many_identifiers{"pkg/events/grpc", "too_many_identifiers",
                                               Code::invalid_argument,
                                               "more than `{max}` identifiers"};

/// Before a listener is made of it. Error: too_many_identifiers.
Status check_identifiers(const ttn::lorawan::v3::StreamEventsRequest& request);

/// Whether who holds `held` on an entity that the event concerns may see it.
bool shows(const ttn::lorawan::v3::Event& event, const RightSet& held);

/// What a caller holds on each of its subjects, as it was asked for.
struct HeldRights {
  std::vector<RightSet> of_subjects;
  std::uint64_t changes = 0;  ///< EventSources::access_changes, before the question.
  UtcTime asked_at;
};

/// Where a listener's events go. Called on any thread; must not block.
struct EventSink {
  /// Takes one event; false when there will be no use for another.
  std::function<bool(ttn::lorawan::v3::Event)> write;
  /// The listener may hear no more, for this reason. May be empty.
  std::function<void(const Error&)> end = nullptr;
  /// An event of this name found no room. May be empty.
  std::function<void(std::string_view name)> dropped = nullptr;
};

/// How a listener knows what it may hear.
struct RightsSource {
  std::function<bool(const HeldRights&)> are_current;
  /// Answered by renewed() or end(), on any thread.
  std::function<void()> ask;
};

class EventListener {
 public:
  using Message = ttn::lorawan::v3::Event;

  EventListener(std::shared_ptr<const Call> call, EventSink sink,
                ttn::lorawan::v3::StreamEventsRequest request);

  /// Of the request. Once, before anything else.
  void filter(EventNames names) { names_ = std::move(names); }
  /// What the caller holds; once, before it is told anything.
  void begin(HeldRights rights, RightsSource source);
  /// Events that happen wait until replay(). Before it is told anything.
  void wait_for_past() { phase_ = Phase::replaying; }

  const Call& call() const noexcept { return *call_; }
  const ttn::lorawan::v3::StreamEventsRequest& request() const noexcept { return request_; }
  const std::vector<events::EventSubject>& subjects() const noexcept { return subjects_; }
  const EventNames& names() const noexcept { return names_; }

  bool sees(const Message& event) const;

  /// What happens now. False when the client has gone. Any thread.
  bool tell(const events::Event& event);
  /// The past, oldest first, then what has happened meanwhile. Any thread.
  void replay(const std::vector<Message>& past);
  /// The answer to RightsSource::ask.
  void renewed(HeldRights rights);
  /// Nothing is told any more. The first end counts. Any thread.
  void end(const Error& reason);

  std::atomic<std::uint64_t> subscription{0};

 private:
  enum class Phase : std::uint8_t { live, replaying, asking };
  using RightsPtr = std::shared_ptr<const HeldRights>;

  bool wants(std::string_view name) const { return names_.empty() || names_.contains(name); }
  RightsPtr rights() const;
  bool are_current(const HeldRights& rights) const;
  /// The lock is held.
  void hold(Message message);
  void release();
  bool write_all(std::vector<Message> messages);

  const std::shared_ptr<const Call> call_;
  const EventSink sink_;
  const ttn::lorawan::v3::StreamEventsRequest request_;
  std::vector<events::EventSubject> subjects_;
  EventNames names_;  // empty: all
  RightsSource source_;

  mutable std::mutex mutex_;
  Phase phase_ = Phase::live;
  RightsPtr rights_ = std::make_shared<const HeldRights>();
  std::vector<Message> held_;   // for the next answer
  std::vector<Message> asked_;  // for the answer to the question under way
  std::set<std::string> told_;  // of the past; while what happened meanwhile is held
  bool ended_ = false;
};

}  // namespace ff::api
