// SIGTERM and SIGINT as one question: has somebody asked the process to end? A second one ends it
// at once. SIGHUP as another: is there a new configuration?
#pragma once

#include <chrono>
#include <cstdint>

namespace ff::app {

/// Call once, before any thread is started: the signals are blocked everywhere and waited for here.
void block_signals();
enum class Asked : std::uint8_t { to_end, to_reload };
/// Blocks until a signal or `wake_signals()`.
Asked wait_for_signal();
/// Whether somebody has asked for the end by now; true once for each that did.
bool end_was_asked();
/// Lets wait_for_signal return `to_end`: the process has to end for a reason of its own. Any
/// thread.
void wake_signals();
/// From now on another signal ends the process at once, with 128 + its number.
void arm_second_signal();
/// Ends the process with `exit_code` when it is still there after `limit`: a clean store needs no
/// clean exit.
void force_end_after(std::chrono::seconds limit, int exit_code);

}  // namespace ff::app
