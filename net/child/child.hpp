// Child processes: programs of our own that are started with a socket between them and us. Not for
// programs whose output somebody reads: theirs goes nowhere.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "protocol/base/bytes.hpp"
#include "protocol/base/result.hpp"

namespace ff::net {

inline constexpr ErrorDef child_not_started{"net/child", "start", Code::unavailable,
                                            "start `{program}`: {reason}"};

/// The descriptor on which a child finds its socket.
inline constexpr int child_socket = 3;

struct ChildOptions {
  std::filesystem::path program;
  std::vector<std::string> arguments;  // without the program's name
  /// Most bytes that wait for the child to read them.
  std::size_t outgoing_max = std::size_t{16} << 20U;
};

/// How a child has ended: `exit 1`, `signal 11`, or why it could not be started.
struct ChildEnd {
  std::string how;
  bool started = true;
};

/// Called on the runner's thread, one after the other; they must not block.
struct ChildEvents {
  std::function<void(ByteView)> on_bytes;
  /// Once and last.
  std::function<void(const ChildEnd&)> on_ended;
};

/// Any thread. The process is killed when the last reference goes, or the runner does.
class Child {
 public:
  virtual ~Child() = default;
  /// Queues `bytes`; false, and nothing is taken, when too many wait or the child has ended.
  virtual bool write(Bytes bytes) = 0;
  /// Ends it at once; on_ended follows.
  virtual void kill() = 0;
};

/// Port. Any thread.
class ChildRunner {
 public:
  virtual ~ChildRunner() = default;
  /// Never null: that a program can not be started is told by on_ended.
  virtual std::shared_ptr<Child> start(ChildOptions options, ChildEvents events) = 0;
};

/// With a thread of its own. Children have the root directory, an environment with the time zone
/// UTC and nothing else, /dev/null as standard files, and their socket.
std::unique_ptr<ChildRunner> make_child_runner();

}  // namespace ff::net
