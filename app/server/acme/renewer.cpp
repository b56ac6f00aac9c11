#include "app/server/acme/renewer.hpp"

#include <algorithm>

#include "net/tls/certificate.hpp"
#include "net/tls/private_file.hpp"

namespace ff::app {
namespace {

using acme::AccountKey;
using acme::Answer;
using acme::Ask;
using acme::Done;
using acme::Order;
using acme::Step;
using acme::Wait;
using net::http_client::ClientAnswer;
namespace tls = net::tls;

constexpr const char* account_file = "account.pem";
constexpr const char* certificate_file = "certificate.pem";
constexpr std::string_view begin_certificate = "-----BEGIN CERTIFICATE-----";

bool covers(const tls::Validity& validity, const std::vector<std::string>& hosts) {
  return std::ranges::all_of(hosts, [&](const std::string& host) {
    return std::ranges::find(validity.dns_names, host) != validity.dns_names.end();
  });
}

/// The stored key of the account, or a new one, which is stored first: an authority that has seen
/// it will know it again.
Result<AccountKey> account_of(const std::filesystem::path& directory) {
  const auto path = directory / account_file;
  std::error_code code;
  if (std::filesystem::exists(path, code)) {
    FF_TRY(const auto pair, tls::read_key_pair(path, path));
    return AccountKey::parse(pair.key_pem);
  }
  std::filesystem::create_directories(directory, code);
  FF_TRY(auto key, AccountKey::make());
  FF_CHECK(tls::write_private_file(path, key.pem()));
  return key;
}

net::http_client::ClientRequest request_of(const Ask& ask) {
  net::http_client::ClientRequest out;
  out.url = ask.url;
  out.method = ask.body.empty() ? "GET" : "POST";
  if (ask.body.empty()) return out;
  out.headers.add("Content-Type", "application/jose+json");
  out.body = std::make_shared<const Bytes>(to_owned(as_bytes(ask.body)));
  return out;
}

Answer answer_of(const ClientAnswer& answer) {
  const auto header = [&](std::string_view name) {
    return std::string(answer.headers.value(name));
  };
  return {answer.status, answer.body, header("Replay-Nonce"), header("Location"),
          header("Retry-After")};
}

}  // namespace

std::vector<std::string> acme_answer_headers() {
  return {"Replay-Nonce", "Location", "Retry-After"};
}

void AcmeChallenges::set(std::map<std::string, std::string> challenges) {
  const std::scoped_lock lock(mutex_);
  challenges_ = std::move(challenges);
}

std::optional<std::string> AcmeChallenges::find(std::string_view token) const {
  const std::scoped_lock lock(mutex_);
  const auto found = challenges_.find(std::string(token));
  if (found == challenges_.end()) return std::nullopt;
  return found->second;
}

Result<std::optional<tls::KeyPair>> stored_certificate(const AcmeRenewerConfig& config) {
  const auto path = config.directory / certificate_file;
  std::error_code code;
  if (!std::filesystem::exists(path, code)) return std::optional<tls::KeyPair>();
  FF_TRY(auto pair, tls::read_key_pair(path, path));
  // The key comes first.
  const auto chain = std::min(pair.certificate_pem.find(begin_certificate), pair.key_pem.size());
  pair.certificate_pem.erase(0, chain);
  pair.key_pem.erase(chain);
  const auto validity = tls::validity_of(pair.certificate_pem);
  if (!validity || !covers(*validity, config.order.hosts)) return std::optional<tls::KeyPair>();
  return std::optional(std::move(pair));
}

/// Answers of the HTTP client come from its thread and may come after the end.
struct AcmeRenewer::State : std::enable_shared_from_this<State> {
  State(net::EventLoop& on, AcmeRenewerConfig given, AcmeRenewerPorts with)
      : loop(on), config(std::move(given)), ports(std::move(with)), timer(on.make_timer()) {}

  /// Until the newest certificate has to be renewed, at most; zero: now.
  Duration time_left() const {
    const auto stored =
        unstored ? Result<std::optional<tls::KeyPair>>(unstored) : stored_certificate(config);
    if (!stored || !*stored) return Duration{0};
    const auto validity = tls::validity_of((*stored)->certificate_pem);
    const auto last_third = (validity->not_after - validity->not_before) / 3;
    return std::max<Duration>(validity->not_after - last_third - ports.utc_now(), Duration{0});
  }

  void look() {
    const auto left = time_left();
    if (left <= Duration{0}) return begin();
    if (unstored) return end(store());
    look_after(std::min(left, config.look_interval));
  }

  /// Give or take a tenth: many servers that were started at once are not renewed at once.
  void look_after(Duration delay) {
    const auto tenth = static_cast<std::uint64_t>(std::max<std::int64_t>(delay.count() / 10, 1));
    timer->start(delay + Duration(ports.random->below(tenth)), [this] { look(); });
  }

  void begin() {
    auto account = account_of(config.directory);
    if (!account) return end(fail(account.error()));
    order.emplace(config.order, *std::move(account));
    go_on(order->begin());
  }

  void go_on(Result<Step> step) {
    if (!step) return end(fail(step.error()));
    ports.challenges->set(order->challenges());
    if (auto* ask = std::get_if<Ask>(&*step)) return send(*ask);
    if (auto* wait = std::get_if<Wait>(&*step))
      return timer->start(wait->delay, [this] { go_on(order->resume()); });
    auto& done = std::get<Done>(*step);
    end(take({std::move(done.chain_pem), std::move(done.key_pem)}));
  }

  void send(const Ask& ask) {
    auto then = [weak = weak_from_this(), &on = loop](Result<ClientAnswer> answer) {
      on.post([weak, answer = std::move(answer)] {
        if (const auto self = weak.lock()) self->take(answer);
      });
    };
    ports.http.send(request_of(ask), std::move(then));
  }

  void take(const Result<ClientAnswer>& answer) {
    if (!answer) return end(fail(answer.error()));
    if (!answer->whole)
      return end(fail(acme::not_understood, {{"reason", "the answer is too long"}}));
    go_on(order->take(answer_of(*answer)));
  }

  /// In use before it is stored: a certificate that is not used is asked for again.
  Status take(const tls::KeyPair& pair) {
    FF_CHECK(ports.use(pair));
    unstored = pair;
    return store();
  }

  /// What could not be written is kept and written later: authorities count equal orders.
  Status store() {
    FF_CHECK(tls::write_private_file(config.directory / certificate_file,
                                     unstored->key_pem + unstored->certificate_pem));
    unstored.reset();
    return {};
  }

  void end(const Status& status) {
    order.reset();
    ports.challenges->set({});
    ports.report(status);
    retry = status ? Duration{0} : std::clamp(retry * 2, config.retry_min, config.retry_max);
    look_after(status ? config.look_interval : retry);
  }

  net::EventLoop& loop;
  AcmeRenewerConfig config;
  AcmeRenewerPorts ports;
  std::unique_ptr<net::Timer> timer;
  std::optional<Order> order;
  std::optional<tls::KeyPair> unstored;  // in use
  Duration retry{0};
};

AcmeRenewer::AcmeRenewer(net::EventLoop& loop, AcmeRenewerConfig config, AcmeRenewerPorts ports)
    : state_(std::make_shared<State>(loop, std::move(config), std::move(ports))) {}

AcmeRenewer::~AcmeRenewer() = default;

void AcmeRenewer::start() {
  state_->look();
}

}  // namespace ff::app
