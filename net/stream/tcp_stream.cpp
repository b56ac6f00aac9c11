#include "net/stream/tcp_stream.hpp"

#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <cerrno>
#include <utility>

#include "net/address/socket_address.hpp"

namespace ff::net {

namespace {

/// Chunks given to the kernel in one call.
constexpr std::size_t gather_max = 64;

bool would_block() noexcept {
  return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

}  // namespace

TcpStream::TcpStream(AsioLoop& loop, TcpStreamParts parts)
    : loop_(loop),
      socket_(std::move(parts.socket)),
      options_(parts.options),
      remote_(remote_endpoint(socket_->native_handle())),
      local_(local_endpoint(socket_->native_handle())),
      engine_(std::move(parts.engine)),
      slot_(std::move(parts.slot)),
      idle_(loop,
            [this] { finish(handshaking_ ? CloseReason::tls_failed : CloseReason::idle_timeout); }),
      write_(loop, [this] { finish(CloseReason::write_timeout); }),
      close_(loop, [this] { on_close_timeout(); }) {}

void TcpStream::start(Duration handshake_timeout, ReadyHandler on_ready) {
  self_ = shared_from_this();
  loop_.add(*this);
  on_ready_ = std::move(on_ready);
  if (!engine_) {
    ready();
  } else {
    handshaking_ = true;
    idle_.set_after(handshake_timeout);
    receive_encrypted({});
  }
  if (!finished_) wait_readable();
}

void TcpStream::ready() {
  handshaking_ = false;
  idle_.clear();
  if (engine_) tls_peer_ = std::make_shared<const tls::Peer>(engine_->peer());
  auto keep = shared_from_this();
  auto on_ready = std::exchange(on_ready_, nullptr);
  dispatching_ = true;
  auto handler = on_ready(std::nullopt);
  dispatching_ = false;
  if (!handler) return finish(CloseReason::aborted);
  if (!handler_) handler_ = std::move(handler);
  flush();
}

// ---- receiving

void TcpStream::wait_readable() {
  if (waiting_readable_ || finished_) return;
  waiting_readable_ = true;
  socket_->async_wait(boost::asio::socket_base::wait_read,
                      [self = shared_from_this()](const boost::system::error_code& error) {
                        self->waiting_readable_ = false;
                        if (!error && !self->finished_) self->on_readable();
                      });
}

void TcpStream::on_readable() {
  if (paused_ && !closing_) return;  // pause_reading(false) waits again.
  auto buffer = loop_.read_buffer();
  auto count = ::recv(socket_->native_handle(), buffer.data(), buffer.size(), 0);
  if (count > 0) {
    receive(ByteView(buffer).first(static_cast<std::size_t>(count)));
  } else if (count == 0) {
    if (closing_ && sending_ended_) return finish(*closing_);
    // What was accepted before the peer's end was seen is still sent; it may have closed one half
    // only.
    return begin_close(CloseReason::peer_closed);
  } else if (!would_block()) {
    return finish(closing_ && sending_ended_ ? *closing_ : CloseReason::failed);
  }
  if (!finished_ && (!paused_ || closing_)) wait_readable();
}

void TcpStream::receive(ByteView bytes) {
  if (closing_) return;
  if (idle_timeout_ > Duration::zero() && !handshaking_) idle_.set_after(idle_timeout_);
  if (engine_) return receive_encrypted(bytes);
  deliver(bytes);
  flush();
}

void TcpStream::receive_encrypted(ByteView bytes) {
  auto before = engine_->state();
  auto state = engine_->receive(bytes);
  if (before == tls::Engine::State::handshaking && state == tls::Engine::State::open) {
    send_engine_output(0);
    if (!finished_) ready();
  }
  resume();
}

void TcpStream::resume() {
  if (engine_) deliver_decrypted();
  if (finished_) return;
  if (engine_) send_engine_output(0);
  flush();
  if (finished_ || !engine_) return;
  if (engine_->state() == tls::Engine::State::failed) return finish(CloseReason::tls_failed);
  if (engine_->state() == tls::Engine::State::closed && !paused_)
    begin_close(CloseReason::peer_closed);
}

void TcpStream::deliver_decrypted() {
  while (!finished_ && !paused_ && open_) {
    auto buffer = loop_.plain_buffer();
    auto count = engine_->read(buffer);
    if (count == 0) return;
    deliver(ByteView(buffer).first(count));
  }
}

void TcpStream::deliver(ByteView bytes) {
  if (!open_ || !handler_) return;
  auto handler = handler_;
  dispatching_ = true;
  handler->on_data(bytes);
  dispatching_ = false;
}

void TcpStream::pause_reading(bool paused) {
  if (std::exchange(paused_, paused) == paused || paused || finished_) return;
  post(&TcpStream::resume);
  wait_readable();
}

void TcpStream::set_idle_timeout(Duration timeout) {
  idle_timeout_ = timeout;
  if (handshaking_ || finished_) return;
  if (timeout > Duration::zero()) {
    idle_.set_after(timeout);
  } else {
    idle_.clear();
  }
}

void TcpStream::post(void (TcpStream::*task)()) {
  loop_.post([self = shared_from_this(), task] {
    if (!self->finished_) ((*self).*task)();
  });
}

// ---- sending

WriteResult TcpStream::write(SharedBytes bytes) {
  if (!bytes || bytes->empty()) return open_ ? WriteResult::accepted : WriteResult::closed;
  auto size = bytes->size();
  {
    std::lock_guard lock(mutex_);
    if (!open_) return WriteResult::closed;
    auto waiting = outgoing_.load();
    if (waiting == 0 || waiting + size <= options_.outgoing_max) {
      pending_.push_back(std::move(bytes));
      outgoing_ += size;
      if (std::exchange(flush_posted_, true)) return WriteResult::accepted;
      // In a callback of ours the flush follows by itself, and gathers all that the callback
      // writes.
      if (loop_.is_current() && dispatching_) return WriteResult::accepted;
      post(&TcpStream::flush);
      return WriteResult::accepted;
    }
  }
  if (options_.cut_off_slow_reader) abort_with(CloseReason::slow_reader);
  return WriteResult::overflow;
}

void TcpStream::flush() {
  if (finished_ || handshaking_ || dispatching_) return;
  collect();
  if (!waiting_writable_ && !send_some()) return finish(CloseReason::failed);
}

void TcpStream::collect() {
  std::vector<SharedBytes> pending;
  {
    std::lock_guard lock(mutex_);
    pending.swap(pending_);
    flush_posted_ = false;
  }
  if (pending.empty()) return;
  if (engine_) return encrypt(std::move(pending));
  for (auto& bytes : pending) {
    auto size = bytes->size();
    sending_.push_back({std::move(bytes), 0, size});
  }
}

void TcpStream::encrypt(std::vector<SharedBytes> plain) {
  std::size_t credit = 0;
  for (const auto& bytes : plain) {
    credit += bytes->size();
    engine_->write(*bytes);
  }
  send_engine_output(credit);
}

void TcpStream::send_engine_output(std::size_t credit) {
  auto output = engine_->take_output();
  if (output.empty()) {
    outgoing_ -= credit;
    return;
  }
  sending_.push_back({std::make_shared<const Bytes>(std::move(output)), 0, credit});
  if (handshaking_ && !waiting_writable_ && !send_some()) finish(CloseReason::failed);
}

bool TcpStream::send_some() {
  auto had_bytes = !sending_.empty();
  while (!sending_.empty()) {
    std::array<iovec, gather_max> chunks{};
    std::size_t count = 0;
    for (auto& item : sending_) {
      if (count == gather_max) break;
      auto rest = ByteView(*item.bytes).subspan(item.offset);
      chunks[count++] = {const_cast<std::uint8_t*>(rest.data()), rest.size()};
    }
    msghdr message{};
    message.msg_iov = chunks.data();
    message.msg_iovlen = count;
    auto sent_bytes = ::sendmsg(socket_->native_handle(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent_bytes < 0) {
      if (!would_block()) return false;
      wait_writable();
      return true;
    }
    sent(static_cast<std::size_t>(sent_bytes));
  }
  if (had_bytes) drained();
  if (closing_ && !sending_ended_ && sending_.empty()) end_sending();
  return true;
}

void TcpStream::sent(std::size_t count) {
  if (write_.is_set()) write_.set_after(options_.write_timeout);
  while (count > 0) {
    auto& item = sending_.front();
    auto rest = item.bytes->size() - item.offset;
    if (count < rest) {
      item.offset += count;
      return;
    }
    count -= rest;
    outgoing_ -= item.credit;
    sending_.pop_front();
  }
}

void TcpStream::wait_writable() {
  if (waiting_writable_ || finished_) return;
  waiting_writable_ = true;
  if (options_.write_timeout > Duration::zero() && !write_.is_set())
    write_.set_after(options_.write_timeout);
  socket_->async_wait(boost::asio::socket_base::wait_write,
                      [self = shared_from_this()](const boost::system::error_code& error) {
                        self->waiting_writable_ = false;
                        if (error || self->finished_) return;
                        self->collect();
                        if (!self->send_some()) self->finish(CloseReason::failed);
                      });
}

void TcpStream::drained() {
  write_.clear();
  if (!handler_ || !open_ || handshaking_) return;
  auto handler = handler_;
  handler->on_drained();  // What it writes is sent by the next round of the loop.
}

// ---- ending

void TcpStream::refuse_writes() {
  std::lock_guard lock(mutex_);
  open_ = false;
}

void TcpStream::close() {
  {
    std::lock_guard lock(mutex_);
    if (!open_.exchange(false)) return;
  }
  loop_.post([self = shared_from_this()] { self->begin_close(CloseReason::local_closed); });
}

void TcpStream::abort() {
  abort_with(CloseReason::aborted);
}

void TcpStream::abort_with(CloseReason reason) {
  refuse_writes();
  if (finished_) return;
  loop_.post([self = shared_from_this(), reason] { self->finish(reason); });
}

void TcpStream::begin_close(CloseReason reason) {
  if (finished_ || closing_) return;
  refuse_writes();
  closing_ = reason;
  idle_.clear();
  close_.set_after(options_.close_timeout);
  if (handshaking_) return finish(reason);
  flush();
  if (!finished_ && reason != CloseReason::peer_closed) wait_readable();
}

void TcpStream::end_sending() {
  if (engine_) {
    engine_->shutdown();
    auto output = engine_->take_output();
    // Best effort: the peer that reads knows from our FIN too.
    if (!output.empty()) {
      ::send(socket_->native_handle(), output.data(), output.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    }
  }
  sending_ended_ = true;
  if (closing_ == CloseReason::peer_closed) return finish(CloseReason::peer_closed);
  // The peer's end is awaited: closing now, with bytes unread, would reset the connection under
  // the last bytes we sent.
  boost::system::error_code ignored;
  socket_->shutdown(boost::asio::socket_base::shutdown_send, ignored);
}

void TcpStream::on_close_timeout() {
  finish(sending_ended_ ? closing_.value_or(CloseReason::close_timeout)
                        : CloseReason::close_timeout);
}

void TcpStream::finish(CloseReason reason) {
  if (finished_.exchange(true)) return;
  auto keep = std::exchange(self_, nullptr);
  refuse_writes();
  {
    std::lock_guard lock(mutex_);
    pending_.clear();
  }
  sending_.clear();
  outgoing_ = 0;
  idle_.release();
  write_.release();
  close_.release();
  loop_.remove(*this);
  // Before the peer can see the end, so that whoever hears of it from the peer finds it counted.
  if (auto on_ready = std::exchange(on_ready_, nullptr)) on_ready(reason);
  socket_.reset();
  slot_.reset();
  if (auto handler = std::exchange(handler_, nullptr)) handler->on_closed(reason);
}

}  // namespace ff::net
