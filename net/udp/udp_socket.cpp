#include "net/udp/udp_socket.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/io_context.hpp>
#include <cerrno>
#include <cstring>
#include <utility>

namespace ff::net {

namespace {

constexpr std::size_t batch_size = 64;
/// Batches received before other work of the loop has its turn.
constexpr int receive_rounds = 8;

bool would_block() noexcept {
  return errno == EAGAIN || errno == EWOULDBLOCK;
}

}  // namespace

// ---- memory of a batch

ReceiveBatch::ReceiveBatch(std::size_t datagram_size_max)
    : stride_(datagram_size_max),
      buffer_(stride_ * batch_size),
      addresses_(batch_size),
      controls_(batch_size),
      vectors_(batch_size),
      messages_(batch_size) {}

int ReceiveBatch::receive(int socket) {
  for (std::size_t i = 0; i < messages_.size(); ++i) {
    vectors_[i] = {buffer_.data() + i * stride_, stride_};
    auto& header = messages_[i].msg_hdr;
    header = {};
    header.msg_name = addresses_[i].raw();
    header.msg_namelen = sizeof(sockaddr_storage);
    header.msg_iov = &vectors_[i];
    header.msg_iovlen = 1;
    header.msg_control = controls_[i].bytes.data();
    header.msg_controllen = control_size;
  }
  return ::recvmmsg(socket, messages_.data(), static_cast<unsigned int>(messages_.size()),
                    MSG_DONTWAIT, nullptr);
}

bool ReceiveBatch::truncated(std::size_t index) const noexcept {
  return (messages_[index].msg_hdr.msg_flags & MSG_TRUNC) != 0;
}

ByteView ReceiveBatch::bytes(std::size_t index) const noexcept {
  return ByteView(buffer_).subspan(index * stride_, messages_[index].msg_len);
}

std::uint32_t ReceiveBatch::dropped(std::size_t index) const noexcept {
  std::uint32_t count = 0;
  const auto& header = messages_[index].msg_hdr;
  const auto* control = CMSG_FIRSTHDR(&header);
  if (control != nullptr && control->cmsg_level == SOL_SOCKET &&
      control->cmsg_type == SO_RXQ_OVFL) {
    std::memcpy(&count, CMSG_DATA(control), sizeof count);
  }
  return count;
}

void SendQueue::push(const Endpoint& to, ByteView datagram) {
  items.push_back({to, bytes.size(), datagram.size()});
  append(bytes, datagram);
}

ByteView SendQueue::at(std::size_t index) const noexcept {
  return ByteView(bytes).subspan(items[index].offset, items[index].size);
}

void SendQueue::clear() noexcept {
  bytes.clear();
  items.clear();
}

// ---- opening and closing

UdpSocket::UdpSocket(AsioLoop& loop, DatagramOptions options, DatagramHandler on_received)
    : loop_(loop),
      options_(options),
      socket_(loop.context()),
      on_received_(std::move(on_received)),
      batch_(options.datagram_size_max) {
  datagrams_.reserve(batch_size);
}

Result<std::shared_ptr<UdpSocket>> UdpSocket::open(AsioLoop& loop, const Endpoint& local,
                                                   DatagramOptions options,
                                                   DatagramHandler on_received) {
  auto bound = bind_socket(local, SOCK_DGRAM, options.reuse_port);
  if (bound.descriptor < 0) {
    return fail(bind_failed, {{"address", local.to_string()}, {"reason", std::strerror(errno)}});
  }
  int on = 1;
  auto buffer = static_cast<int>(options.receive_buffer);
  setsockopt(bound.descriptor, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof on);
  if (setsockopt(bound.descriptor, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof buffer) != 0)
    setsockopt(bound.descriptor, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
  auto self = std::make_shared<UdpSocket>(loop, options, std::move(on_received));
  using boost::asio::ip::udp;
  boost::system::error_code error;
  self->socket_.assign(bound.family == AF_INET ? udp::v4() : udp::v6(), bound.descriptor, error);
  if (error) {
    ::close(bound.descriptor);
    return fail(bind_failed, {{"address", local.to_string()}, {"reason", error.message()}});
  }
  self->family_ = bound.family;
  self->local_ = local_endpoint(bound.descriptor);
  loop.post([self] { self->begin(); });
  return self;
}

void UdpSocket::begin() {
  if (!socket_.is_open()) return;
  loop_.add(*this);
  wait_readable();
}

void UdpSocket::close() {
  {
    std::lock_guard lock(handler_mutex_);
    on_received_ = nullptr;
  }
  loop_.post([self = shared_from_this()] { self->on_stop(); });
}

void UdpSocket::on_stop() {
  loop_.remove(*this);
  boost::system::error_code ignored;
  socket_.close(ignored);
}

DatagramCounters UdpSocket::counters() const noexcept {
  return {counters_.received, counters_.truncated,    counters_.dropped,
          counters_.sent,     counters_.send_dropped, counters_.send_errors};
}

// ---- receiving

void UdpSocket::wait_readable() {
  socket_.async_wait(boost::asio::socket_base::wait_read,
                     [self = shared_from_this()](const boost::system::error_code& error) {
                       if (!error && self->socket_.is_open()) self->on_readable();
                     });
}

void UdpSocket::on_readable() {
  for (int round = 0; round < receive_rounds; ++round) {
    auto count = batch_.receive(socket_.native_handle());
    // Errors other than "nothing there" report an earlier send (ICMP); the socket goes on.
    if (count <= 0) break;
    dispatch(static_cast<std::size_t>(count));
    if (static_cast<std::size_t>(count) < batch_.size()) break;
  }
  flush();
  wait_readable();
}

void UdpSocket::dispatch(std::size_t count) {
  datagrams_.clear();
  for (std::size_t i = 0; i < count; ++i) {
    auto from = to_endpoint(batch_.from(i));
    if (batch_.truncated(i) || !from) {
      ++counters_.truncated;
    } else {
      datagrams_.push_back({*from, batch_.bytes(i)});
    }
  }
  auto dropped = batch_.dropped(count - 1);
  if (dropped != 0) counters_.dropped += dropped - std::exchange(kernel_dropped_, dropped);
  counters_.received += datagrams_.size();
  if (datagrams_.empty()) return;
  std::lock_guard lock(handler_mutex_);
  if (!on_received_) return;
  dispatching_ = true;
  on_received_(datagrams_);
  dispatching_ = false;
}

// ---- sending

bool UdpSocket::send(const Endpoint& to, ByteView bytes) {
  std::lock_guard lock(queue_mutex_);
  if (outgoing_ >= options_.outgoing_max) {
    ++counters_.send_dropped;
    return false;
  }
  ++outgoing_;
  queue_.push(to, bytes);
  if (std::exchange(flush_posted_, true)) return true;
  // Inside the receive handler the flush follows by itself, with all that the batch is answered.
  if (loop_.is_current() && dispatching_) return true;
  loop_.post([self = shared_from_this()] { self->flush(); });
  return true;
}

void UdpSocket::flush() {
  if (!socket_.is_open() || waiting_writable_) return;
  send_batches();
}

void UdpSocket::send_batches() {
  auto took_queue = false;
  while (true) {
    if (next_ == sending_.items.size()) {
      sending_.clear();
      next_ = 0;
      std::lock_guard lock(queue_mutex_);
      flush_posted_ = !queue_.items.empty();
      if (!flush_posted_) return;
      if (std::exchange(took_queue, true)) {
        // More came meanwhile; the rest of the loop has its turn first.
        return loop_.post([self = shared_from_this()] { self->flush(); });
      }
      std::swap(queue_, sending_);
    }
    if (!send_batch()) return wait_writable();
  }
}

bool UdpSocket::send_batch() {
  auto count = std::min(batch_size, sending_.items.size() - next_);
  std::array<SocketAddress, batch_size> addresses;
  std::array<iovec, batch_size> vectors{};
  std::array<mmsghdr, batch_size> messages{};
  for (std::size_t i = 0; i < count; ++i) {
    auto bytes = sending_.at(next_ + i);
    addresses[i] = to_socket_address(sending_.items[next_ + i].to, family_);
    vectors[i] = {const_cast<std::uint8_t*>(bytes.data()), bytes.size()};
    messages[i].msg_hdr.msg_name = addresses[i].raw();
    messages[i].msg_hdr.msg_namelen = addresses[i].size;
    messages[i].msg_hdr.msg_iov = &vectors[i];
    messages[i].msg_hdr.msg_iovlen = 1;
  }
  auto sent = ::sendmmsg(socket_.native_handle(), messages.data(), static_cast<unsigned int>(count),
                         MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent < 0 && would_block()) return false;
  if (sent < 0 && errno == EINTR) return true;
  // On an error the first message of the batch is the one at fault.
  auto done = sent < 0 ? std::size_t{1} : static_cast<std::size_t>(sent);
  (sent < 0 ? counters_.send_errors : counters_.sent) += done;
  next_ += done;
  outgoing_ -= done;
  return true;
}

void UdpSocket::wait_writable() {
  waiting_writable_ = true;
  socket_.async_wait(boost::asio::socket_base::wait_write,
                     [self = shared_from_this()](const boost::system::error_code& error) {
                       self->waiting_writable_ = false;
                       if (!error) self->flush();
                     });
}

}  // namespace ff::net
