// A ResponseSink that keeps what it gets and lets a test wait for the end. Not for benchmarks.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <utility>

#include "app/api/http.hpp"

namespace ff::api::test {

class RecordingSink final : public ResponseSink {
 public:
  void head(int status, const HttpHeaders& headers) override {
    std::scoped_lock lock(mutex_);
    status_ = status;
    headers_ = headers;
  }
  bool body(std::string_view chunk) override {
    std::scoped_lock lock(mutex_);
    body_ += chunk;
    ++chunks_;
    changed_.notify_all();
    return true;
  }
  void end() override {
    std::scoped_lock lock(mutex_);
    ended_ = true;
    changed_.notify_all();
  }
  void when_room(std::function<void()> task) override {
    {
      std::scoped_lock lock(mutex_);
      if (!room_) {
        waiting_ = std::move(task);
        changed_.notify_all();
        return;
      }
    }
    task();
  }
  void on_disconnect(std::function<void()> cancel) override {
    std::scoped_lock lock(mutex_);
    cancel_ = std::move(cancel);
  }

  /// Waits for end(); what follows is then free of races.
  RecordingSink& wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return ended_; });
    return *this;
  }
  void wait_for_chunks(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return chunks_ >= count; });
  }
  void disconnect() { cancel_(); }
  /// From now on the client takes nothing, until make_room().
  void fill() {
    std::scoped_lock lock(mutex_);
    room_ = false;
  }
  /// Waits until somebody waits for room, and makes it.
  void make_room() {
    std::function<void()> task;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return waiting_ != nullptr; });
      room_ = true;
      task = std::exchange(waiting_, nullptr);
    }
    task();
  }

  int status() const { return status_; }
  int chunks() {
    std::scoped_lock lock(mutex_);
    return chunks_;
  }
  const std::string& text() const { return body_; }
  std::string header(std::string_view name) const {
    return std::string(find_header(headers_, name));
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int status_ = 0;
  int chunks_ = 0;
  bool ended_ = false;
  HttpHeaders headers_;
  std::string body_;
  std::function<void()> cancel_;
  bool room_ = true;
  std::function<void()> waiting_;
};

}  // namespace ff::api::test
