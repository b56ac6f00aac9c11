// The JSON dialect: golden documents, one row per rule, and round trips of random messages.
#include "protocol/api_json/api_json.hpp"

#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "protocol/api_json/any_type.hpp"
#include "test/support/messages/random_message.hpp"
#include "ttn/lorawan/v3/messages.pb.h"

namespace ff::api_json {
namespace {

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::unique_ptr<google::protobuf::Message> make(std::string_view type) {
  auto message = make_any_content("/ttn.lorawan.v3." + std::string(type));
  if (!message) message = make_any_content("/" + std::string(type));
  EXPECT_NE(message, nullptr) << type;
  return message;
}

TEST(ApiJson, GoldenDocumentsAreReadAndWrittenUnchanged) {
  int count = 0;
  for (const auto& file : std::filesystem::directory_iterator(FF_GOLDEN_DIR "/api_json")) {
    SCOPED_TRACE(file.path().filename());
    auto text = read_file(file.path());
    auto type = file.path().stem() == "push_request"        ? "DownlinkQueueRequest"
                : file.path().stem() == "simulated_request" ? "ApplicationUp"
                                                            : "ApplicationUp";
    auto message = make(type);
    auto status = from_json(text, *message);
    ASSERT_TRUE(status) << status.error().to_string();
    auto written = to_json(*message);
    ASSERT_TRUE(written) << written.error().to_string();
    EXPECT_EQ(boost::json::parse(*written), boost::json::parse(text)) << *written;
    ++count;
  }
  EXPECT_EQ(count, 13);
}

struct Row {
  const char* type;
  const char* read;
  const char* written;
};

// What may be read, and how it is written back.
constexpr Row accepted[] = {
    // Names, absence, unknown keys.
    {"EndDeviceIdentifiers", R"({"deviceId":"a"})", R"({"device_id":"a"})"},
    {"EndDeviceIdentifiers", R"({"device_id":null,"x":{"y":[1,{}]}})", "{}"},
    {"EndDeviceIdentifiers", R"({"application_ids":{}})", R"({"application_ids":{}})"},
    {"ALCSyncCommand.AppTimeAns", R"({"TokenAns":3})", R"({"TokenAns":3})"},
    {"ALCSyncCommand.AppTimeAns", R"({"tokenAns":3})", "{}"},
    {"Location", R"({"latitude":1,"latitude":2})", R"({"latitude":2})"},
    // Identifiers in hex, by length.
    {"EndDeviceIdentifiers", R"({"dev_eui":"70b3d57ed0000001"})",
     R"({"dev_eui":"70B3D57ED0000001"})"},
    {"EndDeviceIdentifiers", R"({"dev_eui":"cLPVftAAAAE="})", R"({"dev_eui":"70B3D57ED0000001"})"},
    {"EndDeviceIdentifiers", R"({"dev_eui":""})", "{}"},
    {"EndDeviceIdentifiers", R"({"dev_addr":"260B4F1D"})", R"({"dev_addr":"260B4F1D"})"},
    {"EndDeviceIdentifiers", R"({"dev_addr":"JgtPHQ"})", R"({"dev_addr":"260B4F1D"})"},
    {"GetDeviceAdressPrefixesResponse", R"({"dev_addr_prefixes":["26000000/7"]})",
     R"({"dev_addr_prefixes":["26000000/7"]})"},
    // Other bytes in base64.
    {"ApplicationDownlink", R"({"frm_payload":"AwA8"})", R"({"frm_payload":"AwA8"})"},
    {"ApplicationDownlink", R"({"frm_payload":"-_8"})", R"({"frm_payload":"+/8="})"},
    // Numbers.
    {"TxSettings", R"({"frequency":868100000})", R"({"frequency":"868100000"})"},
    {"TxSettings", R"({"frequency":"868100000"})", R"({"frequency":"868100000"})"},
    {"TxSettings", R"({"timestamp":"42"})", R"({"timestamp":42})"},
    {"TxSettings", R"({"timestamp":4.2e1})", R"({"timestamp":42})"},
    {"RxMetadata", R"({"rssi":-97.1})", R"({"rssi":-97.1})"},
    {"RxMetadata", R"({"rssi":"NaN","snr":"-Infinity"})", R"({"rssi":"NaN","snr":"-Infinity"})"},
    {"RxMetadata", R"({"snr":1e-7})", R"({"snr":1e-7})"},
    {"Location", R"({"latitude":1e21,"longitude":123456789})",
     R"({"latitude":1e+21,"longitude":123456789})"},
    // Times.
    {"TxSettings", R"({"time":"2025-02-11T10:00:00Z"})", R"({"time":"2025-02-11T10:00:00Z"})"},
    {"TxSettings", R"({"time":"2025-02-11T10:00:00.1Z"})",
     R"({"time":"2025-02-11T10:00:00.100Z"})"},
    {"ApplicationUplink", R"({"consumed_airtime":"1h2m3.5s"})",
     R"({"consumed_airtime":"3723.500s"})"},
    {"ApplicationUplink", R"({"consumed_airtime":"-0.000001s"})",
     R"({"consumed_airtime":"-0.000001s"})"},
    // Enums: names, aliases, numbers, modes.
    {"ApplicationDownlink", R"({"priority":"NORMAL"})", R"({"priority":"NORMAL"})"},
    {"ApplicationDownlink", R"({"priority":5})", R"({"priority":"HIGH"})"},
    {"ApplicationDownlink", R"({"priority":77})", R"({"priority":"77"})"},
    {"Client", R"({"state":"APPROVED"})", R"({"state":"STATE_APPROVED"})"},
    {"EndDevice", R"({"lorawan_phy_version":"1.0.2-b","lorawan_version":"1.0.3"})",
     R"({"lorawan_version":"MAC_V1_0_3","lorawan_phy_version":"PHY_V1_0_2_REV_B"})"},
    {"EndDevice", R"({"lorawan_phy_version":"RP001_V1_0_2"})",
     R"({"lorawan_phy_version":"PHY_V1_0_2_REV_A"})"},
    {"DeviceEIRPValue", R"("8")", R"("DEVICE_EIRP_8")"},
    {"DeviceEIRPValue", "8", R"("DEVICE_EIRP_21")"},
    {"DLSettings", R"({"rx1_dr_offset":"DATA_RATE_OFFSET_3","rx2_dr":2})",
     R"({"rx1_dr_offset":3,"rx2_dr":2})"},
    {"EndDeviceModel.FirmwareVersion", R"({"supported_hardware_versions":["1"]})",
     R"({"supported_hardware_versions":["1"]})"},
    // Wrappers.
    {"MACSettings", R"({"rx1_delay":5,"supports_32_bit_f_cnt":true})",
     R"({"rx1_delay":5,"supports_32_bit_f_cnt":true})"},
    {"MACSettings",
     R"({"rx1_delay":{"value":"RX_DELAY_0"},"supports_32_bit_f_cnt":{"value":false}})",
     R"({"rx1_delay":0,"supports_32_bit_f_cnt":false})"},
    {"MACSettings", R"({"rx2_frequency":869525000,"status_count_periodicity":0,"adr_margin":1.5})",
     R"({"rx2_frequency":"869525000","adr_margin":1.5,"status_count_periodicity":0})"},
    // Field masks.
    {"GetApplicationRequest", R"({"field_mask":"name,ids.application_id"})",
     R"({"field_mask":{"paths":["name","ids.application_id"]}})"},
    {"GetApplicationRequest", R"({"field_mask":{"paths":["a_b"]}})",
     R"({"field_mask":{"paths":["a_b"]}})"},
    {"GetApplicationRequest", R"({"field_mask":{}})", R"({"field_mask":{}})"},
    // Oneofs are written even when zero.
    {"ADRSettings", R"({"static":{}})", R"({"static":{}})"},
    {"DownlinkPath", R"({"uplink_token":""})", R"({"uplink_token":""})"},
    // Maps, structs, any.
    {"Application", R"({"attributes":{"b":"2","a":""}})", R"({"attributes":{"a":"","b":"2"}})"},
    {"ApplicationUplink",
     R"({"decoded_payload":{"z":[1,null,{"k":"<&>"}],"a":123456789012345678901}})",
     R"({"decoded_payload":{"a":123456789012345683968,"z":[1,null,{"k":"<&>"}]}})"},
    {"Event",
     R"({"data":{"@type":"type.googleapis.com/ttn.lorawan.v3.EndDeviceIdentifiers","dev_eui":"0000000000000001"}})",
     R"({"data":{"@type":"type.googleapis.com/ttn.lorawan.v3.EndDeviceIdentifiers","dev_eui":"0000000000000001"}})"},
    {"Event", R"({"data":{"@type":"type.googleapis.com/google.protobuf.Duration","value":"1s"}})",
     R"({"data":{"@type":"type.googleapis.com/google.protobuf.Duration","value":"1s"}})"},
    {"google.protobuf.Empty", "{}", "{}"},
    // Strings.
    {"Application", R"({"name":"\u00e9\ud83d\ude00\ud800\/\t"})",
     "{\"name\":\"é😀\xef\xbf\xbd/\\t\"}"},
};

TEST(ApiJson, EveryAcceptedFormIsWrittenInTheCanonicalForm) {
  for (const auto& row : accepted) {
    SCOPED_TRACE(std::string(row.type) + " " + row.read);
    auto message = make(row.type);
    auto status = from_json(row.read, *message);
    ASSERT_TRUE(status) << status.error().to_string();
    auto written = to_json(*message);
    ASSERT_TRUE(written) << written.error().to_string();
    EXPECT_EQ(*written, row.written);
  }
}

struct Refused {
  const char* type;
  const char* text;
  const ErrorDef* error;
};

constexpr Refused refused[] = {
    {"Application", "", &invalid_json},
    {"Application", "{", &invalid_json},
    {"Application", "null", &invalid_json},
    {"Application", "{}{}", &invalid_json},
    {"Application", R"({"name":"a",})", &invalid_json},
    {"Application", R"({"name":"a" "x":1})", &invalid_json},
    {"Application", R"({"x":[1,]})", &invalid_json},
    {"Application", R"({"x":01})", &invalid_json},
    {"Application", R"({"x":1.})", &invalid_json},
    {"Application", R"({"x":tru})", &invalid_json},
    {"Application", "{\"name\":\"a\n\"}", &invalid_json},
    {"Application", "{\"name\":\"\xff\"}", &invalid_json},
    {"Application", R"({"name":"\x"})", &invalid_json},
    {"Application", R"({"name":"\u12"})", &invalid_json},
    {"Application", R"({"name":5})", &invalid_json},
    {"EndDeviceIdentifiers", R"({"dev_eui":"70B3D5"})", &invalid_value},
    {"EndDeviceIdentifiers", R"({"dev_eui":"70B3D57ED000000G"})", &invalid_value},
    {"GetDeviceAdressPrefixesResponse", R"({"dev_addr_prefixes":["26000000/33"]})", &invalid_value},
    {"ApplicationDownlink", R"({"frm_payload":"A*"})", &invalid_value},
    {"ApplicationDownlink", R"({"f_port":4294967296})", &invalid_value},
    {"ApplicationDownlink", R"({"f_port":1.5})", &invalid_value},
    {"ApplicationDownlink", R"({"f_port":-1})", &invalid_value},
    {"ApplicationDownlink", R"({"priority":"URGENT"})", &invalid_value},
    {"ApplicationDownlink", R"({"confirmed":"true"})", &invalid_json},
    {"ApplicationUplink", R"({"received_at":"2025-02-11T10:00:00+01:00"})", &invalid_value},
    {"TxSettings", R"({"time":"2025-02-30T10:00:00Z"})", &invalid_value},
    {"TxSettings", R"({"time":"2025-02-11T10:00:00.1234567890Z"})", &invalid_value},
    {"ApplicationUplink", R"({"consumed_airtime":"5"})", &invalid_value},
    {"MACSettings", R"({"rx1_delay":{"value":5,"x":1}})", &invalid_value},
    {"Event", R"({"data":{"a":1}})", &invalid_value},
    {"Event", R"({"data":{"@type":"x/unknown.Type"}})", &invalid_value},
    {"google.protobuf.Empty", R"({"a":1})", &invalid_value},
};

TEST(ApiJson, MalformedTextIsRefused) {
  for (const auto& row : refused) {
    SCOPED_TRACE(std::string(row.type) + " " + row.text);
    auto status = from_json(row.text, *make(row.type));
    ASSERT_FALSE(status);
    EXPECT_TRUE(status.error().is(*row.error)) << status.error().to_string();
  }
}

TEST(ApiJson, AMessageOfProtobufsOwnJsonAcceptsTimesWithOffsetsButNotGoDurations) {
  auto stats = make("GatewayConnectionStats.RoundTripTimes");
  EXPECT_TRUE(from_json(R"({"min":"0.5s"})", *stats));
  EXPECT_FALSE(from_json(R"({"min":"500ms"})", *stats));
  auto request = make("ALCSyncCommand.AppTimeReq");
  ASSERT_TRUE(from_json(R"({"DeviceTime":"2025-02-11T10:00:00+01:00"})", *request));
  EXPECT_EQ(*to_json(*request), R"({"DeviceTime":"2025-02-11T09:00:00Z"})");
}

TEST(ApiJson, AnErrorNamesTheFieldByItsPath) {
  auto message = make("SetEndDeviceRequest");
  auto status = from_json(R"({"end_device":{"ids":{"dev_eui":"1"}}})", *message);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message(),
            "invalid value of field `end_device.ids.dev_eui`: expected 8 bytes of hex");
}

TEST(ApiJson, NestingIsBounded) {
  auto deep = [](int levels) {
    auto count = static_cast<std::size_t>(levels);
    return "{\"x\":" + std::string(count, '[') + std::string(count, ']') + "}";
  };
  EXPECT_TRUE(from_json(deep(max_depth - 1), *make("Application")));
  EXPECT_FALSE(from_json(deep(max_depth), *make("Application")));
  EXPECT_FALSE(from_json(std::string(1'000'000, '['), *make("Application")));
}

TEST(ApiJson, AnUnencodableMessageIsAnError) {
  ttn::lorawan::v3::ApplicationUp up;
  up.mutable_received_at()->set_seconds(std::int64_t{1} << 60);
  EXPECT_FALSE(to_json(up));
}

TEST(ApiJson, RandomMessagesOfEveryTypeSurviveTheRoundTrip) {
  std::mt19937_64 random(20240611);
  const auto* file = ttn::lorawan::v3::ApplicationUp::descriptor()->file();
  std::vector<const google::protobuf::Descriptor*> types;
  for (const char* name :
       {"EndDevice", "Gateway", "ApplicationUp", "User", "ApplicationWebhook", "MACState",
        "UplinkMessage", "DownlinkMessage", "ErrorDetails", "Event", "GatewayConnectionStats",
        "ApplicationPubSub", "EndDeviceModel", "ListBandsResponse", "ManagedGatewayEventData"}) {
    types.push_back(file->pool()->FindMessageTypeByName("ttn.lorawan.v3." + std::string(name)));
  }
  for (const auto* type : types) {
    ASSERT_NE(type, nullptr);
    for (int i = 0; i < 40; ++i) {
      auto message = make(type->full_name());
      test::fill_random(*message, random);
      auto json = to_json(*message);
      ASSERT_TRUE(json) << json.error().to_string();
      auto again = make(type->full_name());
      auto status = from_json(*json, *again);
      ASSERT_TRUE(status) << status.error().to_string() << "\n" << *json;
      ASSERT_EQ(test::differences(*message, *again), "") << *json;
    }
  }
}

/// The kinds of json-messages.tsv, in its order.
std::vector<std::string> kinds() {
  std::ifstream file(FF_SOURCE_DIR "/protocol/proto/tables/json-messages.tsv");
  std::vector<std::string> out;
  std::string line;
  std::getline(file, line);  // the header
  while (std::getline(file, line)) out.push_back(line.substr(0, line.find('\t')));
  return out;
}

/// A message of the kind with a value in every field, the same in every run.
std::unique_ptr<google::protobuf::Message> sample(const std::string& kind) {
  std::uint64_t seed = 14'695'981'039'346'656'037U;  // FNV-1a
  for (const char c : kind) seed = (seed ^ static_cast<std::uint8_t>(c)) * 1'099'511'628'211U;
  std::mt19937_64 random(seed);
  auto message = make(kind);
  if (message) test::fill_random(*message, random, 1, test::Fields::all);
  return message;
}

// A line that differs is a change of what clients read. Whoever means it replaces the file by the
// one that a failing run leaves.
TEST(ApiJson, EveryKindOfMessageIsWrittenAsItsGoldenLineAndReadBack) {
  std::string written;
  for (const auto& kind : kinds()) {
    SCOPED_TRACE(kind);
    const auto message = sample(kind);
    ASSERT_NE(message, nullptr);
    const auto json = to_json(*message);
    ASSERT_TRUE(json) << json.error().to_string();
    written += kind + "\t" + *json + "\n";
    const auto again = make(kind);
    const auto status = from_json(*json, *again);
    ASSERT_TRUE(status) << status.error().to_string() << "\n" << *json;
    EXPECT_EQ(test::differences(*message, *again), "") << *json;
  }
  const auto golden = read_file(FF_GOLDEN_DIR "/api_json_kinds.tsv");
  EXPECT_EQ(kinds().size(), 627U);
  if (written == golden) return;
  const auto left = std::filesystem::path(testing::TempDir()) / "api_json_kinds.tsv";
  std::ofstream(left) << written;
  const auto at = std::mismatch(written.begin(), written.end(), golden.begin(), golden.end()).first;
  const auto line = written.rfind('\n', static_cast<std::size_t>(at - written.begin()));
  ADD_FAILURE() << "written is " << left << ", which differs at\n"
                << written.substr(line == std::string::npos ? 0 : line + 1, 300);
}

}  // namespace
}  // namespace ff::api_json
