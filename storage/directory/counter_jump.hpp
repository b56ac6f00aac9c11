// How far reserved counters must jump because the store may be older than what was sent on the air.
// Not the counters themselves; those are in the sessions' records.
#pragma once

#include <cstdint>

#include "protocol/base/result.hpp"
#include "protocol/base/strong.hpp"
#include "storage/engine/engine.hpp"

namespace ff::storage {

/// Sum of all jumps this data directory has been told to make; only grows. A record with reserved
/// counters holds the distance it has already made (0 if absent); when activated it adds the
/// difference to each reserved bound, remembers the new distance in the same write, and starts
/// there. New records start with the current distance. [app/docs/architecture.md §2 rule 4]
using CounterJump = Strong<struct CounterJumpTag, std::uint64_t>;

/// 0 if there never was one. Errors: corruption, and those of reading.
Result<CounterJump> read_counter_jump(const Reader& reader);
/// Writes the distance grown by `block` (at least 1), with sync. Returns the new one.
Result<CounterJump> add_counter_jump(Engine& engine, std::uint64_t block);

}  // namespace ff::storage
