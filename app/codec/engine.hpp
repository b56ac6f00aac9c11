// The JavaScript engine of a worker: runs one call of a formatter at a time, within limits. Not the
// sandbox around the process (sandbox.hpp), which has to hold when this does not.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>

#include "protocol/formatter/wire.hpp"

namespace ff::codec {

struct Limits {
  /// Processor time of one call.
  std::chrono::milliseconds cpu{100};
  /// What one call may add to the process' memory, bytes.
  std::size_t memory_bytes = std::size_t{64} << 20U;
  /// Compiled scripts kept.
  std::size_t realms = 512;
};

/// One per process: it uses the process' timers. Only on the thread that made it.
class Engine {
 public:
  /// Null when the library can not be used.
  static std::unique_ptr<Engine> start(const Limits& limits);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// Makes the library load what it loads late, before files can no longer be opened.
  void warm_up();
  /// Any script, any input. When the answer says `retires` the engine is not to be used again.
  formatter::Answer run(const formatter::Call& call);

 private:
  struct State;
  explicit Engine(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace ff::codec
