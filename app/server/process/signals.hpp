// SIGTERM and SIGINT as one question: has somebody asked the process to end? A second one ends it
// at once.
#pragma once

#include <chrono>

namespace ff::app {

/// Call once, before any thread is started: the signals are blocked everywhere and waited for here.
void block_signals();
/// Blocks until the first signal or `wake_signals()`.
void wait_for_signal();
/// Lets wait_for_signal return: the process has to end for a reason of its own. Any thread.
void wake_signals();
/// From now on another signal ends the process at once, with 128 + its number.
void arm_second_signal();
/// Ends the process with `exit_code` when it is still there after `limit`: a clean store needs no
/// clean exit.
void force_end_after(std::chrono::seconds limit, int exit_code);

}  // namespace ff::app
