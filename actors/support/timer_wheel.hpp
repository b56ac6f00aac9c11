// A hashed timer wheel for one actor: O(1) start and cancel, fires in deadline order per tick.
// Pure: the owner feeds time. CAF's clock is not used for such timers: 240 bytes each, not
// cancellable, a blocking 64-slot queue [shared/design/caf-notes.md §2.4].
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "protocol/base/strong.hpp"
#include "protocol/base/time.hpp"

namespace ff::actors {

using TimerId = Strong<struct TimerIdTag, std::uint64_t>;

template <class Payload>
class TimerWheel {
 public:
  static constexpr Duration tick = std::chrono::milliseconds{5};
  static constexpr std::size_t slot_count = 4096;  // one revolution: 20 s

  explicit TimerWheel(MonoTime start) : slots_(slot_count), next_tick_(tick_of(start) + 1) {}

  /// Fires at the first `advance` at or after `deadline`; in the past means at the next one.
  TimerId start(MonoTime deadline, Payload payload) {
    const auto due = std::max(tick_of(deadline + tick - Duration{1}), next_tick_);
    const TimerId id{++last_id_};
    slots_[slot_of(due)].push_back(Entry{due, id, std::move(payload)});
    where_.emplace(id, due);
    earliest_ = std::min(earliest_, due);
    return id;
  }

  /// False if it has fired or was cancelled before.
  bool cancel(TimerId id) {
    auto found = where_.find(id);
    if (found == where_.end()) return false;
    auto& slot = slots_[slot_of(found->second)];
    std::erase_if(slot, [id](const Entry& entry) { return entry.id == id; });
    where_.erase(found);
    return true;
  }

  /// Every payload due by `now`, in order of deadline, then of start.
  std::vector<Payload> advance(MonoTime now) {
    const auto last = tick_of(now);
    if (last < earliest_) {
      next_tick_ = std::max(next_tick_, last + 1);
      return {};
    }
    std::vector<Entry> due;
    // After a long silence each slot is visited once, not once per missed tick.
    const auto steps =
        last < next_tick_ ? 0 : std::min<std::int64_t>(last - next_tick_ + 1, slot_count);
    for (std::int64_t i = 0; i < steps; ++i) take_due(slots_[slot_of(last - i)], last, due);
    next_tick_ = std::max(next_tick_, last + 1);
    std::sort(due.begin(), due.end(), [](const Entry& a, const Entry& b) {
      return std::pair(a.due, a.id) < std::pair(b.due, b.id);
    });
    std::vector<Payload> payloads;
    payloads.reserve(due.size());
    for (auto& entry : due) {
      where_.erase(entry.id);
      payloads.push_back(std::move(entry.payload));
    }
    find_earliest();
    return payloads;
  }

  /// Nothing fires before; nothing at all when there are no timers. May be early, after a cancel or
  /// for a timer that is more than a revolution away.
  std::optional<MonoTime> next_due() const noexcept {
    if (empty()) return std::nullopt;
    return MonoTime{} + earliest_ * tick;
  }

  bool empty() const noexcept { return where_.empty(); }
  std::size_t size() const noexcept { return where_.size(); }

 private:
  static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

  struct Entry {
    std::int64_t due;
    TimerId id;
    Payload payload;
  };

  static std::int64_t tick_of(MonoTime time) noexcept { return time.time_since_epoch() / tick; }
  static std::size_t slot_of(std::int64_t tick_number) noexcept {
    return static_cast<std::size_t>(tick_number) % slot_count;
  }
  static void take_due(std::vector<Entry>& slot, std::int64_t last, std::vector<Entry>& due) {
    auto kept = std::stable_partition(slot.begin(), slot.end(),
                                      [last](const Entry& entry) { return entry.due > last; });
    std::move(kept, slot.end(), std::back_inserter(due));
    slot.erase(kept, slot.end());
  }

  /// The first slot from here on that has an entry: at most one revolution of looking.
  void find_earliest() noexcept {
    earliest_ = never;
    for (std::int64_t ahead = 0; !where_.empty() && ahead < std::int64_t{slot_count}; ++ahead) {
      if (slots_[slot_of(next_tick_ + ahead)].empty()) continue;
      earliest_ = next_tick_ + ahead;
      return;
    }
  }

  std::vector<std::vector<Entry>> slots_;
  std::unordered_map<TimerId, std::int64_t> where_;
  std::int64_t next_tick_;
  std::int64_t earliest_ = never;
  std::uint64_t last_id_ = 0;
};

}  // namespace ff::actors
