#include "net/smtp/sender.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace ff::net::smtp {
namespace {

constexpr long reply_permanent = 500;  // RFC 5321 §4.2.1

struct FreeHandle {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

struct Unread {
  std::string_view rest;
};

std::size_t read_some(char* out, std::size_t size, std::size_t count, void* context) {
  auto& unread = *static_cast<Unread*>(context);
  const auto taken = std::min(size * count, unread.rest.size());
  std::memcpy(out, unread.rest.data(), taken);
  unread.rest.remove_prefix(taken);
  return taken;
}

std::string host_of(const std::string& address) {
  return address.substr(0, address.rfind(':'));
}

bool is_local(const std::string& host) {
  return host == "localhost" || host.starts_with("127.") || host == "[::1]";
}

struct Attempt {
  Status status;
  bool is_permanent = false;
};

/// One connection to the server, kept while it lasts.
class Connection {
 public:
  /// Gives up what is under way when `ends` becomes true.
  Connection(const SenderOptions& options, const std::atomic<bool>& ends)
      : options_(options), ends_(ends), handle_(curl_easy_init()) {}

  Attempt send(const Envelope& envelope) {
    if (!handle_) return {fail(smtp_failed, {{"reason", "libcurl"}}), true};
    auto* handle = handle_.get();
    curl_easy_reset(handle);
    set_up_server();
    const auto from = "<" + envelope.from + ">";
    const auto to = "<" + envelope.to + ">";
    const std::unique_ptr<curl_slist, FreeList> receivers(curl_slist_append(nullptr, to.c_str()));
    Unread unread{envelope.message};
    curl_easy_setopt(handle, CURLOPT_MAIL_FROM, from.c_str());
    curl_easy_setopt(handle, CURLOPT_MAIL_RCPT, receivers.get());
    curl_easy_setopt(handle, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(handle, CURLOPT_READFUNCTION, read_some);
    curl_easy_setopt(handle, CURLOPT_READDATA, &unread);
    const auto code = curl_easy_perform(handle);
    if (code == CURLE_OK) return {};
    long reply = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &reply);
    return {fail(smtp_failed, {{"reason", curl_easy_strerror(code)}}), reply >= reply_permanent};
  }

 private:
  void set_up_server() {
    auto* handle = handle_.get();
    const bool is_tls_at_once = options_.address.ends_with(":465");
    const auto url = (is_tls_at_once ? "smtps://" : "smtp://") + options_.address;
    curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, is_ended);
    curl_easy_setopt(handle, CURLOPT_XFERINFODATA, &ends_);
    // A look-up of the server's name is not waited for.
    curl_easy_setopt(handle, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(
        handle, CURLOPT_TIMEOUT_MS,
        static_cast<long>(
            std::chrono::duration_cast<std::chrono::milliseconds>(options_.timeout).count()));
    const bool must_be_tls = !options_.username.empty() && !is_local(host_of(options_.address));
    curl_easy_setopt(handle, CURLOPT_USE_SSL,
                     static_cast<long>(must_be_tls ? CURLUSESSL_ALL : CURLUSESSL_TRY));
    if (!options_.ca_file.empty())
      curl_easy_setopt(handle, CURLOPT_CAINFO, options_.ca_file.c_str());
    if (options_.username.empty()) return;
    curl_easy_setopt(handle, CURLOPT_USERNAME, options_.username.c_str());
    curl_easy_setopt(handle, CURLOPT_PASSWORD, options_.password.c_str());
  }

  /// About once a second, also while nothing moves.
  static int is_ended(void* context, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<const std::atomic<bool>*>(context)->load() ? 1 : 0;
  }

  const SenderOptions& options_;
  const std::atomic<bool>& ends_;
  std::unique_ptr<CURL, FreeHandle> handle_;
};

class CurlSender final : public SmtpSender {
 public:
  CurlSender(SenderOptions options, std::function<void(const Error&)> on_failure)
      : options_(std::move(options)), on_failure_(std::move(on_failure)) {
    const auto count = std::clamp<std::size_t>(options_.connections, 1, 16);
    for (std::size_t i = 0; i < count; ++i) threads_.emplace_back([this] { run(); });
  }
  ~CurlSender() override {
    {
      const std::scoped_lock lock(mutex_);
      ends_ = true;
      queue_.clear();
    }
    changed_.notify_all();
    for (auto& thread : threads_) thread.join();
  }
  CurlSender(const CurlSender&) = delete;
  CurlSender& operator=(const CurlSender&) = delete;

  bool send(Envelope envelope) override {
    {
      const std::scoped_lock lock(mutex_);
      if (queue_.size() >= options_.waiting_max) {
        ++counters_.dropped;
        return false;
      }
      queue_.push_back(std::move(envelope));
    }
    changed_.notify_one();
    return true;
  }

  SenderCounters counters() const override {
    const std::scoped_lock lock(mutex_);
    auto out = counters_;
    out.waiting = queue_.size();
    return out;
  }

 private:
  void run() {
    Connection connection(options_, ends_);
    while (auto envelope = next()) {
      const auto sent = is_envelope_address(envelope->from) && is_envelope_address(envelope->to)
                            ? deliver(connection, *envelope)
                            : Status(fail(smtp_failed, {{"reason", "no address"}}));
      {
        const std::scoped_lock lock(mutex_);
        ++(sent ? counters_.sent : counters_.failed);
      }
      if (!sent && on_failure_) on_failure_(sent.error());
    }
  }

  std::optional<Envelope> next() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return ends_ || !queue_.empty(); });
    if (ends_) return std::nullopt;
    auto envelope = std::move(queue_.front());
    queue_.pop_front();
    return envelope;
  }

  Status deliver(Connection& connection, const Envelope& envelope) {
    auto wait = options_.retry_after;
    for (int left = options_.attempts; true; wait *= 2) {
      auto attempt = connection.send(envelope);
      if (attempt.status || attempt.is_permanent || --left <= 0 || !pause(wait))
        return attempt.status;
    }
  }

  /// False: the sender ends.
  bool pause(Duration wait) {
    std::unique_lock lock(mutex_);
    return !changed_.wait_for(lock, wait, [this] { return ends_.load(); });
  }

  const SenderOptions options_;
  const std::function<void(const Error&)> on_failure_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Envelope> queue_;
  SenderCounters counters_;
  std::atomic<bool> ends_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace

bool is_envelope_address(std::string_view address) noexcept {
  const auto at = address.rfind('@');
  return at != std::string_view::npos && at > 0 && at + 1 < address.size() &&
         address.size() <= 254 && std::ranges::all_of(address, [](char c) {
           return c > ' ' && c < 0x7f && c != '<' && c != '>' && c != ',' && c != ';' && c != '"' &&
                  c != '\\';
         });
}

Result<std::unique_ptr<SmtpSender>> make_smtp_sender(
    SenderOptions options, std::function<void(const Error& error)> on_failure) {
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
    return fail(smtp_failed, {{"reason", "libcurl can not be used"}});
  return std::unique_ptr<SmtpSender>(
      std::make_unique<CurlSender>(std::move(options), std::move(on_failure)));
}

}  // namespace ff::net::smtp
