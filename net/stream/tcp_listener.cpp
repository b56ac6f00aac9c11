#include "net/stream/tcp_listener.hpp"

#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <cerrno>
#include <cstring>
#include <limits>
#include <utility>

#include "net/address/socket_address.hpp"
#include "net/stream/tcp_stream.hpp"

namespace ff::net {

namespace {

/// Connections accepted before other work of the loop has its turn.
constexpr int accept_batch = 64;
/// Out of descriptors or memory: the listening socket stays readable, so trying at once would spin.
constexpr auto retry_delay = std::chrono::milliseconds{100};

using boost::asio::ip::tcp;

tcp protocol_of(int family) {
  return family == AF_INET ? tcp::v4() : tcp::v6();
}

/// Descriptors of connections are below this number: the others are left to files, without which
/// the store fails. A new descriptor is the lowest that is free.
int descriptors_of_connections() noexcept {
  constexpr rlim_t for_files = 4608;
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur > std::numeric_limits<int>::max())
    return std::numeric_limits<int>::max();
  return static_cast<int>(limit.rlim_cur - std::min(limit.rlim_cur / 4, for_files));
}

int family_of(int descriptor) noexcept {
  int family = 0;
  socklen_t size = sizeof family;
  getsockopt(descriptor, SOL_SOCKET, SO_DOMAIN, &family, &size);
  return family;
}

}  // namespace

TcpAcceptor::TcpAcceptor(Runtime& runtime, ListenOptions options, AcceptHandler on_accept)
    : runtime_(runtime),
      loop_(runtime.next_asio_loop()),
      options_(std::move(options)),
      on_accept_(std::move(on_accept)),
      acceptor_(loop_.context()),
      slots_(std::make_shared<ConnectionSlots>(options_.connections_max,
                                               options_.connections_per_address_max)),
      descriptors_max_(descriptors_of_connections()) {}

Result<std::shared_ptr<TcpAcceptor>> TcpAcceptor::open(Runtime& runtime, const Endpoint& local,
                                                       ListenOptions options,
                                                       AcceptHandler on_accept) {
  auto socket = bind_socket(local, SOCK_STREAM, false);
  if (socket.descriptor < 0 || ::listen(socket.descriptor, options.backlog) != 0) {
    auto reason = std::strerror(errno);
    if (socket.descriptor >= 0) ::close(socket.descriptor);
    return fail(listen_failed, {{"address", local.to_string()}, {"reason", reason}});
  }
  auto self = std::make_shared<TcpAcceptor>(runtime, std::move(options), std::move(on_accept));
  boost::system::error_code error;
  self->acceptor_.assign(protocol_of(socket.family), socket.descriptor, error);
  if (error) {
    ::close(socket.descriptor);
    return fail(listen_failed, {{"address", local.to_string()}, {"reason", error.message()}});
  }
  self->local_ = local_endpoint(socket.descriptor);
  self->loop_.post([self] { self->begin(); });
  return self;
}

ListenerCounters TcpAcceptor::counters() const {
  return {accepted_, refused_, handshakes_failed_, accept_errors_, slots_->open()};
}

void TcpAcceptor::close() {
  if (closed_.exchange(true)) return;
  loop_.post([self = shared_from_this()] { self->on_stop(); });
}

void TcpAcceptor::on_stop() {
  closed_ = true;
  loop_.remove(*this);
  retry_.reset();
  boost::system::error_code ignored;
  acceptor_.close(ignored);
}

void TcpAcceptor::begin() {
  if (closed_) return;
  loop_.add(*this);
  wait();
}

void TcpAcceptor::wait() {
  if (closed_) return;
  acceptor_.async_wait(boost::asio::socket_base::wait_read,
                       [self = shared_from_this()](const boost::system::error_code& error) {
                         if (!error && !self->closed_) self->accept_some();
                       });
}

void TcpAcceptor::accept_some() {
  for (int i = 0; i < accept_batch; ++i) {
    SocketAddress address;
    auto descriptor = ::accept4(acceptor_.native_handle(), address.raw(), &address.size,
                                SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor >= 0) {
      accepted(descriptor, to_endpoint(address).value_or(Endpoint()));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      return wait();
    } else if (errno != EINTR && errno != ECONNABORTED) {
      ++accept_errors_;
      return pause_after_error();
    }
  }
  wait();
}

void TcpAcceptor::pause_after_error() {
  if (!retry_) retry_ = loop_.make_timer();
  retry_->start(retry_delay, [this] { wait(); });
}

void TcpAcceptor::accepted(int descriptor, const Endpoint& remote) {
  auto slot = slots_->take(remote);
  if (!slot || descriptor >= descriptors_max_ || (options_.admit && !options_.admit(remote))) {
    ++refused_;
    ::close(descriptor);
    return;
  }
  int on = 1;
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(descriptor, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  auto& loop = runtime_.next_asio_loop();
  if (&loop == &loop_) return adopt(loop, descriptor, std::move(slot));
  loop.post([self = shared_from_this(), &loop, descriptor, slot = std::move(slot)]() mutable {
    self->adopt(loop, descriptor, std::move(slot));
  });
}

void TcpAcceptor::adopt(AsioLoop& loop, int descriptor, std::shared_ptr<void> slot) {
  tcp::socket socket(loop.context());
  boost::system::error_code error;
  socket.assign(protocol_of(family_of(descriptor)), descriptor, error);
  if (error) {
    ++accept_errors_;
    ::close(descriptor);
    return;
  }
  std::unique_ptr<tls::Engine> engine;
  if (options_.tls) {
    auto made = tls::Engine::server(options_.tls);
    if (!made) {
      ++handshakes_failed_;
      return;
    }
    engine = std::move(*made);
  }
  auto stream = std::make_shared<TcpStream>(
      loop, TcpStreamParts{std::move(socket), options_.stream, std::move(engine), std::move(slot)});
  // The stream holds this lambda until it is ready, so it must not hold the stream.
  stream->start(options_.handshake_timeout,
                [self = shared_from_this(), weak = std::weak_ptr(stream)](
                    std::optional<CloseReason> failure) -> std::shared_ptr<StreamHandler> {
                  if (failure) ++self->handshakes_failed_;
                  auto ready = weak.lock();
                  if (failure || !ready || self->closed_) return nullptr;
                  ++self->accepted_;
                  return self->on_accept_(std::move(ready));
                });
}

}  // namespace ff::net
