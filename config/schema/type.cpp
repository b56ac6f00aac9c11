#include "config/schema/type.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "config/schema/record.hpp"
#include "protocol/base/hex.hpp"

namespace ff::config {

namespace {

template <class Int>
std::optional<Int> parse_whole(std::string_view text, int base = 10) {
  Int value{};
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, base);
  if (error != std::errc{} || stop != end) return {};
  return value;
}

std::optional<double> parse_decimal(std::string_view text) {
  double value{};
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, std::chars_format::fixed);
  if (error != std::errc{} || stop != end || !std::isfinite(value)) return {};
  return value;
}

/// Shortest text that reads back as the same number.
std::string decimal_text(double value) {
  std::array<char, 64> buffer{};
  const auto result =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed);
  return result.ec == std::errc{} ? std::string(buffer.data(), result.ptr) : std::to_string(value);
}

std::optional<RateLimitingProfile> read_rate_limiting_profile(std::string_view text) {
  constexpr std::uint32_t per_min_max = 6'000'000;
  constexpr std::uint32_t burst_max = 1'000'000;
  RateLimitingProfile profile;
  for (auto& [key, values] : record_of(text)) {
    if (key == "associations") {
      profile.associations = std::move(values);
      continue;
    }
    if (values.size() != 1) return {};
    if (key == "name") {
      profile.name = values.front();
      continue;
    }
    const auto number = parse_whole<std::uint32_t>(values.front());
    if (!number || (key != "max-per-min" && key != "max-burst")) return {};
    (key == "max-burst" ? profile.max_burst : profile.max_per_min) = *number;
  }
  const bool is_good = !profile.name.empty() && !profile.associations.empty() &&
                       profile.max_per_min > 0 && profile.max_per_min <= per_min_max &&
                       profile.max_burst <= burst_max;
  return is_good ? std::optional(std::move(profile)) : std::nullopt;
}

struct Unit {
  std::string_view name;
  Duration length;
};

// Where one name begins another, the longer comes first.
constexpr std::array<Unit, 6> units{{{"ms", std::chrono::milliseconds{1}},
                                     {"us", std::chrono::microseconds{1}},
                                     {"ns", std::chrono::nanoseconds{1}},
                                     {"h", std::chrono::hours{1}},
                                     {"m", std::chrono::minutes{1}},
                                     {"s", std::chrono::seconds{1}}}};

/// Printable, and what separates items of a list is not in it.
bool is_label(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f && c != ','; });
}

/// Takes one `1.5s` from the front of `text`.
std::optional<Duration> take_part(std::string_view& text) {
  const auto digits = std::min(text.find_first_not_of("0123456789."), text.size());
  const auto amount = parse_decimal(text.substr(0, digits));
  if (digits == 0 || !amount) return {};
  text.remove_prefix(digits);
  const auto* unit = std::find_if(units.begin(), units.end(),
                                  [&](const Unit& each) { return text.starts_with(each.name); });
  if (unit == units.end()) return {};
  text.remove_prefix(unit->name.size());
  const double nanoseconds = *amount * static_cast<double>(unit->length.count());
  // A hundred years is far beyond any bound and far below overflow.
  if (nanoseconds > 3.2e18) return {};
  return Duration{std::llround(nanoseconds)};
}

/// Form only: whether the machine has the address shows when it is listened on.
bool is_listen_address(std::string_view text) {
  if (text.empty()) return true;
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || !parse_whole<std::uint16_t>(text.substr(colon + 1))) {
    return false;
  }
  const auto host = text.substr(0, colon);
  if (host.empty() || host == "localhost") return true;
  if (host.front() == '[') {
    return host.size() > 3 && host.back() == ']' &&
           host.substr(1, host.size() - 2).find_first_not_of("0123456789abcdefABCDEF:.%") ==
               std::string_view::npos;
  }
  return host.find_first_not_of("0123456789.") == std::string_view::npos;
}

constexpr std::string_view address_forms =
    "an address such as :1885, 127.0.0.1:1885, [::1]:1885 or localhost:1885";

}  // namespace

std::optional<Duration> parse_duration(std::string_view text) {
  if (text == "0") return Duration{0};
  if (text.empty()) return {};
  Duration total{0};
  while (!text.empty()) {
    const auto part = take_part(text);
    if (!part || *part > Duration::max() - total) return {};
    total += *part;
  }
  return total;
}

