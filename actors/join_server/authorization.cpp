#include "actors/join_server/authorization.hpp"

#include <algorithm>
#include <cctype>

#include "actors/join_server/errors.hpp"
#include "protocol/key_vault/key_vault.hpp"

namespace ff::join_server {
namespace {

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) ==
           std::tolower(static_cast<unsigned char>(y));
  });
}

bool matches(std::string_view pattern, std::string_view host) {
  if (!pattern.starts_with("*.")) return equals_ignoring_case(pattern, host);
  const auto dot = host.find('.');
  return dot != std::string_view::npos && dot > 0 &&
         equals_ignoring_case(pattern.substr(1), host.substr(dot));
}

}  // namespace

bool names_host(const std::vector<std::string>& patterns, std::string_view address) {
  const auto host = key_vault::host_of(address);
  return !host.empty() && std::ranges::any_of(patterns, [host](const std::string& pattern) {
    return matches(pattern, host);
  });
}

std::optional<NetId> home_net_id(const JoinDevice& device,
                                 const activation::Settings* maybe_settings) {
  if (device.net_id) return device.net_id;
  return maybe_settings != nullptr ? maybe_settings->home_net_id : std::nullopt;
}

Status authorize(const JoinDevice& device, const activation::Settings* maybe_settings,
                 const ExternalNetwork& caller, NetId requested) {
  const auto home = home_net_id(device, maybe_settings);
  if (!home) return fail(no_net_id);
  for (const auto other : {requested, caller.net_id}) {
    if (other != *home) return fail(net_id_mismatch, {{"net_id", to_string(other)}});
  }
  const auto& address = device.network_server_address;
  if (!address.empty() && !names_host(caller.names, address))
    return fail(caller_not_authorized, {{"target", address}});
  return {};
}

Status authorize(const JoinDevice& device, const activation::Settings* maybe_settings,
                 const ExternalApplicationServer& caller) {
  const auto& id = device.application_server_id;
  if (!id.empty()) {
    if (id == caller.as_id) return {};
    return fail(caller_not_authorized, {{"target", id}});
  }
  const auto& address = device.application_server_address;
  if (!address.empty()) {
    if (names_host(caller.names, address)) return {};
    return fail(caller_not_authorized, {{"target", address}});
  }
  if (maybe_settings == nullptr || maybe_settings->application_server_id.empty())
    return fail(no_application_server_id);
  if (maybe_settings->application_server_id == caller.as_id) return {};
  return fail(caller_not_authorized, {{"target", maybe_settings->application_server_id}});
}

}  // namespace ff::join_server
