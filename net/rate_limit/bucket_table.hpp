// BucketTable: the states of many keys under one quota, in memory of a fixed size. Keys are
// hashed; what they look like is the doors' matter.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <string_view>

#include "net/rate_limit/quota.hpp"

namespace ff::net {

/// Any thread, without locks. A key that finds its set of places taken replaces the one that has
/// asked for the least lately, which by then is mostly as good as new.
class BucketTable {
 public:
  /// Room for at least `keys_max` (1 or more) keys. `seed` makes collisions of keys unforeseeable;
  /// two keys of a set share a bucket with a probability of 2^-20.
  BucketTable(Quota quota, std::size_t keys_max, std::uint64_t seed);

  /// Counts one request of `key`. `now` is since the table's start and less than five years.
  RateVerdict take(std::string_view key, Duration now) noexcept;

 private:
  static constexpr std::size_t ways = 8;
  /// A place: 20 bits that tell its key from others of the set, and 44 bits of time. 0 is free.
  struct alignas(64) Set {
    std::atomic<std::uint64_t> places[ways] = {};
  };
  struct Place {
    std::atomic<std::uint64_t>* word;
    std::uint64_t seen;
    bool is_ours;
  };
  Place find(Set& set, std::uint64_t mark) const noexcept;

  Quota quota_;
  std::uint64_t seed_;
  std::size_t set_count_;  // a power of two
  std::unique_ptr<Set[]> sets_;
};

}  // namespace ff::net
