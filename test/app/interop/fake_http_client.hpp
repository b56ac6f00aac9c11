// An HTTP client that sends nothing and keeps what it was given.
#pragma once

#include <utility>
#include <vector>

#include "net/http_client/client.hpp"

namespace ff::test {

class FakeHttpClient final : public net::http_client::HttpClient {
 public:
  struct Sent {
    net::http_client::ClientRequest request;
    Then then;
    std::string_view body() const { return as_text(*request.body); }
  };

  void send(net::http_client::ClientRequest request, Then then) override {
    sent.push_back({std::move(request), std::move(then)});
  }
  net::http_client::ClientCounters counters() const override { return {.requests = sent.size()}; }

  std::vector<Sent> sent;
};

}  // namespace ff::test
