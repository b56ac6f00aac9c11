// Which reason a session remembers for what it did: one row per rule.
#include <gtest/gtest.h>

#include "actors/network_server/session/errors.hpp"
#include "protocol/mac/refusal.hpp"
#include "test/actors/network_server/session/rig.hpp"

namespace ff::network_server {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

using test::address;

const DeviceUid uid{ApplicationId("test-app"), DeviceId("dev-1")};
const Aes128Key other_key = Aes128Key::from(Bytes(16, 0x43));

struct Rig : test::SessionRig {
  explicit Rig(MacVersion version = MacVersion::v1_0_3)
      : SessionRig({ApplicationId("test-app"), DeviceId("dev-1")}, version) {}

  UplinkMatched uplink(std::uint32_t f_cnt, Bytes frm_payload = {1, 2, 3},
                       std::optional<FPort> f_port = FPort{1}, Bytes f_opts = {}) {
    phy::DataFrame frame;
    frame.m_type = m_type;
    frame.f_port = f_port;
    frame.f_opts = std::move(f_opts);
    frame.frm_payload = std::move(frm_payload);
    RxMetadata metadata;
    metadata.gateway.gateway_id = GatewayId("gw-1");
    metadata.uplink_token = {1};
    metadata.channel_rssi_dbm = -80;
    metadata.snr_db = 7;
    return matched(std::move(frame), f_cnt, std::move(metadata));
  }

  const Decision& last() {
    kept = session().decisions();
    return kept.back();
  }
  UplinkVerdict verdict() {
    kept = session().decisions();
    for (auto entry = kept.rbegin(); entry != kept.rend(); ++entry)
      if (const auto* uplink_judged = std::get_if<UplinkJudged>(&entry->value))
        return uplink_judged->verdict;
    ADD_FAILURE() << "no uplink was judged";
    return UplinkVerdict::accepted;
  }
  std::optional<NoDownlink> no_downlink() {
    const auto* none = std::get_if<DownlinkNotSent>(&last().value);
    return none ? std::optional(none->reason) : std::nullopt;
  }

