// How a handler answers: once (Reply) or many times (Stream). Both may be used from any thread,
// also later.
#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "protocol/base/result.hpp"

namespace ff::api {

inline constexpr ErrorDef no_answer{"pkg/rpcserver", "rpc_recovered", Code::internal,
                                    "internal error"};
inline constexpr ErrorDef slow_reader{"pkg/rpcserver", "slow_reader", Code::resource_exhausted,
                                      "the client reads too slowly"};

using Finisher = std::function<void(const Status&)>;

/// The answer of a unary call; copies are the same answer. The first one given counts; dropping all
/// copies without an answer is an internal error.
template <class Response>
class Reply {
 public:
  Reply(Response& response, Finisher finish)
      : state_(std::make_shared<State>(response, std::move(finish))) {}

  void operator()(Result<Response> result) const { state_->answer(std::move(result)); }

 private:
  struct State {
    State(Response& target, Finisher finisher) : response(target), finish(std::move(finisher)) {}
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() { answer(fail(no_answer)); }

    void answer(Result<Response> result) {
      {
        std::scoped_lock lock(mutex);
        if (std::exchange(answered, true)) return;
      }
      if (!result) return finish(fail(std::move(result).error()));
      response = *std::move(result);
      finish({});
    }

    std::mutex mutex;
    bool answered = false;
    Response& response;
    Finisher finish;
  };

  std::shared_ptr<State> state_;
};

/// Initial metadata of a stream that has begun: a call that is refused has initial metadata too,
/// and who answers in HTTP must not say 200 to that one.
inline constexpr std::string_view stream_is_open = "farfield-stream-open";

/// A server stream. Messages wait in a bounded queue while the client reads; it lives until the
/// client has the end.
template <class Response>
class Stream : public std::enable_shared_from_this<Stream<Response>> {
 public:
  /// Messages that may wait; one more ends the stream with `slow_reader`.
  static constexpr std::size_t waiting_max = 1024;
  using ToStatus = std::function<grpc::Status(const Error&)>;
  /// Told once that a message waits no longer, whether its client gets it or not. Must not block.
  using Left = std::function<void()>;

  /// `context` is the call's, for open().
  static std::shared_ptr<Stream> make(ToStatus to_status,
                                      grpc::CallbackServerContext* context = nullptr) {
    std::shared_ptr<Stream> stream(new Stream(std::move(to_status)));
    stream->context_ = context;
    stream->reactor_ = new Reactor(stream);  // gRPC's contract: a reactor ends itself in OnDone.
    return stream;
  }

  /// Tells the client that the stream has begun, before there is a message. At most once.
  void open() {
    std::scoped_lock lock(mutex_);
    if (ended_ || !waiting_.empty() || std::exchange(begun_, true)) return;
    if (context_ != nullptr) context_->AddInitialMetadata(std::string(stream_is_open), "1");
    reactor_->StartSendInitialMetadata();
  }

  /// Calls `add`, which may add initial metadata to the call's context, unless the stream has begun
  /// or is over: afterwards the context may be gone.
  template <class Add>
  void before_begin(Add add) {
    std::scoped_lock lock(mutex_);
    if (!ended_ && !begun_) add();
  }

  /// Told once when this side ends, with how. Before anything else; must neither block nor use the
  /// stream.
  void on_end(std::function<void(const grpc::Status&)> told) { on_end_ = std::move(told); }

  /// Told of each message that gRPC has taken. Before anything else; must neither block nor use the
  /// stream.
  void on_sent(std::function<void()> told) { on_sent_ = std::move(told); }

  /// False when the stream is over; `left` is not called then.
  bool write(Response message, Left left = {}) {
    std::scoped_lock lock(mutex_);
    if (ended_) return false;
    if (waiting_.size() >= waiting_max) {
      end(reason(slow_reader));
      return false;
    }
    push({std::move(message), std::move(left)});
    return true;
  }

