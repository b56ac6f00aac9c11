// MemoryStreamNetwork: streams inside one process, for tests and simulation. Deterministic with a
// ManualLoop, where all of it happens in one thread. Not thread safe.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "net/stream/connection_slots.hpp"
#include "net/stream/network.hpp"

namespace ff::net {

class MemoryStream;

/// How bytes travel.
struct MemoryStreamOptions {
  /// From a write to its delivery.
  Duration latency{0};
  /// Longest piece delivered at once; 1 shows handlers every split of what was written.
  std::size_t piece_max = 16U << 10U;
  /// Bytes on their way before the writer has to wait, as in the kernel's buffers.
  std::size_t window = 64U << 10U;
  /// What a stream of a TLS listener or connection says about its peer.
  tls::Peer tls_peer{.version = "memory", .cipher = "none"};
};

/// Two connected streams without handlers: set_handler() on both before the loop runs. Whoever
/// holds the pair keeps both alive; when one is destroyed the other fails on its next write.
struct StreamPair {
  std::shared_ptr<Stream> a;
  std::shared_ptr<Stream> b;
};
StreamPair make_stream_pair(EventLoop& loop, StreamOptions a = {}, StreamOptions b = {},
                            const MemoryStreamOptions& options = {});

/// Connections are to address texts, or to names given to set_name(). Must outlive its listeners;
/// open streams are dropped without on_closed() when it is destroyed.
class MemoryStreamNetwork final : public StreamNetwork {
 public:
  explicit MemoryStreamNetwork(EventLoop& loop, MemoryStreamOptions options = {});
  ~MemoryStreamNetwork() override;

  Result<std::unique_ptr<Listener>> listen(const Endpoint& local, ListenOptions options,
                                           AcceptHandler on_accept) override;
  void connect(ConnectOptions options, ConnectHandler on_connect) override;

  /// `localhost` is 127.0.0.1 without being told.
  void set_name(const std::string& name, const Endpoint& address);
  /// Connections made from now on.
  void set_options(MemoryStreamOptions options) { options_ = std::move(options); }
  /// While true, connecting fails.
  void refuse_connections(bool refuse) { refuse_ = refuse; }
  /// Every open stream ends with `failed`, as when a network breaks; what was on its way is lost.
  void break_connections();

 private:
  class MemoryListener;

  void connect_now(const ConnectOptions& options, const ConnectHandler& on_connect);
  MemoryListener* find(const ConnectOptions& options);

  EventLoop& loop_;
  MemoryStreamOptions options_;
  std::map<std::string, Endpoint> names_;
  std::map<Endpoint, MemoryListener*> listeners_;
  std::vector<std::shared_ptr<MemoryStream>> streams_;  // Those open, and some that have ended.
  std::uint16_t next_port_ = 40'000;
  bool refuse_ = false;
};

}  // namespace ff::net
