// GatewayStatus, Location and TxAcknowledgment. [shared/api/messages.tsv]
#include <algorithm>
#include <charconv>

#include "protocol/gateway/api_v3/downstream.hpp"
#include "protocol/gateway/api_v3/location.hpp"
#include "protocol/gateway/api_v3/upstream.hpp"

namespace ff::gateway::api_v3 {
namespace {

constexpr std::size_t versions_max = 10;
constexpr std::size_t metrics_max = 32;
constexpr std::size_t antennas_max = 8;
constexpr std::size_t addresses_max = 10;
constexpr std::size_t key_size_max = 36;
constexpr std::size_t version_size_max = 128;
constexpr std::size_t address_size_max = 45;

template <class Value>
struct MapEntry {
  std::string key;
  Value value{};
};

template <class Value>
Status into(const Field& field, MapEntry<Value>& target) {
  using Entry = MapEntry<Value>;
  constexpr MessageField<Entry> fields[] = {{1, &store<&Entry::key, Entry>},
                                            {2, &store<&Entry::value, Entry>}};
  ByteView bytes;
  FF_CHECK(gateway::into(field, bytes));
  return read_message(bytes, fields, target);
}

/// `^[a-z0-9](?:[_-]?[a-z0-9]){2,}$`
bool is_key(std::string_view text) noexcept {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  const auto letters = std::ranges::count_if(text, is_letter);
  if (text.size() > key_size_max || letters < 3) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_letter(text[i])) continue;
    const bool is_between = i > 0 && i + 1 < text.size() && is_letter(text[i - 1]);
    if (!is_between || (text[i] != '-' && text[i] != '_')) return false;
  }
  return true;
}

/// What may be an address of either kind; nobody connects to it.
bool is_address(std::string_view text) noexcept {
  constexpr std::string_view allowed = "0123456789abcdefABCDEF.:";
  return !text.empty() && text.size() <= address_size_max &&
         text.find_first_not_of(allowed) == std::string_view::npos;
}

Status take_version(const Field& field, GatewayStatus& status) {
  MapEntry<std::string> entry;
  FF_CHECK(into(field, entry));
  if (!is_key(entry.key) || entry.value.size() > version_size_max)
    return refuse_field("versions", "key or value is not allowed");
  status.versions.insert_or_assign(std::move(entry.key), std::move(entry.value));
  if (status.versions.size() > versions_max)
    return refuse_field("versions", "value must contain no more than 10 pair(s)");
  return {};
}

Status take_metric(const Field& field, GatewayStatus& status) {
  MapEntry<float> entry;
  FF_CHECK(into(field, entry));
  if (!is_key(entry.key)) return refuse_field("metrics", "key is not allowed");
  status.metrics.insert_or_assign(std::move(entry.key), entry.value);
  if (status.metrics.size() > metrics_max)
    return refuse_field("metrics", "value must contain no more than 32 pair(s)");
  return {};
}

Status take_location(const Field& field, GatewayStatus& status) {
  FF_TRY(const auto location, read_location(field));
  status.antenna_locations.push_back(location);
  if (status.antenna_locations.size() > antennas_max)
    return refuse_field("antenna_locations", "value must contain no more than 8 item(s)");
  return {};
}

Status take_address(const Field& field, GatewayStatus& status) {
  FF_CHECK(gateway::into(field, status.ip));
  if (status.ip.size() > addresses_max || !is_address(status.ip.back()))
    return refuse_field("ip", "value must be at most 10 valid IP addresses");
  return {};
}

struct RawLocation {
  Location location;
  std::uint32_t source = 0;
};

template <auto member>
Status of_location(const Field& field, RawLocation& raw) {
  return gateway::into(field, raw.location.*member);
}

/// ON-WIRE: 2 is none of ttn.lorawan.v3.LocationSource.
bool is_source(std::uint32_t source) noexcept {
  return source <= static_cast<std::uint32_t>(LocationSource::combined) && source != 2;
}

struct RawReport {
  std::vector<std::string> correlation_ids;
  std::uint32_t result = 0;
};

}  // namespace

Result<Location> read_location(const Field& field) {
  constexpr MessageField<RawLocation> fields[] = {
      {1, &of_location<&Location::latitude>},         {2, &of_location<&Location::longitude>},
      {3, &of_location<&Location::altitude_m>},       {4, &of_location<&Location::accuracy_m>},
      {5, &store<&RawLocation::source, RawLocation>},
  };
  ByteView bytes;
  FF_CHECK(gateway::into(field, bytes));
  RawLocation raw;
  FF_CHECK(read_message(bytes, fields, raw));
  const auto within = [](double value, double limit) { return value >= -limit && value <= limit; };
  if (!within(raw.location.latitude, 90) || !within(raw.location.longitude, 180))
    return refuse_field("location", "value is no place on Earth");
  if (!is_source(raw.source))
    return refuse_field("source", "value must be one of the defined enum values");
  raw.location.source = static_cast<LocationSource>(raw.source);
  return raw.location;
}

Result<GatewayStatus> decode_status(ByteView message) {
  constexpr MessageField<GatewayStatus> fields[] = {
      {1, &store<&GatewayStatus::time, GatewayStatus>},
      {2, &store<&GatewayStatus::boot_time, GatewayStatus>},
      {3, &take_version},
      {4, &take_location},
      {5, &take_address},
      {6, &take_metric},
  };
  if (message.size() > message_bytes_max) return fail(invalid_message);
  GatewayStatus status;
  FF_CHECK(read_message(message, fields, status));
  return status;
}

Result<TxReport> decode_tx_acknowledgment(ByteView message) {
  constexpr MessageField<RawReport> fields[] = {
      {1, &store<&RawReport::correlation_ids, RawReport>},
      {2, &store<&RawReport::result, RawReport>},
  };
  if (message.size() > message_bytes_max) return fail(invalid_message);
  RawReport raw;
  FF_CHECK(read_message(message, fields, raw));
  if (raw.result > static_cast<std::uint32_t>(TxResult::gps_unlocked))
    return refuse_field("result", "value must be one of the defined enum values");
  TxReport report{0, static_cast<TxResult>(raw.result)};
  for (const auto& id : raw.correlation_ids) {
    if (const auto token = parse_token_correlation_id(id)) report.token = *token;
  }
  return report;
}

}  // namespace ff::gateway::api_v3
