// The memory of what a device has refused, so that it is not asked for ever. Not the answers
// themselves (command/).
#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include "protocol/mac/command/command.hpp"
#include "protocol/mac/state.hpp"

namespace ff::mac {

/// Counts one more refusal of exactly these commands (same identifier, same octets). True when it
/// is the one too many: they will not be sent again.
bool note_refusal(Rejected& rejected, std::span<const Command> request,
                  const region::Region& region);
/// Whether exactly these commands have been refused `refusals_max` times.
bool is_refused(const Rejected& rejected, std::span<const Command> request,
                const region::Region& region);
/// The device has accepted exactly these commands.
void forget_refusal(Rejected& rejected, std::span<const Command> request,
                    const region::Region& region);
/// The device accepts this command again: its refusals are history.
void forget_refusals(Rejected& rejected, Cid cid);

/// Inserts into a sorted set.
template <class T>
void insert_sorted(std::vector<T>& set, const T& value) {
  const auto at = std::lower_bound(set.begin(), set.end(), value);
  if (at == set.end() || *at != value) set.insert(at, value);
}
template <class T>
bool contains_sorted(const std::vector<T>& set, const T& value) {
  return std::binary_search(set.begin(), set.end(), value);
}

}  // namespace ff::mac
