#include "app/api/services/up_stream.hpp"

#include <utility>

#include "protocol/api_json/api_json.hpp"

namespace ff::api {
namespace {

using ttn::lorawan::v3::ApplicationUp;

/// The outbox keeps the API's JSON, and subscribers of all kinds share it.
Result<ApplicationUp> parse(const application_server::UpPublished& up) {
  ApplicationUp message;
  FF_CHECK(api_json::from_json(as_text(up.message->body), message));
  return message;
}

}  // namespace

void UpStream::deliver(const application_server::UpPublished& up) noexcept {
  auto message = parse(up);
  if (!message) {
    done();
    return end(fail(std::move(message).error()));
  }
  {
    const std::scoped_lock lock(mutex_);
    if (ended_) return done();
    waiting_.push_back(*std::move(message));
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
  Batch batch;
  {
    const std::scoped_lock lock(mutex_);
    batch.swap(looking_);
  }
  for (auto& up : batch) write(std::move(up));
  {
    const std::scoped_lock lock(mutex_);
    looking_.swap(waiting_);
    is_looking_ = !looking_.empty();
    if (!is_looking_) return;
  }
  look();
}

void UpStream::write(ApplicationUp up) {
  auto left = [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->done();
  };
  if (stream_->write(std::move(up), std::move(left))) return;
  done();
  end({});
}

void UpStream::end(const Status& reason) {
  Batch lost;
  {
    const std::scoped_lock lock(mutex_);
    if (std::exchange(ended_, true)) return;
    lost.swap(waiting_);
    for (auto& up : looking_) lost.push_back(std::move(up));
    looking_.clear();
  }
  for (std::size_t i = 0; i < lost.size(); ++i) done();
  stream_->finish(reason);
  if (on_end_) on_end_();
}

}  // namespace ff::api
