// INTERNAL: one who listens to events: what it asked for, what it may see, and the past it is
// told of before what happens now. [spec events-cluster-discovery §2]
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "actors/events/hub.hpp"
#include "app/api/call.hpp"
#include "app/api/services/base/rights.hpp"
#include "app/api/services/event_names.hpp"
#include "ttn/lorawan/v3/events.pb.h"

namespace ff::api {

/// Whether who holds `held` on an entity that the event concerns may see it.
bool shows(const ttn::lorawan::v3::Event& event, const RightSet& held);

class EventListener {
 public:
  using Message = ttn::lorawan::v3::Event;

  /// Takes one event; false when there will be no use for another. Any thread.
  using Write = std::function<bool(Message)>;

  EventListener(std::shared_ptr<const Call> call, Write write,
                ttn::lorawan::v3::StreamEventsRequest request);

  /// Of the request. Once, before anything else.
  void filter(EventNames names) { names_ = std::move(names); }
  /// What the caller holds on the next of the subjects.
  void add_rights(RightSet rights) { rights_.push_back(std::move(rights)); }
  /// Events that happen wait until replay().
  void wait_for_past() { replaying_ = true; }

  const Call& call() const noexcept { return *call_; }
  const ttn::lorawan::v3::StreamEventsRequest& request() const noexcept { return request_; }
  const std::vector<events::EventSubject>& subjects() const noexcept { return subjects_; }
  const EventNames& names() const noexcept { return names_; }
  std::size_t rights_known() const noexcept { return rights_.size(); }

  bool sees(const events::Event& event) const;
  bool sees(const Message& event) const;

  /// What happens now. False when the client has gone. Any thread.
  bool tell(const events::Event& event);
  /// The past, oldest first, then what has happened meanwhile. Any thread.
  void replay(const std::vector<Message>& past);

  std::atomic<std::uint64_t> subscription{0};

 private:
  bool wants(std::string_view name) const { return names_.empty() || names_.contains(name); }

  const std::shared_ptr<const Call> call_;
  const Write write_;
  const ttn::lorawan::v3::StreamEventsRequest request_;
  std::vector<events::EventSubject> subjects_;
  std::vector<RightSet> rights_;  // of each subject
  EventNames names_;              // empty: all

  std::mutex mutex_;
  bool replaying_ = false;
  std::vector<Message> held_;
};

}  // namespace ff::api
