#include "protocol/gateway/api_v3/upstream.hpp"

#include "protocol/base/protobuf_wire.hpp"
#include "protocol/base/random.hpp"
#include "protocol/gateway/message_fields.hpp"
#include "test/protocol/gateway/golden_file.hpp"

namespace ff::gateway::api_v3 {
namespace {

using protobuf_wire::put_bytes;
using protobuf_wire::put_float;
using protobuf_wire::put_number;
using std::chrono::seconds;

const UtcTime now{seconds{1'700'000'100}};

Bytes message(std::initializer_list<Bytes> parts) {
  Bytes out;
  for (const auto& part : parts) append(out, part);
  return out;
}
Bytes bytes_field(unsigned number, ByteView value) {
  Bytes out;
  put_bytes(out, number, value);
  return out;
}
Bytes number_field(unsigned number, std::uint64_t value) {
  Bytes out;
  put_number(out, number, value);
  return out;
}
Bytes text_field(unsigned number, std::string_view text) {
  return bytes_field(number, as_bytes(text));
}

const Bytes payload = bytes_field(1, Bytes(12, 0x40));
const Bytes lora = bytes_field(1, message({number_field(1, 125'000), number_field(2, 7)}));
const Bytes settings =
    bytes_field(4, message({bytes_field(1, lora), number_field(4, 868'100'000)}));
const Bytes metadata = bytes_field(5, {});

TEST(DecodeUplink, TakesEverythingThatAFrameHas) {
  const auto frame = decode_uplink(golden("gateway_mqtt/uplink_lora"), now);
  ASSERT_TRUE(frame) << frame.error().to_string();
  EXPECT_EQ(frame->phy_payload.size(), 15U);
  EXPECT_EQ(frame->settings,
            (UplinkSettings{LoraDataRate{7, 125'000, CodingRate::cr4_5}, Frequency::hz(868'100'000),
                            4'000'000'000, UtcTime{seconds{1'700'000'000} + Duration{5}}}));
  RxMetadata rx;
  rx.antenna_index = 1;
  rx.timestamp_us = 4'000'000'000;
  rx.time = UtcTime{seconds{1'700'000'000}};
  rx.gps_time = UtcTime{seconds{1'700'000'001} + std::chrono::milliseconds{500}};
  rx.fine_timestamp_ns = 99;
  rx.rssi_dbm = -35.5F;
  rx.channel_rssi_dbm = -35;
  rx.signal_rssi_dbm = -36.5F;
  rx.rssi_standard_deviation = 1.5F;
  rx.snr_db = 5.25F;
  rx.frequency_offset_hz = -120;
  rx.channel_index = 3;
  rx.location = Location{52.5, 4.75, -12, 5, LocationSource::registry};
  rx.received_at = now;
  EXPECT_EQ(frame->rx_metadata, std::vector{rx});
  EXPECT_EQ(frame->received_at, now);
  EXPECT_EQ(frame->crc_ok, true);
  EXPECT_EQ(frame->correlation_ids, (CorrelationIds{"gw:1", "gw:2"}));
}

TEST(DecodeUplink, TakesWhatOnlyNewConcentratorsMeasure) {
  const auto rx = message({bytes_field(6, Bytes{1, 2}), text_field(7, "7"), number_field(19, 52),
                           number_field(20, 31)});
  const auto frame = decode_uplink(message({payload, settings, bytes_field(5, rx)}), now);
  ASSERT_TRUE(frame) << frame.error().to_string();
  const auto& first = frame->rx_metadata.at(0);
  EXPECT_EQ(first.encrypted_fine_timestamp, (Bytes{1, 2}));
  EXPECT_EQ(first.encrypted_fine_timestamp_key_id, "7");
  EXPECT_EQ(first.hopping_width, 52U);
  EXPECT_EQ(first.frequency_drift, 31);
}

TEST(DecodeUplink, TheGatewayDoesNotSayWhoItIsNorHowItIsAnswered) {
  const auto frame = decode_uplink(golden("gateway_mqtt/uplink_lora"), now);
  ASSERT_TRUE(frame);
  EXPECT_TRUE(frame->rx_metadata[0].gateway.gateway_id.empty());
  EXPECT_FALSE(frame->rx_metadata[0].gateway.eui);
  EXPECT_TRUE(frame->rx_metadata[0].uplink_token.empty());
  EXPECT_EQ(frame->rx_metadata[0].downlink_path_constraint, DownlinkPathConstraint::none);
}

TEST(DecodeUplink, OneTimestampStandsForThoseThatAreMissing) {
  const auto frame = decode_uplink(golden("gateway_mqtt/uplink_fsk"), now);
  ASSERT_TRUE(frame) << frame.error().to_string();
  EXPECT_EQ(frame->settings.data_rate, DataRate(FskDataRate{50'000}));
  EXPECT_EQ(frame->settings.timestamp_us, 200U);
  ASSERT_EQ(frame->rx_metadata.size(), 3U);
  EXPECT_EQ(frame->rx_metadata[0].timestamp_us, 300U);
  EXPECT_EQ(frame->rx_metadata[2].timestamp_us, 200U);
  EXPECT_EQ(frame->crc_ok, false) << "a BoolValue that is there and empty";
  const auto other = decode_uplink(golden("gateway_mqtt/uplink_lrfhss"), now);
  ASSERT_TRUE(other) << other.error().to_string();
  EXPECT_EQ(other->settings.data_rate, DataRate(LrFhssDataRate{137'000, CodingRate::cr1_3, 0}));
  EXPECT_EQ(other->rx_metadata[0].timestamp_us, 7U);
  EXPECT_EQ(other->crc_ok, std::nullopt);
}

TEST(DecodeUplink, ACodingRateThatOlderGatewaysLeaveOutIsFourFifths) {
  const auto frame = decode_uplink(message({payload, settings, metadata}), now);
  ASSERT_TRUE(frame) << frame.error().to_string();
  EXPECT_EQ(frame->settings.data_rate, DataRate(LoraDataRate{7, 125'000, CodingRate::cr4_5}));
}

TEST(DecodeUplink, RefusesWhatBreaksARule) {
  const auto with_rate = [](const Bytes& rate) {
    return message({payload, metadata,
                    bytes_field(4, message({bytes_field(1, rate), number_field(4, 868'100'000)}))});
  };
  const auto with_settings = [](const Bytes& fields) {
    return message({payload, metadata, bytes_field(4, fields)});
  };
  const auto with_rx = [](const Bytes& rx) {
    return message({payload, settings, bytes_field(5, rx)});
  };
  struct Row {
    const char* name;
    Bytes message;
    const char* field;  // empty: not protobuf
  };
  const Row rows[] = {
      {"empty", {}, "raw_payload"},
      {"no payload", message({settings, metadata}), "raw_payload"},
      {"long payload", message({bytes_field(1, Bytes(256)), settings, metadata}), "raw_payload"},
      {"no settings", message({payload, metadata}), "settings"},
      {"no metadata", message({payload, settings}), "rx_metadata"},
      {"no data rate", with_settings(number_field(4, 868'100'000)), "data_rate"},
      {"no modulation", with_rate({}), "data_rate"},
      {"no frequency", with_settings(bytes_field(1, lora)), "frequency"},
      {"SF 4", with_rate(bytes_field(1, message({number_field(1, 1), number_field(2, 4)}))),
       "spreading_factor"},
      {"SF 13", with_rate(bytes_field(1, message({number_field(1, 1), number_field(2, 13)}))),
       "spreading_factor"},
      {"no bandwidth", with_rate(bytes_field(1, number_field(2, 7))), "bandwidth"},
      {"coding rate",
       with_rate(
           bytes_field(1, message({number_field(1, 1), number_field(2, 7), text_field(3, "5/4")}))),
       "coding_rate"},
      {"no bit rate", with_rate(bytes_field(2, {})), "bit_rate"},
      {"LR-FHSS without coding rate", with_rate(bytes_field(3, number_field(2, 137'000))),
       "coding_rate"},
      {"channel", with_rx(number_field(17, 256)), "channel_index"},
      {"location", with_rx(bytes_field(13, number_field(1, 91))), "location"},
      {"location source", with_rx(bytes_field(13, number_field(5, 2))), "source"},
      {"text is not UTF-8", message({payload, settings, metadata, text_field(7, "\xc0\x80")}), ""},
      {"payload is a number", message({number_field(1, 5), settings, metadata}), ""},
      {"settings are cut short", message({payload, metadata, bytes_field(4, Bytes{0x0a, 5})}), ""},
      {"time too late", with_rx(bytes_field(3, number_field(1, 7'000'000'001))), ""},
      {"time too early",
       with_rx(bytes_field(3, number_field(1, static_cast<std::uint64_t>(-2'000'000'001)))), ""},
      {"longer than any", message({payload, settings, metadata, Bytes(message_bytes_max)}), ""},
  };
  for (const auto& row : rows) {
    const auto frame = decode_uplink(row.message, now);
    ASSERT_FALSE(frame) << row.name;
    if (*row.field == '\0') {
      EXPECT_TRUE(frame.error().is(invalid_message)) << row.name << frame.error().to_string();
    } else {
      EXPECT_TRUE(frame.error().is(invalid_field)) << row.name << frame.error().to_string();
      EXPECT_EQ(frame.error().attributes().at(0), Attribute("field", row.field)) << row.name;
    }
  }
}

TEST(DecodeUplink, NumbersThatAreNoneAreRefused) {
  for (const std::uint32_t bits : {0x7f800000U, 0xff800000U, 0x7fc00000U}) {
    Bytes snr = {11 << 3 | 5};
    append_le<4>(snr, bits);
    EXPECT_FALSE(decode_uplink(message({payload, settings, bytes_field(5, snr)}), now));
  }
}

TEST(DecodeUplink, ListsAreBounded) {
  auto many = message({payload, settings});
  for (std::size_t i = 0; i < list_items_max; ++i) append(many, metadata);
  EXPECT_TRUE(decode_uplink(many, now));
  append(many, metadata);
  EXPECT_FALSE(decode_uplink(many, now));
}

TEST(DecodeUplink, EveryPrefixAndEveryFlippedBitIsAnAnswer) {
  auto random = make_seeded_random(3);
  for (const auto* name : {"uplink_lora", "uplink_fsk", "status", "ack"}) {
    const auto whole = golden(std::string("gateway_mqtt/") + name);
    for (std::size_t i = 0; i < whole.size(); ++i) {
      auto changed = whole;
      changed[i] ^= static_cast<std::uint8_t>(1U << random->below(8));
      for (const auto view : {ByteView(whole).first(i), ByteView(changed)}) {
        ignore(decode_uplink(view, now), "any answer will do");
        ignore(decode_status(view), "any answer will do");
        ignore(decode_tx_acknowledgment(view), "any answer will do");
      }
    }
  }
}

TEST(DecodeStatus, TakesClocksVersionsPlacesAddressesAndMetrics) {
  const auto status = decode_status(golden("gateway_mqtt/status"));
  ASSERT_TRUE(status) << status.error().to_string();
  GatewayStatus expected;
  expected.time = UtcTime{seconds{1'700'000'000}};
  expected.boot_time = UtcTime{seconds{1'699'990'000} + Duration{1}};
  expected.versions = {{"firmware", "1.2.3"}, {"model", "Ünïcode"}};
  expected.antenna_locations = {Location{-90, 180, 0, 0, LocationSource::gps}, Location{}};
  expected.ip = {"192.0.2.7", "2001:db8::7"};
  expected.metrics = {{"rxin", 15}, {"temp", -2.5F}};
  EXPECT_EQ(*status, expected);
  EXPECT_EQ(decode_status({}), GatewayStatus{});
}

TEST(DecodeStatus, RefusesWhatTheReferenceWould) {
  const auto entry = [](unsigned number, std::string_view key, std::string_view value = {}) {
    return bytes_field(number, message({text_field(1, key), text_field(2, value)}));
  };
  const auto times = [](std::size_t count, auto make) {
    Bytes out;
    for (std::size_t i = 0; i < count; ++i) append(out, make("key-" + std::to_string(i)));
    return out;
  };
  const auto version = [&](const std::string& key) { return entry(3, key); };
  const auto metric = [&](const std::string& key) { return bytes_field(6, text_field(1, key)); };
  const auto address = [&](const std::string&) { return text_field(5, "::1"); };
  const auto place = [&](const std::string&) { return bytes_field(4, {}); };
  struct Row {
    const char* name;
    Bytes allowed;
    Bytes refused;
    const char* field;
  };
  const Row rows[] = {
      {"versions", times(10, version), times(11, version), "versions"},
      {"metrics", times(32, metric), times(33, metric), "metrics"},
      {"addresses", times(10, address), times(11, address), "ip"},
      {"places", times(8, place), times(9, place), "antenna_locations"},
      {"key", entry(3, "a-b_c"), entry(3, "a--b"), "versions"},
      {"short key", entry(3, "abc"), entry(3, "ab"), "versions"},
      {"long key", entry(3, std::string(36, 'k')), entry(3, std::string(37, 'k')), "versions"},
      {"capital", entry(3, "abc1"), entry(3, "Abc"), "versions"},
      {"end of key", metric("abc1"), metric("abc-"), "metrics"},
      {"long value", entry(3, "abc", std::string(128, 'v')), entry(3, "abc", std::string(129, 'v')),
       "versions"},
      {"address", text_field(5, "192.0.2.1"), text_field(5, "gateway.example"), "ip"},
  };
  for (const auto& row : rows) {
    EXPECT_TRUE(decode_status(row.allowed)) << row.name;
    const auto refused = decode_status(row.refused);
    ASSERT_FALSE(refused) << row.name;
    EXPECT_TRUE(refused.error().is(invalid_field)) << row.name;
    EXPECT_EQ(refused.error().attributes().at(0), Attribute("field", row.field)) << row.name;
  }
}

TEST(DecodeTxAcknowledgment, FindsTheTokenAmongTheCorrelationIds) {
  EXPECT_EQ(decode_tx_acknowledgment(golden("gateway_mqtt/ack")),
            (TxReport{65535, TxResult::collision_packet}));
  EXPECT_EQ(decode_tx_acknowledgment({}), TxReport{});
  EXPECT_EQ(decode_tx_acknowledgment(text_field(1, "gs:down:token:0")), TxReport{});
  EXPECT_EQ(decode_tx_acknowledgment(number_field(2, 8)), (TxReport{0, TxResult::gps_unlocked}));
  const auto undefined = decode_tx_acknowledgment(number_field(2, 9));
  ASSERT_FALSE(undefined);
  EXPECT_TRUE(undefined.error().is(invalid_field));
}

}  // namespace
}  // namespace ff::gateway::api_v3
