// The roaming actor between a scripted partner, a shard that says what the test wants, and gateways
// that do.
#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <deque>

#include "actors/roaming/actor.hpp"
#include "actors/roaming/convert.hpp"
#include "actors/roaming/errors.hpp"
#include "actors/roaming/ledger.hpp"
#include "test/actors/roaming/sample.hpp"
#include "test/support/actors/actor_fixture.hpp"

namespace ff::roaming {
namespace {

namespace bi = backend_interfaces;
using namespace test;
using net::http_client::ClientAnswer;
using network_server::ShardHandle;
using network_server::UplinkOwner;
using network_server::UplinkReceived;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr NetId ours{0x42};
constexpr NetId theirs{0x13};

/// Holds requests until the test answers.
class ScriptedHttp final : public net::http_client::HttpClient {
 public:
  void send(net::http_client::ClientRequest request, Then then) override {
    requests.push_back(std::move(request));
    held.push_back(std::move(then));
  }
  net::http_client::ClientCounters counters() const override { return {}; }

  bi::Decoded asked() const { return *bi::decode(as_text(*requests.back().body)); }
  template <class Body>
  Body asked_body() const {
    return std::get<Body>(*asked().body);
  }
  void answer(Result<ClientAnswer> answer) {
    auto then = std::move(held.back());
    held.pop_back();
    then(std::move(answer));
  }
  void answer_with(bi::Body body) {
    answer(
        ClientAnswer{200, bi::encode({bi::answer_header(asked().header), std::move(body)}), true});
  }

