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
/// still read. A look is for all that came before it. Whoever delivers only hands a message over:
/// one is made of its JSON when the one before it has left. Any thread.
class UpStream final : public application_server::Subscriber,
                       public std::enable_shared_from_this<UpStream> {
 public:
  using Ups = Stream<ttn::lorawan::v3::ApplicationUp>;
  /// Answers once, on any thread.
  using MayRead = std::function<void(std::function<void(Status)>)>;

  /// Messages on their way to a client. [spec application-server §12]
  static constexpr std::uint32_t window = 128;

  /// `slot` is kept until the stream ends. `unreadable` is told of each message that no message of
  /// the API can be made of, and that the client does not get.
  UpStream(std::shared_ptr<Ups> stream, MayRead may_read, std::shared_ptr<void> slot,
           std::function<void(const Error&)> unreadable)
      : Subscriber(window),
        stream_(std::move(stream)),
        may_read_(std::move(may_read)),
        unreadable_(std::move(unreadable)),
        slot_(std::move(slot)) {}

  /// Called when the stream is over for a reason that is not the client's. Before subscribing.
  void on_end(std::function<void()> ended) { on_end_ = std::move(ended); }

  std::string_view protocol() const noexcept override { return "grpc"; }
  void deliver(const application_server::UpPublished& up) noexcept override;

 private:
  using Batch = std::deque<application_server::UpPublished>;

  void look();
  void looked(const Status& allowed);
  /// Begins writing the next message unless one is being written.
  void write_next();
  bool take_next(application_server::UpPublished& up);
  void end(const Status& reason);

  const std::shared_ptr<Ups> stream_;
  const MayRead may_read_;
  const std::function<void(const Error&)> unreadable_;
  std::function<void()> on_end_;
  std::mutex mutex_;
  std::shared_ptr<void> slot_;
  Batch waiting_;  // for the next look
  Batch looking_;  // for the one under way
  Batch allowed_;  // to be written
  bool is_looking_ = false;
  bool is_writing_ = false;
  bool ended_ = false;
};

}  // namespace ff::api
