#include "config/load/roaming.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "config/load/interop_nodes.hpp"
#include "config/schema/type.hpp"
#include "protocol/base/hex.hpp"

namespace ff::config {
namespace {

using detail::Failure;
using detail::only_keys;
using detail::text_of;

constexpr std::size_t partners_max = 256;
constexpr std::size_t prefixes_max = 4096;
constexpr std::chrono::seconds lifetime_max{86'400};

bool flag_of(const YAML::Node& map, const char* key, bool otherwise) {
  return map[key] ? map[key].as<bool>() : otherwise;
}

template <class T>
T value_of(const YAML::Node& map, const char* key, const Type<T>& type, T otherwise) {
  if (!map[key]) return otherwise;
  const auto value = type.read(text_of(map, key));
  if (!value) throw Failure(std::string(key) + " takes " + type.allowed);
  return *value;
}

template <class T>
std::vector<T> list_of(const YAML::Node& map, const char* key, const Type<T>& type) {
  std::vector<T> out;
  for (const auto& node : map[key]) {
    const auto value = type.read(node.as<std::string>());
    if (!value || out.size() >= prefixes_max)
      throw Failure(std::string(key) + " takes " + type.allowed);
    out.push_back(*value);
  }
  return out;
}

RoamingLimits limits_of(const YAML::Node& node) {
  RoamingLimits out;
  if (!node) return out;
  only_keys(node,
            {"uplinks-per-minute", "uplinks-per-day", "downlinks-per-minute", "downlinks-per-day"});
  const auto any = count<std::uint32_t>(0, std::numeric_limits<std::uint32_t>::max());
  out.uplinks_per_minute = value_of(node, "uplinks-per-minute", any, 0U);
  out.uplinks_per_day = value_of(node, "uplinks-per-day", any, 0U);
  out.downlinks_per_minute = value_of(node, "downlinks-per-minute", any, 0U);
  out.downlinks_per_day = value_of(node, "downlinks-per-day", any, 0U);
  return out;
}

RoamingForward forward_of(const YAML::Node& node) {
  RoamingForward out;
  if (!node) return out;
  only_keys(node, {"allowed", "dev-addr-prefixes", "join-euis", "limits"});
  out.allowed = flag_of(node, "allowed", true);
  out.dev_addr_prefixes = list_of(node, "dev-addr-prefixes", dev_addr_prefix());
  out.join_euis = list_of(node, "join-euis", join_eui_prefix());
  out.limits = limits_of(node["limits"]);
  return out;
}

RoamingAccept accept_of(const YAML::Node& node) {
  RoamingAccept out;
  if (!node) return out;
  only_keys(node, {"allowed", "joins", "dev-addr-prefixes", "lifetime", "kek-label", "limits"});
  out.allowed = flag_of(node, "allowed", true);
  out.joins = flag_of(node, "joins", true);
  out.dev_addr_prefixes = list_of(node, "dev-addr-prefixes", dev_addr_prefix());
  const auto lifetime =
      value_of(node, "lifetime", duration(Duration{0}, lifetime_max), Duration{0});
  out.lifetime = std::chrono::duration_cast<std::chrono::seconds>(lifetime);
  out.kek_label = text_of(node, "kek-label");
  out.limits = limits_of(node["limits"]);
  return out;
}

RoamingPartner partner_of(const YAML::Node& root, const std::filesystem::path& directory) {
  only_keys(root,
            {"net-id", "fqdn", "dns", "port", "scheme", "protocol", "path", "headers", "basic-auth",
             "tls", "sender-ns-id", "asynchronous", "timeout", "forward", "accept"});
  RoamingPartner out;
  const auto net_id = parse_net_id(text_of(root, "net-id"));
  if (!net_id) throw Failure("net-id is not 6 hex digits");
  out.net_id = *net_id;
  out.access = detail::access_of(root, directory);
  // The name of a NetID: its hex digits, and the suffix. [TS002-1.1 §19]
  if (!out.access.dns.empty())
    out.access.fqdn = hex_lower(out.net_id.value(), 6) + "." + std::exchange(out.access.dns, {});
  out.path = detail::path_of(root, "path");
  out.timeout =
      value_of(root, "timeout", duration(std::chrono::milliseconds{50}, std::chrono::seconds{10}),
               out.timeout);
  out.forward = forward_of(root["forward"]);
  out.accept = accept_of(root["accept"]);
  if (out.forward.allowed && out.forward.dev_addr_prefixes.empty())
    out.forward.dev_addr_prefixes = {prefix_of(out.net_id)};
  return out;
}

Result<std::vector<std::string>> read_list(const std::string& text, std::string_view file) {
  try {
    std::vector<std::string> out;
    for (const auto& row : YAML::Load(text)["roaming-partners"])
      out.push_back(row.as<std::string>());
    if (out.size() > partners_max) throw Failure("too many roaming partners");
    return out;
  } catch (const std::exception& problem) {
    return fail(detail::malformed(file, problem.what()));
  }
}

bool overlap(const DevAddrPrefix& a, const DevAddrPrefix& b) {
  return a.contains(b.dev_addr) || b.contains(a.dev_addr);
}

Status check_partner(const RoamingPartner& partner, NetId own,
                     const std::vector<DevAddrPrefix>& own_prefixes) {
  if (partner.net_id == own) return fail(detail::malformed(partner.name, "net-id is our own"));
  if (!partner.forward.allowed) return {};
  for (const auto& prefix : partner.forward.dev_addr_prefixes) {
    const bool ours = std::ranges::any_of(
        own_prefixes, [&](const DevAddrPrefix& one) { return overlap(one, prefix); });
    if (ours)
      return fail(detail::malformed(partner.name,
                                    "forward.dev-addr-prefixes has addresses of "
                                    "ours"));
  }
  return {};
}

}  // namespace

Result<RoamingPartner> read_roaming_partner(std::string_view text, std::string_view file,
                                            const std::filesystem::path& directory) {
  try {
    auto out = partner_of(YAML::Load(std::string(text)), directory);
    out.name = file;
    out.access.name = file;
    return out;
  } catch (const std::exception& problem) {
    return fail(detail::malformed(file, problem.what()));
  }
}

Result<std::vector<RoamingPartner>> load_roaming_partners(const std::filesystem::path& directory) {
  const auto list = directory / "config.yml";
  FF_TRY(const auto text, detail::read_file(list));
  FF_TRY(const auto files, read_list(text, list.string()));
  std::vector<RoamingPartner> out;
  for (const auto& file : files) {
    const auto path = directory / file;
    FF_TRY(const auto own, detail::read_file(path));
    FF_TRY(auto partner, read_roaming_partner(own, path.string(), path.parent_path()));
    if (std::ranges::find(out, partner.net_id, &RoamingPartner::net_id) != out.end())
      return fail(detail::malformed(path.string(), "another partner has this net-id"));
    out.push_back(std::move(partner));
  }
  return out;
}

Status check_roaming_partners(const std::vector<RoamingPartner>& partners, NetId own,
                              const std::vector<DevAddrPrefix>& own_prefixes) {
  for (const auto& partner : partners) FF_CHECK(check_partner(partner, own, own_prefixes));
  return {};
}

}  // namespace ff::config
