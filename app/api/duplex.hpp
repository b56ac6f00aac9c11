// A call in which both sides send messages. May be used from any thread. Not for calls with one
// request (reply.hpp).
#pragma once

#include <grpcpp/support/server_callback.h>

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>

#include "app/api/reply.hpp"

namespace ff::api {

/// Requests are read one at a time, when they are asked for: a client that sends too much waits in
/// the transport. Responses wait in a bounded queue while the client reads. Lives until the client
/// has the end.
template <class Request, class Response>
class Duplex : public std::enable_shared_from_this<Duplex<Request, Response>> {
 public:
  /// Responses that may wait; one more ends the call with `slow_reader`.
  static constexpr std::size_t waiting_max = 64;
  using ToStatus = std::function<grpc::Status(const Error&)>;
  /// Null: the client sends no more.
  using Received = std::function<void(const Request*)>;

  static std::shared_ptr<Duplex> make(ToStatus to_status) {
    std::shared_ptr<Duplex> duplex(new Duplex(std::move(to_status)));
    duplex->reactor_ = new Reactor(duplex);  // gRPC's contract: a reactor ends itself in OnDone.
    return duplex;
  }

  /// Tells the client that it is served, before there is a response. At most once, before writing.
  void open() {
    const std::scoped_lock lock(mutex_);
    if (ended_ || std::exchange(begun_, true)) return;
    reactor_->StartSendInitialMetadata();
  }

  /// Calls `add`, which may add initial metadata to the call's context, unless an answer has begun
  /// or the call is over: afterwards the context may be gone.
  template <class Add>
  void before_begin(Add add) {
    const std::scoped_lock lock(mutex_);
    if (!ended_ && !begun_) add();
  }

  /// Told once when this side ends, with how. Before anything else; must neither block nor use the
  /// duplex.
  void on_end(std::function<void(const grpc::Status&)> told) { on_end_ = std::move(told); }

  /// Told of each request that has been read, and of each response that gRPC has taken. Before
  /// anything else; must neither block nor use the duplex.
  void on_messages(std::function<void()> received, std::function<void()> sent) {
    on_received_ = std::move(received);
    on_sent_ = std::move(sent);
  }

  /// Asked before each request is given to the handler; an error ends the call. Before reading.
  void limit(std::function<Status()> admit) { admit_ = std::move(admit); }

  /// Calls `received` with the next request, which is valid during the call. One at a time. Dropped
  /// without a call when this side has ended.
  void read(Received received) {
    const std::scoped_lock lock(mutex_);
    if (ended_) return;
    received_ = std::move(received);
    reactor_->StartRead(&request_);
  }

  /// False when the call is over.
  bool write(Response response) {
    const std::scoped_lock lock(mutex_);
    if (ended_) return false;
    if (waiting_.size() >= waiting_max) {
      end(to_status_(Error(slow_reader)));
      return false;
    }
    waiting_.push_back(std::move(response));
    begun_ = true;
    pump();
    return true;
  }

  /// Ends the call after what was written. The first end counts.
  void finish(const Status& result) {
    const std::scoped_lock lock(mutex_);
    if (!ended_) end(result ? grpc::Status::OK : to_status_(result.error()));
  }

  /// Called once when the client leaves before the end; at once if it has left.
  void on_cancel(std::function<void()> cancelled) {
    {
      const std::scoped_lock lock(mutex_);
      if (!cancelled_) {
        if (!finished_) on_cancel_ = std::move(cancelled);
        return;
      }
    }
    cancelled();
  }

  /// INTERNAL: for gRPC.
  grpc::ServerBidiReactor<Request, Response>* reactor() const { return reactor_; }

 private:
  class Reactor final : public grpc::ServerBidiReactor<Request, Response> {
   public:
    explicit Reactor(std::shared_ptr<Duplex> duplex) : duplex_(std::move(duplex)) {}
    void OnReadDone(bool ok) override { duplex_->read_done(ok); }
    void OnWriteDone(bool ok) override { duplex_->written(ok); }
    void OnCancel() override { duplex_->leave(); }
    void OnDone() override { delete this; }

   private:
    std::shared_ptr<Duplex> duplex_;
  };

  explicit Duplex(ToStatus to_status) : to_status_(std::move(to_status)) {}

  /// The lock is held.
  void end(grpc::Status status) {
    ended_ = true;
    status_ = std::move(status);
    if (on_end_) on_end_(status_);
    pump();
  }

  /// One write at a time; the lock is held.
  void pump() {
    if (writing_ || finished_) return;
    if (!waiting_.empty()) {
      writing_ = true;
      reactor_->StartWrite(&waiting_.front());
    } else if (ended_) {
      finished_ = true;
      // It may hold who holds this.
      on_cancel_ = nullptr;
      reactor_->Finish(status_);
    }
  }

  void read_done(bool ok) {
    Received received;
    {
      const std::scoped_lock lock(mutex_);
      received = std::exchange(received_, nullptr);
      if (ok && on_received_) on_received_();
      if (ended_) return;
    }
    if (received) received(ok && admits() ? &request_ : nullptr);
  }

  /// Whether the client may send what it has sent. If not, the call ends: its handler hears that
  /// there is no more to come.
  bool admits() {
    const auto admitted = admit_ ? admit_() : Status();
    if (!admitted) finish(admitted);
    return admitted.has_value();
  }

  void written(bool ok) {
    {
      const std::scoped_lock lock(mutex_);
      writing_ = false;
      if (ok) {
        if (on_sent_) on_sent_();
        waiting_.pop_front();
        pump();
        return;
      }
      waiting_.clear();
    }
    leave();
  }

  /// The client has left.
  void leave() {
    std::function<void()> client_left;
    {
      const std::scoped_lock lock(mutex_);
      cancelled_ = true;
      client_left = std::exchange(on_cancel_, nullptr);
      if (ended_) {
        pump();
      } else {
        end(grpc::Status::CANCELLED);
      }
    }
    if (client_left) client_left();
  }

  const ToStatus to_status_;
  std::function<Status()> admit_;  // May be null.
  std::mutex mutex_;
  Request request_;
  Received received_;
  std::deque<Response> waiting_;
  std::function<void()> on_cancel_;
  std::function<void(const grpc::Status&)> on_end_;
  std::function<void()> on_received_;
  std::function<void()> on_sent_;
  grpc::Status status_;
  bool begun_ = false;
  bool writing_ = false;
  bool ended_ = false;
  bool finished_ = false;
  bool cancelled_ = false;
  Reactor* reactor_ = nullptr;
};

}  // namespace ff::api