  enum class Offered : std::uint8_t { taken, dropped, over };
  /// The same, but what finds no room is dropped and the stream goes on.
  Offered offer(Response message) {
    std::scoped_lock lock(mutex_);
    if (ended_) return Offered::over;
    if (waiting_.size() >= waiting_max) return Offered::dropped;
    push({std::move(message), {}});
    return Offered::taken;
  }

  /// Ends the stream after what was written. The first end counts.
  void finish(Status result) {
    std::scoped_lock lock(mutex_);
    if (!ended_) end(result ? grpc::Status::OK : to_status_(result.error()));
  }

  /// Called once when the client leaves before the end; at once if it has left already.
  void on_cancel(std::function<void()> cancelled) {
    {
      std::scoped_lock lock(mutex_);
      if (!cancelled_) {
        on_cancel_ = std::move(cancelled);
        return;
      }
    }
    cancelled();
  }

  /// INTERNAL: for gRPC.
  grpc::ServerWriteReactor<Response>* reactor() const { return reactor_; }

 private:
  class Reactor final : public grpc::ServerWriteReactor<Response> {
   public:
    explicit Reactor(std::shared_ptr<Stream> stream) : stream_(std::move(stream)) {}
    void OnWriteDone(bool ok) override { stream_->written(ok); }
    void OnCancel() override { stream_->cancel(); }
    void OnDone() override { delete this; }

   private:
    std::shared_ptr<Stream> stream_;
  };

  struct Waiting {
    Response message;
    Left left;
  };

  explicit Stream(ToStatus to_status) : to_status_(std::move(to_status)) {}
  grpc::Status reason(const ErrorDef& def) const { return to_status_(Error(def)); }

  void end(grpc::Status status) {
    ended_ = true;
    status_ = std::move(status);
    if (on_end_) on_end_(status_);
    pump();
  }

  /// There is room; the lock is held.
  void push(Waiting message) {
    waiting_.push_back(std::move(message));
    begun_ = true;
    pump();
  }

  /// One operation at a time; the lock is held.
  void pump() {
    if (writing_ || finished_) return;
    if (!waiting_.empty()) {
      writing_ = true;
      reactor_->StartWrite(&waiting_.front().message);
    } else if (ended_) {
      finished_ = true;
      on_cancel_ = nullptr;
      reactor_->Finish(status_);
    }
  }

  /// A write fails when the client has left; gRPC may say so before it calls OnCancel, and whoever
  /// hears of a message that left must find the stream ended.
  void written(bool ok) {
    std::deque<Waiting> gone;
    std::function<void()> client_left;
    {
      std::scoped_lock lock(mutex_);
      writing_ = false;
      if (ok) {
        if (on_sent_) on_sent_();
        gone.push_back(std::move(waiting_.front()));
        waiting_.pop_front();
        pump();
      } else {
        gone.swap(waiting_);
        client_left = leave();
      }
    }
    for (const auto& message : gone) {
      if (message.left) message.left();
    }
    if (client_left) client_left();
  }

  void cancel() {
    std::function<void()> client_left;
    {
      std::scoped_lock lock(mutex_);
      client_left = leave();
    }
    if (client_left) client_left();
  }

  /// The client has left: ends the stream and gives who is to be told. The lock is held.
  [[nodiscard]] std::function<void()> leave() {
    cancelled_ = true;
    auto callback = std::exchange(on_cancel_, nullptr);
    if (ended_) {
      pump();
    } else {
      end(grpc::Status::CANCELLED);
    }
    return callback;
  }

  const ToStatus to_status_;
  std::mutex mutex_;
  std::deque<Waiting> waiting_;
  std::function<void()> on_cancel_;
  std::function<void(const grpc::Status&)> on_end_;
  std::function<void()> on_sent_;
  grpc::Status status_;
  bool begun_ = false;
  bool writing_ = false;
  bool ended_ = false;
  bool finished_ = false;
  bool cancelled_ = false;
  Reactor* reactor_ = nullptr;
  grpc::CallbackServerContext* context_ = nullptr;  // gone when the call is over
};

}  // namespace ff::api
