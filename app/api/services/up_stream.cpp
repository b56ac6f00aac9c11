#include "app/api/services/up_stream.hpp"

#include <utility>

#include "protocol/api_json/api_json.hpp"

namespace ff::api {
namespace {

using application_server::UpPublished;
using ttn::lorawan::v3::ApplicationUp;

/// The outbox keeps the API's JSON, and subscribers of all kinds share it.
Result<ApplicationUp> parse(const UpPublished& up) {
  ApplicationUp message;
  FF_CHECK(api_json::from_json(as_text(up.message->body), message));
  return message;
}

}  // namespace

void UpStream::deliver(const UpPublished& up) noexcept {
  {
    const std::scoped_lock lock(mutex_);
    if (ended_) return done();
    waiting_.push_back(up);
    if (std::exchange(is_looking_, true)) return;
    looking_.swap(waiting_);
  }
  look();
}

void UpStream::look() {
  may_read_([self = shared_from_this()](const Status& allowed) { self->looked(allowed); });
}

void UpStream::looked(const Status& allowed) {
  if (!allowed) return end(allowed);
  bool again = false;
  {
    const std::scoped_lock lock(mutex_);
    for (auto& up : std::exchange(looking_, {})) allowed_.push_back(std::move(up));
    looking_.swap(waiting_);
    again = is_looking_ = !looking_.empty();
  }
  write_next();
  if (again) look();
}

bool UpStream::take_next(UpPublished& up) {
  const std::scoped_lock lock(mutex_);
  if (is_writing_ || allowed_.empty()) return false;
  up = std::move(allowed_.front());
  allowed_.pop_front();
  is_writing_ = true;
  return true;
}

void UpStream::write_next() {
  const auto written = [this] {
    done();
    const std::scoped_lock lock(mutex_);
    is_writing_ = false;
  };
  UpPublished up;
  while (take_next(up)) {
    auto message = parse(up);
    if (!message) {
      // Those behind it can be read.
      unreadable_(message.error());
      written();
      continue;
    }
    auto left = [weak = weak_from_this(), written] {
      const auto self = weak.lock();
      if (!self) return;
      written();
      self->write_next();
    };
    if (stream_->write(*std::move(message), std::move(left))) return;
    written();
    return end({});
  }
}

void UpStream::end(const Status& reason) {
  std::size_t lost = 0;
  std::shared_ptr<void> slot;
  {
    const std::scoped_lock lock(mutex_);
    if (std::exchange(ended_, true)) return;
    for (auto* batch : {&waiting_, &looking_, &allowed_}) {
      lost += batch->size();
      batch->clear();
    }
    slot.swap(slot_);
  }
  slot.reset();
  for (std::size_t i = 0; i < lost; ++i) done();
  stream_->finish(reason);
  if (on_end_) on_end_();
}

}  // namespace ff::api
