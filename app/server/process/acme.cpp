#include "app/server/process/acme.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "app/server/acme/renewer.hpp"
#include "app/server/process/any_target.hpp"
#include "net/tls/certificate.hpp"
#include "net/tls/self_signed.hpp"

namespace ff::app {
namespace {

constexpr std::size_t answer_size_max = std::size_t{256} << 10U;
constexpr std::chrono::seconds answer_timeout{30};

AcmeRenewerConfig renewer_config(const config::Acme& acme) {
  AcmeRenewerConfig out;
  out.order.directory_url = acme.endpoint;
  out.order.email = acme.email;
  out.order.hosts = acme.hosts;
  if (!acme.default_host.empty()) {
    std::erase(out.order.hosts, acme.default_host);
    out.order.hosts.insert(out.order.hosts.begin(), acme.default_host);
  }
  out.directory = acme.directory;
  return out;
}

net::http_client::ClientOptions client_options(const config::Acme& acme) {
  net::http_client::ClientOptions out;
  out.targets = any_target();
  out.timeout = answer_timeout;
  out.answer_size_max = answer_size_max;
  out.redirects_max = 0;
  out.ca_file = acme.ca.string();
  out.answer_headers = acme_answer_headers();
  return out;
}

struct Probe {
  explicit Probe(actors::Metrics& metrics)
      : ok(series(metrics, "ok")),
        failed(series(metrics, "failed")),
        not_after(metrics.gauge("farfield_tls_acme_certificate_not_after_seconds",
                                "When the certificate by ACME ends, in Unix time.")) {}

  static prometheus::Counter& series(actors::Metrics& metrics, const char* result) {
    return metrics.counter("farfield_tls_acme_attempts_total",
                           "Attempts to obtain a certificate by ACME.", {{"result", result}});
  }
  void show(const net::tls::KeyPair& pair) const {
    const auto validity = net::tls::validity_of(pair.certificate_pem);
    if (!validity) return;
    const auto end = std::chrono::floor<std::chrono::seconds>(validity->not_after);
    not_after.Set(static_cast<double>(end.time_since_epoch().count()));
  }

  prometheus::Counter& ok;
  prometheus::Counter& failed;
  prometheus::Gauge& not_after;
};

void report(const Probe& probe, const config::Acme& acme, const Status& status) {
  (status ? probe.ok : probe.failed).Increment();
  if (status) return spdlog::info("msg=\"certificate obtained\" authority={}", acme.endpoint);
  spdlog::error("msg=\"no certificate from the authority\" authority={} error=\"{}\"",
                acme.endpoint, status.error().message());
}

}  // namespace

Result<net::tls::KeyPair> acme_certificate(const config::Tls& tls, UtcTime now) {
  const auto& acme = tls.acme;
  const auto renewer = renewer_config(acme);
  if (renewer.order.hosts.empty()) return fail(incomplete_acme, {{"key", "tls.acme.hosts"}});
  if (acme.directory.empty()) return fail(incomplete_acme, {{"key", "tls.acme.dir"}});
  FF_TRY(auto stored, stored_certificate(renewer));
  if (stored) return *std::move(stored);
  spdlog::warn("msg=\"no certificate yet; TLS starts with one of our own\" authority={}",
               acme.endpoint);
  auto serial = make_secure_random();
  return net::tls::make_self_signed({.names = renewer.order.hosts}, now, *serial);
}

/// The renewer and its timer are of the loop's thread.
struct AcmeKeeper::State {
  State(const config::Acme& settings, Ports with) : acme(settings), ports(std::move(with)) {}

  config::Acme acme;
  Ports ports;
  std::shared_ptr<AcmeChallenges> challenges = std::make_shared<AcmeChallenges>();
  std::unique_ptr<net::http_client::HttpClient> http;
  std::unique_ptr<AcmeRenewer> renewer;
};

Result<std::unique_ptr<AcmeKeeper>> AcmeKeeper::make(const config::Tls& tls, Ports ports) {
  auto state = std::make_shared<State>(tls.acme, std::move(ports));
  FF_TRY(state->http, net::http_client::make_http_client(client_options(tls.acme)));
  return std::unique_ptr<AcmeKeeper>(new AcmeKeeper(std::move(state)));
}

AcmeKeeper::AcmeKeeper(std::shared_ptr<State> state) : state_(std::move(state)) {}

AcmeKeeper::~AcmeKeeper() {
  auto& loop = state_->ports.loop;
  loop.post([state = std::move(state_)] { state->renewer.reset(); });
}

void AcmeKeeper::start() {
  state_->ports.loop.post([state = state_] {
    const Probe probe(state->ports.metrics);
    if (const auto stored = stored_certificate(renewer_config(state->acme)); stored && *stored)
      probe.show(**stored);
    auto use = [probe, use = state->ports.use](const net::tls::KeyPair& pair) -> Status {
      FF_CHECK(use(pair));
      probe.show(pair);
      return {};
    };
    state->renewer = std::make_unique<AcmeRenewer>(
        state->ports.loop, renewer_config(state->acme),
        AcmeRenewerPorts{.http = *state->http,
                         .utc_now = state->ports.utc_now,
                         .random = make_secure_random(),
                         .challenges = state->challenges,
                         .use = std::move(use),
                         .report = [probe, acme = state->acme](const Status& status) {
                           report(probe, acme, status);
                         }});
    state->renewer->start();
  });
}

std::function<std::optional<std::string>(std::string_view)> AcmeKeeper::challenges() const {
  return
      [challenges = state_->challenges](std::string_view token) { return challenges->find(token); };
}

}  // namespace ff::app
