// Messages written by hand against the same messages by reflection: whatever a message holds, the
// API's own reader takes it and writes the same document. Two writers, one dialect.
// [spec message-formats §1 to §4; api/json-rules.md]
#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <random>
#include <set>

#include "protocol/api_json/any_type.hpp"
#include "protocol/api_json/api_json.hpp"
#include "protocol/application_json/writer.hpp"

namespace ff::application_json {
namespace {

using Random = std::mt19937_64;

bool chance(Random& random) {
  return random() % 2 == 0;
}

std::uint32_t number(Random& random) {
  constexpr std::uint32_t odd[] = {0, 1, 255, 65'536, 0x7fffffff, 0xffffffff};
  return chance(random) ? odd[random() % std::size(odd)] : static_cast<std::uint32_t>(random());
}

float fraction(Random& random) {
  constexpr float odd[] = {0, 1e-7F, -97.5F, 1e21F, 3.4028235e38F, 0.1F, -1e-30F};
  return odd[random() % std::size(odd)];
}

Bytes octets(Random& random, std::size_t size_max) {
  Bytes out(random() % (size_max + 1));
  for (auto& octet : out) octet = static_cast<std::uint8_t>(random());
  return out;
}

std::string text(Random& random) {
  constexpr std::string_view pieces[] = {"a",  "\"", "\\", "\n",     "\x01",       "/",
                                         "<&", " ",  "\t", "\u00e9", "\U0001f600", "\x7f"};
  std::string out;
  for (auto count = random() % 6; count > 0; --count) out += pieces[random() % std::size(pieces)];
  return out;
}

std::vector<std::string> texts(Random& random) {
  std::vector<std::string> out(random() % 3);
  for (auto& one : out) one = text(random);
  return out;
}

/// After 1970, which is how no time is written.
UtcTime time(Random& random) {
  constexpr std::int64_t grains[] = {1, 1'000, 1'000'000, 1'000'000'000};
  const auto nanos = static_cast<std::int64_t>(random() % 4'000'000'000'000'000'000) + 1;
  const auto grain = grains[random() % std::size(grains)];
  return UtcTime{Duration{std::max(nanos / grain * grain, grain)}};
}

GatewayIdentifiers gateway(Random& random) {
  GatewayIdentifiers out{GatewayId("gateway-" + std::to_string(random() % 9)), {}};
  if (chance(random)) out.eui = GatewayEui{random()};
  return out;
}

Location location(Random& random) {
  constexpr LocationSource sources[] = {LocationSource::unknown, LocationSource::gps,
                                        LocationSource::registry, LocationSource::combined};
  return {static_cast<double>(random() % 180'000) / 1000 - 90,
          static_cast<double>(random() % 360'000) / 1000 - 180,
          static_cast<std::int32_t>(random() % 9000) - 400,
          static_cast<std::int32_t>(random() % 100), sources[random() % std::size(sources)]};
}

RxMetadata metadata(Random& random) {
  RxMetadata out{.gateway = gateway(random),
                 .antenna_index = number(random) % 3,
                 .timestamp_us = number(random),
                 .encrypted_fine_timestamp = octets(random, 16),
                 .encrypted_fine_timestamp_key_id = text(random),
                 .rssi_dbm = fraction(random),
                 .channel_rssi_dbm = fraction(random),
                 .rssi_standard_deviation = fraction(random),
                 .snr_db = fraction(random),
                 .frequency_offset_hz = static_cast<std::int64_t>(random()),
                 .hopping_width = number(random),
                 .frequency_drift = static_cast<std::int32_t>(number(random)),
                 .channel_index = number(random) % 8};
  if (chance(random)) out.time = time(random);
  if (chance(random)) out.gps_time = time(random);
  if (chance(random)) out.fine_timestamp_ns = random();
  if (chance(random)) out.signal_rssi_dbm = fraction(random);
  if (chance(random)) out.location = location(random);
  out.downlink_path_constraint = static_cast<DownlinkPathConstraint>(random() % 3);
  out.uplink_token = octets(random, 30);
  if (chance(random)) out.received_at = time(random);
  if (chance(random))
    out.relay = RelayMetadata{DeviceId("relay"), static_cast<std::uint8_t>(random() % 2)};
  return out;
}

DataRate data_rate(Random& random) {
  const auto coding_rate = static_cast<CodingRate>(random() % 11);
  switch (random() % 3) {
    case 0:
      return LoraDataRate{static_cast<std::uint8_t>(5 + random() % 8), 125'000, coding_rate};
    case 1:
      return FskDataRate{number(random)};
    default:
      return LrFhssDataRate{137'000, coding_rate, static_cast<std::uint8_t>(random() % 2)};
  }
}

KeyEnvelope envelope(Random& random) {
  KeyEnvelope out{.kek_label = text(random), .encrypted_key = octets(random, 24)};
  if (chance(random)) out.key = Aes128Key::from(Bytes(16, static_cast<std::uint8_t>(random())));
  return out;
}

ApplicationUplink uplink(Random& random) {
  ApplicationUplink out;
  out.session_key_id = octets(random, 16);
  out.f_port = FPort{static_cast<std::uint8_t>(random())};
  out.f_cnt = FCnt32{number(random)};
  out.frm_payload = octets(random, 60);
  if (chance(random)) out.decoded_payload_json = R"({"a":[1,null,{"b":"c"}],"d":-2.5e-7})";
  out.decoded_payload_warnings = texts(random);
  for (auto count = random() % 3; count > 0; --count)
    out.normalized_payload_json.emplace_back(R"({"air":{"temperature":20.5}})");
  out.normalized_payload_warnings = texts(random);
  for (auto count = random() % 3; count > 0; --count) out.rx_metadata.push_back(metadata(random));
  out.settings = {data_rate(random), Frequency::hz(random() % 10'000'000'000), number(random), {}};
  if (chance(random)) out.settings.time = time(random);
  if (chance(random)) out.received_at = time(random);
  if (chance(random)) out.app_s_key = envelope(random);
  out.last_a_f_cnt_down = FCnt32{number(random)};
  out.confirmed = chance(random);
  out.consumed_airtime = Duration{static_cast<std::int64_t>(random() % 4'000'000'000)};
  out.packet_error_rate = fraction(random);
  if (chance(random)) out.locations[text(random)] = location(random);
  if (chance(random))
    out.version_ids = DeviceVersionIds{"brand", text(random), text(random), "1.0", "EU_863_870"};
  out.net_id = NetId{number(random) & 0xffffff};
  return out;
}

ApplicationDownlink downlink(Random& random) {
  ApplicationDownlink out;
  out.session_key_id = octets(random, 16);
  out.f_port = FPort{static_cast<std::uint8_t>(random())};
  out.f_cnt = FCnt32{number(random)};
  out.frm_payload = octets(random, 60);
  if (chance(random)) out.decoded_payload_json = R"({"x":[]})";
  out.decoded_payload_warnings = texts(random);
  out.confirmed = chance(random);
  out.priority = static_cast<TxPriority>(random() % 7);
  for (const auto& id : texts(random)) out.correlation_ids.push_back(id);
  if (chance(random)) {
    out.class_b_c.emplace();
    if (chance(random)) out.class_b_c->gateways.push_back({gateway(random), 1, number(random)});
    if (chance(random)) out.class_b_c->absolute_time = time(random);
  }
  if (chance(random)) {
    out.confirmed_retry = ConfirmedRetry{number(random), {}};
    if (chance(random)) out.confirmed_retry->max_attempts = number(random);
  }
  return out;
}

Error error(Random& random) {
  static constexpr ErrorDef outer{"pkg/a", "outer", Code::aborted, "it is {a} and {b}"};
  static constexpr ErrorDef inner{"pkg/b", "inner", Code::not_found, "nothing"};
  Error out(outer, {{"a", text(random)}, {"b", texts(random)}, {"c", -5}, {"d", true}});
  return chance(random) ? std::move(out).caused_by(Error(inner)) : out;
}

ApplicationUpPayload payload(Random& random) {
  switch (random() % 8) {
    case 0:
      return ApplicationJoinAccept{
          octets(random, 16), envelope(random), {downlink(random)}, time(random)};
    case 1:
      return DownlinkQueued{downlink(random)};
    case 2:
      return DownlinkFailed{downlink(random), error(random)};
    case 3:
      return DownlinkQueueInvalidated{
          {downlink(random), downlink(random)}, FCnt32{number(random)}, octets(random, 16)};
    case 4:
      return LocationSolved{text(random), location(random)};
    case 5:
      return ServiceData{text(random), R"({"a":{"b":[true,"c"]}})"};
    case 6: {
      auto measured = uplink(random);
      measured.normalized_payload_json = {R"({"air":{"co2":400}})"};
      return UplinkNormalized{std::move(measured)};
    }
    default:
      return uplink(random);
  }
}

TEST(Reference, WhatIsWrittenByHandIsWhatReflectionWrites) {
  Random random(20);
  std::set<std::string_view> kinds;
  for (int round = 0; round < 3000; ++round) {
    ApplicationUp up;
    up.ids.uid = {ApplicationId("app"), DeviceId("dev")};
    if (chance(random)) up.ids.dev_eui = DevEui{random()};
    if (chance(random)) up.ids.join_eui = JoinEui{random()};
    if (chance(random)) up.ids.dev_addr = DevAddr{number(random)};
    for (const auto& id : texts(random)) up.correlation_ids.push_back(id);
    if (chance(random)) up.received_at = time(random);
    up.up = payload(random);
    up.simulated = chance(random);
    kinds.insert(kind_name(up));

    const auto ours = to_json(up);
    const auto message = api_json::make_any_content("/ttn.lorawan.v3.ApplicationUp");
    const auto read = api_json::from_json(ours, *message);
    ASSERT_TRUE(read) << read.error().to_string() << '\n' << ours;
    const auto theirs = api_json::to_json(*message);
    ASSERT_TRUE(theirs) << ours;
    ASSERT_EQ(boost::json::parse(ours), boost::json::parse(*theirs)) << ours << '\n' << *theirs;
  }
  EXPECT_EQ(kinds.size(), 8U);
}

TEST(Reference, ListsOfDownlinksAreTheApisMessage) {
  Random random(21);
  for (int round = 0; round < 500; ++round) {
    std::vector<ApplicationDownlink> downlinks(random() % 4);
    for (auto& one : downlinks) one = downlink(random);
    const auto ours = to_json(downlinks);
    const auto message = api_json::make_any_content("/ttn.lorawan.v3.ApplicationDownlinks");
    ASSERT_TRUE(api_json::from_json(ours, *message)) << ours;
    ASSERT_EQ(boost::json::parse(ours), boost::json::parse(*api_json::to_json(*message))) << ours;
  }
}

}  // namespace
}  // namespace ff::application_json
