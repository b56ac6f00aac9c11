// UpStream: one client of AppAs.Subscribe as a subscriber of its application's link. Not the call
// that opens it (app_as.cpp), and no durable consumer: what finds no room is lost for this client.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <mutex>

#include "actors/application_server/link/subscriber.hpp"
#include "app/api/reply.hpp"
#include "ttn/lorawan/v3/messages.pb.h"

namespace ff::api {

/// Messages are written in the order of their delivery, each after a look whether the caller may
/// still read. A look is for all that came before it. Any thread.
class UpStream final : public application_server::Subscriber,
                       public std::enable_shared_from_this<UpStream> {
 public:
  using Ups = Stream<ttn::lorawan::v3::ApplicationUp>;
  /// Answers once, on any thread.
  using MayRead = std::function<void(std::function<void(Status)>)>;

  /// Messages on their way to a client. [spec application-server §12]
  static constexpr std::uint32_t window = 128;

  UpStream(std::shared_ptr<Ups> stream, MayRead may_read)
      : Subscriber(window), stream_(std::move(stream)), may_read_(std::move(may_read)) {}

  /// Called when the stream is over for a reason that is not the client's. Before subscribing.
  void on_end(std::function<void()> ended) { on_end_ = std::move(ended); }

  std::string_view protocol() const noexcept override { return "grpc"; }
  void deliver(const application_server::UpPublished& up) noexcept override;

 private:
  using Batch = std::deque<ttn::lorawan::v3::ApplicationUp>;

  void look();
  void looked(const Status& allowed);
  void write(ttn::lorawan::v3::ApplicationUp up);
  void end(const Status& reason);

  const std::shared_ptr<Ups> stream_;
  const MayRead may_read_;
  std::function<void()> on_end_;
  std::mutex mutex_;
  Batch waiting_;  // for the next look
  Batch looking_;  // for the one under way
  bool is_looking_ = false;
  bool ended_ = false;
};

}  // namespace ff::api
