// Every value of every enumeration and alternative that messages have, and downlinks there and
// back.
#include <gtest/gtest.h>

#include <random>

#include "protocol/application_json/parser.hpp"
#include "protocol/application_json/writer.hpp"

namespace ff::application_json {
namespace {

ApplicationUp up(ApplicationUpPayload payload) {
  ApplicationUp out;
  out.ids.uid = {ApplicationId("app"), DeviceId("dev")};
  out.up = std::move(payload);
  return out;
}

bool has(const std::string& json, std::string_view text) {
  return json.find(text) != json.npos;
}

TEST(Values, EveryLocationSourceHasItsName) {
  struct Row {
    LocationSource source;
    std::string_view name;
  };
  constexpr Row rows[] = {
      {LocationSource::gps, "SOURCE_GPS"},
      {LocationSource::registry, "SOURCE_REGISTRY"},
      {LocationSource::ip_geolocation, "SOURCE_IP_GEOLOCATION"},
      {LocationSource::wifi_rssi, "SOURCE_WIFI_RSSI_GEOLOCATION"},
      {LocationSource::bt_rssi, "SOURCE_BT_RSSI_GEOLOCATION"},
      {LocationSource::lora_rssi, "SOURCE_LORA_RSSI_GEOLOCATION"},
      {LocationSource::lora_tdoa, "SOURCE_LORA_TDOA_GEOLOCATION"},
      {LocationSource::combined, "SOURCE_COMBINED_GEOLOCATION"},
  };
  for (const auto& [source, name] : rows) {
    const auto json = to_json(up(LocationSolved{"s", {1, 2, 3, 4, source}}));
    EXPECT_TRUE(has(json, R"("source":")" + std::string(name) + '"')) << json;
  }
  EXPECT_FALSE(
      has(to_json(up(LocationSolved{"s", {1, 2, 3, 4, LocationSource::unknown}})), "source"));
}

TEST(Values, EveryModulationIsWritten) {
  struct Row {
    DataRate rate;
    std::string_view json;
  };
  const Row rows[] = {
      {LoraDataRate{5, 125'000, CodingRate::cr4_5},
       R"("data_rate":{"lora":{"bandwidth":125000,"spreading_factor":5,"coding_rate":"4/5"}})"},
      {LoraDataRate{12, 812'000, CodingRate::cr4_8_li},
       R"("data_rate":{"lora":{"bandwidth":812000,"spreading_factor":12,"coding_rate":"4/8LI"}})"},
      {FskDataRate{50'000}, R"("data_rate":{"fsk":{"bit_rate":50000}})"},
      {LrFhssDataRate{137'000, CodingRate::cr2_3, 1},
       R"("data_rate":{"lrfhss":{"modulation_type":1,"operating_channel_width":137000,"coding_rate":"2/3"}})"},
  };
  for (const auto& [rate, json] : rows) {
    ApplicationUplink uplink;
    uplink.settings.data_rate = rate;
    const auto text = to_json(up(uplink));
    EXPECT_TRUE(has(text, json)) << text;
  }
}

TEST(Values, EveryPathConstraintIsWritten) {
  for (const auto& [constraint, name] :
       {std::pair{DownlinkPathConstraint::none, ""},
        {DownlinkPathConstraint::prefer_other, "DOWNLINK_PATH_CONSTRAINT_PREFER_OTHER"},
        {DownlinkPathConstraint::never, "DOWNLINK_PATH_CONSTRAINT_NEVER"}}) {
    ApplicationUplink uplink;
    uplink.rx_metadata.emplace_back().downlink_path_constraint = constraint;
    const auto text = to_json(up(uplink));
    EXPECT_EQ(has(text, "downlink_path_constraint"), *name != '\0');
    EXPECT_TRUE(has(text, name)) << text;
  }
}

TEST(Values, AnUplinkSaysWhatIsKnownOfTheDevice) {
  ApplicationUplink uplink;
  uplink.locations["user"] = {1.5, 2.5, 3, 4, LocationSource::registry};
  uplink.version_ids = DeviceVersionIds{"brand", "model", "1.0", "2.0", "EU_863_870"};
  uplink.normalized_payload_json = {R"({"air":1})", R"({"air":2})"};
  uplink.normalized_payload_warnings = {"late"};
  uplink.decoded_payload_warnings = {"odd"};
  uplink.packet_error_rate = 0.25F;
  const auto text = to_json(up(uplink));
  EXPECT_TRUE(has(
      text,
      R"("locations":{"user":{"latitude":1.5,"longitude":2.5,"altitude":3,"accuracy":4,"source":"SOURCE_REGISTRY"}})"))
      << text;
  EXPECT_TRUE(has(
      text,
      R"("version_ids":{"brand_id":"brand","model_id":"model","hardware_version":"1.0","firmware_version":"2.0","band_id":"EU_863_870"})"))
      << text;
  EXPECT_TRUE(has(text, R"("normalized_payload":[{"air":1},{"air":2}])")) << text;
  EXPECT_TRUE(has(text, R"("normalized_payload_warnings":["late"])")) << text;
  EXPECT_TRUE(has(text, R"("decoded_payload_warnings":["odd"])")) << text;
  EXPECT_TRUE(has(text, R"("packet_error_rate":0.25)")) << text;
}

TEST(Values, EveryKindOfAttributeIsWritten) {
  static constexpr ErrorDef def{"pkg/x", "y", Code::unknown, "all of {a}"};
  struct Row {
    Attribute attribute;
    std::string_view json;
  };
  const Row rows[] = {
      {{"a", "a\"b"}, R"("a":"a\"b")"},
      {{"a", -7}, R"("a":-7)"},
      {{"a", 2.5}, R"("a":2.5)"},
      {{"a", true}, R"("a":true)"},
      {{"a", false}, R"("a":false)"},
      {{"a", std::vector<std::string>{}}, R"("a":[])"},
      {{"a", std::vector<std::string>{"x", "y"}}, R"("a":["x","y"])"},
  };
  for (const auto& [attribute, json] : rows) {
    std::string text;
    append(text, Error(def, {attribute}));
    EXPECT_TRUE(has(text, json)) << text;
  }
}

/// Controls, quotes and what is no UTF-8 leave a text that any reader takes.
TEST(Values, AnyTextIsWrittenAsJson) {
  for (int octet = 0; octet < 256; ++octet) {
    ApplicationUplink uplink;
    uplink.decoded_payload_warnings = {std::string("a") + static_cast<char>(octet) + "b"};
    const auto text = to_json(up(uplink));
    for (const char c : text) EXPECT_GE(static_cast<unsigned char>(c), 0x20) << octet;
  }
}

std::string random_text(std::mt19937& random) {
  constexpr std::string_view alphabet = "abcXYZ 0189-_:/\\\"\n\t{}[],\xc3\xa9";
  std::string text;
  for (auto length = random() % 12; length > 0; --length) text += alphabet[random() % 24];
  return text;
}

ApplicationDownlink random_downlink(std::mt19937& random) {
  ApplicationDownlink item;
  item.f_port = FPort{static_cast<std::uint8_t>(1 + random() % 223)};
  item.frm_payload.resize(random() % 40);
  for (auto& octet : item.frm_payload) octet = static_cast<std::uint8_t>(random());
  if (random() % 3 == 0) item.decoded_payload_json = R"({"n":)" + std::to_string(random()) + "}";
  item.confirmed = random() % 2 == 0;
  item.priority = static_cast<TxPriority>(random() % 7);
  std::vector<std::string> ids;
  for (auto count = random() % 4; count > 0; --count) ids.push_back("id:" + random_text(random));
  for (const auto& id : ids) item.correlation_ids.push_back(id);
  if (random() % 2 == 0) {
    item.class_b_c.emplace();
    for (auto count = random() % 3; count > 0; --count) {
      item.class_b_c->gateways.push_back({{GatewayId("gw-" + std::to_string(random() % 9)), {}},
                                          static_cast<std::uint32_t>(random() % 3),
                                          static_cast<std::uint32_t>(random() % 5)});
    }
    if (random() % 2 == 0) {
      item.class_b_c->absolute_time =
          UtcTime{std::chrono::seconds{1'700'000'000 + random() % 100'000} +
                  std::chrono::nanoseconds{random() % 1'000'000'000}};
    }
  }
  if (random() % 2 == 0)
    item.confirmed_retry = ConfirmedRetry{static_cast<std::uint32_t>(random() % 5),
                                          static_cast<std::uint32_t>(1 + random() % 9)};
  return item;
}

TEST(Values, DownlinksComeBackAsTheyWere) {
  std::mt19937 random(1);
  for (int run = 0; run < 500; ++run) {
    std::vector<ApplicationDownlink> downlinks(random() % 5);
    for (auto& item : downlinks) item = random_downlink(random);
    const auto text = to_json(downlinks);
    const auto back = parse_downlinks(text);
    ASSERT_TRUE(back) << back.error().to_string() << text;
    EXPECT_EQ(*back, downlinks) << text;
  }
}

}  // namespace
}  // namespace ff::application_json
