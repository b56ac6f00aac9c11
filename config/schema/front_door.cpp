// What clients connect to: gRPC, HTTP, and the certificate of TLS listeners.
#include "config/schema/schema.hpp"

namespace ff::config {
namespace {

std::vector<Knob> tls_knobs() {
  return {
      {"tls.source",
       "Where the certificate of TLS listeners comes from: files, an authority by ACME, or one of "
       "our own that is made at the first start; empty keeps them closed.",
       "self-signed",
       one(choice<TlsSource>({{"", TlsSource::none},
                              {"file", TlsSource::file},
                              {"self-signed", TlsSource::self_signed},
                              {"acme", TlsSource::acme}}),
           FF_PLACE(tls.source))},
      {"tls.certificate", "PEM file of the certificate and its chain.", "cert.pem",
       one(path(), FF_PLACE(tls.certificate))},
      {"tls.key", "PEM file of the certificate's key.", "key.pem", one(path(), FF_PLACE(tls.key))},
      {"tls.reload-interval",
       "How often the two files are looked at; a renewed certificate is taken over.", "1m",
       one(duration(std::chrono::seconds{1}, std::chrono::hours{24}),
           FF_PLACE(tls.reload_interval))},
      {"tls.acme.enable", "Deprecated: the same as tls.source acme.", "false",
       one(flag(), FF_PLACE(tls.acme.enable))},
      {"tls.acme.endpoint", "URL of the authority's ACME directory.",
       "https://acme-v02.api.letsencrypt.org/directory",
       one(any_text(), FF_PLACE(tls.acme.endpoint))},
      {"tls.acme.ca", "PEM file of authorities trusted for the endpoint, beside the system's own.",
       "", one(path_or_nothing(), FF_PLACE(tls.acme.ca))},
      {"tls.acme.dir", "Folder that keeps the account's key and the certificate.", "",
       one(path_or_nothing(), FF_PLACE(tls.acme.directory))},
      {"tls.acme.email", "Whom the authority may write to.", "",
       one(any_text(), FF_PLACE(tls.acme.email))},
      {"tls.acme.hosts",
       "DNS names of the certificate. The authority asks each for a proof at port 80, which has to "
       "lead to http.listen.",
       "", many(any_text(), FF_PLACE(tls.acme.hosts))},
      {"tls.acme.default-host", "The certificate's subject; empty: the first of tls.acme.hosts.",
       "", one(any_text(), FF_PLACE(tls.acme.default_host))},
  };
}

}  // namespace

std::vector<Knob> front_door_knobs() {
  std::vector<Knob> knobs{
      {"grpc.listen", "Address of the gRPC API without TLS.", ":1884",
       one(listen_address(), FF_PLACE(grpc.listen.plain))},
      {"grpc.listen-tls", "Address of the gRPC API with TLS; needs tls.source.", ":8884",
       one(listen_address(), FF_PLACE(grpc.listen.tls))},
      {"grpc.trusted-proxies",
       "Proxies whose word on a caller's address is believed: X-Forwarded-For, X-Real-IP.",
       "127.0.0.0/8 10.0.0.0/8 100.64.0.0/10 172.16.0.0/12 192.168.0.0/16",
       many(address_block(), FF_PLACE(grpc.trusted_proxies))},

      {"http.listen", "Address of the HTTP API, metrics and health without TLS.", ":1885",
       one(listen_address(), FF_PLACE(http.listen.plain))},
      {"http.listen-tls", "The same with TLS; needs tls.source.", ":8885",
       one(listen_address(), FF_PLACE(http.listen.tls))},
      {"http.trusted-proxies",
       "Proxies whose word on a caller's address is believed: X-Forwarded-For, X-Real-IP. On a "
       "client's certificate it is if this is not the default.",
       "127.0.0.0/8 10.0.0.0/8 100.64.0.0/10 172.16.0.0/12 192.168.0.0/16",
       many(address_block(), FF_PLACE(http.trusted_proxies))},
      {"http.redirect-to-host",
       "Host, with or without a port, that requests to other hosts are sent to; empty: none is.",
       "", one(any_text(), FF_PLACE(http.redirect_to_host))},
      {"http.redirect-to-tls",
       "Sends requests without TLS to http.listen-tls, but for /healthz and an authority's "
       "challenges.",
       "false", one(flag(), FF_PLACE(http.redirect_to_tls))},
      {"http.metrics.enable", "Serves Prometheus metrics on /metrics.", "true",
       one(flag(), FF_PLACE(http.metrics.enable))},
      {"http.metrics.password", "Password of the user metrics; empty: none is asked for.", "",
       one(secret(), FF_PLACE(http.metrics.password))},
      {"http.health.enable", "Serves /healthz.", "true", one(flag(), FF_PLACE(http.health.enable))},
      {"http.health.password", "Password of the user health; empty: none is asked for.", "",
       one(secret(), FF_PLACE(http.health.password))},

      {"inspect.address",
       "Server that `farfield inspect` asks; empty: the one on this machine, at http.listen.", "",
       one(server_address(), FF_PLACE(inspect.address))},
      {"inspect.api-key",
       "Administrator's API key for `farfield inspect`; empty: the file admin-api-key of the data "
       "directory.",
       "", one(secret(), FF_PLACE(inspect.api_key))},

      {"mtls-auth.directory",
       "Folder with the PEM files of authorities whose certificates of gateways are believed.", "",
       one(path_or_nothing(), FF_PLACE(mtls_auth.directory))},

      {"rate-limiting.memory.max-size",
       "Callers that each profile remembers; 0 stands for 4096. Of more, those who ask least are "
       "forgotten.",
       "0", one(count<std::size_t>(0, 10'000'000), FF_PLACE(rate_limiting.keys_max)), Reload::live},
      {"rate-limiting.profiles",
       "How often callers may do what the classes in `associations` name, such as "
       "`grpc:method:/ttn.lorawan.v3.GatewayRegistry/List`, `grpc:method`, `gs:up` or "
       "`http:oauth`. Empty: as often as they like.",
       "", many(rate_limiting_profile(), FF_PLACE(rate_limiting.profiles), Shape::records),
       Reload::live},
  };
  for (auto& knob : tls_knobs()) knobs.push_back(std::move(knob));
  return knobs;
}

}  // namespace ff::config
