#include "protocol/mac/command/codec.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "protocol/base/hex.hpp"
#include "test/protocol/mac/golden.hpp"

namespace ff::mac {
namespace {

namespace json = boost::json;
using test::integer;
using test::text;

Bytes octets(std::string_view digits) {
  auto bytes = parse_hex(digits);
  EXPECT_TRUE(bytes) << digits;
  return bytes.value_or(Bytes{});
}

/// A command's fields under the names of shared/lorawan/mac-commands.json.
class ToJson {
 public:
  template <class At, class T>
  void operator()(std::string_view name, const At&, const T& value) {
    fields_[name] = convert(value);
  }
  json::object take() { return std::move(fields_); }

 private:
  template <class Tag, class T>
  static json::value convert(const Strong<Tag, T>& value) {
    return static_cast<std::int64_t>(value.value());
  }
  template <class T>
  requires std::is_integral_v<T>
  static json::value convert(T value) { return static_cast<std::int64_t>(value); }
  static json::value convert(bool value) { return value; }
  static json::value convert(DevAddr value) {
    std::string digits = ff::to_string(value);
    for (char& c : digits) c = static_cast<char>(std::tolower(c));
    return json::string(digits);
  }
  static json::value convert(DeviceClass value) { return static_cast<std::int64_t>(value); }
  static json::value convert(Frequency value) { return static_cast<std::int64_t>(value.hz()); }
  static json::value convert(std::chrono::seconds value) { return std::int64_t{value.count()}; }
  static json::value convert(const Aes128Key& value) {
    return json::string(hex_lower(value.bytes()));
  }
  static json::value convert(const Bytes& value) { return json::string(hex_lower(value)); }

  json::object fields_;
};

json::object fields_of(const Command& command) {
  ToJson to_json;
  std::visit([&](const auto& c) { c.layout(c, to_json); }, command);
  return to_json.take();
}

Direction direction(const json::value& uplink) {
  return uplink.as_bool() ? Direction::uplink : Direction::downlink;
}

TEST(MacCodec, EveryVectorDecodesToItsFieldsAndEncodesBack) {
  int seen = 0;
  for (const auto& vector : test::vectors("mac_commands.json", "mac_command")) {
    SCOPED_TRACE(text(vector.at("id")));
    const auto& input = vector.at("input");
    const WireFormat format{static_cast<std::uint32_t>(integer(input.at("step_hz")))};
    const Bytes bytes = octets(text(input.at("bytes")));

    const Decoded decoded = decode(bytes, direction(input.at("uplink")), format);
    ASSERT_EQ(decoded.commands.size(), 1U);
    EXPECT_EQ(decoded.stop, DecodeStop::end);
    EXPECT_EQ(decoded.consumed, bytes.size());
    const Command& command = decoded.commands[0];
    EXPECT_EQ(static_cast<std::int64_t>(cid_of(command)), integer(input.at("cid")));
    EXPECT_EQ(name_of(command), text(vector.at("expected").at("name")));
    EXPECT_EQ(json::value(fields_of(command)), vector.at("expected").at("decoded"))
        << json::serialize(fields_of(command));

    const auto encoded = encode(decoded.commands, format);
    ASSERT_TRUE(encoded);
    EXPECT_EQ(encoded_size(command), encoded->size());
    const Decoded again = decode(*encoded, direction(input.at("uplink")), format);
    EXPECT_EQ(again.commands, decoded.commands);
    // Samples with reserved bits set do not come back bit for bit.
    if (vector.at("verified").as_bool()) {
      EXPECT_EQ(hex_lower(*encoded), hex_lower(bytes));
    }
    ++seen;
  }
  EXPECT_EQ(seen, 119);
}

/// Sets the fields of a command that a vector names, by the last of their names.
class FromJson {
 public:
  explicit FromJson(const json::object& values) { flatten(values); }

  template <class At, class T>
  void operator()(std::string_view name, const At&, T& value) {
    const auto found = values_.find(name);
    if (found != values_.end() && assign(value, found->second)) ++used_;
  }
  /// Whether every value has found its field.
  bool done() const { return used_ == values_.size(); }

