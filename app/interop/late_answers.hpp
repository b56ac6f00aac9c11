// LateAnswers: questions to networks that acknowledge them and send their answer as a request of
// its own, and those answers when they come. Who asks does not notice: an HTTP client that waits.
// Not for our own answers (AnswerWay in server.hpp). [TS002-1.1 §19, asynchronous mode]
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "net/http_client/client.hpp"
#include "net/runtime/event_loop.hpp"
#include "protocol/backend_interfaces/message.hpp"

namespace ff::interop {

/// Its state is the loop's. Destroyed when neither the loop runs nor clients are used any more:
/// questions that still wait then end with http_client::stopped.
class LateAnswers {
 public:
  /// At most `waiting_max` questions wait; more end with http_client::overloaded.
  LateAnswers(net::EventLoop& loop, std::size_t waiting_max);
  ~LateAnswers();
  LateAnswers(const LateAnswers&) = delete;
  LateAnswers& operator=(const LateAnswers&) = delete;

  /// A client for messages of Backend Interfaces: the answer is that of the HTTP response if it has
  /// one, else the message that take() gets. http_client::timed_out after `timeout`. `http` and
  /// this outlive it.
  std::unique_ptr<net::http_client::HttpClient> client_of(net::http_client::HttpClient& http,
                                                          Duration timeout);

  /// An answer of a sender that has shown who it is, as it came. Any thread. `then` hears, on the
  /// loop, whether a question of ours waited for it.
  void take(const backend_interfaces::Header& header, std::string json,
            std::function<void(bool)> then);

 private:
  class State;
  class Client;
  std::shared_ptr<State> state_;
};

}  // namespace ff::interop
