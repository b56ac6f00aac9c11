// A double of the Api: answers by a function, and remembers the calls.
#pragma once

#include <google/protobuf/message.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "app/cli/call/api.hpp"
#include "protocol/api_json/api_json.hpp"

namespace ff::cli {

class FakeApi final : public Api {
 public:
  using Answer =
      std::function<Status(const std::string& method, const google::protobuf::Message& request,
                           google::protobuf::Message& answer)>;
  struct Call {
    std::string method;
    std::string request;  // JSON
    bool operator==(const Call&) const = default;
  };

  explicit FakeApi(Answer answer = {}) : answer_(std::move(answer)) {}

  Status call(std::string_view method, const google::protobuf::Message& request,
              google::protobuf::Message& answer, AnswerFacts*) override {
    calls.push_back({std::string(method), *api_json::to_json(request)});
    return answer_ ? answer_(std::string(method), request, answer) : Status();
  }
  void start(std::string_view method, const google::protobuf::Message& request,
             google::protobuf::Message& answer, Then then) override {
    then(call(method, request, answer, nullptr));
  }
  Status stream(const Stream&, google::protobuf::Message&, const std::function<bool()>&) override {
    return {};
  }
  void begin_clean_up() override { cleans_up = true; }

  std::vector<std::string> methods() const {
    std::vector<std::string> names;
    for (const auto& one : calls) names.push_back(one.method);
    return names;
  }

  std::vector<Call> calls;
  bool cleans_up = false;

 private:
  Answer answer_;
};

}  // namespace ff::cli