 private:
  void flatten(const json::object& values) {
    static const std::map<std::string_view, const char*> ours{{"minor", "minor_version"},
                                                              {"dr", "data_rate_index"},
                                                              {"period", "period_exp"},
                                                              {"max_time_n", "max_time_exp"},
                                                              {"max_count_n", "max_count_exp"}};
    for (const auto& [name, value] : values) {
      if (value.is_object()) {
        flatten(value.as_object());
        continue;
      }
      const auto renamed = ours.find(name);
      values_[renamed == ours.end() ? std::string(name) : renamed->second] = integer(value);
    }
  }
  template <class Tag, class T>
  static bool assign(Strong<Tag, T>& out, std::int64_t value) {
    out = Strong<Tag, T>{static_cast<T>(value)};
    return true;
  }
  static bool assign(std::uint8_t& out, std::int64_t value) {
    out = static_cast<std::uint8_t>(value);
    return true;
  }
  static bool assign(Frequency& out, std::int64_t value) {
    out = Frequency::hz(static_cast<std::uint64_t>(value));
    return true;
  }
  template <class T>
  static bool assign(T&, std::int64_t) {
    return false;
  }

  std::map<std::string, std::int64_t, std::less<>> values_;
  std::size_t used_ = 0;
};

template <std::size_t... I>
std::vector<Command> one_of_each(std::index_sequence<I...>) {
  return {Command{std::variant_alternative_t<I, Command>{}}...};
}

TEST(MacCodec, WhatTheVectorsSayDoesNotFitIsRefused) {
  const auto commands = one_of_each(std::make_index_sequence<std::variant_size_v<Command>>{});
  int seen = 0;
  for (const auto& vector : test::vectors("mac_commands.json", "mac_command_encode_error")) {
    SCOPED_TRACE(text(vector.at("id")));
    const auto& input = vector.at("input");
    const auto found = std::ranges::find_if(commands, [&](const Command& command) {
      return static_cast<std::int64_t>(cid_of(command)) == integer(input.at("cid")) &&
             direction_of(command) == direction(input.at("uplink"));
    });
    ASSERT_NE(found, commands.end());
    Command command = *found;
    EXPECT_EQ(name_of(command), text(vector.at("name")));
    FromJson values(input.at("values").as_object());
    std::visit([&](auto& c) { c.layout(c, values); }, command);
    EXPECT_TRUE(values.done());
    Bytes out{7};
    const Status status = encode(command, {}, out);
    ASSERT_FALSE(status);
    EXPECT_TRUE(status.error().is(encoding_mac_command));
    EXPECT_EQ(out, Bytes{7});
    ++seen;
  }
  EXPECT_EQ(seen, 14);
}

TEST(MacCodec, StreamsSplitIntoTheirCommands) {
  for (const auto& vector : test::vectors("mac_commands.json", "mac_stream")) {
    SCOPED_TRACE(text(vector.at("id")));
    const auto& input = vector.at("input");
    const Bytes bytes = octets(text(input.at("bytes")));
    const Decoded decoded = decode(bytes, direction(input.at("uplink")));
    const auto& expected = vector.at("expected").at("commands").as_array();
    ASSERT_EQ(decoded.commands.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      EXPECT_EQ(name_of(decoded.commands[i]), text(expected[i].at("name")));
    }
    EXPECT_EQ(decoded.stop, DecodeStop::end);
    EXPECT_EQ(encode(decoded.commands), bytes);
  }
}

TEST(MacCodec, MalformedStreamsStopWithAReason) {
  for (const auto& vector : test::vectors("mac_commands.json", "mac_stream_malformed")) {
    SCOPED_TRACE(text(vector.at("id")));
    const auto& input = vector.at("input");
    const Decoded decoded = decode(octets(text(input.at("bytes"))), direction(input.at("uplink")));
    EXPECT_NE(decoded.stop, DecodeStop::end);
    EXPECT_TRUE(decoded.commands.empty());
    EXPECT_EQ(decoded.consumed, 0U);
  }
}

struct StopRow {
  const char* name;
  const char* bytes;
  Direction direction;
  std::size_t commands;
  std::size_t consumed;
  DecodeStop stop;
  std::uint8_t cid;
  const char* error;
};

TEST(MacCodec, StopsWhereTheOctetsCeaseToBeCommands) {
  const StopRow rows[] = {
      {"unknown after two", "0203077f01", Direction::uplink, 2, 3, DecodeStop::unknown, 0x7f,
       "unknown_mac_command"},
      {"identifier zero", "00", Direction::uplink, 0, 0, DecodeStop::unknown, 0,
       "unknown_mac_command"},
      {"above the table", "0247", Direction::uplink, 1, 1, DecodeStop::unknown, 0x47,
       "unknown_mac_command"},
      {"proprietary", "0280aabb", Direction::uplink, 1, 1, DecodeStop::proprietary, 0x80,
       "unknown_mac_command"},
      {"cut short", "0206ff", Direction::uplink, 1, 1, DecodeStop::truncated, 6,
       "decoding_mac_command"},
      {"downlink only", "0e0000", Direction::uplink, 0, 0, DecodeStop::unknown, 0x0e,
       "unknown_mac_command"},
      {"uplink only", "46000000000000", Direction::downlink, 0, 0, DecodeStop::unknown, 0x46,
       "unknown_mac_command"},
      {"length field above 16", "423f01020304050607", Direction::downlink, 0, 0,
       DecodeStop::truncated, 0x42, "decoding_mac_command"},
      {"variable length without octets", "42", Direction::downlink, 0, 0, DecodeStop::truncated,
       0x42, "decoding_mac_command"},
  };
  for (const StopRow& row : rows) {
    SCOPED_TRACE(row.name);
    const Bytes bytes = octets(row.bytes);
    const Decoded decoded = decode(bytes, row.direction);
    EXPECT_EQ(decoded.commands.size(), row.commands);
    EXPECT_EQ(decoded.consumed, row.consumed);
    EXPECT_EQ(decoded.stop, row.stop);
    EXPECT_EQ(decoded.stop_cid, row.cid);
    EXPECT_EQ(decoded.error().name(), row.error);
    EXPECT_EQ(decoded.error().attributes()[0], Attribute("cid", row.cid));
  }
}

TEST(MacCodec, EmptyOctetsAreNoCommands) {
  EXPECT_EQ(decode({}, Direction::uplink), Decoded{});
  EXPECT_EQ(encode(std::span<const Command>{}), Bytes{});
}

struct RefusedRow {
  const char* name;
  Command command;
  const char* field;
};

TEST(MacCodec, ValuesThatDoNotFitAreRefused) {
  // The rows of mac_command_encode_error in mac_commands.json, and the bounds between them.
  const RefusedRow rows[] = {
      {"PingSlotInfoReq 8", PingSlotInfoReq{PingSlotPeriodicity{8}}, "periodicity"},
      {"PingSlotChannelReq 101 Hz", PingSlotChannelReq{Frequency::hz(101), DataRateIndex{0}},
       "frequency"},
      {"PingSlotChannelReq 2^24 steps",
       PingSlotChannelReq{Frequency::hz(1'677'721'600), DataRateIndex{0}}, "frequency"},
      {"PingSlotChannelReq DR16", PingSlotChannelReq{Frequency::hz(868'100'000), DataRateIndex{16}},
       "data_rate_index"},
      {"ResetInd 8", ResetInd{MinorVersion{8}}, "minor_version"},
      {"ResetConf 8", ResetConf{MinorVersion{8}}, "minor_version"},
      {"RekeyInd 8", RekeyInd{MinorVersion{8}}, "minor_version"},
      {"RekeyConf 8", RekeyConf{MinorVersion{8}}, "minor_version"},
      {"ADRParamSetupReq delay 16", ADRParamSetupReq{AdrAckExponent{16}, AdrAckExponent{0}},
       "delay_exp"},
      {"ForceRejoinReq period 8", ForceRejoinReq{DataRateIndex{5}, 2, 4, 8}, "period_exp"},
      {"ForceRejoinReq retries 8", ForceRejoinReq{DataRateIndex{5}, 2, 8, 3}, "max_retries"},
      {"ForceRejoinReq DR16", ForceRejoinReq{DataRateIndex{16}, 2, 4, 3}, "data_rate_index"},
      {"RejoinParamSetupReq time 16",
       RejoinParamSetupReq{RejoinCountExponent{15}, RejoinTimeExponent{16}}, "max_time_exp"},
      {"RejoinParamSetupReq count 16",
       RejoinParamSetupReq{RejoinCountExponent{16}, RejoinTimeExponent{14}}, "max_count_exp"},
      {"RXTimingSetupReq 16 s", RXTimingSetupReq{std::chrono::seconds{16}}, "delay"},
      {"RXTimingSetupReq -1 s", RXTimingSetupReq{std::chrono::seconds{-1}}, "delay"},
      {"DevStatusAns margin 32", DevStatusAns{255, 32}, "margin_db"},
      {"DevStatusAns margin -33", DevStatusAns{255, -33}, "margin_db"},
      {"NotifyNewEndDeviceReq SNR 12", NotifyNewEndDeviceReq{DevAddr{1}, 12, -15}, "wor_snr_db"},
      {"NotifyNewEndDeviceReq RSSI -14", NotifyNewEndDeviceReq{DevAddr{1}, 0, -14}, "wor_rssi_dbm"},
      {"FilterListReq length without EUI", FilterListReq{4, 1, 0, {}}, "length"},
      {"FilterListReq of 17", FilterListReq{17, 1, 0, Bytes(17, 1)}, "length"},
  };
  for (const RefusedRow& row : rows) {
    SCOPED_TRACE(row.name);
    Bytes out{0xee};
    const Status status = encode(row.command, {}, out);
    ASSERT_FALSE(status);
    EXPECT_TRUE(status.error().is(encoding_mac_command));
    ASSERT_NE(status.error().cause(), nullptr);
    EXPECT_TRUE(status.error().cause()->is(field_with_max));
    EXPECT_EQ(status.error().cause()->attributes()[0], Attribute("lorawan_field", row.field));
    EXPECT_EQ(out, Bytes{0xee});
  }
}

TEST(MacCodec, MarginOfDevStatusIsTwosComplementOverItsWholeRange) {
  for (int margin = -32; margin <= 31; ++margin) {
    const Command command = DevStatusAns{1, static_cast<std::int8_t>(margin)};
    Bytes out;
    ASSERT_TRUE(encode(command, {}, out));
    EXPECT_EQ(out[2], margin & 0x3f);
    EXPECT_EQ(decode(out, Direction::uplink).commands[0], command);
  }
}

TEST(MacCodec, FrequenciesCountInTheStepOfTheBand) {
  const Command command = BeaconFreqReq{Frequency::hz(2'424'000'000)};
  Bytes out;
  ASSERT_TRUE(encode(command, WireFormat{200}, out));
  EXPECT_EQ(hex_lower(out), "13c0efb8");
  EXPECT_EQ(decode(out, Direction::downlink, WireFormat{200}).commands[0], command);
  EXPECT_FALSE(encode(command, WireFormat{100}, out)) << "24 bits of 100 Hz end at 1.677 GHz";
}

TEST(MacCodec, DecodedOctetsEncodeToTheSameCommands) {
  std::mt19937 random(20260101);
  for (int round = 0; round < 20'000; ++round) {
    Bytes bytes(random() % 40);
    for (auto& byte : bytes) {
      byte = static_cast<std::uint8_t>(random() % 3 == 0 ? random() % 0x48 : random());
    }
    const auto side = round % 2 == 0 ? Direction::uplink : Direction::downlink;
    const Decoded decoded = decode(bytes, side);
    ASSERT_LE(decoded.consumed, bytes.size());
    ASSERT_EQ(decoded.stop == DecodeStop::end, decoded.consumed == bytes.size());
    // Reserved minors (8 and above) decode, but we never send them.
    const auto encoded = encode(decoded.commands);
    if (!encoded) continue;
    ASSERT_EQ(encoded->size(), decoded.consumed);
    ASSERT_EQ(decode(*encoded, side).commands, decoded.commands);
    for (const Command& command : decoded.commands) ASSERT_EQ(direction_of(command), side);
  }
}

}  // namespace
}  // namespace ff::mac