  std::vector<net::http_client::ClientRequest> requests;
  std::vector<Then> held;
};

/// What the shard was told.
using Seen = std::shared_ptr<std::deque<UplinkReceived>>;

ShardHandle::behavior_type shard_double(Seen seen) {
  using namespace network_server;
  return {[seen](const UplinkReceived& message) { seen->push_back(message); },
          [](const ToSession&) {},
          [](const IndexSession&) {},
          [](const IndexJoinEuis&) {},
          [](const WakeSessionAt&) {},
          [](const SessionLoaded&) {},
          [](const actors::Tick&) {}};
}

class Roaming : public ff::test::ActorFixture {
 protected:
  void SetUp() override {
    partner.net_id = theirs;
    partner.access.fqdn = "ns.example.com";
    partner.access.protocol = config::InteropProtocol::bi_1_0;
    partner.path = "bi";
    partner.forward.allowed = true;
    partner.forward.dev_addr_prefixes = {prefix_of(theirs)};
    partner.accept.allowed = true;
  }
  void start() {
    spawn();
    run();
  }
  void spawn() {
    shard = system->spawn([seen = shard_got](ShardHandle::pointer) { return shard_double(seen); });
    shards.route(storage::Shard{0}).set(shard);
    RoamingConfig given;
    given.peers = {{partner, &http}};
    given.net_id = ours;
    given.breaker_failures = 2;
    given.store = &engine;
    given.deps = deps;
    given.shards = shards;
    given.transmit = [this](auto frame, auto reply) {
      sent.push_back(frame);
      reply(gateways_say);
    };
    given.acknowledge = [this](const TxAcknowledgment& one) { acknowledged.push_back(one); };
    roamer = spawn_roaming(*system, std::move(given));
  }
  void TearDown() override {
    shards.route(storage::Shard{0}).clear();
    for (auto& one : *shard_got) one.judged = nullptr;
    if (roamer) caf::anon_send_exit(roamer, caf::exit_reason::kill);
    caf::anon_send_exit(shard, caf::exit_reason::kill);
    roamer = nullptr;
    shard = nullptr;
    run();
  }
  template <class Message>
  void tell(Message message) {
    caf::anon_send(roamer, std::move(message));
    run();
  }
  /// Two of our gateways hear it, and the window closes.
  void hear(const Bytes& frame) {
    tell(HeardUplink{frame_of(frame, heard_by("one", 5))});
    tell(HeardUplink{frame_of(frame, heard_by("other", 7))});
    advance(milliseconds{250});
  }
  using Slot = std::shared_ptr<std::optional<bi::Body>>;
  Slot asks(bi::Body body, NetId sender = theirs) {
    auto slot = std::make_shared<std::optional<bi::Body>>();
    tell(PartnerAsks{sender, bi::Version::v1_0, std::move(body),
                     [slot](Result<bi::Body> answer) { *slot = *std::move(answer); }});
    return slot;
  }
  static bi::UlMetaData ul() {
    bi::UlMetaData out;
    out.data_rate = DataRateIndex{5};
    out.ul_freq = Frequency::hz(868'100'000);
    out.rf_region = "EU868";
    out.fns_ul_token = {3, 3};
    return out;
  }
  static bi::DlMetaData dl(Bytes token) {
    bi::DlMetaData out;
    out.dl_freq_1 = Frequency::hz(868'100'000);
    out.data_rate_1 = DataRateIndex{5};
    out.fns_ul_token = std::move(token);
    return out;
  }
  void judge(Result<UplinkOwner> judged) {
    shard_got->back().judged(std::move(judged));
    run();
  }
  static UplinkOwner known() {
    UplinkOwner out;
    out.device = {ApplicationId("app"), DeviceId("dev")};
    out.f_cnt = FCnt32{1};
    out.f_nwk_s_int_key = key();
    out.mac_version = MacVersion::v1_0_3;
    return out;
  }
  using SentSlot = std::shared_ptr<std::optional<Result<ScheduledDownlink>>>;
  SentSlot transmit(Bytes phy_payload) {
    DownlinkFrame frame;
    frame.device = {ApplicationId("app"), DeviceId("dev")};
    frame.phy_payload = std::move(phy_payload);
    frame.request.rx1 = RxWindow{LoraDataRate{7, 125'000}, Frequency::hz(868'100'000)};
    frame.request.paths = {{{}, 0, shard_got->back().frame->rx_metadata.at(0).uplink_token}};
    auto slot = std::make_shared<std::optional<Result<ScheduledDownlink>>>();
    tell(TransmitByPartner{std::make_shared<const DownlinkFrame>(std::move(frame)),
                           [slot](Result<ScheduledDownlink> outcome) { *slot = outcome; }});
    return slot;
  }
  double counted(const std::string& role, const std::string& direction, const std::string& result) {
    return metrics
        .counter(
            "farfield_roaming_frames_total", "",
            {{"partner", "000013"}, {"role", role}, {"direction", direction}, {"result", result}})
        .Value();
  }
  std::vector<RatedRecord> records() {
    std::vector<RatedRecord> out;
    tell(InspectRoaming{[&out](Result<RoamingSnapshot> snapshot) { out = snapshot->records; }});
    return out;
  }
  static bi::ResultCode code_of(const Slot& slot) {
    EXPECT_TRUE(*slot);
    if (const auto* start = std::get_if<bi::PrStartAns>(&**slot)) return start->result.code;
    if (const auto* xmit = std::get_if<bi::XmitDataAns>(&**slot)) return xmit->result.code;
    return std::get<bi::OtherAns>(**slot).result.code;
  }

  config::RoamingPartner partner;
  ScriptedHttp http;
  Seen shard_got = std::make_shared<std::deque<UplinkReceived>>();
  ShardHandle shard;
  actors::Sharded<ShardHandle> shards{*storage::ShardCount::make(1)};
  std::vector<std::shared_ptr<const DownlinkFrame>> sent;
  std::vector<TxAcknowledgment> acknowledged;
  Result<ScheduledDownlink> gateways_say = ScheduledDownlink{GatewayId("one"), 1, seconds{1}};
  RoamingHandle roamer;
};

TEST_F(Roaming, AForeignUplinkIsForwardedOnceWithAllItsGateways) {
  start();
  hear(data_uplink(1));
  ASSERT_EQ(http.requests.size(), 1U);
  EXPECT_EQ(http.requests[0].url, "https://ns.example.com:443/bi");
  EXPECT_EQ(http.asked().header.sender_id, "000042");
  EXPECT_EQ(http.asked().header.receiver_id, "000013");
  const auto asked = http.asked_body<bi::PrStartReq>();
  EXPECT_EQ(asked.phy_payload, data_uplink(1));
  EXPECT_EQ(asked.ul.dev_addr, dev_addr);
  EXPECT_EQ(asked.ul.gateways.size(), 2U);
  http.answer_with(bi::PrStartAns{});
  run();
  EXPECT_EQ(counted("forwarded", "up", "carried"), 1);
  ASSERT_EQ(records().size(), 1U);
  EXPECT_EQ(records()[0].tally.frames, 1U);
  EXPECT_EQ(records()[0].tally.bytes, data_uplink(1).size());
  EXPECT_GT(records()[0].tally.airtime, milliseconds{30});
  Ledger durable({partner});
  ASSERT_TRUE(durable.load(engine, clock->now().utc));
  EXPECT_EQ(durable.records(), records());
}

/// Stored by an actor that has ended since.
actors::Commit predecessors_frame(const config::RoamingPartner& partner, Role role, UtcTime now) {
  actors::Commit out;
  Ledger({partner}).rate({theirs, role, Way::up}, {10, milliseconds{1}}, now, out.records);
  return out;
}

TEST_F(Roaming, WhatItsPredecessorWasWritingCounts) {
  caf::anon_send(deps.committer.get(),
                 predecessors_frame(partner, Role::forwarded, clock->now().utc));
  start();
  hear(data_uplink(1));
  http.answer_with(bi::PrStartAns{});
  run();
  ASSERT_EQ(records().size(), 1U);
  EXPECT_EQ(records()[0].tally.frames, 2U);
  EXPECT_EQ(records()[0].tally.bytes, 10 + data_uplink(1).size());
}

TEST_F(Roaming, WhatComesBeforeItsRecordsAreReadWaits) {
  partner.accept.limits.uplinks_per_day = 1;
  caf::anon_send(deps.committer.get(),
                 predecessors_frame(partner, Role::accepted, clock->now().utc));
  spawn();
  const auto answer = asks(bi::PrStartReq{data_uplink(1), ul()});
  EXPECT_EQ(code_of(answer), bi::ResultCode::deferred) << "its day's only frame was before";
  EXPECT_TRUE(shard_got->empty());
}

TEST_F(Roaming, APartnersDownlinkLeavesByTheGatewaysThatHeard) {
  start();
  hear(data_uplink(1));
  const auto token = http.asked_body<bi::PrStartReq>().ul.fns_ul_token;
  http.answer_with(bi::PrStartAns{});
  run();
  auto answer = asks(bi::XmitDataReq{data_downlink(), {}, dl(token)});
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0]->request.paths[0].gateway.gateway_id, GatewayId("other")) << "the better one";
  EXPECT_EQ(code_of(answer), bi::ResultCode::success);
  EXPECT_EQ(std::get<bi::XmitDataAns>(**answer).dl_freq_1, Frequency::hz(868'100'000));
  gateways_say = fail(unknown_token);
  answer = asks(bi::XmitDataReq{data_downlink(), {}, dl(token)});
  EXPECT_EQ(code_of(answer), bi::ResultCode::xmit_failed);
  answer = asks(bi::XmitDataReq{data_downlink(), {}, dl({1, 2, 3})});
  EXPECT_EQ(code_of(answer), bi::ResultCode::xmit_failed) << "a token that is not ours";
  EXPECT_EQ(counted("forwarded", "down", "carried"), 1);
  EXPECT_EQ(records().size(), 2U);
}

TEST_F(Roaming, AJoinThatNobodyKnowsIsForwardedByItsJoinEui) {
  partner.forward.join_euis = {{join_eui, 36}};
  start();
  hear(join_request());
  EXPECT_TRUE(http.requests.empty()) << "somebody here may know it";
  tell(HeardUplink{frame_of(join_request(), heard_by("one", 5))});
  advance(seconds{2});
  const auto frame = frame_of(join_request(), heard_by("one", 5));
  tell(HeardUplink{frame});
  tell(UnknownJoin{frame});
  advance(milliseconds{250});
  ASSERT_EQ(http.requests.size(), 1U);
  EXPECT_EQ(http.asked_body<bi::PrStartReq>().ul.dev_eui, dev_eui);
  bi::PrStartAns accept;
  accept.phy_payload = Bytes(17, 0x20);
  accept.dl = dl({});
  accept.dl->rx_delay_1 = 5;
  http.answer_with(accept);
  run();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0]->request.rx1_delay, seconds{5});
  EXPECT_EQ(sent[0]->phy_payload, Bytes(17, 0x20));
}

