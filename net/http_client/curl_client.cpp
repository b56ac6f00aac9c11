// The client on libcurl's multi interface: one thread that owns every transfer; others leave
// requests with it and wake it.
#include <atomic>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "net/http_client/curl_transfer.hpp"
#include "net/http_client/fair_queue.hpp"
#include "net/http_client/redirect.hpp"

namespace ff::net::http_client {
namespace {

/// libcurl wakes by itself when a transfer needs it; this is for what it might miss.
constexpr int poll_milliseconds = 1000;

struct Waiting {
  ClientRequest request;
  HttpClient::Then then;
};
using Queue = FairQueue<Waiting>;

class CurlClient final : public HttpClient {
 public:
  explicit CurlClient(ClientOptions options)
      : options_(std::move(options)),
        queue_({.under_way_max = options_.under_way_max,
                .waiting_max = options_.waiting_max,
                .per_origin_max = options_.per_origin_max}) {}
  CurlClient(const CurlClient&) = delete;
  CurlClient& operator=(const CurlClient&) = delete;
  ~CurlClient() override {
    stopping_ = true;
    if (multi_) curl_multi_wakeup(multi_.get());
    if (thread_.joinable()) thread_.join();
  }

  Status start() {
    multi_.reset(curl_multi_init());
    if (!multi_) return fail(connection_failed, {{"reason", "libcurl can not be used"}});
    curl_multi_setopt(multi_.get(), CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
    curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS,
                      static_cast<long>(options_.under_way_max));
    thread_ = std::thread([this] { run(); });
    return {};
  }

  void send(ClientRequest request, Then then) override {
    if (!take(request, then)) return then(fail(overloaded));
    curl_multi_wakeup(multi_.get());
  }

  ClientCounters counters() const override {
    const std::scoped_lock lock(mutex_);
    return {.requests = requests_,
            .answers = answers_,
            .failures = failures_,
            .refused = refused_,
            .overloads = overloads_,
            .redirects = redirects_,
            .under_way = queue_.under_way(),
            .waiting = queue_.waiting()};
  }

 private:
  struct FreeMulti {
    void operator()(CURLM* multi) const noexcept { curl_multi_cleanup(multi); }
  };

  /// Leaves both as they are when there is no room.
  bool take(ClientRequest& request, Then& then) {
    Queue::Place place{.group = request.group, .origin = {}};
    if (options_.per_origin_max > 0) place.origin = origin_of(request.url).value_or("");
    const std::scoped_lock lock(mutex_);
    if (!queue_.has_room(request.group) || stopping_) {
      ++overloads_;
      return false;
    }
    queue_.push({std::move(place), {std::move(request), std::move(then)}});
    ++requests_;
    return true;
  }

  void run() {
    while (!stopping_) {
      begin_waiting();
      int running = 0;
      curl_multi_perform(multi_.get(), &running);
      if (take_finished()) continue;  // They have left places.
      curl_multi_poll(multi_.get(), nullptr, 0, poll_milliseconds, nullptr);
    }
    end_all();
  }

  /// With its place, which it has over redirects.
  struct UnderWay {
    Queue::Place place;
    std::unique_ptr<Transfer> transfer;
  };

  void begin_waiting() {
    while (auto next = take_next()) {
      auto& [request, then] = next->item;
      begin({std::move(next->place),
             std::make_unique<Transfer>(std::move(request), std::move(then), options_)});
    }
  }

  std::optional<Queue::Entry> take_next() {
    const std::scoped_lock lock(mutex_);
    return queue_.next();
  }

  void begin(UnderWay one) {
    if (const auto ready = one.transfer->prepare(); !ready) {
      one.transfer->outcome() = fail(ready.error());
      return answer(one);
    }
    auto* handle = one.transfer->handle();
    transfers_.emplace(handle, std::move(one));
    curl_multi_add_handle(multi_.get(), handle);
  }

  /// Whether any has.
  bool take_finished() {
    int left = 0;
    bool any = false;
    while (auto* message = curl_multi_info_read(multi_.get(), &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      auto* handle = message->easy_handle;
      const auto code = message->data.result;
      const auto found = transfers_.find(handle);
      if (found == transfers_.end()) continue;
      auto one = std::move(found->second);
      transfers_.erase(found);
      const bool goes_on = one.transfer->finish(code);
      curl_multi_remove_handle(multi_.get(), handle);
      any = true;
      if (goes_on) {
        begin(std::move(one));
      } else {
        answer(one);
      }
    }
    return any;
  }

  void answer(const UnderWay& one) {
    auto& transfer = *one.transfer;
    auto& outcome = transfer.outcome();
    {
      const std::scoped_lock lock(mutex_);
      queue_.done(one.place);
      ++(outcome ? answers_ : failures_);
      if (!outcome && outcome.error().is(target_refused)) ++refused_;
      redirects_ += static_cast<std::uint64_t>(transfer.redirects());
    }
    transfer.then()(std::move(outcome));
  }

  void end_all() {
    for (auto& [handle, one] : transfers_) {
      curl_multi_remove_handle(multi_.get(), handle);
      one.transfer->then()(fail(stopped));
    }
    transfers_.clear();
    std::deque<Queue::Entry> waiting;
    {
      const std::scoped_lock lock(mutex_);
      waiting = queue_.take_all();
    }
    for (auto& one : waiting) one.item.then(fail(stopped));
  }

  const ClientOptions options_;
  std::unique_ptr<CURLM, FreeMulti> multi_;
  std::unordered_map<CURL*, UnderWay> transfers_;  // the thread's
  std::atomic<bool> stopping_{false};

  mutable std::mutex mutex_;  // guards what follows
  Queue queue_;
  std::uint64_t requests_ = 0;
  std::uint64_t answers_ = 0;
  std::uint64_t failures_ = 0;
  std::uint64_t refused_ = 0;
  std::uint64_t overloads_ = 0;
  std::uint64_t redirects_ = 0;

  std::thread thread_;
};

/// Once in a process, before the first thread.
bool use_libcurl() {
  static const bool usable = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  return usable;
}

}  // namespace

Result<std::unique_ptr<HttpClient>> make_http_client(ClientOptions options) {
  if (!use_libcurl()) return fail(connection_failed, {{"reason", "libcurl can not be used"}});
  auto client = std::make_unique<CurlClient>(std::move(options));
  FF_CHECK(client->start());
  return std::unique_ptr<HttpClient>(std::move(client));
}

}  // namespace ff::net::http_client
