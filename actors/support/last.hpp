// Last<T, n>: the last n values, older ones forgotten. For what is shown to operators, not for
// queues.
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace ff::actors {

/// Takes memory as it fills.
template <class T, std::size_t max>
class Last {
 public:
  static constexpr std::size_t size_max = max;

  Last() = default;
  /// Goes on after `kept`, oldest first.
  explicit Last(std::vector<T> kept) : ring_(std::move(kept)) {
    if (ring_.size() > max) ring_.erase(ring_.begin(), ring_.end() - distance(max));
  }

  void add(T value) {
    if (ring_.size() < max) {
      ring_.push_back(std::move(value));
    } else {
      ring_[oldest_] = std::move(value);
      oldest_ = (oldest_ + 1) % max;
    }
  }
  /// Null when there is none. Valid until the next change.
  T* newest() noexcept {
    return ring_.empty() ? nullptr : &ring_[(oldest_ + ring_.size() - 1) % ring_.size()];
  }
  /// Oldest first.
  std::vector<T> list() const {
    auto list = ring_;
    std::rotate(list.begin(), list.begin() + distance(oldest_), list.end());
    return list;
  }

 private:
  static constexpr std::ptrdiff_t distance(std::size_t count) {
    return static_cast<std::ptrdiff_t>(count);
  }

  std::vector<T> ring_;
  std::size_t oldest_ = 0;
};

}  // namespace ff::actors