TEST_F(Roaming, ARejoinWithAJoinEuiGoesTheWayOfAJoin) {
  partner.forward.join_euis = {{join_eui, 36}};
  start();
  const auto rejoin = rejoin_request(phy::RejoinType::full_context);
  hear(rejoin);
  EXPECT_TRUE(http.requests.empty()) << "somebody here may know it";
  advance(seconds{2});
  const auto frame = frame_of(rejoin, heard_by("one", 5));
  tell(HeardUplink{frame});
  tell(UnknownJoin{frame});
  advance(milliseconds{250});
  ASSERT_EQ(http.requests.size(), 1U);
  EXPECT_EQ(http.asked_body<bi::PrStartReq>().ul.dev_eui, dev_eui);
}

TEST_F(Roaming, ARejoinWithANetIdGoesToThatNetwork) {
  start();
  for (const auto type : {phy::RejoinType::restore, phy::RejoinType::rekey}) {
    hear(rejoin_request(type));
    EXPECT_EQ(http.asked_body<bi::PrStartReq>().phy_payload, rejoin_request(type));
    EXPECT_EQ(http.asked_body<bi::PrStartReq>().ul.dev_eui, dev_eui);
    http.answer_with(bi::PrStartAns{});
    run();
  }
  hear(rejoin_request(phy::RejoinType::restore, NetId{0x99}));
  EXPECT_EQ(http.requests.size(), 2U) << "nobody's";
}

