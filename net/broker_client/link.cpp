#include "net/broker_client/link.hpp"

namespace ff::net::broker_client {

Link::Link(SurroundingsPtr surroundings, BrokerTarget target, Listen listen)
    : surroundings_(std::move(surroundings)),
      pool_(surroundings_->pool.get()),
      target_(std::move(target)),
      listen_(std::move(listen)) {}

void Link::open() {
  post([this] { do_open(); });
}

void Link::close() {
  if (closed_.exchange(true)) return;
  pool_->post(strand_, [self = shared_from_this()] { self->do_close(); });
}

void Link::post(std::function<void()> job) {
  // A callback of a library may come while the link is being destroyed.
  auto self = weak_from_this().lock();
  if (!self || closed_) return;
  pool_->post(strand_, [self = std::move(self), job = std::move(job)] {
    if (!self->closed_) job();
  });
}

void Link::tell(BrokerEvent event) {
  post([this, event = std::move(event)]() mutable {
    if (!over_) listen_(std::move(event));
  });
}

void Link::give_up(Error error) {
  if (std::exchange(over_, true)) return;
  if (connected_) return listen_(Lost{std::move(error)});
  listen_(Failed{std::move(error)});
}

void Link::connected() {
  if (over_ || std::exchange(connected_, true)) return;
  listen_(Connected{});
}

void Link::arrived(std::string_view topic, ByteView body) {
  if (body.size() > options().arrived_size_max || waiting_->load() >= options().arrived_max) {
    ++dropped_;
    return;
  }
  ++*waiting_;
  const std::shared_ptr<void> credit(nullptr, [waiting = waiting_](void*) { --*waiting; });
  tell(Arrived{std::string(topic), to_owned(body), dropped_.exchange(0), credit});
}

}  // namespace ff::net::broker_client