  phy::MType m_type = phy::MType::unconfirmed_up;
  Decisions kept;
};

struct DropCase {
  const char* name;
  MacVersion version;
  void (*prepare)(Rig& rig);
  UplinkMatched (*uplink)(Rig& rig);
  UplinkVerdict expected;
  const ErrorDef* error;  // what clients are told
};

UplinkMatched changed(UplinkMatched uplink, void (*change)(UplinkFrame& frame)) {
  auto frame = std::make_shared<UplinkFrame>(*uplink.frame);
  change(*frame);
  uplink.frame = std::move(frame);
  return uplink;
}

const DropCase drop_cases[] = {
    {"radio", MacVersion::v1_0_3, [](Rig& rig) { rig.device.frequency_plan_id = "NOWHERE"; },
     [](Rig& rig) { return rig.uplink(1); }, UplinkVerdict::radio_not_configured,
     &unknown_frequency_plan},
    {"no session", MacVersion::v1_0_3, [](Rig& rig) { rig.device.session.reset(); },
     [](Rig& rig) { return rig.uplink(1); }, UplinkVerdict::no_session, &device_not_found},
    {"other address", MacVersion::v1_0_3,
     [](Rig& rig) { rig.device.session->dev_addr = DevAddr{1}; },
     [](Rig& rig) { return rig.uplink(1); }, UplinkVerdict::no_session, &device_not_found},
    {"join is over", MacVersion::v1_0_3, [](Rig&) {},
     [](Rig& rig) {
       auto uplink = rig.uplink(1);
       uplink.pending_session = true;
       return uplink;
     },
     UplinkVerdict::pending_session_gone, &device_not_found},
    {"data rate", MacVersion::v1_0_3, [](Rig&) {},
     [](Rig& rig) {
       return changed(rig.uplink(1), [](UplinkFrame& frame) {
         frame.settings.data_rate = LoraDataRate{5, 500'000, CodingRate::cr4_5};
       });
     },
     UplinkVerdict::data_rate_unknown, &data_rate_not_found},
    {"counter used", MacVersion::v1_0_3,
     [](Rig& rig) { rig.device.session->last_f_cnt_up = FCnt32{10}; },
     [](Rig& rig) { return rig.uplink(9); }, UplinkVerdict::counter_too_low, &device_not_found},
    {"gap", MacVersion::v1_0_3, [](Rig& rig) { rig.device.session->last_f_cnt_up = FCnt32{10}; },
     [](Rig& rig) { return rig.uplink(20'000); }, UplinkVerdict::counter_gap, &device_not_found},
    {"repeated", MacVersion::v1_0_3,
     [](Rig& rig) {
       rig.handle(rig.uplink(7));
       rig.passed += std::chrono::seconds{10};
     },
     [](Rig& rig) { return rig.uplink(7); }, UplinkVerdict::repeated_too_often, &device_not_found},
    {"repeated more often than operators allow", MacVersion::v1_0_3,
     [](Rig& rig) {
       rig.config.confirmed_transmissions_max = 2;
       rig.m_type = phy::MType::confirmed_up;
       for (int i = 0; i < 2; ++i) {
         rig.handle(rig.uplink(7));
         rig.passed += std::chrono::seconds{10};
       }
       EXPECT_EQ(rig.verdict(), UplinkVerdict::repeated);
     },
     [](Rig& rig) { return rig.uplink(7); }, UplinkVerdict::repeated_too_often, &device_not_found},
    {"too long for its data rate", MacVersion::v1_0_4, [](Rig&) {},
     [](Rig& rig) { return rig.uplink(1, Bytes(120)); }, UplinkVerdict::too_long,
     &device_not_found},
    {"same counter", MacVersion::v1_0_3, [](Rig& rig) { rig.handle(rig.uplink(7)); },
     [](Rig& rig) {
       return rig.uplink(7, {9, 9});
     },
     UplinkVerdict::counter_used_by_other, &device_not_found},
    {"commands twice", MacVersion::v1_0_3, [](Rig&) {},
     [](Rig& rig) { return rig.uplink(1, {2}, FPort{0}, {2}); },
     UplinkVerdict::commands_not_plausible, &device_not_found},
    {"channel", MacVersion::v1_0_3, [](Rig&) {},
     [](Rig& rig) {
       return changed(rig.uplink(1), [](UplinkFrame& frame) {
         frame.settings.frequency = Frequency::hz(863'700'000);
       });
     },
     UplinkVerdict::channel_unknown, &uplink_channel_not_found},
    {"1.1 half MIC", MacVersion::v1_1,
     [](Rig& rig) { rig.device.session->keys.s_nwk_s_int_key = other_key; },
     [](Rig& rig) { return rig.uplink(1); }, UplinkVerdict::mic_mismatch, &device_not_found},
    {"1.1 not proved", MacVersion::v1_1,
     [](Rig& rig) {
       rig.device.pending_session = rig.device.session;
       rig.device.pending_mac_state = rig.device.mac_state;
       rig.device.pending_mac_state->pending_join_request =
           mac::JoinParameters{.dev_addr = address, .opt_neg = true, .cf_list = {}};
     },
     [](Rig& rig) {
       auto uplink = rig.uplink(1);
       uplink.pending_session = true;
       return uplink;
     },
     UplinkVerdict::new_session_not_proved, &device_not_found},
};

TEST(UplinkDecision, NamesTheRuleThatAFrameBroke) {
  for (const auto& row : drop_cases) {
    SCOPED_TRACE(row.name);
    Rig rig(row.version);
    row.prepare(rig);
    rig.handle(row.uplink(rig));
    EXPECT_EQ(to_string(rig.verdict()), to_string(row.expected));
    const auto* judged = std::get_if<UplinkJudged>(&rig.last().value);
    ASSERT_NE(judged, nullptr);
    ASSERT_NE(judged->error, nullptr);
    EXPECT_TRUE(judged->error->is(*row.error)) << judged->error->to_string();
  }
}

TEST(UplinkDecision, AFrameThatIsNoneIsMalformed) {
  Rig rig;
  rig.handle(changed(rig.uplink(1), [](UplinkFrame& frame) { frame.phy_payload.resize(3); }));
  EXPECT_EQ(rig.verdict(), UplinkVerdict::malformed);
}

TEST(UplinkDecision, AnAcceptedFrameComesWithItsAdrDecision) {
  Rig rig;
  rig.device.session->last_f_cnt_up = FCnt32{4};
  rig.handle(rig.uplink(5));
  const auto decisions = rig.session().decisions();
  ASSERT_EQ(decisions.size(), 2U);
  const auto& judged = std::get<UplinkJudged>(decisions[0].value);
  EXPECT_EQ(judged.verdict, UplinkVerdict::accepted);
  EXPECT_EQ(judged.f_cnt, FCnt32{5});
  EXPECT_EQ(judged.last_f_cnt, FCnt32{4});
  EXPECT_EQ(judged.gateway_count, 1);
  EXPECT_EQ(judged.max_snr_db, 7);
  EXPECT_EQ(judged.data_rate_index, DataRateIndex{3});
  EXPECT_EQ(judged.error, nullptr);
  EXPECT_EQ(std::get<AdrDecided>(decisions[1].value).reason, mac::adr::Reason::adr_bit_off);
}

TEST(UplinkDecision, MacCommandsAreNamed) {
  Rig rig;
  rig.handle(rig.uplink(1, {1}, FPort{1}, {2}));  // LinkCheckReq
  const auto decisions = rig.session().decisions();
  const auto& exchanged = std::get<MacExchanged>(decisions.at(1).value);
  ASSERT_EQ(exchanged.events->size(), 2U);
  EXPECT_EQ(exchanged.events->at(0).name, mac::EventName::link_check_request);
  EXPECT_EQ(exchanged.events->at(1).name, mac::EventName::link_check_answer);
}

TEST(UplinkDecision, ARequestRefusedOnceTooOftenIsSaidToBeGivenUp) {
  for (const std::uint8_t before : {1, 2}) {
    Rig rig;
    auto& state = *rig.device.mac_state;
    const mac::Command request = mac::BeaconFreqReq{Frequency::hz(868'000'000)};
    state.pending_requests = {request};
    for (int i = 0; i < before; ++i)
      mac::note_refusal(state.rejected, {&request, 1}, *region::find_latest("EU_863_870"));
    rig.handle(rig.uplink(1, {1}, FPort{1}, {0x13, 0x00}));  // BeaconFreqAns, not accepted
    std::vector<mac::Cid> given_up;
    for (const auto& decision : rig.session().decisions())
      if (const auto* it = std::get_if<RequestGivenUp>(&decision.value))
        given_up.push_back(it->cid);
    EXPECT_EQ(given_up, before == 2 ? std::vector{mac::Cid::beacon_freq} : std::vector<mac::Cid>{});
  }
}

mac::adr::Decision always_dr_2(const mac::adr::History&, const mac::adr::Limits&) {
  return {.reason = mac::adr::Reason::settling, .data_rate_index = DataRateIndex{2}};
}

TEST(UplinkDecision, TheConfiguredAlgorithmDecides) {
  Rig rig;
  rig.config.adr.exceptions["test-app"] = always_dr_2;
  phy::DataFrame frame;
  frame.m_type = phy::MType::unconfirmed_up;
  frame.f_ctrl.adr = true;
  rig.handle(rig.matched(std::move(frame), 1, {.gateway = {.gateway_id = GatewayId("gw-1")}}));
  const auto decisions = rig.session().decisions();
  ASSERT_EQ(decisions.size(), 2U);
  const auto& adr = std::get<AdrDecided>(decisions[1].value);
  EXPECT_EQ(adr.reason, mac::adr::Reason::settling);
  EXPECT_EQ(adr.data_rate_after, DataRateIndex{2});
}

ApplicationDownlink item(std::uint32_t f_cnt, std::size_t size = 3) {
  ApplicationDownlink downlink;
  downlink.session_key_id = {1, 2};
  downlink.f_port = FPort{1};
  downlink.f_cnt = FCnt32{f_cnt};
  downlink.frm_payload = Bytes(size, 7);
  return downlink;
}
PushDownlinks push(std::vector<ApplicationDownlink> items) {
  return {.downlinks = std::move(items), .reply = [](const Status&) {}};
}

struct NoDownlinkCase {
  const char* name;
  void (*run)(Rig& rig);
  NoDownlink expected;
};

const NoDownlinkCase no_downlink_cases[] = {
    {"nothing to send",
     [](Rig& rig) {
       rig.want_nothing();
       rig.handle(rig.uplink(1));
       rig.handle(Wake{});
     },
     NoDownlink::nothing_to_send},
    {"between uplinks",
     [](Rig& rig) {
       rig.handle(push({item(1)}));
       rig.handle(Wake{});
     },
     NoDownlink::no_uplink_to_answer},
    {"being scheduled",
     [](Rig& rig) {
       rig.m_type = phy::MType::confirmed_up;
       rig.handle(rig.uplink(1));
       rig.handle(Wake{});
       rig.handle(Wake{});
     },
     NoDownlink::waiting_for_gateway},
    {"answered",
     [](Rig& rig) {
       rig.m_type = phy::MType::confirmed_up;
       rig.handle(rig.uplink(1));
       rig.handle(Wake{});
       rig.handle(DownlinkScheduled{rig.session().device()->attempts,
                                    ScheduledDownlink{GatewayId("gw-1"), 1, seconds{1}}});
       rig.handle(Wake{});
     },
     NoDownlink::uplink_answered},
    {"too late",
     [](Rig& rig) {
       rig.m_type = phy::MType::confirmed_up;
       rig.handle(rig.uplink(1));
       rig.passed += milliseconds{1900};
       rig.handle(Wake{});
     },
     NoDownlink::too_late},
    {"switched off",
     [](Rig& rig) {
       rig.device.mac_settings.schedule_downlinks = false;
       rig.m_type = phy::MType::confirmed_up;
       rig.handle(rig.uplink(1));
       rig.handle(Wake{});
     },
     NoDownlink::disabled_by_settings},
    {"refused lately",
     [](Rig& rig) {
       rig.handle(rig.uplink(1));
       rig.handle(Wake{});
       rig.handle(DownlinkScheduled{rig.session().device()->attempts, fail(no_downlink_path)});
       rig.handle(rig.uplink(2));
     },
     NoDownlink::gateways_busy},
    {"no gateway",
     [](Rig& rig) {
       rig.m_type = phy::MType::confirmed_up;
       auto uplink = rig.uplink(1);
       auto metadata = *uplink.rx_metadata;
       metadata[0].uplink_token.clear();
       uplink.rx_metadata = test::heard_as(std::move(metadata));
       rig.handle(uplink);
       rig.handle(Wake{});
     },
     NoDownlink::no_gateway},
    {"silent gateway server",
     [](Rig& rig) {
       rig.m_type = phy::MType::confirmed_up;
       rig.handle(rig.uplink(1));
       rig.handle(Wake{});
       rig.passed += seconds{4};
       rig.session().handle(Wake{}, rig.turn());
       // The silence is noted, and then that it is too late for another try.
       const auto decisions = rig.session().decisions();
       EXPECT_EQ(std::get<DownlinkNotSent>(decisions.back().value).reason, NoDownlink::too_late);
       rig.kept = decisions;
       rig.kept.pop_back();
     },
     NoDownlink::gateway_silent},
};

TEST(DownlinkDecision, SaysWhyNothingIsSent) {
  for (const auto& row : no_downlink_cases) {
    SCOPED_TRACE(row.name);
    Rig rig;
    row.run(rig);
    if (rig.kept.empty()) rig.kept = rig.session().decisions();
    const auto* none = std::get_if<DownlinkNotSent>(&rig.kept.back().value);
    ASSERT_NE(none, nullptr);
    EXPECT_EQ(to_string(none->reason), to_string(row.expected));
  }
}

TEST(DownlinkDecision, FollowsADownlinkToItsReport) {
  Rig rig;
  rig.want_nothing();
  rig.m_type = phy::MType::confirmed_up;
  rig.handle(push({item(1)}));
  EXPECT_EQ(std::get<QueueChanged>(rig.session().decisions().front().value).event,
            QueueEvent::pushed);
  rig.handle(rig.uplink(1));
  const auto out = rig.handle(Wake{});
  const auto& offered = std::get<DownlinkOffered>(rig.last().value);
  EXPECT_TRUE(offered.application);
  EXPECT_TRUE(offered.acknowledges);
  EXPECT_TRUE(offered.rx1 && offered.rx2);
  EXPECT_EQ(offered.paths, 1);
  EXPECT_EQ(offered.f_cnt, FCnt32{1});
  ASSERT_TRUE(rig.session().snapshot().transmission);

  CorrelationIds ids;
  for (const auto& effect : out.effects)
    if (const auto* send = std::get_if<SendTransmission>(&effect))
      ids = send->frame->correlation_ids;
  rig.handle(DownlinkScheduled{rig.session().device()->attempts,
                               ScheduledDownlink{GatewayId("gw-1"), 2, seconds{2}}});
  auto decisions = rig.session().decisions();
  const auto scheduled = std::find_if(decisions.begin(), decisions.end(), [](const auto& entry) {
    return std::holds_alternative<DownlinkAccepted>(entry.value);
  });
  ASSERT_NE(scheduled, decisions.end());
  EXPECT_EQ(std::get<DownlinkAccepted>(scheduled->value).scheduled->window, 2);
  EXPECT_EQ(rig.session().snapshot().unreported_emissions, 1U);

  rig.handle(TransmissionAcknowledged{{uid, TxResult::too_late, ids}});
  decisions = rig.session().decisions();
  const auto reported = std::find_if(decisions.begin(), decisions.end(), [](const auto& entry) {
    return std::holds_alternative<EmissionReported>(entry.value);
  });
  ASSERT_NE(reported, decisions.end());
  EXPECT_EQ(std::get<EmissionReported>(reported->value).result, TxResult::too_late);
}

TEST(DownlinkDecision, KeepsTheGatewaysReasons) {
  Rig rig;
  rig.m_type = phy::MType::confirmed_up;
  rig.handle(rig.uplink(1));
  rig.handle(Wake{});
  const Error busy(no_downlink_path);
  rig.handle(DownlinkScheduled{rig.session().device()->attempts, fail(busy)});
  const auto& refused = std::get<DownlinkRefused>(rig.last().value);
  ASSERT_NE(refused.error, nullptr);
  EXPECT_TRUE(refused.error->is(no_downlink_path));
}

TEST(QueueDecision, RefusedPushesAndLostCountersAreNoted) {
  Rig rig;
  rig.handle(push({item(1, 500)}));
  const auto& refused = std::get<QueueChanged>(rig.last().value);
  EXPECT_EQ(refused.event, QueueEvent::refused);
  EXPECT_TRUE(refused.error->is(application_downlink_too_long));

  // The counter that the item was given has been spent meanwhile.
  rig.want_nothing();
  rig.state.reset();
  rig.handle(push({item(1)}));
  rig.device = *rig.session().device();
  rig.device.session->last_n_f_cnt_down = FCnt32{5};
  rig.state.reset();
  rig.m_type = phy::MType::confirmed_up;
  rig.handle(rig.uplink(1));
  rig.handle(Wake{});
  bool invalidated = false;
  for (const auto& decision : rig.session().decisions()) {
    const auto* queue = std::get_if<QueueChanged>(&decision.value);
    if (queue != nullptr && queue->event == QueueEvent::invalidated) {
      invalidated = true;
      EXPECT_EQ(queue->f_cnt, FCnt32{5});
    }
  }
  EXPECT_TRUE(invalidated);
}

TEST(JoinDecision, IsNotedWithItsReason) {
  Rig rig;
  auto received = std::make_shared<UplinkFrame>(*rig.uplink(1).frame);
  rig.handle(JoinRequestReceived{received, test::heard_as({})});
  const auto& join = std::get<JoinJudged>(rig.last().value);
  EXPECT_EQ(join.stage, JoinStage::dropped);
  EXPECT_TRUE(join.error->is(abp_join_request));
}

TEST(SessionSnapshot, ShowsTheStateWithoutKeys) {
  Rig rig;
  rig.m_type = phy::MType::confirmed_up;
  rig.handle(push({item(3), item(4)}));
  rig.handle(rig.uplink(6));
  const auto shown = rig.session().snapshot();
  EXPECT_TRUE(shown.exists);
  EXPECT_EQ(shown.phase, SessionPhase::active);
  ASSERT_TRUE(shown.session);
  EXPECT_EQ(shown.session->dev_addr, address);
  EXPECT_EQ(shown.session->last_f_cnt_up, FCnt32{6});
  EXPECT_EQ(shown.session->queued_downlinks, 2U);
  EXPECT_EQ(shown.session->first_queued_f_cnt, FCnt32{3});
  ASSERT_TRUE(shown.mac_state);
  EXPECT_EQ(shown.mac_state->current.data_rate_index, DataRateIndex{3});
  EXPECT_TRUE(shown.mac_state->rx_windows_available);
  ASSERT_TRUE(shown.answerable);
  EXPECT_TRUE(shown.answerable->must_be_answered);
  EXPECT_EQ(shown.answerable->gateways, std::vector<GatewayId>{GatewayId("gw-1")});
  EXPECT_FALSE(shown.transmission);
  EXPECT_FALSE(shown.decisions.empty());
}

TEST(SessionSnapshot, OfADeviceThatDoesNotExistSaysSo) {
  const auto shown = snapshot_of(nullptr);
  EXPECT_FALSE(shown.exists);
  EXPECT_EQ(shown.phase, SessionPhase::idle);
  EXPECT_FALSE(shown.session);
}

}  // namespace
}  // namespace ff::network_server
