#include "net/runtime/deadline.hpp"

#include <utility>

namespace ff::net {

Deadline::Deadline(EventLoop& loop, Task expired) : loop_(loop), expired_(std::move(expired)) {}

void Deadline::set(MonoTime at) {
  at_ = at;
  if (!armed_ || at < *armed_) arm(at);
}

void Deadline::release() noexcept {
  at_.reset();
  armed_.reset();
  timer_.reset();
}

void Deadline::arm(MonoTime at) {
  if (!timer_) timer_ = loop_.make_timer();
  armed_ = at;
  timer_->start(at - loop_.now(), [this] { wake(); });
}

void Deadline::wake() {
  armed_.reset();
  if (!at_) return;
  if (loop_.now() < *at_) return arm(*at_);
  at_.reset();
  auto expired = expired_;  // It may destroy this object.
  expired();
}

}  // namespace ff::net
