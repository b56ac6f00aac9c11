// INTERNAL: until when a pipeline waits for the answers it has asked for. Not what becomes of those
// that do not come; see state.cpp.
#pragma once

#include <map>
#include <optional>
#include <unordered_map>
#include <utility>

#include "protocol/base/time.hpp"
#include "protocol/types/identifiers.hpp"

namespace ff::application_server {

/// One per request that is unanswered: an answer takes its own away, however far off it is.
class Deadlines {
 public:
  struct Missed {
    DeviceUid device;
    std::uint64_t request = 0;
  };

  /// `request` is not waited for yet.
  void add(MonoTime at, const DeviceUid& device, std::uint64_t request);
  /// The answer has come, or nobody wants it any more. Unknown requests are none.
  void erase(std::uint64_t request);
  /// The earliest.
  std::optional<MonoTime> next() const noexcept;
  /// The earliest that has passed, which is waited for no longer.
  std::optional<Missed> take(MonoTime now);
  std::size_t size() const noexcept { return times_.size(); }

 private:
  std::map<std::pair<MonoTime, std::uint64_t>, DeviceUid> devices_;
  std::unordered_map<std::uint64_t, MonoTime> times_;
};

}  // namespace ff::application_server
