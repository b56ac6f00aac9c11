#include "app/interop/late_answers.hpp"

#include <algorithm>
#include <compare>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace ff::interop {
namespace {

namespace bi = backend_interfaces;
using net::http_client::ClientAnswer;
using net::http_client::ClientCounters;
using net::http_client::ClientRequest;
using net::http_client::HttpClient;

constexpr int http_ok = 200;

/// What an answer and its question have in common.
struct Key {
  bi::MessageType type = bi::MessageType::join_ans;  // of the answer
  std::uint32_t transaction = 0;
  std::string who_answers;
  std::string who_asked;
  auto operator<=>(const Key&) const = default;
};
Key key_of_answer(const bi::Header& header) {
  return {header.type, header.transaction_id, header.sender_id, header.receiver_id};
}
Key key_of_question(const bi::Header& header) {
  return {bi::answer_to(header.type), header.transaction_id, header.receiver_id, header.sender_id};
}

/// It says that the question has been heard, and no more.
bool is_acknowledgment(const Result<ClientAnswer>& answer) {
  return answer && answer->status >= 200 && answer->status < 300 && answer->body.empty();
}

}  // namespace

/// All but the constructor on the loop's thread.
class LateAnswers::State : public std::enable_shared_from_this<State> {
 public:
  State(net::EventLoop& loop, std::size_t waiting_max) : loop_(loop), waiting_max_(waiting_max) {}

  net::EventLoop& loop() const noexcept { return loop_; }

  void ask(HttpClient& http, Key key, Duration timeout, ClientRequest request,
           HttpClient::Then then) {
    if (waiting_.size() >= waiting_max_) return then(fail(net::http_client::overloaded));
    const auto id = ++last_id_;
    const auto due = loop_.now() + timeout;
    due_.emplace(due, id);
    waiting_.emplace(id, Waiting{std::move(key), due, std::move(then)});
    arm();
    http.send(std::move(request), [self = shared_from_this(), id](Result<ClientAnswer> answer) {
      self->loop_.post([self, id, answer = std::move(answer)] {
        if (!is_acknowledgment(answer)) self->finish(id, answer);
      });
    });
  }

  /// Two join servers may have been asked the same: both have answered then.
  bool take(const Key& key, const std::string& json) {
    std::vector<std::uint64_t> ids;
    for (const auto& [id, one] : waiting_) {
      if (one.key == key) ids.push_back(id);
    }
    for (const auto id : ids) finish(id, ClientAnswer{http_ok, json, true, {}});
    return !ids.empty();
  }

  void stop() {
    timer_.reset();
    due_.clear();
    for (auto& [id, one] : std::exchange(waiting_, {})) one.then(fail(net::http_client::stopped));
  }

 private:
  struct Waiting {
    Key key;
    MonoTime due;
    HttpClient::Then then;
  };

  void finish(std::uint64_t id, const Result<ClientAnswer>& answer) {
    auto found = waiting_.extract(id);
    if (found.empty()) return;
    due_.erase({found.mapped().due, id});
    found.mapped().then(answer);
  }

  void arm() {
    if (due_.empty()) return;
    if (!timer_) timer_ = loop_.make_timer();
    timer_->start(due_.begin()->first - loop_.now(), [this] {
      while (!due_.empty() && due_.begin()->first <= loop_.now())
        finish(due_.begin()->second, fail(net::http_client::timed_out));
      arm();
    });
  }

  net::EventLoop& loop_;
  const std::size_t waiting_max_;
  std::uint64_t last_id_ = 0;
  std::map<std::uint64_t, Waiting> waiting_;
  std::set<std::pair<MonoTime, std::uint64_t>> due_;
  std::unique_ptr<net::Timer> timer_;
};

class LateAnswers::Client final : public HttpClient {
 public:
  Client(std::shared_ptr<State> state, HttpClient& http, Duration timeout)
      : state_(std::move(state)), http_(http), timeout_(timeout) {}

  void send(ClientRequest request, Then then) override {
    const auto message = bi::decode(request.body ? as_text(*request.body) : std::string_view());
    if (!message) return then(fail(message.error()));
    const auto timeout = std::min(timeout_, request.timeout.value_or(timeout_));
    state_->loop().post([state = state_, &http = http_, key = key_of_question(message->header),
                         timeout, request = std::move(request), then = std::move(then)] {
      state->ask(http, key, timeout, request, then);
    });
  }
  ClientCounters counters() const override { return http_.counters(); }

 private:
  std::shared_ptr<State> state_;
  HttpClient& http_;
  const Duration timeout_;
};

LateAnswers::LateAnswers(net::EventLoop& loop, std::size_t waiting_max)
    : state_(std::make_shared<State>(loop, waiting_max)) {}
LateAnswers::~LateAnswers() {
  state_->stop();
}

std::unique_ptr<HttpClient> LateAnswers::client_of(HttpClient& http, Duration timeout) {
  return std::make_unique<Client>(state_, http, timeout);
}

void LateAnswers::take(const bi::Header& header, std::string json, std::function<void(bool)> then) {
  state_->loop().post([state = state_, key = key_of_answer(header), json = std::move(json),
                       then = std::move(then)] { then(state->take(key, json)); });
}

}  // namespace ff::interop
