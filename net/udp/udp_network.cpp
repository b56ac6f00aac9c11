#include <memory>
#include <utility>

#include "net/udp/udp.hpp"
#include "net/udp/udp_socket.hpp"

namespace ff::net {

namespace {

/// Closes the shared part, which lives until the loop has dropped its last wait.
class UdpHandle final : public DatagramSocket {
 public:
  explicit UdpHandle(std::shared_ptr<UdpSocket> socket) : socket_(std::move(socket)) {}
  ~UdpHandle() override { socket_->close(); }

  bool send(const Endpoint& to, ByteView bytes) override { return socket_->send(to, bytes); }
  const Endpoint& local() const noexcept override { return socket_->local(); }
  DatagramCounters counters() const noexcept override { return socket_->counters(); }

 private:
  std::shared_ptr<UdpSocket> socket_;
};

class UdpNetwork final : public DatagramNetwork {
 public:
  explicit UdpNetwork(Runtime& runtime) : runtime_(runtime) {}

  Result<std::unique_ptr<DatagramSocket>> open(const Endpoint& local, DatagramOptions options,
                                               DatagramHandler on_received) override {
    FF_TRY(auto socket,
           UdpSocket::open(runtime_.next_asio_loop(), local, options, std::move(on_received)));
    return std::unique_ptr<DatagramSocket>(std::make_unique<UdpHandle>(std::move(socket)));
  }

 private:
  Runtime& runtime_;
};

}  // namespace

std::unique_ptr<DatagramNetwork> make_udp_network(Runtime& runtime) {
  return std::make_unique<UdpNetwork>(runtime);
}

}  // namespace ff::net
