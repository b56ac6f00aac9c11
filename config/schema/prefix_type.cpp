// Values that are prefixes of addresses and EUIs, or hold some.
#include <algorithm>
#include <charconv>

#include "config/schema/type.hpp"

namespace ff::config {
namespace {

struct Prefix {
  std::string_view value;
  std::uint8_t length = 0;
};

std::optional<Prefix> split_prefix(std::string_view text, std::uint8_t length_max) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return {};
  const auto digits = text.substr(slash + 1);
  std::uint8_t length = 0;
  const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
  if (error != std::errc{} || stop != digits.data() + digits.size() || length > length_max)
    return {};
  return Prefix{text.substr(0, slash), length};
}

std::string prefix_text(const DevAddrPrefix& prefix) {
  return to_string(prefix.dev_addr) + "/" + std::to_string(prefix.length);
}

std::optional<DevAddrPrefix> parse_dev_addr_prefix(std::string_view text) {
  const auto prefix = split_prefix(text, 32);
  if (!prefix) return {};
  const auto dev_addr = parse_dev_addr(prefix->value);
  if (!dev_addr) return {};
  return DevAddrPrefix{*dev_addr, prefix->length};
}

/// `26011000/20+26014000/20`; at least one.
std::optional<std::vector<DevAddrPrefix>> parse_dev_addr_prefixes(std::string_view text) {
  std::vector<DevAddrPrefix> out;
  for (bool more = true; more;) {
    const auto plus = text.find('+');
    more = plus != std::string_view::npos;
    const auto prefix = parse_dev_addr_prefix(text.substr(0, plus));
    if (!prefix) return {};
    out.push_back(*prefix);
    if (more) text.remove_prefix(plus + 1);
  }
  return out;
}

}  // namespace

Type<DevAddrPrefix> dev_addr_prefix() {
  return {"8 hex digits and a length from 0 to 32, such as 26000000/7", parse_dev_addr_prefix,
          prefix_text};
}

Type<JoinEuiPrefix> join_eui_prefix() {
  return {"16 hex digits and a length from 0 to 64, such as 70B3D57ED0000000/36",
          [](std::string_view text) -> std::optional<JoinEuiPrefix> {
            const auto prefix = split_prefix(text, 64);
            if (!prefix) return {};
            const auto join_eui = parse_join_eui(prefix->value);
            if (!join_eui) return {};
            return JoinEuiPrefix{*join_eui, prefix->length};
          },
          [](const JoinEuiPrefix& value) {
            return to_string(value.join_eui) + "/" + std::to_string(value.length);
          }};
}

Type<ForwardEntry> forward_entry() {
  return {
      "`cluster` (or an empty name) or `packetbroker` with prefixes such as 26000000/7",
      [](std::string_view text) -> std::optional<ForwardEntry> {
        const auto equals = text.find('=');
        if (equals == std::string_view::npos) return {};
        const auto name = text.substr(0, equals);
        const bool is_broker = name == "packetbroker";
        if (!is_broker && !name.empty() && name != "cluster") return {};
        const auto prefix = parse_dev_addr_prefix(text.substr(equals + 1));
        if (!prefix) return {};
        return ForwardEntry{is_broker ? ForwardHost::packetbroker : ForwardHost::cluster, *prefix};
      },
      [](const ForwardEntry& value) {
        const auto* name = value.host == ForwardHost::packetbroker ? "packetbroker=" : "=";
        return name + prefix_text(value.prefix);
      }};
}

Type<ApplicationDevAddrPrefixes> application_dev_addr_prefixes() {
  return {"an application's id, with prefixes such as 26011000/20+26014000/20 as its value",
          [](std::string_view text) -> std::optional<ApplicationDevAddrPrefixes> {
            const auto equals = std::min(text.find('='), text.size());
            const auto application_id = text.substr(0, equals);
            if (!parse_application_id(application_id)) return {};
            auto prefixes = parse_dev_addr_prefixes(text.substr(std::min(equals + 1, text.size())));
            if (!prefixes) return {};
            return ApplicationDevAddrPrefixes{std::string(application_id), *std::move(prefixes)};
          },
          [](const ApplicationDevAddrPrefixes& value) {
            auto text = value.application_id + "=";
            for (const auto& prefix : value.prefixes)
              text += (text.back() == '=' ? "" : "+") + prefix_text(prefix);
            return text;
          }};
}

}  // namespace ff::config
