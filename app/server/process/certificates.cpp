#include "app/server/process/certificates.hpp"

#include <spdlog/spdlog.h>

#include <fstream>
#include <iterator>

#include "app/server/process/acme.hpp"
#include "net/tls/certificate.hpp"
#include "net/tls/self_signed.hpp"

namespace ff::app {
namespace {

struct ReloadProbe {
  explicit ReloadProbe(actors::Metrics& metrics)
      : ok(series(metrics, "ok")), failed(series(metrics, "failed")) {}

  static prometheus::Counter& series(actors::Metrics& metrics, const char* result) {
    return metrics.counter("farfield_tls_certificate_reloads_total",
                           "Changed certificate files, by whether they could be used.",
                           {{"result", result}});
  }

  prometheus::Counter& ok;
  prometheus::Counter& failed;
};

void report(const ReloadProbe& probe, const config::Tls& tls, const Status& status) {
  (status ? probe.ok : probe.failed).Increment();
  if (status) {
    spdlog::info("msg=\"certificate renewed\" path={}", tls.certificate.string());
  } else {
    spdlog::error("msg=\"renewed certificate is not used\" path={} error=\"{}\"",
                  tls.certificate.string(), status.error().message());
  }
}

constexpr ErrorDef unreadable_roots{"config", "unreadable_certificates", Code::not_found,
                                    "`mtls-auth.directory`: `{path}` can not be read"};
constexpr ErrorDef unusable_client_ca{"config", "unusable_client_ca", Code::failed_precondition,
                                      "`as.mqtt.tls.client-ca`: `{path}` has no certificate that "
                                      "can be used"};

/// Every `.pem` and `.crt` file of a folder, one after another.
Result<std::string> read_roots(const std::filesystem::path& directory) {
  std::error_code error;
  std::string roots;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
    const auto extension = entry.path().extension();
    if (extension != ".pem" && extension != ".crt") continue;
    std::ifstream in(entry.path());
    roots.append(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
    if (!in) return fail(unreadable_roots, {{"path", entry.path().string()}});
    roots += '\n';
  }
  if (error || roots.empty()) return fail(unreadable_roots, {{"path", directory.string()}});
  return roots;
}

/// Gateways may show a certificate; whether it is good enough is decided with the gateway's EUI.
Result<net::tls::ServerOptions> options_for_gateways(const config::MtlsAuth& mtls) {
  net::tls::ServerOptions options;
  if (mtls.directory.empty()) return options;
  options.client_certificates = net::tls::ClientCertificates::request;
  FF_TRY(options.client_roots_pem, read_roots(mtls.directory));
  return options;
}

/// What clients show is judged with the application's id, when they have said it.
Result<net::tls::ServerOptions> options_for_mqtt(const config::MqttClients& clients) {
  net::tls::ServerOptions options;
  if (clients.client_ca.empty()) return options;
  options.client_certificates = net::tls::ClientCertificates::request;
  std::ifstream in(clients.client_ca);
  options.client_roots_pem.assign(std::istreambuf_iterator<char>(in),
                                  std::istreambuf_iterator<char>());
  if (!net::tls::validity_of(options.client_roots_pem))
    return fail(unusable_client_ca, {{"path", clients.client_ca.string()}});
  return options;
}

}  // namespace

Status Certificates::replace(const net::tls::KeyPair& pair) const {
  // What the first accepts, the others accept.
  FF_CHECK(http->replace(pair));
  FF_CHECK(mqtt->replace(pair));
  FF_CHECK(gateways->replace(pair));
  FF_CHECK(interop->replace(pair));
  grpc->replace({pair.certificate_pem, pair.key_pem});
  return {};
}

Result<Certificates> load_certificates(const config::Config& config, UtcTime now,
                                       const std::string& interop_roots_pem) {
  const auto& tls = config.tls;
  if (tls.source == config::TlsSource::none) return Certificates{};
  net::tls::KeyPair pair;
  if (tls.by_acme()) {
    FF_TRY(pair, acme_certificate(tls, now));
  } else if (tls.source == config::TlsSource::file) {
    FF_TRY(pair, net::tls::read_key_pair(tls.certificate, tls.key));
  } else {
    auto serial = make_secure_random();
    FF_TRY(pair,
           net::tls::load_or_make_self_signed(config.storage.directory / "tls",
                                              {.names = {net::tls::host_name()}}, now, *serial));
  }
  Certificates out;
  FF_TRY(out.http, net::tls::ServerContext::create(pair, {.alpn = {"http/1.1"}}));
  FF_TRY(const auto mqtt_options, options_for_mqtt(config.as.mqtt_clients));
  FF_TRY(out.mqtt, net::tls::ServerContext::create(pair, mqtt_options));
  FF_TRY(const auto gateway_options, options_for_gateways(config.mtls_auth));
  FF_TRY(out.gateways, net::tls::ServerContext::create(pair, gateway_options));
  FF_TRY(out.interop, net::tls::ServerContext::create(
                          pair, {.alpn = {"http/1.1"},
                                 .client_certificates = net::tls::ClientCertificates::request,
                                 .client_roots_pem = interop_roots_pem}));
  out.grpc = std::make_shared<api::ServerCertificate>(
      api::CertificatePem{pair.certificate_pem, pair.key_pem});
  return out;
}

/// Its timer is of the loop's thread, so the rest is too.
struct CertificateWatch::OnLoop {
  std::unique_ptr<net::tls::CertificateReloader> reloader;
};

CertificateWatch::CertificateWatch(net::EventLoop& loop, const config::Tls& tls,
                                   Certificates certificates, actors::Metrics& metrics)
    : loop_(loop), state_(std::make_shared<OnLoop>()) {
  if (tls.source != config::TlsSource::file) return;
  loop.post([&loop, tls, certificates = std::move(certificates), probe = ReloadProbe(metrics),
             state = state_] {
    state->reloader = std::make_unique<net::tls::CertificateReloader>(
        loop, net::tls::CertificateFiles{tls.certificate, tls.key}, tls.reload_interval,
        [certificates](const net::tls::KeyPair& pair) { return certificates.replace(pair); },
        [tls, probe](const Status& status) { report(probe, tls, status); });
    state->reloader->start();
  });
}

CertificateWatch::~CertificateWatch() {
  loop_.post([state = std::move(state_)] { state->reloader.reset(); });
}

}  // namespace ff::app
