#include "app/cli/call/discovery.hpp"

#include <algorithm>
#include <array>

namespace ff::cli {
namespace {

/// [spec events-cluster-discovery §6.4]; empty: it is not discovered.
std::string_view short_name(Role role) {
  static constexpr std::array<std::string_view, role_count> names = {
      "is", "gs", "ns", "as", "js", "dtc", "dcs", "qrg", ""};
  return names[static_cast<std::size_t>(role)];
}

/// Only names have records. An IPv6 address has colons, an IPv4 address no letter.
bool is_domain(const std::string& host) {
  if (host.empty() || host == "localhost" || host.find(':') != std::string::npos) return false;
  return std::ranges::any_of(host, [](char c) { return c != '.' && (c < '0' || c > '9'); });
}

}  // namespace

FindServices system_services() {
  return [](const std::string& name) -> Result<std::vector<net::dns::Service>> {
    FF_TRY(auto services, net::dns::find_services(name, {}));
    return net::dns::in_order(std::move(services), *make_secure_random());
  };
}

Result<std::vector<std::string>> addresses_of(const Config& config, Role role,
                                              const FindServices& find) {
  const auto& address = config.address(role);
  const auto host = host_of(address);
  const auto component = short_name(role);
  if (!config.is_discovered[static_cast<std::size_t>(role)] || component.empty() ||
      !is_domain(host))
    return std::vector{address};
  FF_TRY(const auto services, find("_ttn-v3-" + std::string(component) + "-grpc._tcp." + host));
  std::vector<std::string> out;
  out.reserve(services.size());
  for (const auto& service : services)
    out.push_back(service.host + ":" + std::to_string(service.port));
  if (out.empty()) out.push_back(address);
  return out;
}

}  // namespace ff::cli
