// A runtime with a TCP network on loopback, and handlers whose state tests can wait for.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "net/runtime/runtime.hpp"
#include "net/stream/tcp.hpp"

namespace ff::net {

/// Longest time any wait of these tests may take; reached only when something is broken.
constexpr auto patience = std::chrono::seconds{20};

/// Thread safe record of what a stream said.
class Recorder final : public StreamHandler {
 public:
  explicit Recorder(std::function<void(ByteView)> on_bytes = {}) : on_bytes_(std::move(on_bytes)) {}

  void on_data(ByteView bytes) override {
    if (on_bytes_) on_bytes_(bytes);
    change([&] { text_ += as_text(bytes); });
  }
  void on_drained() override {
    change([&] { ++drained_; });
  }
  void on_closed(CloseReason reason) override {
    change([&] { closed_ = reason; });
  }

  bool wait_text(std::string_view text) {
    return wait([&] { return text_ == text; });
  }
  bool wait_size(std::size_t size) {
    return wait([&] { return text_.size() >= size; });
  }
  std::optional<CloseReason> wait_closed() {
    wait([&] { return closed_.has_value(); });
    std::lock_guard lock(mutex_);
    return closed_;
  }
  std::string text() {
    std::lock_guard lock(mutex_);
    return text_;
  }

 private:
  template <class Change>
  void change(Change apply) {
    std::lock_guard lock(mutex_);
    apply();
    changed_.notify_all();
  }
  template <class Condition>
  bool wait(Condition condition) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, patience, condition);
  }

  std::function<void(ByteView)> on_bytes_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string text_;
  int drained_ = 0;
  std::optional<CloseReason> closed_;
};

/// The two ends of one connection.
struct Connected {
  std::shared_ptr<Stream> stream;
  std::shared_ptr<Recorder> recorder;
};

/// A value set on one thread and awaited on another.
template <class T>
class Awaited {
 public:
  void set(T value) {
    std::lock_guard lock(mutex_);
    value_ = std::move(value);
    changed_.notify_all();
  }
  /// Nothing when patience ends.
  std::optional<T> wait() {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, patience, [&] { return value_.has_value(); });
    return value_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<T> value_;
};

struct TcpFixture {
  explicit TcpFixture(std::size_t threads = 2)
      : runtime(threads), network(make_tcp_network(runtime)) {
    runtime.start();
  }
  ~TcpFixture() { runtime.stop(); }

  static Endpoint loopback() { return Endpoint::v4({127, 0, 0, 1}, 0); }

  /// Connects to `listener` and waits; the error text in `failure` when that fails.
  std::optional<Connected> connect(const Listener& listener, ConnectOptions options = {}) {
    if (options.host.empty()) options.host = "127.0.0.1";
    options.port = listener.local().port();
    auto result = std::make_shared<Awaited<Connected>>();
    auto error = std::make_shared<std::string>();
    network->connect(options, [result, error](Result<std::shared_ptr<Stream>> stream) {
      auto recorder = std::make_shared<Recorder>();
      if (!stream) *error = stream.error().to_string();
      result->set({stream ? *stream : nullptr, recorder});
      return recorder;
    });
    auto connected = result->wait();
    failure = *error;
    if (!connected || !connected->stream) return std::nullopt;
    return connected;
  }

  Runtime runtime;
  std::unique_ptr<StreamNetwork> network;
  std::string failure;
};

}  // namespace ff::net