TEST_F(Roaming, APartnersRejoinIsAnsweredWithItsJoinAccept) {
  start();
  const auto answer = asks(bi::PrStartReq{rejoin_request(phy::RejoinType::restore, ours), ul()});
  ASSERT_EQ(shard_got->size(), 1U);
  judge(known());
  EXPECT_FALSE(*answer) << "the join server is being asked";
  transmit(Bytes(33, 0x20));
  ASSERT_EQ(code_of(answer), bi::ResultCode::success);
  EXPECT_EQ(std::get<bi::PrStartAns>(**answer).phy_payload, Bytes(33, 0x20));
}

TEST_F(Roaming, ALifetimeSparesTheQuestionUntilItIsStopped) {
  start();
  hear(data_uplink(1));
  bi::PrStartAns stateful;
  stateful.lifetime = 600;
  stateful.nwk_s_key = bi::Key{"", to_owned(key().bytes())};
  stateful.f_cnt_up = 1;
  http.answer_with(stateful);
  run();
  hear(data_uplink(2));
  ASSERT_EQ(http.requests.size(), 2U);
  EXPECT_EQ(http.asked_body<bi::XmitDataReq>().ul->f_cnt_up, 2U);
  http.answer_with(bi::XmitDataAns{});
  run();
  hear(data_uplink(3, Aes128Key::from(Bytes(16, 1))));
  EXPECT_EQ(http.asked().header.type, bi::MessageType::pr_start_req) << "another device";
  http.answer_with(bi::PrStartAns{});
  run();
  EXPECT_EQ(code_of(asks(bi::PrStopReq{{}, dev_addr, {}})), bi::ResultCode::success);
  hear(data_uplink(4));
  EXPECT_EQ(http.asked().header.type, bi::MessageType::pr_start_req);
}

