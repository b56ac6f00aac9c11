// INTERNAL to net/http: one response on its way to one connection.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "net/http/handler.hpp"
#include "protocol/base/time.hpp"

namespace ff::net::http {

/// Waiting response bytes from which on a response should wait, and pipelined requests have to: a
/// client that reads slowly is not cut off for it.
inline constexpr std::size_t congestion_size = 64U << 10U;

/// What a response needs of its connection. Any thread.
class ResponseOwner {
 public:
  virtual ~ResponseOwner() = default;
  /// The response has been written; `keep_alive` tells whether another may follow.
  virtual void on_response_ended(bool keep_alive) = 0;
  virtual void on_upgrade(AcceptHandler take_over) = 0;
};

/// What the request says about its response.
struct ResponseRules {
  Version version;
  bool is_head_request = false;
  bool keep_alive = false;
  /// For the Date header; null for none.
  UtcTime (*utc_now)() = nullptr;
};

class Response final : public ResponseWriter {
 public:
  Response(std::shared_ptr<ResponseOwner> owner, std::shared_ptr<Stream> stream,
           ResponseRules rules);
  ~Response() override;

  void head(int status, Headers headers) override;
  WriteResult body(ByteView chunk) override;
  void end() override;
  void on_disconnect(Task task) override;
  std::size_t outgoing_size() const noexcept override { return stream_->outgoing_size(); }
  void when_room(Task task) override;
  void preset(std::string_view name, std::string_view value) override { presets_.set(name, value); }
  void upgrade(Headers headers, AcceptHandler take_over) override;

  /// The client has left. Loop thread.
  void disconnected();
  /// Nothing waits any more. Loop thread.
  void drained();

 private:
  enum class State : std::uint8_t { fresh, writing, ended };
  enum class Framing : std::uint8_t { none, fixed, chunked, until_close };

  void choose_framing(int status, Headers& headers);
  WriteResult send(std::string text, ByteView bytes = {}, std::string_view tail = {});
  void finished(bool keep_alive);

  std::shared_ptr<ResponseOwner> owner_;
  std::shared_ptr<Stream> stream_;
  ResponseRules rules_;
  Headers presets_;
  State state_ = State::fresh;
  Framing framing_ = Framing::none;
  std::uint64_t remaining_ = 0;  // Of a fixed body.
  std::string held_head_;        // Sent together with the first bytes of a fixed body.

  std::mutex mutex_;  // The loop tells of the end while the answer is written elsewhere.
  bool disconnected_ = false;
  Task on_disconnect_;
  Task when_room_;
};

/// A whole response that ends the connection, for requests that no handler sees.
Bytes refusal(int status, UtcTime (*utc_now)());

}  // namespace ff::net::http
