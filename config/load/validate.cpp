#include "config/load/validate.hpp"

#include <set>
#include <string>
#include <utility>

#include "config/load/setting.hpp"
#include "protocol/types/dev_addr_allocation.hpp"

namespace ff::config {

namespace {

bool has_fixed_port(const std::string& address) {
  return !address.empty() && !address.ends_with(":0");
}

Error contradicts(std::string_view key, std::string_view detail) {
  return Error(contradiction, {{"key", key}, {"detail", detail}});
}

/// Two listeners on one address would fail at start with a less helpful message.
void check_listeners(const Config& config, std::vector<Error>& problems) {
  std::set<std::string> seen;
  for (const auto& [key, address] :
       {std::pair<std::string_view, std::string>{"grpc.listen", config.grpc.listen.plain},
        {"grpc.listen-tls", config.grpc.listen.tls},
        {"http.listen", config.http.listen.plain},
        {"http.listen-tls", config.http.listen.tls},
        {"interop.listen", config.interop.listen.plain},
        {"interop.listen-tls", config.interop.listen.tls},
        {"as.mqtt.listen", config.as.mqtt.plain},
        {"as.mqtt.listen-tls", config.as.mqtt.tls},
        {"gs.basic-station.listen", config.gs.basic_station.listen.plain},
        {"gs.basic-station.listen-tls", config.gs.basic_station.listen.tls},
        {"gs.mqtt.listen", config.gs.mqtt.listen.plain},
        {"gs.mqtt.listen-tls", config.gs.mqtt.listen.tls},
        {"gs.mqtt-v2.listen", config.gs.mqtt_v2.listen.plain},
        {"gs.mqtt-v2.listen-tls", config.gs.mqtt_v2.listen.tls}}) {
    if (has_fixed_port(address) && !seen.insert(address).second) {
      problems.push_back(contradicts(key, "another listener has the same address " + address));
    }
  }
  std::set<std::string> datagrams;
  for (const auto& listener : config.gs.udp.listeners) {
    if (has_fixed_port(listener.address) && !datagrams.insert(listener.address).second) {
      problems.push_back(
          contradicts("gs.udp.listeners", "it has " + listener.address + " more than once"));
    }
  }
}

/// The answer to an uplink is built when the window closes and must reach the gateway before RX1
/// opens.
void check_windows(const Config& config, std::vector<Error>& problems) {
  if (config.ns.deduplication_window >= config.ns.default_mac_settings.desired_rx1_delay) {
    problems.push_back(
        contradicts("ns.deduplication-window",
                    "it must be shorter than ns.default-mac-settings.desired-rx1-delay, or every "
                    "answer is late"));
  }
}

/// Applications share the network's addresses out; what is left is everyone else's.
void check_addresses(const Config& config, std::vector<Error>& problems) {
  constexpr std::string_view key = "ns.application-dev-addr-prefixes";
  DevAddrPlan::Applications applications;
  for (const auto& row : config.ns.application_dev_addr_prefixes)
    applications.insert_or_assign(row.application_id, row.prefixes);
  const DevAddrPlan plan(config.ns.net_id, config.ns.dev_addr_prefixes, applications);
  for (const auto& row : config.ns.application_dev_addr_prefixes) {
    if (!without(row.prefixes, plan.network()).empty()) {
      problems.push_back(contradicts(
          key, "those of " + row.application_id + " are not all the network's own addresses"));
    }
  }
  if (plan.common().empty())
    problems.push_back(contradicts(key, "nothing is left for other applications"));
}

void check_accounts(const Config& config, std::vector<Error>& problems) {
  const auto& email = config.is.email;
  if (email.provider == MailProvider::smtp && email.smtp.address.empty())
    problems.push_back(contradicts("is.email.smtp.address", "is.email.provider smtp needs it"));
  if (email.provider == MailProvider::dir && email.directory.empty())
    problems.push_back(contradicts("is.email.dir", "is.email.provider dir needs it"));
  const auto& oidc = config.is.oidc;
  if (!oidc.issuer.empty() && oidc.issuer.starts_with('/'))
    problems.push_back(contradicts("is.oidc.issuer", "it must be a whole URL"));
  if (!oidc.issuer.empty() && oidc.client_id.empty())
    problems.push_back(contradicts("is.oidc.client-id", "is.oidc.issuer needs it"));
}

void check_applications(const Config& config, std::vector<Error>& problems) {
  const bool has_tls = config.tls.source != TlsSource::none;
  // An operator who demands certificates must not be left with the door that asks for none.
  if (!config.as.mqtt_clients.client_ca.empty() && (!has_tls || config.as.mqtt.tls.empty())) {
    problems.push_back(
        contradicts("as.mqtt.tls.client-ca", "it needs tls.source and as.mqtt.listen-tls"));
  }
  // [spec application-server §1]
  if (config.as.confirmation.attempts > config.as.confirmation.attempts_max) {
    problems.push_back(
        contradicts("as.downlinks.confirmation.default-retry-attempts",
                    "it must not be larger than as.downlinks.confirmation.max-retry-attempts"));
  }
}

/// A client that is sent on has to arrive somewhere.
void check_redirects(const Config& config, std::vector<Error>& problems) {
  const auto& http = config.http;
  const bool has_tls =
      (config.tls.source != TlsSource::none || config.tls.acme.enable) && !http.listen.tls.empty();
  if (http.redirect_to_tls && !has_tls)
    problems.push_back(
        contradicts("http.redirect-to-tls", "it needs tls.source and http.listen-tls"));
  constexpr std::string_view allowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]";
  if (http.redirect_to_host.find_first_not_of(allowed) != std::string::npos)
    problems.push_back(contradicts("http.redirect-to-host", "it is no host and port"));
}

}  // namespace

std::vector<Error> contradictions(const Config& config) {
  std::vector<Error> problems;
  check_redirects(config, problems);
  check_listeners(config, problems);
  check_windows(config, problems);
  check_addresses(config, problems);
  check_accounts(config, problems);
  check_applications(config, problems);
  if (config.gs.update_connection_stats_debounce_time >
      config.gs.update_connection_stats_interval) {
    problems.push_back(
        contradicts("gs.update-connection-stats-debounce-time",
                    "it must not be longer than gs.update-connection-stats-interval"));
  }
  return problems;
}

}  // namespace ff::config