TEST_F(Roaming, AStopWithALifetimeSparesTheDevicesNextQuestions) {
  start();
  hear(data_uplink(1));
  bi::PrStartAns stateful;
  stateful.lifetime = 600;
  stateful.nwk_s_key = bi::Key{"", to_owned(key().bytes())};
  http.answer_with(stateful);
  run();
  EXPECT_EQ(code_of(asks(bi::PrStopReq{{}, dev_addr, 30})), bi::ResultCode::success);
  hear(data_uplink(2));
  EXPECT_EQ(http.requests.size(), 1U);
  EXPECT_EQ(counted("forwarded", "up", "deferred"), 1);
  advance(seconds{30});
  hear(data_uplink(3));
  EXPECT_EQ(http.requests.size(), 2U);
}

TEST_F(Roaming, AStopOfADeviceThatDoesNotRoamIsRefusedAndDefersNothing) {
  start();
  EXPECT_EQ(code_of(asks(bi::PrStopReq{{}, dev_addr, 600})), bi::ResultCode::unknown_dev_addr);
  EXPECT_EQ(code_of(asks(bi::PrStopReq{dev_eui, {}, 600})), bi::ResultCode::unknown_dev_eui);
  hear(data_uplink(1));
  EXPECT_EQ(http.requests.size(), 1U);
  EXPECT_EQ(counted("forwarded", "up", "deferred"), 0);
}

TEST_F(Roaming, ADeferredDeviceIsNotAskedAboutForAWhile) {
  start();
  hear(data_uplink(1));
  bi::PrStartAns later;
  later.result.code = bi::ResultCode::deferred;
  later.lifetime = 30;
  http.answer_with(later);
  run();
  hear(data_uplink(2));
  EXPECT_EQ(http.requests.size(), 1U);
  EXPECT_EQ(counted("forwarded", "up", "deferred"), 2);
  advance(seconds{30});
  hear(data_uplink(3));
  EXPECT_EQ(http.requests.size(), 2U);
}

TEST_F(Roaming, APartnerThatFailsIsLeftAlone) {
  start();
  for (std::uint32_t i = 1; i <= 2; ++i) {
    hear(data_uplink(i));
    http.answer(ClientAnswer{200, "nonsense", true});
    run();
  }
  hear(data_uplink(3));
  EXPECT_EQ(http.requests.size(), 2U);
  EXPECT_EQ(counted("forwarded", "up", "unavailable"), 2);
  EXPECT_EQ(counted("forwarded", "up", "paused"), 1);
  EXPECT_TRUE(records().empty());
}

TEST_F(Roaming, OurLimitForForwardedUplinksHolds) {
  partner.forward.limits.uplinks_per_day = 1;
  start();
  hear(data_uplink(1));
  http.answer_with(bi::PrStartAns{});
  hear(data_uplink(2));
  EXPECT_EQ(http.requests.size(), 1U);
  EXPECT_EQ(counted("forwarded", "up", "limited"), 1);
  EXPECT_EQ(records().at(0).tally.refused, 1U);
  advance(seconds{10});
  Ledger durable({partner});
  ASSERT_TRUE(durable.load(engine, clock->now().utc));
  EXPECT_EQ(durable.records(), records());
}

TEST_F(Roaming, APartnersUplinkEntersTheShardAndIsAnsweredWithItsWord) {
  start();
  auto answer = asks(bi::PrStartReq{data_uplink(1), ul()});
  ASSERT_EQ(shard_got->size(), 1U);
  EXPECT_EQ(shard_got->back().frame->phy_payload, data_uplink(1));
  EXPECT_FALSE(*answer);
  judge(known());
  EXPECT_EQ(code_of(answer), bi::ResultCode::success);
  EXPECT_EQ(std::get<bi::PrStartAns>(**answer).lifetime, 0U);
  EXPECT_EQ(counted("accepted", "up", "carried"), 1);
  EXPECT_EQ(records().size(), 1U);

  answer = asks(bi::PrStartReq{data_uplink(2), ul()});
  judge(fail(ErrorDef{"pkg/networkserver", "device_not_found", Code::not_found, "no"}));
  EXPECT_EQ(code_of(answer), bi::ResultCode::unknown_dev_addr);
  answer = asks(bi::PrStartReq{data_uplink(3), ul()});
  advance(seconds{3});
  EXPECT_NE(code_of(answer), bi::ResultCode::success) << "the shard is silent";
}