std::string duration_text(Duration duration) {
  using std::chrono::seconds;
  if (duration < seconds{1} && duration > Duration{0}) {
    for (const auto& unit : {units[0], units[1], units[2]}) {
      if (duration % unit.length == Duration{0}) {
        return std::to_string(duration / unit.length) + std::string(unit.name);
      }
    }
  }
  std::string text;
  const auto hours = duration / std::chrono::hours{1};
  const auto minutes = duration / std::chrono::minutes{1} % 60;
  const auto rest = duration % std::chrono::minutes{1};
  if (hours > 0) text += std::to_string(hours) + "h";
  if (minutes > 0) text += std::to_string(minutes) + "m";
  if (rest > Duration{0} || text.empty()) {
    text += decimal_text(static_cast<double>(rest.count()) / 1e9) + "s";
  }
  return text;
}

namespace {

constexpr std::array<std::pair<std::string_view, std::size_t>, 3> size_units{
    {{"GiB", std::size_t{1} << 30U},
     {"MiB", std::size_t{1} << 20U},
     {"KiB", std::size_t{1} << 10U}}};

}  // namespace

std::optional<std::size_t> parse_size(std::string_view text) {
  std::size_t unit = 1;
  for (const auto& [name, bytes] : size_units) {
    if (!text.ends_with(name)) continue;
    unit = bytes;
    text.remove_suffix(name.size());
    break;
  }
  const auto amount = parse_whole<std::size_t>(text);
  if (!amount || *amount > std::numeric_limits<std::size_t>::max() / unit) return {};
  return *amount * unit;
}

std::string size_text(std::size_t bytes) {
  for (const auto& [name, unit] : size_units) {
    if (bytes > 0 && bytes % unit == 0) return std::to_string(bytes / unit) + std::string(name);
  }
  return std::to_string(bytes);
}

Type<bool> flag() {
  return choice<bool>({{"true", true}, {"false", false}});
}

Type<double> number(double min, double max) {
  return {"a number from " + decimal_text(min) + " to " + decimal_text(max),
          [min, max](std::string_view text) -> std::optional<double> {
            const auto value = parse_decimal(text);
            if (!value || *value < min || *value > max) return {};
            return value;
          },
          decimal_text};
}

Type<Duration> duration(Duration min, Duration max) {
  return {
      "a duration such as 1m30s or 200ms, from " + duration_text(min) + " to " + duration_text(max),
      [min, max](std::string_view text) -> std::optional<Duration> {
        const auto value = parse_duration(text);
        if (!value || *value < min || *value > max) return {};
        return value;
      },
      duration_text};
}

Type<std::size_t> size(std::size_t min, std::size_t max) {
  return {"a size such as 64MiB, from " + size_text(min) + " to " + size_text(max),
          [min, max](std::string_view text) -> std::optional<std::size_t> {
            const auto value = parse_size(text);
            if (!value || *value < min || *value > max) return {};
            return value;
          },
          size_text};
}

Type<std::uint32_t> power_of_two(std::uint32_t max) {
  return {"a power of two from 1 to " + std::to_string(max),
          [max](std::string_view text) -> std::optional<std::uint32_t> {
            const auto value = parse_whole<std::uint32_t>(text);
            if (!value || !std::has_single_bit(*value) || *value > max) return {};
            return value;
          },
          [](const std::uint32_t& value) { return std::to_string(value); }};
}

Type<std::chrono::seconds> whole_seconds(std::int64_t min, std::int64_t max) {
  return {"a whole number of seconds from " + std::to_string(min) + " to " + std::to_string(max),
          [min, max](std::string_view text) -> std::optional<std::chrono::seconds> {
            const auto value = parse_whole<std::int64_t>(text);
            if (!value || *value < min || *value > max) return {};
            return std::chrono::seconds{*value};
          },
          [](const std::chrono::seconds& value) { return std::to_string(value.count()); }};
}

Type<std::string> listen_address() {
  return {std::string(address_forms) + ", or empty",
          [](std::string_view text) -> std::optional<std::string> {
            if (!is_listen_address(text)) return {};
            return std::string(text);
          },
          [](const std::string& value) { return value; }};
}

