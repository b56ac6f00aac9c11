#include "net/rate_limit/bucket_table.hpp"

#include <bit>

namespace ff::net {
namespace {

constexpr unsigned time_bits = 44;
constexpr std::uint64_t time_mask = (std::uint64_t{1} << time_bits) - 1;

/// The finalizer of SplitMix64.
constexpr std::uint64_t mixed(std::uint64_t value) noexcept {
  value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27U)) * 0x94d049bb133111eb;
  return value ^ (value >> 31U);
}

std::uint64_t hash_of(std::string_view key, std::uint64_t seed) noexcept {
  auto hash = mixed(seed ^ key.size());
  for (const char c : key) hash = mixed(hash ^ static_cast<unsigned char>(c));
  return hash;
}

}  // namespace

BucketTable::BucketTable(Quota quota, std::size_t keys_max, std::uint64_t seed)
    : quota_(quota),
      seed_(seed),
      set_count_(std::bit_ceil((keys_max + ways - 1) / ways)),
      sets_(std::make_unique<Set[]>(set_count_)) {}

/// The key's place, else the one whose bucket is full the soonest.
BucketTable::Place BucketTable::find(Set& set, std::uint64_t mark) const noexcept {
  Place oldest{nullptr, 0, false};
  for (auto& place : set.places) {
    const auto seen = place.load(std::memory_order_relaxed);
    if (seen != 0 && seen >> time_bits == mark) return {&place, seen, true};
    if (oldest.word == nullptr || (seen & time_mask) < (oldest.seen & time_mask))
      oldest = {&place, seen, false};
  }
  return oldest;
}

RateVerdict BucketTable::take(std::string_view key, Duration now) noexcept {
  const auto hash = hash_of(key, seed_);
  auto& set = sets_[hash & (set_count_ - 1)];
  const auto mark = hash >> time_bits;
  // Never 0, the time of a place that is free.
  const auto ticks = static_cast<std::uint64_t>(now / Quota::tick) + 1;
  while (true) {
    auto place = find(set, mark);
    const auto step = quota_.step(place.is_ours ? place.seen & time_mask : 0, ticks);
    if (!step.verdict.allowed) return step.verdict;
    const auto next = (mark << time_bits) | (step.full_at & time_mask);
    // Someone else took a request at the same time: what it left is what counts now.
    if (place.word->compare_exchange_weak(place.seen, next, std::memory_order_relaxed))
      return step.verdict;
  }
}

}  // namespace ff::net