TEST_F(Roaming, AnAgreementWithALifetimeGivesTheKey) {
  partner.accept.lifetime = seconds{600};
  start();
  const auto answer = asks(bi::PrStartReq{data_uplink(1), ul()});
  judge(known());
  const auto& start_answer = std::get<bi::PrStartAns>(**answer);
  EXPECT_EQ(start_answer.lifetime, 600U);
  ASSERT_TRUE(start_answer.nwk_s_key);
  EXPECT_EQ(start_answer.nwk_s_key->aes_key, to_owned(key().bytes()));
  EXPECT_EQ(start_answer.f_cnt_up, 1U);
  const auto later = asks(bi::XmitDataReq{data_uplink(2), ul(), {}});
  judge(known());
  EXPECT_EQ(code_of(later), bi::ResultCode::success);
}

class RoamingStops : public Roaming {
 protected:
  /// A device has a lifetime at the partner.
  void SetUp() override {
    Roaming::SetUp();
    partner.accept.lifetime = seconds{600};
    start();
    asks(bi::PrStartReq{data_uplink(1), ul()});
    judge(known());
  }
  double stops(const std::string& result) {
    return metrics
        .counter("farfield_roaming_stops_total", "", {{"partner", "000013"}, {"result", result}})
        .Value();
  }
};

TEST_F(RoamingStops, ALifetimeEndsWithItsSession) {
  EXPECT_TRUE(http.requests.empty());
  tell(SessionOver{{ApplicationId("app"), DeviceId("other")}});
  EXPECT_TRUE(http.requests.empty()) << "another device";
  tell(SessionOver{known().device});
  ASSERT_EQ(http.requests.size(), 1U);
  EXPECT_EQ(http.asked().header.receiver_id, "000013");
  const auto asked = http.asked_body<bi::PrStopReq>();
  EXPECT_EQ(asked.dev_addr, dev_addr);
  EXPECT_FALSE(asked.lifetime) << "it may ask again at once";
  http.answer_with(bi::OtherAns{});
  run();
  EXPECT_EQ(stops("taken"), 1);
  tell(SessionOver{known().device});
  EXPECT_EQ(http.requests.size(), 1U) << "once";
  EXPECT_EQ(counted("accepted", "up", "carried"), 1) << "it is no frame";
}

TEST_F(RoamingStops, WhatThePartnerSaysToItIsCounted) {
  const auto stop_with = [this](const std::function<void()>& answer) {
    asks(bi::PrStartReq{data_uplink(2), ul()});
    judge(known());
    tell(SessionOver{known().device});
    answer();
    run();
  };
  stop_with([this] { http.answer_with(bi::OtherAns{{bi::ResultCode::unknown_dev_addr, ""}}); });
  EXPECT_EQ(stops("taken"), 1) << "it has forgotten it itself";
  stop_with([this] { http.answer_with(bi::OtherAns{{bi::ResultCode::malformed, ""}}); });
  EXPECT_EQ(stops("refused"), 1);
  stop_with([this] { http.answer(ClientAnswer{500, "", true}); });
  EXPECT_EQ(stops("unavailable"), 1);
  stop_with([this] { http.answer(ClientAnswer{500, "", true}); });
  stop_with([] {});
  EXPECT_EQ(stops("unavailable"), 3) << "it is left alone";
}

TEST_F(RoamingStops, ALifetimeThatIsOverIsNotStopped) {
  advance(seconds{600});
  tell(SessionOver{known().device});
  EXPECT_TRUE(http.requests.empty());
}

TEST_F(RoamingStops, ADeviceWithANewAddressIsStoppedWithTheOldOne) {
  auto other = data_uplink(2);
  other[1] ^= 1;  // the address, of which the shard says what the test wants
  asks(bi::PrStartReq{other, ul()});
  judge(known());
  ASSERT_EQ(http.requests.size(), 1U);
  EXPECT_EQ(http.asked_body<bi::PrStopReq>().dev_addr, dev_addr);
}

