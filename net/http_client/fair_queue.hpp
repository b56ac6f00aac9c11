// INTERNAL to net/http_client: requests that wait for a place, so that none of those they belong to
// and no server has them all. Not thread safe.
#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

namespace ff::net::http_client {

/// Who gets the next place: groups take turns, each with what it asked for first.
template <class Item>
class FairQueue {
 public:
  struct Limits {
    std::size_t under_way_max = 0;
    std::size_t waiting_max = 0;
    /// Of either, what one group may have; what has no group is not bounded by it.
    std::size_t group_share = 4;
    /// Under way to one origin; 0: no bound.
    std::size_t per_origin_max = 0;
  };
  /// What is waiting and under way is counted by.
  struct Place {
    std::string group;   // empty: none
    std::string origin;  // empty: none
  };
  struct Entry {
    Place place;
    Item item;
  };

  explicit FairQueue(Limits limits) : limits_(limits) {}

  std::size_t waiting() const noexcept { return waiting_; }
  std::size_t under_way() const noexcept { return under_way_; }

  bool has_room(const std::string& group) const {
    if (waiting_ >= limits_.waiting_max) return false;
    const auto found = queues_.find(group);
    return group.empty() || found == queues_.end() ||
           found->second.size() < part(limits_.waiting_max);
  }
  /// Only with room.
  void push(Entry entry) {
    auto& queue = queues_[entry.place.group];
    if (queue.empty()) turns_.push_back(entry.place.group);
    queue.push_back(std::move(entry));
    ++waiting_;
  }

  /// Takes a place, until done(). Nothing: none of those that wait can have one.
  std::optional<Entry> next() {
    if (under_way_ >= limits_.under_way_max) return std::nullopt;
    for (auto turn = turns_.begin(); turn != turns_.end(); ++turn) {
      auto& queue = queues_.at(*turn);
      const auto found = first_startable(*turn, queue);
      if (found == queue.end()) continue;
      auto entry = std::move(*found);
      queue.erase(found);
      if (queue.empty()) {
        queues_.erase(*turn);
        turns_.erase(turn);
      } else {
        turns_.splice(turns_.end(), turns_, turn);
      }
      --waiting_;
      count(entry.place, 1);
      return entry;
    }
    return std::nullopt;
  }
  void done(const Place& place) { count(place, -1); }

  /// Everything that waits; nothing waits then.
  std::deque<Entry> take_all() {
    std::deque<Entry> all;
    for (auto& [group, queue] : queues_) std::ranges::move(queue, std::back_inserter(all));
    queues_.clear();
    turns_.clear();
    waiting_ = 0;
    return all;
  }

 private:
  using Queue = std::deque<Entry>;
  /// How many of a group are looked at for one whose origin has room.
  static constexpr std::size_t looked_at_max = 16;

  std::size_t part(std::size_t whole) const {
    return std::max<std::size_t>(1, whole / limits_.group_share);
  }
  typename Queue::iterator first_startable(const std::string& group, Queue& queue) {
    if (!group.empty() && of(groups_, group) >= part(limits_.under_way_max)) return queue.end();
    const auto end =
        queue.begin() + static_cast<std::ptrdiff_t>(std::min(queue.size(), looked_at_max));
    const auto found = std::find_if(queue.begin(), end, [&](const Entry& entry) {
      return limits_.per_origin_max == 0 || entry.place.origin.empty() ||
             of(origins_, entry.place.origin) < limits_.per_origin_max;
    });
    return found == end ? queue.end() : found;
  }

  using Counts = std::unordered_map<std::string, std::size_t>;
  static std::size_t of(const Counts& counts, const std::string& name) {
    const auto found = counts.find(name);
    return found == counts.end() ? 0 : found->second;
  }
  static void add(Counts& counts, const std::string& name, int change) {
    if (name.empty()) return;
    auto& number = counts[name];
    number += static_cast<std::size_t>(change);
    if (number == 0) counts.erase(name);
  }
  void count(const Place& place, int change) {
    under_way_ += static_cast<std::size_t>(change);
    add(groups_, place.group, change);
    add(origins_, place.origin, change);
  }

  const Limits limits_;
  std::map<std::string, Queue> queues_;  // by group; none is empty
  std::list<std::string> turns_;         // groups that wait
  std::size_t waiting_ = 0;
  std::size_t under_way_ = 0;
  Counts groups_;  // under way
  Counts origins_;
};

}  // namespace ff::net::http_client
