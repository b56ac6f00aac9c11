// INTERNAL to net/: the event loop on a Boost.Asio context, for code that makes sockets on it.
// Not for users of net/: they see EventLoop.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <unordered_set>
#include <vector>

#include "net/runtime/event_loop.hpp"
#include "protocol/base/bytes.hpp"

namespace boost::asio {
class io_context;
}

namespace ff::net {

/// Something that must hear that the loop stops.
class Stoppable {
 public:
  virtual ~Stoppable() = default;
  /// On the loop's thread, once.
  virtual void on_stop() = 0;
};

class AsioLoop final : public EventLoop {
 public:
  AsioLoop();
  ~AsioLoop() override;

  void post(Task task) override;
  bool is_current() const noexcept override;
  MonoTime now() const noexcept override;
  std::unique_ptr<Timer> make_timer() override;

  boost::asio::io_context& context() noexcept;
  /// Memory for one synchronous read, shared by all sockets of the loop. Loop thread only, and
  /// valid until the next callback.
  MutableByteView read_buffer() noexcept { return read_buffer_; }
  /// The same for bytes decrypted from the read buffer.
  MutableByteView plain_buffer() noexcept { return plain_buffer_; }
  /// Both on the loop's thread.
  void add(Stoppable& stoppable) { stoppables_.insert(&stoppable); }
  void remove(Stoppable& stoppable) { stoppables_.erase(&stoppable); }

  /// Runs the loop on this thread until stop() has been heard and everything is quiet.
  void run();
  /// Any thread.
  void stop();

 private:
  struct State;
  Bytes read_buffer_;
  Bytes plain_buffer_;
  std::unordered_set<Stoppable*> stoppables_;
  std::unique_ptr<State> state_;  // Last: handlers that die with it use the members above.
};

}  // namespace ff::net
