// SIGTERM and SIGINT as one question: has somebody asked the process to end? A second one ends it at once.
#pragma once

namespace ff::app {

/// Call once, before any thread is started: the signals are blocked everywhere and waited for here.
void block_signals();
/// Blocks until the first signal or `wake_signals()`.
void wait_for_signal();
/// Lets wait_for_signal return: the process has to end for a reason of its own. Any thread.
void wake_signals();
/// From now on another signal ends the process at once, with 128 + its number.
void arm_second_signal();

}  // namespace ff::app
