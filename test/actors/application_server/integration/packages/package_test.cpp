// What each package makes of a message. [spec integrations §5.2]
#include <gtest/gtest.h>

#include "actors/application_server/integration/packages/clock_sync.hpp"
#include "actors/application_server/integration/packages/device_management.hpp"
#include "actors/application_server/integration/packages/errors.hpp"
#include "actors/application_server/integration/packages/geolocation.hpp"
#include "actors/application_server/integration/packages/run.hpp"

namespace ff::application_server::packages {
namespace {

using net::http_client::ClientAnswer;
using std::chrono::seconds;

AssociationPtr with(std::string data) {
  return std::make_shared<const Association>(Association{.data = std::move(data)});
}
Pair default_pair(std::string data, std::uint8_t f_port = 202) {
  return {with(std::move(data)), nullptr, f_port};
}

Incoming uplink(std::uint8_t f_port, Bytes payload) {
  Incoming out;
  out.ids.uid = {ApplicationId("app"), DeviceId("dev")};
  out.ids.dev_eui = DevEui{0x0123456789ABCDEF};
  out.received_at = parse_rfc3339("2023-03-03T10:00:01Z").value();
  out.uplink = ReceivedUplink{.f_port = f_port,
                              .f_cnt = 7,
                              .frm_payload = std::move(payload),
                              .frequency = 868'100'000,
                              .data_rate_index = 5,
                              .received_at = parse_rfc3339("2023-03-03T10:00:00Z").value()};
  return out;
}
Incoming heard(std::uint32_t f_cnt, Bytes payload = {}) {
  auto out = uplink(1, std::move(payload));
  out.uplink->f_cnt = f_cnt;
  out.uplink->received_at += seconds{60 * f_cnt};
  out.uplink->receptions = {{"gtw", 0, 5, -80, 7, {51, 4, 30, 0, LocationSource::registry}}};
  return out;
}

template <class T>
const T& only(const Reaction& reaction) {
  EXPECT_EQ(reaction.steps.size(), 1U);
  return std::get<T>(reaction.steps.at(0));
}
std::string error_of(const Reaction& reaction) {
  return reaction.status ? "" : std::string(reaction.status.error().name());
}

// --- settings ------------------------------------------------------------------------------------

TEST(PackageSettings, ADevicesValuesOverrideThoseOfTheApplication) {
  const Pair pair{with(R"({"token":"a","server_url":"https://a","query":"GNSS"})"),
                  with(R"({"token":"","server_url":"https://b","query":null})"), 1};
  const auto settings = geolocation_settings(pair).value();
  EXPECT_EQ(settings.token, "a");
  EXPECT_EQ(settings.server_url, "https://b");
  EXPECT_EQ(settings.query, Query::gnss);
}

TEST(PackageSettings, ClockSyncHasAThresholdOfFourSecondsUnlessItIsSaid) {
  EXPECT_EQ(clock_sync_settings(default_pair("")).value().threshold, seconds{4});
  EXPECT_EQ(clock_sync_settings(default_pair("")).value().periodicity, std::nullopt);
  EXPECT_EQ(clock_sync_settings(default_pair(R"({"periodicity":15})")).value().periodicity, 15);
  for (const auto* wrong : {R"({"periodicity":16})", R"({"periodicity":-1})",
                            R"({"periodicity":1.5})", R"({"periodicity":"1"})"}) {
    EXPECT_TRUE(clock_sync_settings(default_pair(wrong)).error().is(alcsync_field_type)) << wrong;
  }
  EXPECT_EQ(clock_sync_settings(default_pair(R"({"threshold":0})")).value().threshold, seconds{4});
  EXPECT_EQ(clock_sync_settings(default_pair(R"({"threshold":2.5})")).value().threshold,
            std::chrono::milliseconds{2500});
  EXPECT_TRUE(
      clock_sync_settings(default_pair(R"({"threshold":"2"})")).error().is(alcsync_field_type));
}

TEST(PackageSettings, WhatIsWrongHasTheReferencesName) {
  EXPECT_TRUE(device_management_settings(default_pair("{}")).error().is(dms_field_not_found));
  EXPECT_TRUE(
      device_management_settings(default_pair(R"({"token":1})")).error().is(dms_field_type));
  EXPECT_TRUE(device_management_settings(default_pair(R"({"token":"t","f_port_set":["1"]})"))
                  .error()
                  .is(dms_field_type));
  EXPECT_TRUE(geolocation_settings(default_pair("{}")).error().is(gls_field_required));
  EXPECT_TRUE(
      geolocation_settings(default_pair(R"({"token":"t"})")).error().is(gls_field_required));
  EXPECT_TRUE(geolocation_settings(default_pair(R"({"token":"t","query":"X"})"))
                  .error()
                  .is(gls_invalid_value));
  EXPECT_TRUE(geolocation_settings(default_pair(R"({"token":"t","query":true})"))
                  .error()
                  .is(gls_invalid_type));
}

TEST(PackageSettings, WindowsAreBounded) {
  const auto settings =
      geolocation_settings(default_pair(R"({"token":"t","query":"TOARSSI","multi_frame":true,
          "multi_frame_window_size":99,"multi_frame_window_age":90})"))
          .value();
  EXPECT_TRUE(settings.multi_frame);
  EXPECT_EQ(settings.window_size, window_max);
  EXPECT_EQ(settings.window_age, std::chrono::minutes{90});
}

// --- alcsync-v1 ----------------------------------------------------------------------------------

// 1361872818 s of GPS time are 2023-03-03T10:00:00Z.
const Bytes right_clock{0x01, 0xB2, 0x87, 0x2C, 0x51, 0x02};
const Bytes right_clock_asks{0x01, 0xB2, 0x87, 0x2C, 0x51, 0x12};
const Bytes wrong_clock{0x01, 0xA8, 0x87, 0x2C, 0x51, 0x03};  // 10 s behind

TEST(ClockSync, AWrongClockGetsTheRightCorrection) {
  const auto reaction = react_clock_sync(default_pair(""), uplink(202, wrong_clock));
  EXPECT_TRUE(reaction.status);
  ASSERT_EQ(reaction.steps.size(), 2U);
  EXPECT_EQ(std::get<Tell>(reaction.steps[0]).what,
            (TimeAsked{parse_rfc3339("2023-03-03T09:59:50Z").value(), 3, false}));
  const Push expected{FPort{202}, {0x01, 10, 0, 0, 0, 3}, {{10, 3}}};
  EXPECT_EQ(std::get<Push>(reaction.steps[1]), expected);
}

TEST(ClockSync, ARightClockIsAnsweredOnlyIfItAsksForIt) {
  EXPECT_EQ(only<Tell>(react_clock_sync(default_pair(""), uplink(202, right_clock))).what.token,
            2U);
  const auto reaction = react_clock_sync(default_pair(""), uplink(202, right_clock_asks));
  ASSERT_EQ(reaction.steps.size(), 2U);
  EXPECT_EQ(std::get<Push>(reaction.steps[1]).payload, (Bytes{0x01, 0, 0, 0, 0, 2}));
}

TEST(ClockSync, TheDevicesPortIsTheAssociations) {
  EXPECT_TRUE(react_clock_sync(default_pair(""), uplink(201, wrong_clock)).steps.empty());
  const auto reaction = react_clock_sync(default_pair("", 201), uplink(201, wrong_clock));
  EXPECT_EQ(std::get<Push>(reaction.steps.at(1)).f_port, FPort{201});
  EXPECT_TRUE(react_clock_sync(default_pair(""), uplink(202, {})).status);
}

TEST(ClockSync, SeveralRequestsHaveOneDownlink) {
  Bytes both = wrong_clock;
  append(both, right_clock_asks);
  const auto reaction = react_clock_sync(default_pair(""), uplink(202, both));
  ASSERT_EQ(reaction.steps.size(), 3U);
  EXPECT_EQ(std::get<Push>(reaction.steps[2]).payload,
            (Bytes{0x01, 10, 0, 0, 0, 3, 0x01, 0, 0, 0, 0, 2}));
}

TEST(ClockSync, AnswersToQuestionsOfTheApplicationAreUnderstood) {
  for (const std::uint8_t version : {std::uint8_t{1}, std::uint8_t{2}}) {
    Bytes payload{0x00, 1, version, 0x02, 0x00, 0xB2, 0x87, 0x2C, 0x51};
    append(payload, wrong_clock);
    const auto reaction = react_clock_sync(default_pair(""), uplink(202, payload));
    EXPECT_TRUE(reaction.status);
    EXPECT_EQ(reaction.steps.size(), 2U);
  }
  const auto refused =
      react_clock_sync(default_pair(""), uplink(202, {0x02, 0x01, 0xB2, 0x87, 0x2C, 0x51}));
  EXPECT_EQ(error_of(refused), "periodicity_not_supported");
  EXPECT_TRUE(refused.steps.empty());
}

/// With each join, and when the count of requests begins anew.
TEST(ClockSync, DevicesThatMayHaveForgottenItAreToldWhenToAsk) {
  const auto pair = default_pair(R"({"periodicity":7})");
  auto join = uplink(1, {});
  join.uplink.reset();
  EXPECT_EQ(only<Push>(react_clock_sync(pair, join)), (Push{FPort{202}, {0x02, 7}, {}}));
  EXPECT_TRUE(react_clock_sync(default_pair(""), join).steps.empty());
  auto first = right_clock_asks;
  first.back() = 0x10;
  const auto reaction = react_clock_sync(pair, uplink(202, first));
  ASSERT_EQ(reaction.steps.size(), 2U);
  EXPECT_EQ(std::get<Push>(reaction.steps[1]).payload, (Bytes{0x01, 0, 0, 0, 0, 0, 0x02, 7}));
  EXPECT_EQ(
      std::get<Push>(react_clock_sync(pair, uplink(202, right_clock_asks)).steps.at(1)).payload,
      (Bytes{0x01, 0, 0, 0, 0, 2}));
}

TEST(ClockSync, WhatIsNotAskedOfUsIsUnsupportedAndTheRestIsAnswered) {
  Bytes payload{0x00, 9, 2};  // the version of another package
  append(payload, wrong_clock);
  auto reaction = react_clock_sync(default_pair(""), uplink(202, payload));
  EXPECT_EQ(error_of(reaction), "unsupported_command");
  EXPECT_EQ(reaction.steps.size(), 2U);
  reaction = react_clock_sync(default_pair(""), uplink(202, {0x09}));
  EXPECT_EQ(error_of(reaction), "unknown_command");
  reaction = react_clock_sync(default_pair(""), uplink(202, {0x01, 1}));
  EXPECT_EQ(error_of(reaction), "insufficient_length");
}

// --- lora-cloud-device-management-v1 -------------------------------------------------------------

const Pair managed = default_pair(R"({"token":"secret","f_port_set":[10]})", 199);

TEST(DeviceManagementPackage, UplinksAreSentAndPayloadsOfOtherPortsAreNot) {
  const auto ask = only<Ask>(react_device_management(managed, uplink(199, {0xAB}), {}));
  EXPECT_EQ(ask.url, "https://mgs.loracloud.com/api/v1/uplink/send");
  EXPECT_EQ(ask.token, "secret");
  EXPECT_EQ(ask.body,
            R"({"01-23-45-67-89-AB-CD-EF":{"msgtype":"updf","fcnt":7,"port":199,"payload":"ab",)"
            R"("dr":5,"freq":868100000,"timestamp":1677837600}})");
  EXPECT_NE(only<Ask>(react_device_management(managed, uplink(10, {0xAB}), {}))
                .body.find(R"("payload":"ab")"),
            std::string::npos);
  EXPECT_NE(only<Ask>(react_device_management(managed, uplink(11, {0xAB}), {}))
                .body.find(R"("port":11,"payload":"")"),
            std::string::npos);
}

TEST(DeviceManagementPackage, JoinsAreSentToTheServerThatIsSet) {
  auto join = uplink(1, {});
  join.uplink.reset();
  const auto pair = default_pair(R"({"token":"t","server_url":"https://own.example/"})", 199);
  const auto ask = only<Ask>(react_device_management(pair, join, {}));
  EXPECT_EQ(ask.url, "https://own.example/api/v1/uplink/send");
  EXPECT_EQ(ask.body,
            R"({"01-23-45-67-89-AB-CD-EF":{"msgtype":"joining","timestamp":1677837601}})");
  auto nameless = join;
  nameless.ids.dev_eui.reset();
  EXPECT_TRUE(react_device_management(pair, nameless, {}).steps.empty());
}

std::string answer(const std::string& result) {
  return R"({"result":{"01-23-45-67-89-AB-CD-EF":{"result":)" + result + "}}}";
}

TEST(DeviceManagementPackage, AnAnswerIsADownlinkServiceDataAndALocation) {
  const auto result = std::string(
      R"({"dnlink":{"port":0,"payload":"0102"},"position_solution":{"llh":[1,2,3],"accuracy":4}})");
  auto reaction = device_management_answered(managed, uplink(199, {1}), {}, answer(result));
  ASSERT_EQ(reaction.steps.size(), 3U);
  EXPECT_EQ(std::get<Push>(reaction.steps[0]), (Push{FPort{0}, {1, 2}, {}}));
  const auto& data = std::get<ServiceData>(std::get<Publish>(reaction.steps[1]).what);
  EXPECT_EQ(data, (ServiceData{"lora-cloud-device-management-v1", result}));
  const auto& solved = std::get<LocationSolved>(std::get<Publish>(reaction.steps[2]).what);
  EXPECT_EQ(solved.location, (Location{1, 2, 3, 4, LocationSource::unknown}));

  const auto tlv = default_pair(R"({"token":"t","use_tlv_encoding":true})", 199);
  reaction = device_management_answered(tlv, uplink(199, {1}), {}, answer(result));
  EXPECT_EQ(std::get<Push>(reaction.steps.at(0)).f_port, FPort{150});
}

TEST(DeviceManagementPackage, ScansInStreamsAreAskedForToo) {
  const auto tlv = default_pair(R"({"token":"t","use_tlv_encoding":true})", 199);
  const auto result = std::string(R"({"stream_records":[[0,"0501AA"],[1,"0502AA"],[2,"0801BB"]]})");
  auto reaction = device_management_answered(tlv, uplink(199, {1}), {}, answer(result));
  EXPECT_EQ(error_of(reaction), "tlv_record_too_small");
  ASSERT_EQ(reaction.steps.size(), 3U);
  EXPECT_EQ(
      std::get<Ask>(reaction.steps[1]).body,
      R"({"01-23-45-67-89-AB-CD-EF":{"msgtype":"gnss","payload":"aa","timestamp":1677837600}})");
  EXPECT_EQ(std::get<Ask>(reaction.steps[2]).body,
            R"({"01-23-45-67-89-AB-CD-EF":{"msgtype":"wifi","payload":"01bb",)"
            R"("timestamp":1677837600}})");
  reaction = device_management_answered(managed, uplink(199, {1}), {}, answer(result));
  EXPECT_EQ(reaction.steps.size(), 1U);
}

// --- lora-cloud-geolocation-v3 -------------------------------------------------------------------

Pair located(const std::string& more) {
  return default_pair(R"({"token":"secret",)" + more + "}", 197);
}

TEST(GeolocationPackage, EachQueryHasItsQuestion) {
  FrameHistory history(10);
  const auto one =
      only<Ask>(react_geolocation(located(R"("query":"TOARSSI")"), heard(1), {}, history));
  EXPECT_EQ(one.url, "https://mgs.loracloud.com/api/v1/solve/singleframe");
  EXPECT_EQ(one.token, "secret");
  const auto gnss = located(R"("query":"GNSS","server_url":"http://own")");
  EXPECT_EQ(only<Ask>(react_geolocation(gnss, uplink(1, {0xAB}), {}, history)).url,
            "http://own/api/v1/solve/gnss_lr1110_singleframe");
  EXPECT_EQ(only<Ask>(react_geolocation(gnss, uplink(1, {0xAB}), {}, history)).body,
            R"({"payload":"ab"})");
  auto decoded = uplink(1, {0xAB});
  decoded.uplink->decoded_payload = R"({"nav":"cd"})";
  EXPECT_EQ(only<Ask>(react_geolocation(gnss, decoded, {}, history)).body, R"({"payload":"cd"})");
  auto scan = heard(1);
  scan.uplink->decoded_payload =
      R"({"wifi":[{"mac":"01:02:03:04:05:06","rssi":-1},{"mac":"01:02:03:04:05:07","rssi":-2}]})";
  EXPECT_EQ(only<Ask>(react_geolocation(located(R"("query":"TOAWIFI")"), scan, {}, history)).url,
            "https://mgs.loracloud.com/api/v1/solve/loraWifi");
}

TEST(GeolocationPackage, WithoutAnythingToGoByNothingIsAsked) {
  FrameHistory history(10);
  for (const auto* query : {"TOARSSI", "GNSS", "TOAWIFI"}) {
    const auto pair = located(std::string(R"("query":")") + query + "\"");
    EXPECT_TRUE(react_geolocation(pair, uplink(1, {}), {}, history).steps.empty()) << query;
  }
  auto decoded = uplink(1, {0xAB});
  decoded.uplink->decoded_payload = R"({"temperature":1})";
  EXPECT_TRUE(react_geolocation(located(R"("query":"GNSS")"), decoded, {}, history).steps.empty());
}

std::size_t frames_in(const Reaction& reaction) {
  const auto& body = only<Ask>(reaction).body;
  const auto frames = body.substr(body.find("frames"));
  return static_cast<std::size_t>(std::ranges::count(frames, '[')) / 2;
}

TEST(GeolocationPackage, SeveralFramesAreTheNewestWithinTheWindow) {
  FrameHistory history(10);
  const auto pair = located(R"("query":"TOARSSI","multi_frame":true,"multi_frame_window_size":3)");
  for (std::uint32_t i = 1; i <= 5; ++i) {
    const auto reaction = react_geolocation(pair, heard(i), {}, history);
    EXPECT_EQ(only<Ask>(reaction).url, "https://mgs.loracloud.com/api/v1/solve/multiframe");
    EXPECT_EQ(frames_in(reaction), std::min(i, 3U));
  }
  // The same frame once more, as after a failure.
  EXPECT_EQ(frames_in(react_geolocation(pair, heard(5), {}, history)), 3U);
  const auto young = located(
      R"("query":"TOARSSI","multi_frame":true,"multi_frame_window_size":9,"multi_frame_window_age":1)");
  EXPECT_EQ(frames_in(react_geolocation(young, heard(6), {}, history)), 2U);
  const auto said = located(R"("query":"TOARSSI","multi_frame":true)");
  EXPECT_EQ(frames_in(react_geolocation(said, heard(7, {4, 0}), {}, history)), 4U);
  EXPECT_TRUE(react_geolocation(said, heard(8, {0}), {}, history).steps.empty());
}

TEST(GeolocationPackage, AnAnswerIsServiceDataAndALocationOrAnError) {
  using lora_cloud::Solver;
  auto reaction = geolocation_answered(Solver::gnss, R"({"result":{"llh":[1,2,3]},"errors":[]})");
  ASSERT_EQ(reaction.steps.size(), 2U);
  EXPECT_TRUE(reaction.status);
  reaction = geolocation_answered(Solver::gnss, R"({"errors":["too few satellites"]})");
  EXPECT_EQ(reaction.steps.size(), 1U);
  EXPECT_EQ(error_of(reaction), "location_query");
  EXPECT_EQ(reaction.status.error().cause()->message(), "too few satellites");
  EXPECT_EQ(error_of(geolocation_answered(Solver::gnss, R"({"errors":[]})")), "no_result");
  EXPECT_EQ(error_of(geolocation_answered(Solver::gnss, "oops")), "malformed_answer");
}

// --- run -----------------------------------------------------------------------------------------

struct Running {
  explicit Running(Package package, Pair pair, Incoming incoming)
      : run(package, std::move(pair), std::move(incoming), servers) {
    run.begin(history);
  }
  Ask asked() { return std::get<Ask>(run.next().value()); }

  Servers servers;
  FrameHistory history{1};
  Run run;
};

TEST(PackageRun, StepsGoOneAfterTheOther) {
  Running it(Package::device_management, managed, uplink(199, {1}));
  it.run.answered(it.asked(), ClientAnswer{200, answer(R"({"dnlink":{"port":1,"payload":""}})")});
  EXPECT_TRUE(std::holds_alternative<Push>(it.run.next().value()));
  it.run.answered(Status());
  EXPECT_TRUE(std::holds_alternative<Publish>(it.run.next().value()));
  it.run.answered(Status());
  EXPECT_FALSE(it.run.next());
  EXPECT_EQ(it.run.outcome(), Outcome{});
}

struct Fault {
  const char* name;
  Result<ClientAnswer> answer;
  const char* error;
  bool temporary;
  bool not_tried;
};

TEST(PackageRun, FaultsOfTheServerPassOrDoNot) {
  using namespace net::http_client;
  const Fault rows[] = {
      {"500", ClientAnswer{500, ""}, "request", true, false},
      {"429", ClientAnswer{429, ""}, "request", true, false},
      {"401", ClientAnswer{401, ""}, "request", false, false},
      {"no answer", fail(timed_out), "request", true, false},
      {"too many of ours", fail(overloaded), "request", true, true},
      {"a private network", fail(target_refused, {{"address", "10.0.0.1"}}), "request", false,
       false},
      {"garbage", ClientAnswer{200, "<html>"}, "malformed_answer", false, false},
      {"another device", ClientAnswer{200, "{}"}, "device_eui_missing", false, false},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    Running it(Package::device_management, managed, uplink(199, {1}));
    it.run.answered(it.asked(), row.answer);
    EXPECT_FALSE(it.run.next());
    const auto& outcome = it.run.outcome();
    ASSERT_TRUE(outcome.error);
    EXPECT_EQ(outcome.error->name(), row.error);
    EXPECT_EQ(outcome.temporary, row.temporary);
    EXPECT_EQ(outcome.not_tried, row.not_tried);
  }
}

TEST(PackageRun, APushThatFailsForNowIsTriedAgainAndOneThatCanNotBeIsNot) {
  const auto pushed = [](Status status) {
    Running it(Package::clock_sync, default_pair(""), uplink(202, wrong_clock));
    it.run.next();
    it.run.next();
    it.run.answered(status);
    return it.run.outcome();
  };
  static constexpr ErrorDef down{"x", "down", Code::unavailable, "down"};
  static constexpr ErrorDef none{"x", "no_session", Code::failed_precondition, "none"};
  EXPECT_TRUE(pushed(fail(down)).temporary);
  EXPECT_EQ(pushed(fail(none)).error, Error(none));
  EXPECT_FALSE(pushed(fail(none)).temporary);
}

TEST(PackageRun, OneMessageAsksOnlySoOften) {
  const auto tlv = default_pair(R"({"token":"t","use_tlv_encoding":true})", 199);
  Running it(Package::device_management, tlv, uplink(199, {1}));
  const auto endless = answer(R"({"stream_records":[[0,"0501AA0501AA0501AA"]]})");
  std::size_t asks = 0;
  while (const auto step = it.run.next()) {
    const auto* ask = std::get_if<Ask>(&*step);
    if (ask == nullptr) {
      it.run.answered(Status());
      continue;
    }
    ++asks;
    it.run.answered(*ask, ClientAnswer{200, endless});
  }
  EXPECT_EQ(asks, asks_max);
  EXPECT_TRUE(it.run.outcome().error->is(too_many_requests));
}

TEST(PackageRun, RepetitionsHaveTheSameCorrelationId) {
  const auto time = parse_rfc3339("2023-03-03T10:00:00.123Z").value();
  const MessageNumber number{storage::Shard{3}, storage::OutboxSequence{77}};
  const auto id = correlation_id(Package::clock_sync, time, number);
  EXPECT_EQ(id, correlation_id(Package::clock_sync, time, number));
  EXPECT_EQ(id.substr(0, 22), "as:packages:alcsyncv1:");
  EXPECT_EQ(id.size(), 22U + 26U);
  EXPECT_NE(id, correlation_id(Package::clock_sync, time,
                               {storage::Shard{3}, storage::OutboxSequence{78}}));
}

}  // namespace
}  // namespace ff::application_server::packages
