// The memory of what a device has refused or left unanswered, so that it is not asked for ever. Not
// the answers themselves (command/).
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

/// The uplink `f_cnt` should have had an answer to this command and has none. True when from now on
/// the command is asked for with few uplinks only (`unanswered_max`).
bool note_unanswered(MacState& state, Cid cid, FCnt32 f_cnt);
/// The device has answered this command.
void forget_unanswered(MacState& state, Cid cid);
/// Whether the answer to the uplink `f_cnt` may ask for this command.
bool may_ask(const MacState& state, Cid cid, FCnt32 f_cnt);

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
