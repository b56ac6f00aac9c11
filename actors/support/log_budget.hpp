// LogBudget: how many lines of a log strangers may cause. What they do beyond it is counted by
// metrics, and by the next line.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <utility>

#include "protocol/base/time.hpp"

namespace ff::actors {

/// Any thread.
class LogBudget {
 public:
  /// `lines` in each `window`, which begins with a line.
  LogBudget(std::uint32_t lines, Duration window) : lines_(lines), window_(window) {}

  /// Nothing: there is no line at `now`. Else how many have been left out since the last one.
  std::optional<std::uint64_t> take(MonoTime now) {
    const std::scoped_lock lock(mutex_);
    if (now >= until_) {
      written_ = 0;
      until_ = now + window_;
    }
    if (written_ == lines_) {
      ++left_out_;
      return std::nullopt;
    }
    ++written_;
    return std::exchange(left_out_, 0);
  }

 private:
  const std::uint32_t lines_;
  const Duration window_;
  std::mutex mutex_;
  MonoTime until_;
  std::uint32_t written_ = 0;
  std::uint64_t left_out_ = 0;
};

}  // namespace ff::actors
