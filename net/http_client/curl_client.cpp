// The client on libcurl's multi interface: one thread that owns every transfer; others leave
// requests with it and wake it.
#include <atomic>
#include <deque>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "net/http_client/curl_transfer.hpp"

namespace ff::net::http_client {
namespace {

/// libcurl wakes by itself when a transfer needs it; this is for what it might miss.
constexpr int poll_milliseconds = 1000;

struct Waiting {
  ClientRequest request;
  HttpClient::Then then;
};

class CurlClient final : public HttpClient {
 public:
  explicit CurlClient(ClientOptions options) : options_(std::move(options)) {}
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
            .under_way = under_way_,
            .waiting = waiting_.size()};
  }

 private:
  struct FreeMulti {
    void operator()(CURLM* multi) const noexcept { curl_multi_cleanup(multi); }
  };

  /// Leaves both as they are when there is no room.
  bool take(ClientRequest& request, Then& then) {
    const std::scoped_lock lock(mutex_);
    if (waiting_.size() >= options_.waiting_max || stopping_) {
      ++overloads_;
      return false;
    }
    waiting_.push_back({std::move(request), std::move(then)});
    ++requests_;
    return true;
  }

  void run() {
    while (!stopping_) {
      begin_waiting();
      int running = 0;
      curl_multi_perform(multi_.get(), &running);
      take_finished();
      if (has_room_and_work()) continue;
      curl_multi_poll(multi_.get(), nullptr, 0, poll_milliseconds, nullptr);
    }
    end_all();
  }

  bool has_room_and_work() {
    const std::scoped_lock lock(mutex_);
    return !waiting_.empty() && transfers_.size() < options_.under_way_max;
  }

  void begin_waiting() {
    for (;;) {
      std::unique_ptr<Transfer> transfer;
      {
        const std::scoped_lock lock(mutex_);
        if (waiting_.empty() || transfers_.size() >= options_.under_way_max) return;
        auto& next = waiting_.front();
        transfer =
            std::make_unique<Transfer>(std::move(next.request), std::move(next.then), options_);
        waiting_.pop_front();
      }
      begin(std::move(transfer));
    }
  }

  void begin(std::unique_ptr<Transfer> transfer) {
    if (const auto ready = transfer->prepare(); !ready) {
      transfer->outcome() = fail(ready.error());
      return answer(*transfer);
    }
    auto* handle = transfer->handle();
    transfers_.emplace(handle, std::move(transfer));
    note_size();
    curl_multi_add_handle(multi_.get(), handle);
  }

  void take_finished() {
    int left = 0;
    while (auto* message = curl_multi_info_read(multi_.get(), &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      auto* handle = message->easy_handle;
      const auto code = message->data.result;
      const auto found = transfers_.find(handle);
      if (found == transfers_.end()) continue;
      auto transfer = std::move(found->second);
      transfers_.erase(found);
      const bool goes_on = transfer->finish(code);
      curl_multi_remove_handle(multi_.get(), handle);
      note_size();
      if (goes_on) {
        begin(std::move(transfer));
      } else {
        answer(*transfer);
      }
    }
  }

  void answer(Transfer& transfer) {
    auto& outcome = transfer.outcome();
    {
      const std::scoped_lock lock(mutex_);
      ++(outcome ? answers_ : failures_);
      if (!outcome && outcome.error().is(target_refused)) ++refused_;
      redirects_ += static_cast<std::uint64_t>(transfer.redirects());
    }
    transfer.then()(std::move(outcome));
  }

  void note_size() {
    const std::scoped_lock lock(mutex_);
    under_way_ = transfers_.size();
  }

  void end_all() {
    for (auto& [handle, transfer] : transfers_) {
      curl_multi_remove_handle(multi_.get(), handle);
      transfer->then()(fail(stopped));
    }
    transfers_.clear();
    std::deque<Waiting> waiting;
    {
      const std::scoped_lock lock(mutex_);
      waiting.swap(waiting_);
    }
    for (auto& one : waiting) one.then(fail(stopped));
  }

  const ClientOptions options_;
  std::unique_ptr<CURLM, FreeMulti> multi_;
  std::unordered_map<CURL*, std::unique_ptr<Transfer>> transfers_;  // the thread's
  std::atomic<bool> stopping_{false};

  mutable std::mutex mutex_;  // guards what follows
  std::deque<Waiting> waiting_;
  std::uint64_t requests_ = 0;
  std::uint64_t answers_ = 0;
  std::uint64_t failures_ = 0;
  std::uint64_t refused_ = 0;
  std::uint64_t overloads_ = 0;
  std::uint64_t redirects_ = 0;
  std::size_t under_way_ = 0;

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
