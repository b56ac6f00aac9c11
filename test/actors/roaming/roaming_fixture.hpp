// The roaming actor between a scripted partner, a shard that says what the test wants, and gateways
// that do: the fixture of its tests.
#pragma once

#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <deque>

#include "actors/roaming/actor.hpp"
#include "actors/roaming/errors.hpp"
#include "test/actors/roaming/sample.hpp"
#include "test/support/actors/actor_fixture.hpp"

namespace ff::roaming::test {

namespace bi = backend_interfaces;
using net::http_client::ClientAnswer;
using network_server::ShardHandle;
using network_server::UplinkOwner;
using network_server::UplinkReceived;
using std::chrono::milliseconds;
using std::chrono::seconds;

inline constexpr NetId ours{0x42};
inline constexpr NetId theirs{0x13};

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

inline ShardHandle::behavior_type shard_double(Seen seen) {
  using namespace network_server;
  return {[seen](const UplinkReceived& message) { seen->push_back(message); },
          [](const ToSession&) {},
          [](const IndexSession&) {},
          [](const IndexJoinEuis&) {},
          [](const WakeSessionAt&) {},
          [](const SessionLoaded&) {},
          [](const actors::Tick&) {}};
}

/// Join servers that are asked for homes, and answer when the test does.
using Questions = std::shared_ptr<std::vector<interop::FindHomeNetwork>>;

inline interop::ClientHandle::behavior_type homes_double(Questions questions) {
  return {[](const join_server::HandleJoin&) {}, [](const join_server::GetAppSKey&) {},
          [questions](const interop::FindHomeNetwork& one) { questions->push_back(one); },
          [](const interop::PeerAnswered&) {}};
}

/// Our own join server, which does the same.
using OwnQuestions = std::shared_ptr<std::vector<join_server::GetHomeNetwork>>;

inline join_server::ShardHandle::behavior_type own_join_server_double(OwnQuestions questions) {
  using namespace join_server;
  return {[](const HandleJoin&) {},
          [](const GetAppSKey&) {},
          [](const GetNwkSKeys&) {},
          [questions](const GetHomeNetwork& one) { questions->push_back(one); },
          [](const GetJoinDevice&) {},
          [](const ChangeJoinDevice&) {},
          [](const DeleteJoinDevice&) {},
          [](const JoinShardOpened&) {},
          [](const JoinDeviceLoaded&) {},
          [](const CryptoAnswered&) {},
          [](const JoinDeviceWritten&) {}};
}

class RoamingFixture : public ff::test::ActorFixture {
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
  /// Of an uplink that the partner has been told of.
  auto forwarded_token() {
    hear(data_uplink(1));
    const auto token = http.asked_body<bi::PrStartReq>().ul.fns_ul_token;
    http.answer_with(bi::PrStartAns{});
    run();
    return token;
  }
  void spawn() {
    shard = system->spawn([seen = shard_got](ShardHandle::pointer) { return shard_double(seen); });
    shards.route(storage::Shard{0}).set(shard);
    if (has_client) {
      homes.set(system->spawn(
          [asked = questions](interop::ClientHandle::pointer) { return homes_double(asked); }));
    }
    if (has_own_join_server) {
      own_join_server = actors::Sharded<join_server::ShardHandle>{*storage::ShardCount::make(1)};
      own_join_server.route(storage::Shard{0})
          .set(system->spawn([asked = own_questions](join_server::ShardHandle::pointer) {
            return own_join_server_double(asked);
          }));
    }
    RoamingConfig given;
    given.peers = {{partner, &http}};
    given.net_id = ours;
    given.breaker_failures = 2;
    given.requests_max = requests_max;
    given.store = &engine;
    given.vault = vault;
    given.deps = deps;
    given.shards = shards;
    given.own_join_server = own_join_server;
    given.join_servers = homes;
    given.transmit = [this](auto frame, auto reply) {
      sent.push_back(frame);
      reply(gateways_say);
    };
    given.acknowledge = [this](const TxAcknowledgment& one) { acknowledged.push_back(one); };
    roamer = spawn_roaming(*system, std::move(given));
  }
  void TearDown() override {
    shards.route(storage::Shard{0}).clear();
    if (const auto client = homes.get()) caf::anon_send_exit(client, caf::exit_reason::kill);
    homes.clear();
    questions->clear();
    if (own_join_server.exists()) {
      caf::anon_send_exit(own_join_server.at(storage::Shard{0}), caf::exit_reason::kill);
      own_join_server.route(storage::Shard{0}).clear();
    }
    own_questions->clear();
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
  /// The same of a join-request that nobody here knows.
  void hear_unknown(const Bytes& frame) {
    const auto heard = frame_of(frame, heard_by("one", 5));
    tell(HeardUplink{heard});
    tell(UnknownJoin{heard});
    advance(milliseconds{250});
  }
  using Slot = std::shared_ptr<std::optional<bi::Body>>;
  Slot asks(bi::Body body, NetId sender = theirs, bi::Version version = bi::Version::v1_0) {
    auto slot = std::make_shared<std::optional<bi::Body>>();
    tell(PartnerAsks{sender, version, std::move(body),
                     [slot](Result<bi::Body> answer) { *slot = *std::move(answer); }});
    return slot;
  }
  static bi::GwInfo gateway() {
    bi::GwInfo out;
    out.id = {1, 2, 3};
    out.ul_token = {4, 5};
    out.dl_allowed = true;
    return out;
  }
  static bi::UlMetaData ul() {
    bi::UlMetaData out;
    out.data_rate = DataRateIndex{5};
    out.ul_freq = Frequency::hz(868'100'000);
    out.rf_region = "EU868";
    out.fns_ul_token = {3, 3};
    out.gateways = {gateway()};
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

  std::shared_ptr<key_vault::LiveKeyVault> vault = std::make_shared<key_vault::LiveKeyVault>();
  std::size_t requests_max = 64;
  config::RoamingPartner partner;
  ScriptedHttp http;
  Questions questions = std::make_shared<Questions::element_type>();
  actors::Route<interop::ClientHandle> homes;
  bool has_client = true;
  bool has_own_join_server = false;
  OwnQuestions own_questions = std::make_shared<OwnQuestions::element_type>();
  actors::Sharded<join_server::ShardHandle> own_join_server;
  Seen shard_got = std::make_shared<std::deque<UplinkReceived>>();
  ShardHandle shard;
  actors::Sharded<ShardHandle> shards{*storage::ShardCount::make(1)};
  std::vector<std::shared_ptr<const DownlinkFrame>> sent;
  std::vector<TxAcknowledgment> acknowledged;
  Result<ScheduledDownlink> gateways_say = ScheduledDownlink{GatewayId("one"), 1, seconds{1}};
  RoamingHandle roamer;
};

}  // namespace ff::roaming::test
