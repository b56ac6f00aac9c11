// KeyedCalls: who is to be called when something happens to a key, whatever thread it happens on.
// Not what happens.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace ff::actors {

/// Any thread. Held by shared_ptr, because a registration may be the last to know it.
class KeyedCalls : public std::enable_shared_from_this<KeyedCalls> {
 public:
  /// Calls `call` at every call_all() of the key until the last copy of what is returned is
  /// dropped, and perhaps once more if that happens at the same time. It must not block.
  [[nodiscard]] std::shared_ptr<void> add(const std::string& key, std::function<void()> call);
  void call_all(const std::string& key);

 private:
  void remove(const std::string& key, std::uint64_t number);

  std::mutex mutex_;
  std::uint64_t numbers_ = 0;
  std::map<std::string, std::map<std::uint64_t, std::function<void()>>> calls_;
};

}  // namespace ff::actors
