// How every Farfield program says to its caller why it ended: distinct exit codes, those of
// sysexits.h where one fits. Not the errors themselves; they are printed on standard error before
// the program ends.
#pragma once

#include <cstdint>

namespace ff {

/// ON-WIRE: service units and scripts compare these numbers. [app/docs/operations.md §3]
enum class ExitCode : std::uint8_t {
  ok = 0,         ///< Did what was asked, or was told to stop and stopped in order.
  failed = 1,     ///< A check or test that the program was asked to run did not pass.
  usage = 64,     ///< The command line is wrong. Trying again is useless.
  bad_data = 65,  ///< Stored data is damaged, or a backup does not fit. Trying again is useless.
  no_input = 66,  ///< A file that was named does not exist or can not be read.
  unavailable =
      69,  ///< An address can not be listened on, or a service that was asked for does not answer.
  internal = 70,  ///< A bug: an assertion or an escalated supervisor. A restart may help.
  os_error =
      71,  ///< The operating system refused a thread, descriptor or memory. A restart may help.
  can_not_create = 73,  ///< The data directory or another output can not be created.
  io_error = 74,  ///< The disk failed while serving. Nothing unacknowledged was sent; restart after
                  ///< a look at it.
  temporary = 75,      ///< The store is locked by another process. Trying again later helps.
  no_permission = 77,  ///< A file or port needs rights that the process does not have.
  configuration =
      78,  ///< A setting is unknown, malformed or contradicts another. Trying again is useless.
};

}  // namespace ff
