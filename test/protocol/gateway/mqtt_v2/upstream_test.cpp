#include "protocol/gateway/mqtt_v2/upstream.hpp"

#include "protocol/base/protobuf_wire.hpp"
#include "protocol/base/random.hpp"
#include "protocol/gateway/message_fields.hpp"
#include "test/protocol/gateway/golden_file.hpp"

namespace ff::gateway::mqtt_v2 {
namespace {

using protobuf_wire::put_bytes;
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
Bytes text_field(unsigned number, std::string_view text) {
  return bytes_field(number, as_bytes(text));
}
Bytes number_field(unsigned number, std::uint64_t value) {
  Bytes out;
  put_number(out, number, value);
  return out;
}

TEST(DecodeLegacyUplink, WithoutAntennasTheGatewaysOwnFieldsAreOne) {
  const auto frame = decode_uplink(golden("gateway_mqtt_v2/uplink_lora"), now);
  ASSERT_TRUE(frame) << frame.error().to_string();
  EXPECT_EQ(frame->phy_payload.size(), 15U);
  const UtcTime time{Duration{1'700'000'000'123'456'789}};
  EXPECT_EQ(frame->settings, (UplinkSettings{LoraDataRate{7, 125'000, CodingRate::cr4_5},
                                             Frequency::hz(868'100'000), 4'000'000'000, time}));
  RxMetadata rx;
  rx.timestamp_us = 4'000'000'000;
  rx.time = time;
  rx.rssi_dbm = -35.5F;
  rx.channel_rssi_dbm = -35.5F;
  rx.snr_db = 5.25F;
  rx.channel_index = 3;
  rx.location = Location{52.5, 4.75, 12, 0, LocationSource::gps};
  rx.received_at = now;
  EXPECT_EQ(frame->rx_metadata, std::vector{rx});
  EXPECT_EQ(frame->received_at, now);
  EXPECT_EQ(frame->crc_ok, std::nullopt);
}

TEST(DecodeLegacyUplink, OneReceptionPerAntenna) {
  const auto frame = decode_uplink(golden("gateway_mqtt_v2/uplink_antennas"), now);
  ASSERT_TRUE(frame) << frame.error().to_string();
  EXPECT_EQ(frame->settings.data_rate, DataRate(FskDataRate{50'000}));
  EXPECT_EQ(frame->settings.time, std::nullopt);
  RxMetadata first;
  first.timestamp_us = 12;
  first.fine_timestamp_ns = 99;
  first.rssi_dbm = -79.5F;
  first.channel_rssi_dbm = -79.5F;
  first.rssi_standard_deviation = 1.5F;
  first.snr_db = 9;
  first.frequency_offset_hz = -120;
  first.channel_index = 7;
  first.received_at = now;
  RxMetadata second;
  second.antenna_index = 1;
  second.timestamp_us = 12;
  second.rssi_dbm = -90;
  second.channel_rssi_dbm = -90;
  second.snr_db = -2.5F;
  second.encrypted_fine_timestamp = to_owned(as_bytes("secret"));
  second.channel_index = 15;
  second.received_at = now;
  EXPECT_EQ(frame->rx_metadata, (std::vector{first, second}));
}

/// Of an antenna, or of the gateway that names none.
TEST(DecodeLegacyUplink, KeepsEncryptedFineTimestamps) {
  const auto payload = text_field(1, "x");
  const auto lora = bytes_field(11, bytes_field(1, text_field(12, "SF7BW125")));
  const auto frequency = number_field(31, 868'100'000);
  const Bytes own{1, 2, 3};
  const Bytes antennas{4, 5};
  const auto decoded = [&](const Bytes& gateway) {
    const auto frame = decode_uplink(message({payload, lora, bytes_field(12, gateway)}), now);
    EXPECT_TRUE(frame) << frame.error().to_string();
    return frame->rx_metadata;
  };
  const auto alone = decoded(message({frequency, bytes_field(13, own)}));
  ASSERT_EQ(alone.size(), 1U);
  EXPECT_EQ(alone[0].encrypted_fine_timestamp, own);
  const auto both =
      decoded(message({frequency, bytes_field(13, own), bytes_field(30, bytes_field(10, antennas)),
                       bytes_field(30, number_field(1, 1))}));
  ASSERT_EQ(both.size(), 2U);
  EXPECT_EQ(both[0].encrypted_fine_timestamp, antennas);
  EXPECT_TRUE(both[1].encrypted_fine_timestamp.empty());
}

TEST(DecodeLegacyUplink, SaysWhatIsWrong) {
  const auto payload = text_field(1, "x");
  const auto gateway = bytes_field(12, number_field(31, 868'100'000));
  const auto protocol = [](const Bytes& lorawan) {
    return bytes_field(11, bytes_field(1, lorawan));
  };
  const auto lora = protocol(text_field(12, "SF7BW125"));
  struct Row {
    const char* name;
    Bytes message;
    const ErrorDef& error;
  };
  const Row rows[] = {
      {"empty", {}, lorawan_metadata},
      {"another protocol", message({payload, bytes_field(11, text_field(2, "?")), gateway}),
       lorawan_metadata},
      {"modulation", message({payload, protocol(number_field(11, 2)), gateway}),
       invalid_modulation},
      {"data rate", message({payload, protocol(text_field(12, "fast")), gateway}), invalid_field},
      {"no bit rate", message({payload, protocol(number_field(11, 1)), gateway}), invalid_field},
      {"no payload", message({lora, gateway}), invalid_field},
      {"long payload", message({bytes_field(1, Bytes(256)), lora, gateway}), invalid_field},
      {"no frequency", message({payload, lora}), invalid_field},
      {"cut short", message({payload, lora, Bytes{0x62, 0x05, 0x01}}), invalid_message},
      {"longer than any", message({payload, lora, gateway, Bytes(message_bytes_max)}),
       invalid_message},
  };
  for (const auto& row : rows) {
    const auto frame = decode_uplink(row.message, now);
    ASSERT_FALSE(frame) << row.name;
    EXPECT_TRUE(frame.error().is(row.error)) << row.name << frame.error().to_string();
  }
  const auto good = decode_uplink(message({payload, lora, gateway}), now);
  ASSERT_TRUE(good) << good.error().to_string();
  EXPECT_EQ(good->settings.data_rate, DataRate(LoraDataRate{7, 125'000, CodingRate::cr4_5}));
}

TEST(DecodeLegacyStatus, TakesWhatTheReferenceTakes) {
  const auto status = decode_status(golden("gateway_mqtt_v2/status"));
  ASSERT_TRUE(status) << status.error().to_string();
  EXPECT_EQ(status->time, UtcTime{seconds{1'700'000'000}});
  EXPECT_EQ(status->boot_time, UtcTime{seconds{1'699'990'000}});
  EXPECT_EQ(status->ip, (std::vector<std::string>{"192.0.2.7", "2001:db8::7"}));
  const std::map<std::string, std::string> versions = {
      {"dsp", "3"},
      {"fpga", "4"},
      {"hal", "v1.1"},
      {"model", "The Things Kickstarter Gateway v1"},
      {"firmware", "v1.0.8-3bf2ce2e"},
      {"platform",
       "The Things Gateway v1 - BL r9-12345678 (2017-05-03T14:39:22Z) - Firmware v1.0.8-3bf2ce2e "
       "(2018-07-20T09:18:10Z)"}};
  EXPECT_EQ(status->versions, versions);
  const std::map<std::string, float> metrics = {{"rtt_ms", 17},
                                                {"rxin", 15},
                                                {"rxok", 14},
                                                {"txin", 5},
                                                {"txok", 3},
                                                {"lmok", 1},
                                                {"lmst", 2},
                                                {"lmnw", 3},
                                                {"lpps", 4},
                                                {"load_1", 30},
                                                {"load_5", 40},
                                                {"load_15", 50},
                                                {"cpu_percentage", 10},
                                                {"memory_percentage", 20},
                                                {"temp", 31.5F}};
  EXPECT_EQ(status->metrics, metrics);
  EXPECT_EQ(status->antenna_locations,
            std::vector{(Location{52.5, 4.75, 12, 5, LocationSource::registry})});
}

TEST(DecodeLegacyStatus, CountersAreThereAlsoWhenTheyAreZero) {
  const auto status = decode_status({});
  ASSERT_TRUE(status);
  EXPECT_EQ(status->metrics.size(), 8U);
  EXPECT_EQ(status->metrics.at("lpps"), 0);
  EXPECT_TRUE(status->versions.empty());
  EXPECT_FALSE(status->time);
}

TEST(DecodeLegacyStatus, OnlyAKickstarterIsOne) {
  for (const auto* platform :
       {"IMST + Rpi", "The Things Gateway v1", "The Things Gateway v1 - BL r9-1 (x) - Firmware ",
        "The Things Gateway v1 - BL r9-1 (x) - Firmware v1.0",
        "The Things Gateway v1 - BL r9-1 (x) - Firmware v1.0 beta (x)",
        "Not The Things Gateway v1 - BL r9-1 (x) - Firmware v1.0.8-3b (x)"}) {
    const auto status = decode_status(text_field(12, platform));
    ASSERT_TRUE(status);
    EXPECT_EQ(status->versions, (std::map<std::string, std::string>{{"platform", platform}}));
  }
}

TEST(DecodeLegacyStatus, AGatewayWithoutAPositionHasNone) {
  const auto at = [](float latitude, float longitude) {
    Bytes place;
    protobuf_wire::put_float(place, 2, latitude);
    protobuf_wire::put_float(place, 3, longitude);
    return decode_status(bytes_field(21, place))->antenna_locations.size();
  };
  EXPECT_EQ(at(0, 0), 0U);
  EXPECT_EQ(at(10, 20), 0U);
  EXPECT_EQ(at(91, 0), 0U);
  EXPECT_EQ(at(1, 181), 0U);
  EXPECT_EQ(at(10, 21), 1U);
}

TEST(DecodeLegacyStatus, EveryPrefixAndEveryFlippedBitIsAnAnswer) {
  auto random = make_seeded_random(3);
  for (const auto* name : {"uplink_lora", "uplink_antennas", "status"}) {
    const auto whole = golden(std::string("gateway_mqtt_v2/") + name);
    for (std::size_t i = 0; i < whole.size(); ++i) {
      auto changed = whole;
      changed[i] ^= static_cast<std::uint8_t>(1U << random->below(8));
      for (const auto view : {ByteView(whole).first(i), ByteView(changed)}) {
        ignore(decode_uplink(view, now), "any answer will do");
        ignore(decode_status(view), "any answer will do");
      }
    }
  }
}

}  // namespace
}  // namespace ff::gateway::mqtt_v2