Type<std::string> server_address() {
  return {"a host and a port, such as `localhost:1885`, or empty",
          [](std::string_view text) -> std::optional<std::string> {
            const auto colon = text.rfind(':');
            const bool names_port = colon != std::string_view::npos && colon > 0 &&
                                    parse_whole<std::uint16_t>(text.substr(colon + 1)).value_or(0);
            const bool is_host = text.find_first_of("/ @") == std::string_view::npos;
            if (!text.empty() && (!names_port || !is_host)) return {};
            return std::string(text);
          },
          [](const std::string& value) { return value; }};
}

Type<std::string> name_or_nothing() {
  static constexpr std::size_t size_max = 64;
  static constexpr auto is_allowed = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           c == '-' || c == '.';
  };
  return {"a name, such as `EU_863_870`, or empty",
          [](std::string_view text) -> std::optional<std::string> {
            if (text.size() > size_max || !std::all_of(text.begin(), text.end(), is_allowed))
              return {};
            return std::string(text);
          },
          [](const std::string& value) { return value; }};
}

Type<std::string> any_text() {
  return {"any text", [](std::string_view text) { return std::optional(std::string(text)); },
          [](const std::string& value) { return value; }};
}

Type<std::string> web_address() {
  const auto is_one = [](std::string_view text) {
    const bool is_absolute = text.starts_with("http://") || text.starts_with("https://");
    const bool is_path = text.starts_with('/') && !text.starts_with("//");
    const bool is_plain =
        std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
    return (is_absolute || is_path) && is_plain &&
           text.find_first_of("\"'<>;,\\") == std::string_view::npos;
  };
  return {"an http or https URL, a path, or empty",
          [is_one](std::string_view text) {
            return text.empty() || is_one(text) ? std::optional(std::string(text)) : std::nullopt;
          },
          [](const std::string& value) { return value; }};
}

Type<std::string> secret() {
  return {"any text", [](std::string_view text) { return std::optional(std::string(text)); },
          [](const std::string& value) { return value; }, true};
}

Type<std::filesystem::path> path() {
  return {"a path",
          [](std::string_view text) -> std::optional<std::filesystem::path> {
            if (text.empty() || text.find('\0') != std::string_view::npos) return {};
            return std::filesystem::path(text);
          },
          [](const std::filesystem::path& value) { return value.string(); }};
}

Type<std::filesystem::path> path_or_nothing() {
  auto type = path();
  type.allowed += ", or empty";
  type.read = [read = type.read](std::string_view text) {
    return text.empty() ? std::optional(std::filesystem::path()) : read(text);
  };
  return type;
}

Type<NetId> net_id() {
  return {"6 hex digits", [](std::string_view text) { return parse_net_id(text); },
          [](const NetId& value) { return to_string(value); }};
}

Type<std::string> address_block() {
  return {"an address with or without a length, such as 192.0.2.0/24 or 2001:db8::/32",
          [](std::string_view text) -> std::optional<std::string> {
            if (text.empty() ||
                text.find_first_not_of("0123456789abcdefABCDEF.:/") != std::string_view::npos)
              return {};
            return std::string(text);
          },
          [](const std::string& value) { return value; }};
}

Type<JoinEui> join_eui() {
  return {"16 hex digits", [](std::string_view text) { return parse_join_eui(text); },
          [](const JoinEui& value) { return to_string(value); }};
}

Type<Bytes> aes_key() {
  return {"16, 24 or 32 bytes as hex digits",
          [](std::string_view text) -> std::optional<Bytes> {
            auto key = parse_hex(text);
            if (!key || (key->size() != 16 && key->size() != 24 && key->size() != 32)) return {};
            return key;
          },
          [](const Bytes& value) { return hex_lower(value); }, true};
}

Type<Kek> kek() {
  const auto key = aes_key();
  return {"a label with " + key.allowed + " as its value",
          [key](std::string_view text) -> std::optional<Kek> {
            const auto equals = std::min(text.rfind('='), text.size());
            const auto label = text.substr(0, equals);
            if (label.empty() || !is_label(label)) return {};
            auto value = key.read(text.substr(std::min(equals + 1, text.size())));
            if (!value) return {};
            return Kek{std::string(label), *std::move(value)};
          },
          [key](const Kek& value) { return value.label + "=" + key.write(value.key); }, true};
}

Type<DirectorySource> directory_source() {
  return choice<DirectorySource>(
      {{"", DirectorySource::none}, {"directory", DirectorySource::directory}});
}

