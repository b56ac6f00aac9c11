#include "app/inspection/decision.hpp"

#include <gtest/gtest.h>

#include <set>
#include <span>

#include "actors/network_server/session/errors.hpp"

namespace ff::app {
namespace {

using namespace network_server;
using std::chrono::seconds;

const UtcTime now{seconds{1'700'000'000}};
const ErrorPtr not_found = std::make_shared<const Error>(device_not_found);

struct Row {
  const char* name;
  DecisionValue value;
  const char* kind;
  const char* part_of_text;
};

void expect_sentences(std::span<const Row> rows) {
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    const auto json = to_json(Decision{now, 1, row.value});
    EXPECT_EQ(json.at("kind").as_string(), row.kind);
    const std::string text(json.at("text").as_string());
    EXPECT_NE(text.find(row.part_of_text), std::string::npos) << text;
    EXPECT_EQ(json.at("at").as_string(), "2023-11-14T22:13:20Z");
    EXPECT_FALSE(json.contains("times"));
  }
}

TEST(DecisionJson, HasASentenceBesideItsOperands) {
  const auto scheduled = std::make_shared<const ScheduledDownlink>(
      ScheduledDownlink{GatewayId("gw-1"), 2, std::chrono::milliseconds{1500}});
  const Row rows[] = {
      {"accepted",
       UplinkJudged{.gateway_count = 2, .f_cnt = FCnt32{12}, .max_snr_db = 7.5F, .error = {}},
       "uplink_accepted", "uplink 12 accepted: DR0, 2 gateways, best SNR 7.5 dB"},
      {"dropped",
       UplinkJudged{.verdict = UplinkVerdict::counter_too_low,
                    .f_cnt = FCnt32{3},
                    .last_f_cnt = FCnt32{10},
                    .error = not_found},
       "uplink_dropped", "the last counter is 10 (error:pkg/networkserver:device_not_found"},
      {"adr",
       AdrDecided{.reason = mac::adr::Reason::adapted,
                  .data_rate_before = DataRateIndex{0},
                  .data_rate_after = DataRateIndex{5},
                  .uplinks = 1,
                  .margin_db = 12.25F,
                  .loss_rate = 0.5F},
       "adr", "DR0→5, power 0, transmissions 1; from 1 uplink, margin 12.2 dB, loss 50.0 %"},
      {"join repeated", JoinJudged{JoinStage::repeated, {}, {}}, "join_repeated",
       "another copy of the join-request"},
      {"join refused", JoinJudged{JoinStage::refused, {}, not_found}, "join_refused",
       "join server refused the join (error:"},
      {"offered",
       DownlinkOffered{.f_cnt = FCnt32{4}, .acknowledges = true, .rx2 = true, .paths = 1},
       "downlink_offered", "downlink 4 offered to 1 gateway path for RX2; acknowledges the uplink"},
      {"offered in class B",
       DownlinkOffered{.f_cnt = FCnt32{4}, .rx2 = true, .paths = 2, .device_class = DeviceClass::b},
       "downlink_offered", "downlink 4 offered to 2 gateway paths for a ping slot of class B"},
      {"offered in class C",
       DownlinkOffered{.f_cnt = FCnt32{4}, .rx2 = true, .paths = 2, .device_class = DeviceClass::c},
       "downlink_offered", "for the window that class C keeps open"},
      {"scheduled in class B", DownlinkAccepted{FCnt32{4}, false, scheduled, DeviceClass::b},
       "downlink_scheduled", "downlink 4 scheduled in a ping slot of class B by gw-1"},
      {"scheduled in class C", DownlinkAccepted{FCnt32{4}, false, scheduled, DeviceClass::c},
       "downlink_scheduled", "downlink 4 scheduled in the window that class C keeps open by gw-1"},
      {"scheduled", DownlinkAccepted{FCnt32{4}, false, scheduled}, "downlink_scheduled",
       "downlink 4 scheduled in RX2 by gw-1, 1.500s ahead"},
      {"refused", DownlinkRefused{FCnt32{4}, true, not_found}, "downlink_refused",
       "join-accept refused by every gateway: error:"},
      {"none", DownlinkNotSent{NoDownlink::too_late}, "no_downlink",
       "no downlink: too late for RX2"},
      {"report", EmissionReported{TxResult::collision_packet}, "emission_reported",
       "not sent, COLLISION_PACKET"},
      {"no report", EmissionUnreported{FCnt32{4}, false}, "emission_unreported",
       "no gateway has reported whether the downlink 4 was sent"},
      {"queue", QueueChanged{QueueEvent::invalidated, 2, FCnt32{9}, {}}, "queue_invalidated",
       "queue of 2 downlinks given back"},
  };
  expect_sentences(rows);
  EXPECT_EQ(to_json(Decision{now, 3, DownlinkNotSent{}}).at("times").as_uint64(), 3U);
  const auto dropped = to_json(Decision{now, 1, rows[1].value});
  EXPECT_EQ(dropped.at("error").as_string(), "pkg/networkserver:device_not_found");
  EXPECT_EQ(dropped.at("reason").as_string(), "counter_too_low");
  EXPECT_EQ(dropped.at("last_f_cnt").as_uint64(), 10U);
}

TEST(DecisionJson, NamesCommandsWithTheirValues) {
  const auto exchanged = [](std::vector<mac::Event> events) {
    return MacExchanged{std::make_shared<const std::vector<mac::Event>>(std::move(events))};
  };
  const mac::Event asked{mac::EventName::duty_cycle_request,
                         mac::Command{mac::DutyCycleReq{mac::DutyCycleExponent{3}}}};
  const mac::Event unanswered{mac::EventName::command_unanswered,
                              std::vector<mac::Command>{mac::DevStatusReq{}}};
  const Row rows[] = {
      {"commands", exchanged({asked, unanswered}), "mac_commands",
       "MAC commands: DutyCycleReq{max_duty_cycle=3}, command.unanswered DevStatusReq"},
      {"many commands", exchanged(std::vector<mac::Event>(20, asked)), "mac_commands",
       "MAC commands: DutyCycleReq{max_duty_cycle=3} ×12 and 8 more"},
      {"given up", RequestGivenUp{mac::Cid::link_adr}, "mac_request_given_up",
       "MAC request link_adr given up: the device refuses it"},
      {"never answered", RequestGivenUp{mac::Cid::link_adr, GiveUpReason::unanswered},
       "mac_request_given_up", "MAC request link_adr given up: the device never answers it"},
      {"relayed uplink", RelayJudged{true, not_found}, "relay_uplink_dropped",
       "frame of another device not taken in (error:"},
      {"relayed downlink", RelayJudged{false, not_found}, "relay_downlink_refused",
       "downlink for another device refused (error:"},
  };
  expect_sentences(rows);
}

TEST(DecisionText, EveryReasonHasAMeaningOfItsOwn) {
  std::set<std::string_view> meanings;
  for (std::size_t i = 0; i < uplink_verdict_count; ++i)
    meanings.insert(meaning_of(static_cast<UplinkVerdict>(i)));
  EXPECT_EQ(meanings.size(), uplink_verdict_count);
  EXPECT_FALSE(meanings.contains(""));
  meanings.clear();
  for (std::size_t i = 0; i < no_downlink_count; ++i)
    meanings.insert(meaning_of(static_cast<NoDownlink>(i)));
  EXPECT_EQ(meanings.size(), no_downlink_count);
  EXPECT_FALSE(meanings.contains(""));
}

}  // namespace
}  // namespace ff::app
