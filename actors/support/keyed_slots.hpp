// KeyedSlots: how many of a thing each key has open, with a bound, so that one key cannot take all
// of it. Not the things themselves.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace ff::actors {

/// Any thread. Held by shared_ptr, because a slot may be the last to know it.
class KeyedSlots : public std::enable_shared_from_this<KeyedSlots> {
 public:
  /// `max` of each key; 0 is no bound.
  explicit KeyedSlots(std::size_t max) : max_(max) {}

  /// A slot that is free again when the last copy is dropped; null when the key has `max`.
  std::shared_ptr<void> take(const std::string& key);
  std::size_t max() const noexcept { return max_; }

 private:
  void release(const std::string& key);

  const std::size_t max_;
  std::mutex mutex_;
  std::map<std::string, std::size_t> taken_;
};

}  // namespace ff::actors