TEST_F(RoamingStops, APartnerThatSendsFramesOfAnUnknownDeviceIsTold) {
  const ErrorDef unknown{"pkg/networkserver", "device_not_found", Code::not_found, "no"};
  auto answer = asks(bi::XmitDataReq{data_uplink(2), ul(), {}});
  judge(fail(unknown));
  EXPECT_EQ(code_of(answer), bi::ResultCode::unknown_dev_addr);
  ASSERT_EQ(http.requests.size(), 1U);
  EXPECT_EQ(http.asked_body<bi::PrStopReq>().dev_addr, dev_addr);
  answer = asks(bi::PrStartReq{data_uplink(3), ul()});
  judge(fail(unknown));
  EXPECT_EQ(http.requests.size(), 1U) << "it asks, so it has no lifetime";
  answer = asks(bi::XmitDataReq{data_uplink(4), ul(), {}});
  advance(seconds{3});
  EXPECT_EQ(http.requests.size(), 1U) << "the shard is silent, which says nothing of the device";
}

TEST_F(Roaming, WithoutALifetimeNothingIsStopped) {
  start();
  asks(bi::PrStartReq{data_uplink(1), ul()});
  judge(known());
  tell(SessionOver{known().device});
  EXPECT_TRUE(http.requests.empty());
}

TEST_F(Roaming, ADownlinkOfOursLeavesByThePartner) {
  start();
  asks(bi::PrStartReq{data_uplink(1), ul()});
  judge(known());
  auto outcome = transmit(data_downlink());
  const auto asked = http.asked_body<bi::XmitDataReq>();
  EXPECT_EQ(asked.phy_payload, data_downlink());
  EXPECT_EQ(asked.dl->fns_ul_token, (Bytes{3, 3}));
  EXPECT_EQ(asked.dl->dev_addr, dev_addr);
  EXPECT_FALSE(*outcome);
  http.answer_with(bi::XmitDataAns{{}, Frequency::hz(868'100'000), {}});
  run();
  ASSERT_TRUE(*outcome && **outcome);
  EXPECT_EQ((**outcome)->window, 1);
  ASSERT_EQ(acknowledged.size(), 1U);
  EXPECT_EQ(acknowledged[0].device.device_id, DeviceId("dev"));

  outcome = transmit(data_downlink());
  http.answer_with(bi::XmitDataAns{{bi::ResultCode::xmit_failed, "busy"}, {}, {}});
  run();
  ASSERT_TRUE(*outcome);
  EXPECT_EQ((*outcome)->error().name(), "transmit_failed");
  EXPECT_EQ(counted("accepted", "down", "carried"), 1);
  EXPECT_EQ(counted("accepted", "down", "refused"), 1);
}

TEST_F(Roaming, AJoinAcceptIsTheAnswerToItsRequest) {
  start();
  const auto answer = asks(bi::PrStartReq{join_request(), ul()});
  judge(known());
  EXPECT_FALSE(*answer) << "the join server is being asked";
  const auto outcome = transmit(Bytes(17, 0x20));
  ASSERT_EQ(code_of(answer), bi::ResultCode::success);
  const auto& accept = std::get<bi::PrStartAns>(**answer);
  EXPECT_EQ(accept.phy_payload, Bytes(17, 0x20));
  EXPECT_EQ(accept.dl->dev_eui, dev_eui);
  EXPECT_TRUE(*outcome && **outcome);
  EXPECT_TRUE(http.requests.empty());
}