Type<SenderClientCa> sender_client_ca() {
  return {"a sender's NetID, AS-ID or JoinEUI with a file as its value",
          [](std::string_view text) -> std::optional<SenderClientCa> {
            const auto equals = std::min(text.find('='), text.size());
            const auto sender = text.substr(0, equals);
            const auto file = text.substr(std::min(equals + 1, text.size()));
            if (sender.empty() || !is_label(sender) || file.empty()) return {};
            return SenderClientCa{std::string(sender), std::filesystem::path(file)};
          },
          [](const SenderClientCa& value) { return value.sender + "=" + value.file.string(); }};
}

Type<std::string> label_or_nothing() {
  return {"printable characters without white space, or nothing",
          [](std::string_view text) -> std::optional<std::string> {
            if (!is_label(text)) return {};
            return std::string(text);
          },
          [](const std::string& value) { return value; }};
}

Type<UdpListener> udp_listener() {
  return {std::string(address_forms) + ", with a frequency plan's id or nothing as its value",
          [](std::string_view text) -> std::optional<UdpListener> {
            const auto equals = std::min(text.find('='), text.size());
            const auto address = text.substr(0, equals);
            if (address.empty() || !is_listen_address(address)) return {};
            const auto plan = text.substr(std::min(equals + 1, text.size()));
            if (plan.find_first_of("=\"'\n") != std::string_view::npos) return {};
            return UdpListener{std::string(address), std::string(plan)};
          },
          [](const UdpListener& value) {
            return value.address + "=" + value.fallback_frequency_plan_id;
          }};
}

Type<RateLimitingProfile> rate_limiting_profile() {
  return {
      "a record of name, max-per-min (1 to 6000000), max-burst (at most 1000000; 0: as "
      "max-per-min) and associations",
      read_rate_limiting_profile, [](const RateLimitingProfile& value) {
        return record_text({{"name", {value.name}},
                            {"max-per-min", {std::to_string(value.max_per_min)}},
                            {"max-burst", {std::to_string(value.max_burst)}},
                            {"associations", value.associations}});
      }};
}

Type<PubSubProvider> pubsub_provider() {
  const auto status = choice<ProviderStatus>({{"enabled", ProviderStatus::enabled},
                                              {"warning", ProviderStatus::warning},
                                              {"disabled", ProviderStatus::disabled}});
  return {"mqtt or nats, with " + status.allowed + " as its value",
          [status](std::string_view text) -> std::optional<PubSubProvider> {
            const auto equals = std::min(text.find('='), text.size());
            const auto name = text.substr(0, equals);
            if (name != "mqtt" && name != "nats") return {};
            const auto value = status.read(text.substr(std::min(equals + 1, text.size())));
            if (!value) return {};
            return PubSubProvider{std::string(name), *value};
          },
          [status](const PubSubProvider& value) {
            return value.name + "=" + status.write(value.status);
          }};
}

Type<AdrAlgorithm> adr_algorithm() {
  return choice<AdrAlgorithm>(
      {{"reference", AdrAlgorithm::reference}, {"two-way", AdrAlgorithm::two_way}});
}

Type<AdrException> adr_exception() {
  const auto algorithm = adr_algorithm();
  return {"an application's id or application.device, with " + algorithm.allowed + " as its value",
          [algorithm](std::string_view text) -> std::optional<AdrException> {
            const auto equals = std::min(text.find('='), text.size());
            const auto name = text.substr(0, equals);
            const auto point = std::min(name.find('.'), name.size());
            if (!parse_application_id(name.substr(0, point))) return {};
            if (point < name.size() && !parse_device_id(name.substr(point + 1))) return {};
            const auto value = algorithm.read(text.substr(std::min(equals + 1, text.size())));
            if (!value) return {};
            return AdrException{std::string(name), *value};
          },
          [algorithm](const AdrException& value) {
            return value.name + "=" + algorithm.write(value.algorithm);
          }};
}

Type<TxPriority> tx_priority() {
  return choice<TxPriority>({{"lowest", TxPriority::lowest},
                             {"low", TxPriority::low},
                             {"below_normal", TxPriority::below_normal},
                             {"normal", TxPriority::normal},
                             {"above_normal", TxPriority::above_normal},
                             {"high", TxPriority::high},
                             {"highest", TxPriority::highest}});
}

}  // namespace ff::config
