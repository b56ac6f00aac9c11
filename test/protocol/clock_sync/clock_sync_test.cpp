// TS003 commands against the vectors of test/golden/lorawan/clock_sync.json, and what a device is
// told.
#include <gtest/gtest.h>

#include "protocol/base/random.hpp"
#include "protocol/clock_sync/correction.hpp"
#include "test/support/lorawan_vectors.hpp"

namespace ff::clock_sync {
namespace {

using ff::test::bytes_at;
using ff::test::flag_at;
using ff::test::integer_at;
using ff::test::Vector;
using std::chrono::milliseconds;
using std::chrono::seconds;

std::vector<Vector> vectors_of(std::string_view kind) {
  auto all = ff::test::lorawan_vectors("clock_sync");
  std::erase_if(all, [kind](const Vector& vector) { return vector.kind != kind; });
  return all;
}

std::uint8_t small_at(const boost::json::value& object, std::string_view name) {
  return static_cast<std::uint8_t>(integer_at(object, name));
}

UpCommand up_of(const boost::json::value& expected) {
  const auto& decoded = expected.at("decoded");
  const auto time = [&](std::string_view name) {
    return static_cast<std::uint32_t>(integer_at(decoded, name));
  };
  switch (small_at(expected, "cid")) {
    case 0:
      return PackageVersionAns{small_at(decoded, "package_identifier"),
                               small_at(decoded, "package_version")};
    case 1:
      return AppTimeReq{time("device_time"), small_at(decoded, "token_req"),
                        flag_at(decoded, "ans_required")};
    default:
      return PeriodicityAns{flag_at(decoded, "not_supported"), time("time")};
  }
}

DownCommand down_of(const boost::json::value& expected) {
  const auto& decoded = expected.at("decoded");
  switch (small_at(expected, "cid")) {
    case 0:
      return PackageVersionReq{};
    case 1:
      return AppTimeAns{decoded.at("time_correction").to_number<std::int32_t>(),
                        small_at(decoded, "token_ans")};
    case 2:
      return PeriodicityReq{small_at(decoded, "period")};
    default:
      return ForceResyncReq{small_at(decoded, "nb_transmissions")};
  }
}

TEST(ClockSyncCommand, VectorsBothWays) {
  for (const auto& vector : vectors_of("command")) {
    SCOPED_TRACE(vector.id);
    const auto bytes = bytes_at(vector.input, "bytes");
    Bytes built;
    if (flag_at(vector.input, "uplink")) {
      const auto parsed = parse_up(bytes);
      ASSERT_TRUE(parsed.rest) << parsed.rest.error().to_string();
      EXPECT_EQ(parsed.commands, std::vector{up_of(vector.expected)});
      for (const auto& command : parsed.commands) append(built, command);
    } else {
      const auto parsed = parse_down(bytes);
      ASSERT_TRUE(parsed.rest) << parsed.rest.error().to_string();
      EXPECT_EQ(parsed.commands, std::vector{down_of(vector.expected)});
      for (const auto& command : parsed.commands) append(built, command);
    }
    EXPECT_EQ(built, bytes);
  }
}

TEST(ClockSyncCommand, TooShortVectorsAreRefused) {
  for (const auto& vector : vectors_of("command_error")) {
    SCOPED_TRACE(vector.id);
    const auto bytes = bytes_at(vector.input, "bytes");
    const auto rest =
        flag_at(vector.input, "uplink") ? parse_up(bytes).rest : parse_down(bytes).rest;
    ASSERT_FALSE(rest);
    EXPECT_TRUE(rest.error().is(insufficient_length));
  }
}

TEST(ClockSyncCommand, SeveralInOneFrameAndWhatIsBeforeAnUnknownOneCounts) {
  const Bytes bytes{0x00, 1, 2, 0x01, 1, 0, 0, 0, 0x1F, 0x07, 0xAA, 0xBB};
  const auto parsed = parse_up(bytes);
  const std::vector<UpCommand> expected{PackageVersionAns{1, 2}, AppTimeReq{1, 15, true}};
  EXPECT_EQ(parsed.commands, expected);
  ASSERT_FALSE(parsed.rest);
  EXPECT_EQ(parsed.rest.error(),
            Error(unknown_command, {{"command_id", 7}, {"command_payload", "aabb"}}));
}

TEST(ClockSyncCommand, BitsForFutureUseAreIgnored) {
  const auto parsed = parse_up(Bytes{0x01, 1, 0, 0, 0, 0xE3});
  EXPECT_EQ(parsed.commands, (std::vector<UpCommand>{AppTimeReq{1, 3, false}}));
}

TEST(ClockSyncCommand, AnyOfThemIsReadAsItWasBuilt) {
  const auto random = make_seeded_random(7);
  for (int i = 0; i < 1000; ++i) {
    std::vector<UpCommand> ups;
    std::vector<DownCommand> downs;
    for (auto count = random->below(5); count > 0; --count) {
      const auto time = static_cast<std::uint32_t>(random->next());
      const auto nibble = static_cast<std::uint8_t>(random->below(16));
      const UpCommand up[] = {PackageVersionAns{1, nibble}, AppTimeReq{time, nibble, time % 2 == 0},
                              PeriodicityAns{time % 2 == 0, time}};
      const DownCommand down[] = {
          PackageVersionReq{}, AppTimeAns{static_cast<std::int32_t>(time), nibble},
          PeriodicityReq{nibble}, ForceResyncReq{static_cast<std::uint8_t>(nibble % 8)}};
      ups.push_back(up[random->below(3)]);
      downs.push_back(down[random->below(4)]);
    }
    Bytes up_bytes;
    for (const auto& command : ups) append(up_bytes, command);
    Bytes down_bytes;
    for (const auto& command : downs) append(down_bytes, command);
    EXPECT_EQ(parse_up(up_bytes).commands, ups);
    EXPECT_EQ(parse_down(down_bytes).commands, downs);
  }
}

TEST(ClockCorrection, RequestVectorTellsTheDevicesTime) {
  for (const auto& vector : vectors_of("clock_sync_request")) {
    SCOPED_TRACE(vector.id);
    const auto parsed = parse_up(bytes_at(vector.input, "bytes"));
    ASSERT_EQ(parsed.commands.size(), 1U);
    const auto& request = std::get<AppTimeReq>(parsed.commands[0]);
    EXPECT_EQ(request.device_time, integer_at(vector.expected, "device_time_gps_s"));
    EXPECT_EQ(request.token, integer_at(vector.expected, "token_req"));
    EXPECT_EQ(request.ans_required, flag_at(vector.expected, "ans_required"));
    const auto received =
        parse_rfc3339(std::string(vector.input.at("received_at").as_string())).value();
    EXPECT_EQ(device_time(request, to_gps(received)),
              parse_rfc3339(std::string(vector.expected.at("device_time_utc").as_string())));
  }
}

TEST(ClockCorrection, AnswerVectorsAreBuilt) {
  for (const auto& vector : vectors_of("clock_sync_answer")) {
    SCOPED_TRACE(vector.id);
    Bytes built;
    append(built,
           DownCommand(AppTimeAns{vector.input.at("time_correction_s").to_number<std::int32_t>(),
                                  small_at(vector.input, "token_ans")}));
    EXPECT_EQ(built, bytes_at(vector.expected, "bytes"));
  }
}

TEST(ClockCorrection, DecisionVectors) {
  const GpsTime received{seconds{1'361'872'818}};
  for (const auto& vector : vectors_of("clock_sync_decision")) {
    SCOPED_TRACE(vector.id);
    const auto ahead = vector.input.at("device_time_minus_received_at_s").to_number<int>();
    const AppTimeReq request{static_cast<std::uint32_t>(1'361'872'818 + ahead), 2,
                             flag_at(vector.input, "ans_required")};
    const auto answer =
        answer_to(request, received, seconds{integer_at(vector.input, "threshold_s")});
    ASSERT_EQ(answer.has_value(), flag_at(vector.expected, "answer"));
    if (!answer) continue;
    EXPECT_EQ(answer->correction,
              vector.expected.at("time_correction_s").to_number<std::int32_t>());
  }
}

struct Row {
  const char* name;
  std::uint32_t device = 0;
  Duration received{};
  bool required = false;
  std::optional<std::int32_t> correction;
};

TEST(ClockCorrection, ThresholdFractionsAndClocksThatWrap) {
  const Row rows[] = {
      {"just at the threshold", 100, seconds{104}, false, std::nullopt},
      {"a little above it", 100, milliseconds{104'001}, false, 4},
      {"a little above it, ahead", 105, milliseconds{100'999}, true, -4},
      {"required however right", 100, milliseconds{100'400}, true, 0},
      {"never set", 0, seconds{1'400'000'000}, false, 1'400'000'000},
      {"our clock has wrapped", 0xFFFF'FFFF, seconds{(1LL << 32) + 9}, false, 10},
      {"the device's has wrapped", 9, seconds{(1LL << 32) - 1}, false, -10},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    const auto answer = answer_to({row.device, 5, row.required}, GpsTime{row.received}, seconds{4});
    ASSERT_EQ(answer.has_value(), row.correction.has_value());
    if (!answer) continue;
    EXPECT_EQ(answer->correction, *row.correction);
    EXPECT_EQ(answer->token, 5);
  }
}

TEST(ClockCorrection, ACorrectedClockIsRightToTheSecond) {
  const auto random = make_seeded_random(3);
  for (int i = 0; i < 1000; ++i) {
    const GpsTime received{milliseconds{random->below(5'000'000'000'000)}};
    const AppTimeReq request{static_cast<std::uint32_t>(random->next()), 1, true};
    const auto answer = answer_to(request, received, {}).value();
    const auto corrected = request.device_time + static_cast<std::uint32_t>(answer.correction);
    const auto now = std::chrono::floor<seconds>(received.time_since_epoch()).count();
    const auto error = static_cast<std::int32_t>(static_cast<std::uint32_t>(now) - corrected);
    EXPECT_LE(std::abs(error), 1);
  }
}

}  // namespace
}  // namespace ff::clock_sync