TEST_F(Roaming, ARefusedJoinIsAnsweredWithItsReason) {
  start();
  const auto refused_with = [&](const Error& error) {
    const auto answer = asks(bi::PrStartReq{join_request(), ul()});
    judge(known());
    tell(ForwardedRefused{shard_got->back().frame->rx_metadata[0].uplink_token, error});
    return code_of(answer);
  };
  EXPECT_EQ(refused_with(bi::error_of({bi::ResultCode::mic_failed, ""})),
            bi::ResultCode::mic_failed);
  EXPECT_EQ(refused_with(Error(partner_unavailable)), bi::ResultCode::join_req_failed)
      << "the join server is silent";
  const auto answer = asks(bi::PrStartReq{join_request(), ul()});
  judge(known());
  advance(seconds{4});
  EXPECT_EQ(code_of(answer), bi::ResultCode::join_req_failed);
}

TEST_F(Roaming, AgreementsAreKept) {
  partner.accept.joins = false;
  partner.accept.dev_addr_prefixes = {{DevAddr{0x27000000}, 8}};
  start();
  EXPECT_EQ(code_of(asks(bi::PrStartReq{data_uplink(1), ul()}, NetId{0x99})),
            bi::ResultCode::no_roaming_agreement);
  EXPECT_EQ(code_of(asks(bi::PrStartReq{data_uplink(1), ul()})),
            bi::ResultCode::dev_roaming_disallowed);
  for (const auto& frame : {join_request(), rejoin_request(phy::RejoinType::rekey, ours)}) {
    EXPECT_EQ(code_of(asks(bi::PrStartReq{frame, ul()})), bi::ResultCode::roaming_act_disallowed);
  }
  EXPECT_EQ(code_of(asks(bi::PrStartReq{{1, 2}, ul()})), bi::ResultCode::malformed);
  EXPECT_TRUE(shard_got->empty());
}

TEST_F(Roaming, WithoutAcceptanceThereIsNoAgreement) {
  partner.accept.allowed = false;
  start();
  EXPECT_EQ(code_of(asks(bi::PrStartReq{data_uplink(1), ul()})),
            bi::ResultCode::no_roaming_agreement);
}

TEST_F(Roaming, APartnerBeyondItsLimitIsToldWhenToComeAgain) {
  partner.accept.limits.uplinks_per_minute = 1;
  start();
  asks(bi::PrStartReq{data_uplink(1), ul()});
  judge(known());
  const auto answer = asks(bi::PrStartReq{data_uplink(2), ul()});
  ASSERT_EQ(code_of(answer), bi::ResultCode::deferred);
  const auto lifetime = std::get<bi::PrStartAns>(**answer).lifetime;
  EXPECT_TRUE(lifetime && *lifetime >= 1 && *lifetime <= 60);
  EXPECT_EQ(counted("accepted", "up", "limited"), 1);
  EXPECT_EQ(shard_got->size(), 1U);
}

TEST(Diversion, IsByAddressAndForJoins) {
  config::RoamingPartner partner;
  partner.net_id = theirs;
  partner.forward.dev_addr_prefixes = {prefix_of(theirs)};
  const auto data = frame_of(data_uplink(1), heard_by("one", 5));
  const auto join = frame_of(join_request(), heard_by("one", 5));
  EXPECT_EQ(diversion_of(*data, {partner}), Diversion::none) << "nothing is forwarded";
  EXPECT_EQ(diversion_of(*join, {partner}), Diversion::none);
  partner.forward.allowed = true;
  EXPECT_EQ(diversion_of(*data, {partner}), Diversion::partner);
  EXPECT_EQ(diversion_of(*join, {partner}), Diversion::copy);
  const auto rejoin = [&](phy::RejoinType type, NetId home) {
    return diversion_of(*frame_of(rejoin_request(type, home), heard_by("one", 5)), {partner});
  };
  EXPECT_EQ(rejoin(phy::RejoinType::full_context, ours), Diversion::copy);
  EXPECT_EQ(rejoin(phy::RejoinType::restore, theirs), Diversion::partner);
  EXPECT_EQ(rejoin(phy::RejoinType::rekey, ours), Diversion::none);
  partner.forward.dev_addr_prefixes = {{DevAddr{0x10000000}, 7}};
  EXPECT_EQ(diversion_of(*data, {partner}), Diversion::none);
}

}  // namespace
}  // namespace ff::roaming
