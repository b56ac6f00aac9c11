// MemoryDatagramNetwork: datagrams between sockets of one process, for tests and simulation.
// Deterministic: what is lost, late or doubled follows from the seed. Not thread safe; use it with
// a ManualLoop.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <unordered_map>
#include <utility>

#include "net/runtime/event_loop.hpp"
#include "net/udp/datagram_socket.hpp"
#include "protocol/base/random.hpp"

namespace ff::net {

/// What happens to each datagram on its way, independently.
struct DatagramFaults {
  std::uint32_t drop_permille = 0;
  std::uint32_t duplicate_permille = 0;
  /// Uniform between both, so that datagrams also overtake each other; then in order of sending.
  Duration delay_min{0};
  Duration delay_max{0};
};

/// Delivers on `loop` (run it to pump). Must outlive its sockets, and the loop the network.
class MemoryDatagramNetwork final : public DatagramNetwork {
 public:
  MemoryDatagramNetwork(EventLoop& loop, std::uint64_t seed, DatagramFaults faults = {});
  ~MemoryDatagramNetwork() override;

  /// Port 0 gets a free one. Fails when the address is taken.
  Result<std::unique_ptr<DatagramSocket>> open(const Endpoint& local, DatagramOptions options,
                                               DatagramHandler on_received) override;
  /// From now on.
  void set_faults(DatagramFaults faults) { faults_ = faults; }
  /// Datagrams on their way.
  std::size_t in_flight() const noexcept { return flying_.size(); }

 private:
  class Socket;
  struct Flying {
    Endpoint from;
    Endpoint to;
    Bytes bytes;
  };
  using Key = std::pair<MonoTime, std::uint64_t>;  // Arrival, order of sending.

  void send(const Endpoint& from, const Endpoint& to, ByteView bytes);
  void launch(Flying flying);
  bool happens(std::uint32_t permille);
  void schedule();
  void deliver_due();

  EventLoop& loop_;
  std::unique_ptr<Random> random_;
  DatagramFaults faults_;
  std::unique_ptr<Timer> timer_;
  std::map<Key, Flying> flying_;
  std::unordered_map<Endpoint, Socket*> sockets_;
  std::uint64_t sequence_ = 0;
  std::uint16_t next_port_ = 40'000;
};

}  // namespace ff::net
