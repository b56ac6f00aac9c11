#include "net/stream/memory_stream.hpp"

#include <algorithm>
#include <utility>

namespace ff::net {

namespace {

/// Forgets the first `offset` bytes when that is cheap compared with what they were.
void drop_front(Bytes& bytes, std::size_t& offset) {
  if (offset * 2 < bytes.size()) return;
  bytes.erase(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(offset));
  offset = 0;
}

}  // namespace

MemoryStream::MemoryStream(EventLoop& loop, MemoryStreamParts parts)
    : loop_(loop),
      parts_(std::move(parts)),
      tls_peer_(parts_.tls ? std::make_shared<const tls::Peer>(parts_.memory.tls_peer) : nullptr),
      slot_(std::move(parts_.slot)),
      arrival_(loop.make_timer()),
      idle_(loop, [this] { finish(CloseReason::idle_timeout); }),
      write_(loop, [this] { finish(CloseReason::write_timeout); }),
      close_(loop, [this] { finish(CloseReason::close_timeout); }) {}

void MemoryStream::join(const std::shared_ptr<MemoryStream>& a,
                        const std::shared_ptr<MemoryStream>& b) {
  a->peer_ = b;
  b->peer_ = a;
}

// ---- sending

WriteResult MemoryStream::write(SharedBytes bytes) {
  if (!open_) return WriteResult::closed;
  if (!bytes || bytes->empty()) return WriteResult::accepted;
  auto waiting = outgoing_size();
  if (waiting > 0 && waiting + bytes->size() > parts_.stream.outgoing_max) {
    if (parts_.stream.cut_off_slow_reader) {
      open_ = false;
      end_later(CloseReason::slow_reader);
    }
    return WriteResult::overflow;
  }
  append(outgoing_, *bytes);
  schedule_transmit();
  return WriteResult::accepted;
}

void MemoryStream::schedule_transmit() {
  if (std::exchange(transmit_posted_, true)) return;
  loop_.post([self = shared_from_this()] {
    self->transmit_posted_ = false;
    if (!self->finished_) self->transmit();
  });
}

void MemoryStream::transmit() {
  auto peer = peer_.lock();
  if (!peer) return finish(CloseReason::failed);
  auto on_its_way = peer->incoming_.size() - peer->incoming_offset_;
  auto room = parts_.memory.window - std::min(parts_.memory.window, on_its_way);
  auto count = std::min(room, outgoing_size());
  if (count > 0) {
    auto piece = ByteView(outgoing_).subspan(offset_, count);
    peer->arrive(piece);
    offset_ += count;
    drop_front(outgoing_, offset_);
    write_.clear();
  }
  if (outgoing_size() > 0) return watch_writing();
  write_.clear();
  if (closing_) return finish(CloseReason::local_closed);
  if (count > 0 && open_ && handler_) {
    auto handler = handler_;
    handler->on_drained();
  }
}

void MemoryStream::watch_writing() {
  if (parts_.stream.write_timeout > Duration::zero() && !write_.is_set()) {
    write_.set_after(parts_.stream.write_timeout);
  }
}

// ---- receiving

void MemoryStream::arrive(ByteView bytes) {
  if (finished_) return;
  if (!open_) return;  // Closing: what comes is not read any more.
  auto was_empty = incoming_.empty();
  append(incoming_, bytes);
  if (was_empty) schedule_deliver(parts_.memory.latency);
}

void MemoryStream::schedule_deliver(Duration delay) {
  arrival_->start(delay, [weak = weak_from_this()] {
    if (auto self = weak.lock()) self->deliver();
  });
}

void MemoryStream::deliver() {
  if (finished_) return;
  if (!open_) {
    incoming_.clear();
    incoming_offset_ = 0;
  }
  if (paused_ && open_) return;
  auto rest = ByteView(incoming_).subspan(incoming_offset_);
  if (rest.empty()) {
    if (peer_closed_) finish(CloseReason::peer_closed);
    return;
  }
  auto piece = to_owned(rest.first(std::min(rest.size(), parts_.memory.piece_max)));
  incoming_offset_ += piece.size();
  drop_front(incoming_, incoming_offset_);
  if (auto peer = peer_.lock(); peer && !peer->finished_) peer->schedule_transmit();
  if (idle_timeout_ > Duration::zero()) idle_.set_after(idle_timeout_);
  auto handler = handler_;
  if (handler) handler->on_data(piece);
  if (!incoming_.empty() || peer_closed_) schedule_deliver(Duration::zero());
}

void MemoryStream::pause_reading(bool paused) {
  if (std::exchange(paused_, paused) && !paused && !finished_) schedule_deliver(Duration::zero());
}

void MemoryStream::set_idle_timeout(Duration timeout) {
  idle_timeout_ = timeout;
  if (finished_) return;
  if (timeout > Duration::zero()) {
    idle_.set_after(timeout);
  } else {
    idle_.clear();
  }
}

// ---- ending

void MemoryStream::close() {
  if (!std::exchange(open_, false)) return;
  closing_ = true;
  close_.set_after(parts_.stream.close_timeout);
  schedule_transmit();
}

void MemoryStream::peer_ended(bool in_order) {
  if (finished_) return;
  if (!in_order) return finish(CloseReason::failed);
  peer_closed_ = true;
  if (incoming_.empty()) schedule_deliver(parts_.memory.latency);
  // Nobody reads what we still send.
  if (closing_) finish(CloseReason::local_closed);
}

void MemoryStream::break_now() {
  finish(CloseReason::failed);
}

void MemoryStream::end_later(CloseReason reason) {
  open_ = false;
  if (finished_) return;
  loop_.post([self = shared_from_this(), reason] { self->finish(reason); });
}

void MemoryStream::finish(CloseReason reason) {
  if (std::exchange(finished_, true)) return;
  auto keep = shared_from_this();
  open_ = false;
  idle_.release();
  write_.release();
  close_.release();
  arrival_.reset();
  outgoing_.clear();
  offset_ = 0;
  incoming_.clear();
  incoming_offset_ = 0;
  slot_.reset();
  if (auto peer = peer_.lock()) {
    auto in_order = reason == CloseReason::local_closed || reason == CloseReason::peer_closed;
    peer->loop_.post([peer, in_order] { peer->peer_ended(in_order); });
  }
  if (auto handler = std::exchange(handler_, nullptr)) handler->on_closed(reason);
}

}  // namespace ff::net
