// INTERNAL to net/udp: one UDP socket with recvmmsg and sendmmsg on an Asio loop.
#pragma once

#include <sys/socket.h>

#include <array>
#include <atomic>
#include <boost/asio/ip/udp.hpp>
#include <memory>
#include <mutex>
#include <vector>

#include "net/address/socket_address.hpp"
#include "net/runtime/asio_loop.hpp"
#include "net/udp/datagram_socket.hpp"

namespace ff::net {

/// Memory for one recvmmsg() of up to `size()` datagrams.
class ReceiveBatch {
 public:
  explicit ReceiveBatch(std::size_t datagram_size_max);
  /// The number of messages received; -1 with errno on failure.
  int receive(int socket);
  std::size_t size() const noexcept { return messages_.size(); }
  bool truncated(std::size_t index) const noexcept;
  ByteView bytes(std::size_t index) const noexcept;
  const SocketAddress& from(std::size_t index) const noexcept { return addresses_[index]; }
  /// Datagrams the kernel has dropped on this socket so far; 0 if it does not say.
  std::uint32_t dropped(std::size_t index) const noexcept;

 private:
  static constexpr std::size_t control_size = CMSG_SPACE(sizeof(std::uint32_t));
  struct alignas(cmsghdr) Control {
    std::array<std::uint8_t, control_size> bytes;
  };
  const std::size_t stride_;
  Bytes buffer_;
  std::vector<SocketAddress> addresses_;
  std::vector<Control> controls_;
  std::vector<iovec> vectors_;
  std::vector<mmsghdr> messages_;
};

/// Datagrams waiting to be sent, without one allocation each.
struct SendQueue {
  struct Item {
    Endpoint to;
    std::size_t offset = 0;
    std::size_t size = 0;
  };
  Bytes bytes;
  std::vector<Item> items;

  void push(const Endpoint& to, ByteView datagram);
  ByteView at(std::size_t index) const noexcept;
  void clear() noexcept;
};

class UdpSocket final : public Stoppable, public std::enable_shared_from_this<UdpSocket> {
 public:
  static Result<std::shared_ptr<UdpSocket>> open(AsioLoop& loop, const Endpoint& local,
                                                 DatagramOptions options,
                                                 DatagramHandler on_received);
  UdpSocket(AsioLoop& loop, DatagramOptions options, DatagramHandler on_received);

  const Endpoint& local() const noexcept { return local_; }
  bool send(const Endpoint& to, ByteView bytes);
  DatagramCounters counters() const noexcept;
  /// Any thread; afterwards the handler does not run.
  void close();
  void on_stop() override;

 private:
  void begin();
  void wait_readable();
  void on_readable();
  void dispatch(std::size_t count);
  void flush();
  void send_batches();
  bool send_batch();
  void wait_writable();

  AsioLoop& loop_;
  const DatagramOptions options_;
  boost::asio::ip::udp::socket socket_;
  int family_ = 0;
  Endpoint local_;

  std::mutex handler_mutex_;  // Held while the handler runs, so that close() can wait for it.
  DatagramHandler on_received_;

  std::mutex queue_mutex_;  // Guards queue_ and flush_posted_.
  SendQueue queue_;
  bool flush_posted_ = false;
  std::atomic<std::size_t> outgoing_{0};

  // Loop thread only.
  ReceiveBatch batch_;
  std::vector<Datagram> datagrams_;
  SendQueue sending_;
  std::size_t next_ = 0;
  bool waiting_writable_ = false;
  bool dispatching_ = false;
  std::uint32_t kernel_dropped_ = 0;

  struct Counters {
    std::atomic<std::uint64_t> received{0}, truncated{0}, dropped{0}, sent{0}, send_dropped{0},
        send_errors{0};
  } counters_;
};

}  // namespace ff::net
