// A session's queue of application downlinks. Devices are copied with every step of the network
// server, and a queue may hold thousands of items: copies share them.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <memory>
#include <span>
#include <vector>

#include "protocol/types/application_messages.hpp"

namespace ff::mac {

/// A value. Copying it and taking its first item cost nothing; adding copies a pointer for each
/// item that is there, so what comes together is added together.
class DownlinkQueue {
 public:
  /// Never null, and never changed: equal pointers are the same item.
  using Item = std::shared_ptr<const ApplicationDownlink>;

  DownlinkQueue() = default;
  DownlinkQueue(std::initializer_list<ApplicationDownlink> items);

  bool empty() const noexcept { return items().empty(); }
  std::size_t size() const noexcept { return items().size(); }
  /// Not of an empty queue.
  const ApplicationDownlink& front() const noexcept { return *items().front(); }
  const ApplicationDownlink& back() const noexcept { return *items().back(); }
  /// Valid until the queue is changed.
  std::span<const Item> items() const noexcept;
  std::vector<ApplicationDownlink> to_vector() const;

  void push_back(ApplicationDownlink item);
  void append(std::vector<Item> items);
  /// Not of an empty queue.
  void pop_front();
  void clear() noexcept;

  /// Whether both hold the same items, found without a look at them: false says nothing.
  bool shares_all_with(const DownlinkQueue& other) const noexcept {
    return items_ == other.items_ && first_ == other.first_;
  }
  bool operator==(const DownlinkQueue& other) const;

 private:
  std::shared_ptr<const std::vector<Item>> items_;  // null: empty
  std::size_t first_ = 0;                           // those before it have been taken
};

}  // namespace ff::mac
