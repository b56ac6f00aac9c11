#include "actors/gateway_server/frontend_udp/state.hpp"

#include <gtest/gtest.h>

#include "actors/gateway_server/connection/errors.hpp"

namespace ff::gateway_server {
namespace {

using namespace std::chrono_literals;
namespace semtech = gateway::semtech_udp;
using semtech::PacketType;

const UtcTime noon{Duration{1'700'000'000s}};
const auto home = *net::Endpoint::parse("198.51.100.7:40000");
const auto other_port = *net::Endpoint::parse("198.51.100.7:40001");
const auto other_address = *net::Endpoint::parse("203.0.113.9:40000");
constexpr GatewayEui eui{0xb827ebfffe123456};
constexpr std::string_view uplink =
    R"({"rxpk":[{"tmst":5,"freq":868.1,"modu":"LORA","datr":"SF7BW125","codr":"4/5","data":"AA=="}]})";

constexpr ErrorDef refused{"pkg/test", "refused", Code::not_found, "refused"};

/// A frontend and its clock, with shorthands for what reaches it.
struct Frontend {
  explicit Frontend(UdpConfig udp = {}) : state(udp, "farfield/test", Instant{noon, MonoTime{}}) {}

  Instant now() const { return {noon + passed, MonoTime{passed}}; }
  UdpEffects hear(PacketType type, std::string_view body = {}, net::Endpoint from = home,
                  std::uint16_t token = 1, std::uint8_t version = 2) {
    passed += 2ms;
    const auto bytes = semtech::make_packet(type, version, semtech::Token{token}, eui, body);
    return state.on_datagram(from, bytes, now());
  }
  UdpEffects ready(bool late = false) {
    return state.on_ready({LinkId{link}, {GatewayId{"gtw-1"}, eui}, late}, now());
  }
  /// A connected gateway with a downlink path.
  void connect() {
    hear(PacketType::pull_data);
    ready();
  }
  UdpEffects send(std::optional<UtcTime> starts_at, std::uint16_t token = 1) {
    SendDownlink message;
    message.link = LinkId{link};
    message.token = DownlinkToken{token};
    message.downlink.data_rate = LoraDataRate{7, 125'000, CodingRate::cr4_5};
    message.downlink.timestamp_us = 1;
    message.starts_at = starts_at;
    return state.on_downlink(message, now());
  }
  UdpEffects tick() { return state.on_tick(now()); }

  Duration passed{0};
  std::uint64_t link = 1;
  UdpFrontendState state;
};

template <class Wanted>
const Wanted* find(const UdpEffects& effects) {
  for (const auto& effect : effects) {
    if (const auto* found = std::get_if<Wanted>(&effect)) return found;
  }
  return nullptr;
}
DatagramOutcome outcome(const UdpEffects& effects) {
  const auto* count = find<CountDatagram>(effects);
  return count == nullptr ? DatagramOutcome::accepted : count->outcome;
}
/// Type of the datagram that is sent, if one is.
std::optional<PacketType> sent(const UdpEffects& effects) {
  const auto* datagram = find<SendDatagram>(effects);
  if (datagram == nullptr) return std::nullopt;
  return semtech::parse_packet(datagram->bytes)->type;
}

/// Counted, and the network server is told.
bool is_lost(const UdpEffects& effects, std::uint16_t token) {
  const auto* acked = find<HandAcknowledgment>(effects);
  return find<CountLostDownlink>(effects) != nullptr && acked != nullptr &&
         acked->acked.token == DownlinkToken{token} &&
         acked->acked.result == TxResult::unknown_error && !sent(effects);
}

TEST(UdpFrontend, ConnectsOnceAndHandlesTheFirstDatagramWhenReady) {
  Frontend frontend;
  const auto first = frontend.hear(PacketType::push_data, uplink);
  const auto* start = find<StartConnection>(first);
  ASSERT_NE(start, nullptr);
  EXPECT_EQ(start->eui, eui);
  EXPECT_EQ(start->from, home);
  EXPECT_FALSE(sent(first));
  EXPECT_EQ(outcome(frontend.hear(PacketType::pull_data)), DatagramOutcome::connection_not_ready);
  const auto ready = frontend.ready();
  EXPECT_EQ(sent(ready), PacketType::push_ack);
  ASSERT_NE(find<HandUp>(ready), nullptr);
  EXPECT_EQ(find<HandUp>(ready)->up.uplinks.at(0).rx_metadata.at(0).gateway.gateway_id.text(),
            "gtw-1");
}

TEST(UdpFrontend, RemembersAFailedConnectionForFiveMinutes) {
  Frontend frontend;
  frontend.hear(PacketType::pull_data);
  frontend.state.on_ended({LinkId{1}, Error(refused)}, frontend.now());
  EXPECT_EQ(outcome(frontend.hear(PacketType::pull_data)), DatagramOutcome::connection_failed);
  frontend.passed += 5min;
  EXPECT_NE(find<StartConnection>(frontend.hear(PacketType::pull_data)), nullptr);
}

TEST(UdpFrontend, RemembersAFailureThatMayPassForFiveSeconds) {
  struct Row {
    Code code;
    Duration remembered;
  };
  for (const auto& row :
       {Row{Code::not_found, 5min}, Row{Code::unauthenticated, 5min},
        Row{Code::permission_denied, 5min}, Row{Code::failed_precondition, 5min},
        Row{Code::invalid_argument, 5min}, Row{Code::unavailable, 5s}, Row{Code::internal, 5s},
        Row{Code::deadline_exceeded, 5s}, Row{Code::unknown, 5s}}) {
    const ErrorDef failed{"pkg/test", "failed", row.code, "failed"};
    Frontend frontend;
    frontend.hear(PacketType::pull_data);
    frontend.state.on_ended({LinkId{1}, Error(failed)}, frontend.now());
    frontend.passed += row.remembered - 4ms;
    EXPECT_EQ(outcome(frontend.hear(PacketType::pull_data)), DatagramOutcome::connection_failed);
    EXPECT_NE(find<StartConnection>(frontend.hear(PacketType::pull_data)), nullptr);
  }
}

TEST(UdpFrontend, DoesNotWaitForAConnectionForEver) {
  Frontend frontend;
  frontend.hear(PacketType::pull_data);
  frontend.passed += 89s;
  frontend.hear(PacketType::pull_data);
  EXPECT_EQ(find<CloseConnection>(frontend.tick()), nullptr);
  frontend.passed += 1s;
  const auto closed = frontend.tick();
  ASSERT_NE(find<CloseConnection>(closed), nullptr);
  EXPECT_EQ(find<CloseConnection>(closed)->link, LinkId{1});
  EXPECT_TRUE(find<CloseConnection>(closed)->reason.is(registry_silent));
  EXPECT_NE(find<StartConnection>(frontend.hear(PacketType::pull_data)), nullptr);
}

TEST(UdpFrontend, IgnoresTheLateWordOfAnOldConnection) {
  Frontend frontend;
  frontend.connect();
  frontend.state.on_ended({LinkId{1}, Error(new_connection)}, frontend.now());
  const auto again = frontend.hear(PacketType::pull_data);
  ASSERT_NE(find<StartConnection>(again), nullptr);
  EXPECT_EQ(find<StartConnection>(again)->link, LinkId{2});
  frontend.state.on_ended({LinkId{1}, Error(new_connection)}, frontend.now());
  frontend.link = 2;
  EXPECT_EQ(sent(frontend.ready()), PacketType::pull_ack);
}

struct DatagramCase {
  const char* name;
  PacketType type;
  std::string_view body;
  DatagramOutcome expected;
  std::optional<PacketType> answer;
};
constexpr DatagramCase datagram_cases[] = {
    {"uplink", PacketType::push_data, uplink, DatagramOutcome::accepted, PacketType::push_ack},
    {"nothing in it", PacketType::push_data, "{}", DatagramOutcome::accepted, PacketType::push_ack},
    {"broken JSON", PacketType::push_data, "{", DatagramOutcome::malformed, {}},
    {"pull", PacketType::pull_data, "", DatagramOutcome::accepted, PacketType::pull_ack},
    {"ack", PacketType::tx_ack, "", DatagramOutcome::accepted, {}},
    {"broken ack", PacketType::tx_ack, "x", DatagramOutcome::malformed, {}},
};

TEST(UdpFrontend, AnswersOnlyWhatItAccepts) {
  for (const auto& row : datagram_cases) {
    Frontend frontend;
    frontend.connect();
    const auto effects = frontend.hear(row.type, row.body);
    EXPECT_EQ(outcome(effects), row.expected) << row.name;
    EXPECT_EQ(sent(effects), row.answer) << row.name;
    const auto* forwarded = find<CountForwarded>(effects);
    ASSERT_EQ(forwarded != nullptr, row.expected == DatagramOutcome::accepted) << row.name;
    if (forwarded != nullptr) {
      EXPECT_EQ(forwarded->type, row.type) << row.name;
    }
  }
}

TEST(UdpFrontend, SaysWhichFieldOfAFrameIsWrong) {
  struct Row {
    const char* rxpk;
    const char* field;  // empty: no known one
    const char* reason;
  };
  for (const auto& row :
       {Row{R"({"tmst":"late"})", "tmst", "type"}, Row{R"({"chan":4294967296})", "chan", "range"},
        Row{R"({"rssi":1e308})", "rssi", "range"}, Row{R"({"rsig":[{"ant":"a"}]})", "rsig", "type"},
        Row{R"({"unknown":"a","freq":868.1})", "", ""}}) {
    Frontend frontend;
    frontend.connect();
    const auto effects =
        frontend.hear(PacketType::push_data, R"({"rxpk":[)" + std::string(row.rxpk) + "]}");
    EXPECT_EQ(outcome(effects), DatagramOutcome::malformed) << row.rxpk;
    const auto* wrong = find<CountWrongField>(effects);
    ASSERT_EQ(wrong != nullptr, *row.field != 0) << row.rxpk;
    if (wrong == nullptr) continue;
    EXPECT_EQ(wrong->field, row.field);
    EXPECT_EQ(wrong->reason, row.reason) << row.rxpk;
  }
}

TEST(UdpFrontend, DropsWhatNoGatewaySends) {
  Frontend frontend;
  const auto hear = [&](PacketType type, std::optional<GatewayEui> from) {
    const auto bytes = semtech::make_packet(type, 2, semtech::Token{1}, from);
    return outcome(frontend.state.on_datagram(home, bytes, frontend.now()));
  };
  EXPECT_EQ(hear(PacketType::pull_resp, {}), DatagramOutcome::unexpected_type);
  EXPECT_EQ(hear(PacketType::push_ack, {}), DatagramOutcome::unexpected_type);
  EXPECT_EQ(hear(PacketType::pull_data, {}), DatagramOutcome::malformed);
  EXPECT_EQ(frontend.state.size(), 0U);
}

TEST(UdpFrontend, LimitsTheRateOfOneEui) {
  Frontend frontend;
  frontend.connect();
  const auto burst = [&] {
    return frontend.state.on_datagram(
        home, semtech::make_packet(PacketType::pull_data, 2, semtech::Token{1}, eui),
        frontend.now());
  };
  frontend.passed += 1s;
  for (int i = 0; i < 10; ++i) EXPECT_EQ(outcome(burst()), DatagramOutcome::accepted) << i;
  EXPECT_EQ(outcome(burst()), DatagramOutcome::rate_exceeded);
  frontend.passed += 10ms;
  EXPECT_EQ(outcome(burst()), DatagramOutcome::accepted);
}

TEST(UdpFrontend, LocksAnEuiToItsAddressButNotToItsPort) {
  UdpConfig udp;
  udp.addr_change_block = 1min;
  Frontend frontend(udp);
  frontend.connect();
  EXPECT_EQ(outcome(frontend.hear(PacketType::pull_data, {}, other_port)),
            DatagramOutcome::accepted);
  EXPECT_EQ(outcome(frontend.hear(PacketType::pull_data, {}, other_address)),
            DatagramOutcome::already_connected);
  frontend.passed += 1min;
  EXPECT_EQ(outcome(frontend.hear(PacketType::pull_data, {}, other_address)),
            DatagramOutcome::accepted);
  Frontend open;
  open.connect();
  EXPECT_EQ(outcome(open.hear(PacketType::pull_data, {}, other_address)),
            DatagramOutcome::accepted);
}

TEST(UdpFrontend, BoundsItsTable) {
  UdpConfig udp;
  udp.links_max = 1;
  Frontend frontend(udp);
  frontend.connect();
  const auto bytes =
      semtech::make_packet(PacketType::pull_data, 2, semtech::Token{1}, GatewayEui{5});
  EXPECT_EQ(outcome(frontend.state.on_datagram(home, bytes, frontend.now())),
            DatagramOutcome::table_full);
}

/// Somebody invents EUIs, none of which is registered.
TEST(UdpFrontend, ServesGatewaysInAFloodOfInventedOnes) {
  UdpConfig udp;
  udp.links_max = 100;
  Frontend frontend(udp);
  frontend.connect();
  const auto hear = [&](GatewayEui from) {
    frontend.passed += 2ms;
    const auto bytes = semtech::make_packet(PacketType::pull_data, 2, semtech::Token{1}, from);
    return frontend.state.on_datagram(other_address, bytes, frontend.now());
  };
  std::size_t forgotten = 0;
  for (std::uint64_t i = 0; i < 1000; ++i) {
    const auto effects = hear(GatewayEui{i});
    ASSERT_NE(find<StartConnection>(effects), nullptr) << i;
    forgotten += find<CountForgottenFailure>(effects) == nullptr ? 0 : 1;
    frontend.state.on_ended({find<StartConnection>(effects)->link, Error(refused)}, frontend.now());
  }
  EXPECT_EQ(frontend.state.size(), 100U);
  EXPECT_EQ(forgotten, 1000U - 99U);
  EXPECT_EQ(outcome(hear(GatewayEui{999})), DatagramOutcome::connection_failed);
  EXPECT_NE(find<StartConnection>(hear(GatewayEui{1})), nullptr) << "forgotten, asked again";
  EXPECT_EQ(outcome(frontend.hear(PacketType::pull_data)), DatagramOutcome::accepted);
  // All of them are forgiven after five minutes; who is connected stays.
  frontend.passed += 5min;
  frontend.hear(PacketType::pull_data);
  frontend.tick();
  EXPECT_EQ(frontend.state.size(), 1U) << "nobody waits for a connection for so long, either";
}

/// Somebody invents EUIs, and the listener's fallback plan lets all of them in.
TEST(UdpFrontend, ServesGatewaysInAFloodOfInventedOnesThatAreLetIn) {
  UdpConfig udp;
  udp.links_max = 100;
  Frontend frontend(udp);
  frontend.connect();
  const auto hear = [&](GatewayEui from, Duration after = 2ms) {
    frontend.passed += after;
    const auto bytes = semtech::make_packet(PacketType::pull_data, 2, semtech::Token{1}, from);
    return frontend.state.on_datagram(other_address, bytes, frontend.now());
  };
  const auto let_in = [&](GatewayEui from) {
    const auto effects = hear(from);
    const auto* start = find<StartConnection>(effects);
    if (start == nullptr) return UdpEffects{};
    ConnectionReady ready{start->link, {GatewayId{"eui-1"}, from}, false, {}, {}, false};
    return frontend.state.on_ready(ready, frontend.now());
  };
  constexpr GatewayEui honest{0xffff};
  EXPECT_EQ(sent(let_in(honest)), PacketType::pull_ack);
  std::size_t closed = 0;
  for (std::uint64_t i = 0; i < 1000; ++i) {
    const auto effects = let_in(GatewayEui{i});
    EXPECT_EQ(sent(effects), PacketType::pull_ack) << i;
    const auto* close = find<CloseConnection>(effects);
    closed += close == nullptr ? 0 : 1;
    if (close != nullptr) {
      EXPECT_TRUE(close->reason.is(too_many_unregistered_gateways));
    }
    // Who is not registered either, but speaks, is not the one that goes.
    if (i % 10 == 0) {
      EXPECT_EQ(sent(hear(honest)), PacketType::pull_ack) << i;
    }
  }
  EXPECT_EQ(frontend.state.size(), 26U) << "a quarter, and the one that is registered";
  EXPECT_EQ(closed, 1000U - 24U);
  // Where others have filled the table, one of them makes room.
  for (std::uint64_t i = 2000; frontend.state.size() < 100; ++i) hear(GatewayEui{i});
  const auto effects = hear(GatewayEui{3000});
  EXPECT_NE(find<StartConnection>(effects), nullptr);
  EXPECT_NE(find<CloseConnection>(effects), nullptr);
  EXPECT_EQ(outcome(frontend.hear(PacketType::pull_data)), DatagramOutcome::accepted);
  EXPECT_EQ(sent(hear(honest)), PacketType::pull_ack);
}

TEST(UdpFrontend, BoundsTheGatewaysOfOneAddress) {
  UdpConfig udp;
  udp.links_per_address_max = 2;
  UdpFrontendState state(udp, "farfield/test", Instant{noon, MonoTime{}});
  Duration passed{0};
  const auto hear = [&](std::uint64_t of, const net::Endpoint& from) {
    passed += 2ms;
    const auto bytes =
        semtech::make_packet(PacketType::pull_data, 2, semtech::Token{1}, GatewayEui{of}, {});
    return state.on_datagram(from, bytes, {noon + passed, MonoTime{passed}});
  };
  const auto first = find<StartConnection>(hear(1, home))->link;
  EXPECT_EQ(outcome(hear(2, other_port)), DatagramOutcome::accepted);
  EXPECT_EQ(outcome(hear(3, home)), DatagramOutcome::address_full);
  EXPECT_EQ(outcome(hear(3, other_address)), DatagramOutcome::accepted);
  // Room again when one of them has gone.
  state.on_ready({first, {GatewayId{"gtw-1"}, GatewayEui{1}}, false}, {noon, MonoTime{}});
  state.on_ended({first, Error(refused)}, {noon, MonoTime{}});
  EXPECT_EQ(outcome(hear(4, home)), DatagramOutcome::accepted);
}

TEST(UdpDownlink, GoesToTheLastPullsAddressWithItsVersion) {
  Frontend frontend;
  frontend.connect();
  frontend.hear(PacketType::pull_data, {}, other_port, 7, 1);
  const auto effects = frontend.send({}, 0x1234);
  const auto* datagram = find<SendDatagram>(effects);
  ASSERT_NE(datagram, nullptr);
  EXPECT_EQ(datagram->to, other_port);
  const auto packet = semtech::parse_packet(datagram->bytes);
  EXPECT_EQ(packet->type, PacketType::pull_resp);
  EXPECT_EQ(packet->version, 1);
  EXPECT_EQ(packet->token, semtech::Token{0x1234});
}

struct LateCase {
  const char* name;
  bool acknowledged_before;
  bool schedule_late;
  bool has_start;
  bool at_once;
};
constexpr LateCase late_cases[] = {
    {"no queue shown", false, false, true, false},    {"queues itself", true, false, true, true},
    {"wants it late", true, true, true, false},       {"absolute time", false, false, false, true},
    {"absolute time, late", true, true, false, true},
};

TEST(UdpDownlink, IsWrittenEarlyOrLate) {
  for (const auto& row : late_cases) {
    Frontend frontend;
    frontend.hear(PacketType::pull_data);
    frontend.ready(row.schedule_late);
    if (row.acknowledged_before) frontend.hear(PacketType::tx_ack);
    const auto starts = noon + frontend.passed + 3s;
    const auto effects = frontend.send(row.has_start ? std::optional(starts) : std::nullopt);
    EXPECT_EQ(sent(effects).has_value(), row.at_once) << row.name;
    frontend.passed += 2190ms;
    EXPECT_FALSE(sent(frontend.tick())) << row.name;
    frontend.passed += 15ms;
    EXPECT_EQ(sent(frontend.tick()).has_value(), !row.at_once) << row.name;
  }
}

TEST(UdpDownlink, MeasuresTheRoundTripFromWritingToAcknowledgement) {
  Frontend frontend;
  frontend.connect();
  frontend.send({}, 5);
  frontend.passed += 98ms;
  const auto effects =
      frontend.hear(PacketType::tx_ack, R"({"txpk_ack":{"error":"TX_FREQ"}})", home, 5);
  const auto* acked = find<HandAcknowledgment>(effects);
  ASSERT_NE(acked, nullptr);
  EXPECT_EQ(acked->acked.token, DownlinkToken{5});
  EXPECT_EQ(acked->acked.result, TxResult::tx_freq);
  EXPECT_EQ(acked->acked.round_trip, 100ms);
  EXPECT_FALSE(
      find<HandAcknowledgment>(frontend.hear(PacketType::tx_ack, {}, home, 5))->acked.round_trip);
}

TEST(UdpDownlink, PathExpiresAfterNinetySecondsWithoutPull) {
  Frontend frontend;
  frontend.hear(PacketType::pull_data);
  const auto ready = frontend.ready();
  ASSERT_NE(find<TellPath>(ready), nullptr);
  EXPECT_TRUE(find<TellPath>(ready)->available);
  EXPECT_EQ(find<TellPath>(frontend.hear(PacketType::pull_data)), nullptr);
  frontend.passed += 90s;
  EXPECT_EQ(find<TellPath>(frontend.tick()), nullptr);
  frontend.passed += 45s;
  const auto expired = frontend.tick();
  ASSERT_NE(find<TellPath>(expired), nullptr);
  EXPECT_FALSE(find<TellPath>(expired)->available);
  EXPECT_TRUE(is_lost(frontend.send({}, 7), 7));
  EXPECT_TRUE(find<TellPath>(frontend.hear(PacketType::pull_data))->available);
  EXPECT_TRUE(sent(frontend.send({})));
}

TEST(UdpDownlink, IsLostWithoutConnection) {
  Frontend frontend;
  const auto effects = frontend.send({});
  EXPECT_NE(find<CountLostDownlink>(effects), nullptr);
  EXPECT_EQ(find<HandAcknowledgment>(effects), nullptr) << "nobody is there to be told";
}

TEST(UdpDownlink, IsReportedLostWhenItsPathIsGoneByThenOrTheSocketRefusesIt) {
  Frontend frontend;
  frontend.connect();
  const auto effects = frontend.send({}, 5);
  const auto* datagram = find<SendDatagram>(effects);
  ASSERT_TRUE(datagram != nullptr && datagram->downlink);
  EXPECT_TRUE(is_lost(frontend.state.on_refused(*datagram->downlink), 5));
  EXPECT_FALSE(find<SendDatagram>(frontend.hear(PacketType::pull_data))->downlink);
  // Written late; the gateway has been silent since.
  frontend.passed += 46s;
  frontend.tick();
  EXPECT_FALSE(sent(frontend.send(noon + frontend.passed + 60s, 6)));
  frontend.passed += 46s;
  EXPECT_TRUE(find<TellPath>(frontend.tick()) != nullptr);
  frontend.passed += 14s;
  EXPECT_TRUE(is_lost(frontend.tick(), 6));
}

TEST(UdpFrontend, ClosesConnectionsThatAreSilentBothWays) {
  Frontend frontend;
  frontend.connect();
  for (int i = 0; i < 6; ++i) {
    frontend.passed += 60s;
    frontend.hear(PacketType::push_data, "{}");
    EXPECT_EQ(find<CloseConnection>(frontend.tick()), nullptr);
  }
  frontend.passed += 3min;
  EXPECT_EQ(find<CloseConnection>(frontend.tick()), nullptr);
  frontend.passed += 90s;
  const auto closed = frontend.tick();
  ASSERT_NE(find<CloseConnection>(closed), nullptr);
  EXPECT_TRUE(find<CloseConnection>(closed)->reason.is(connection_expired));
  EXPECT_EQ(frontend.state.size(), 0U);
}

}  // namespace
}  // namespace ff::gateway_server
