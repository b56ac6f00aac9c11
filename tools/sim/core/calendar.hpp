// What happens when: a queue of events in virtual or real time. Events of one instant come in the
// order they were added, so that a run follows from its seed.
#pragma once

#include <cstdint>
#include <optional>
#include <queue>
#include <vector>

#include "protocol/base/time.hpp"

namespace ff::sim {

enum class EventKind : std::uint8_t {
  join,            // of device `index`
  uplink,          // of device `index`
  windows_closed,  // of device `index`, after its transmission `detail`
  emission,        // number `index` begins
  relay,           // of frame number `index` by its relay
  push,            // of a downlink for device `index`
  burst,
  foreign_frame,
  pull_data,  // of gateway `index`
  status,     // of gateway `index`
  restart,    // of gateway `index`
  arrival,    // of datagram number `index`
  beacon,     // of all gateways
};

struct CalendarEvent {
  MonoTime at;
  std::uint64_t order = 0;
  std::uint32_t index = 0;
  std::uint32_t detail = 0;
  EventKind kind = EventKind::uplink;
};

class Calendar {
 public:
  void add(MonoTime at, EventKind kind, std::uint32_t index = 0, std::uint32_t detail = 0) {
    queue_.push({at, next_order_++, index, detail, kind});
  }
  std::optional<MonoTime> next() const {
    return queue_.empty() ? std::nullopt : std::optional(queue_.top().at);
  }
  /// The first event if it is due at `now`.
  std::optional<CalendarEvent> take(MonoTime now) {
    if (queue_.empty() || queue_.top().at > now) return std::nullopt;
    const auto event = queue_.top();
    queue_.pop();
    return event;
  }

 private:
  struct Later {
    bool operator()(const CalendarEvent& a, const CalendarEvent& b) const noexcept {
      return a.at != b.at ? a.at > b.at : a.order > b.order;
    }
  };
  std::priority_queue<CalendarEvent, std::vector<CalendarEvent>, Later> queue_;
  std::uint64_t next_order_ = 0;
};

}  // namespace ff::sim
