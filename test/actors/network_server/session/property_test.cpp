// Properties of SessionState: any events in any order, with restarts from what is stored. What must
// hold after each: see Checker.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "actors/network_server/session/errors.hpp"
#include "actors/network_server/session/record.hpp"
#include "protocol/phy/frame_view.hpp"
#include "protocol/relay/forward.hpp"
#include "test/actors/network_server/session/rig.hpp"
#include "test/actors/network_server/session/stored_queue.hpp"

namespace ff::network_server {
namespace {

using namespace test;  // The rig and what it is made of.
using std::chrono::milliseconds;
using std::chrono::seconds;

/// The rows of a device and of its queues, as the engine keeps them.
class Rows {
 public:
  void apply(const storage::WriteBatch& batch) {
    queue_.apply(batch);
    for (auto change = batch.begin(); change != batch.end(); ++change) {
      if (change->family != storage::Family::session) continue;
      if (change->change == storage::Change::put) row_ = to_owned(change->value);
      if (change->change == storage::Change::extend) append(row_, change->value);
      if (change->change == storage::Change::erase) row_.clear();
    }
  }
  /// Null: there is none.
  std::shared_ptr<const Device> read() const {
    if (row_.empty()) {
      EXPECT_TRUE(queue_.rows().empty()) << "left behind";
      return nullptr;
    }
    auto stored = decode_device(row_).value();
    EXPECT_TRUE(add_queue_rows(queue_.rows(), stored.device));
    const auto queues = queues_of(&stored.device);
    EXPECT_EQ(queues.current.size() + queues.pending.size(), stored.queued);
    return std::make_shared<const Device>(std::move(stored.device));
  }

 private:
  Bytes row_;
  StoredQueue queue_;
};

/// Counters of what was sent, by session: 1.1 counts ports above 0 apart.
struct SessionName {
  DevAddr dev_addr;
  SessionKeyId id;
  bool application_counter = false;
  auto operator<=>(const SessionName&) const = default;
};

bool has_enabled(const mac::MacParameters& parameters) {
  return std::ranges::any_of(parameters.channels, &mac::Channel::enabled);
}

class Checker {
 public:
  /// `before` and `after` are what the session knew, `stored` what the store has after the commit.
  void check(const Device* before, const Device* after, const Device* stored,
             const Outcome& outcome) {
    ASSERT_EQ(stored == nullptr, after == nullptr);
    if (after == nullptr) return;
    ASSERT_EQ(*stored, *after) << "a restart would lose something";
    check_channels(*after);
    check_counters(before, *after);
    for (const auto& sent : all<SendTransmission>(outcome)) check_sent(sent, *stored, outcome);
    for (const auto& asked : all<AskJoinServer>(outcome)) {
      EXPECT_TRUE(asked.interop || attempts_.insert(asked.attempt).second);
      EXPECT_LE(asked.attempt, stored->attempts);
    }
  }

 private:
  static void check_channels(const Device& device) {
    for (const auto* state : {&device.mac_state, &device.pending_mac_state}) {
      if (!*state) continue;
      EXPECT_TRUE(has_enabled((*state)->current));
      EXPECT_TRUE(has_enabled((*state)->desired));
    }
  }

  static void check_counters(const Device* before, const Device& after) {
    if (before == nullptr || !before->session || !after.session) return;
    const auto& was = *before->session;
    const auto& is = *after.session;
    if (was.keys.session_key_id != is.keys.session_key_id) return;
    EXPECT_GE(is.last_n_f_cnt_down, was.last_n_f_cnt_down);
    EXPECT_GE(is.last_a_f_cnt_down, was.last_a_f_cnt_down);
    EXPECT_GE(after.attempts, before->attempts);
    EXPECT_GE(is.last_f_cnt_up, was.last_f_cnt_up);
  }

  /// Its counter was never used before, and is spent in the record that is durable before it
  /// leaves; or it is the newest frame once more.
  void check_sent(const SendTransmission& sent, const Device& stored, const Outcome& outcome) {
    EXPECT_TRUE(outcome.must_sync);
    EXPECT_TRUE(attempts_.insert(sent.attempt).second) << "an attempt's number is used once";
    EXPECT_LE(sent.attempt, stored.attempts);
    const auto frame = phy::decode_data_frame(sent.frame->phy_payload);
    if (!frame) return;  // a join-accept
    const auto& session = *stored.session;
    ASSERT_EQ(frame->dev_addr, session.dev_addr);
    const bool is_1_1 = at_least(stored.mac_state->lorawan_version, MacVersion::v1_1);
    const bool of_ports = is_1_1 && frame->f_port && frame->f_port->value() > 0;
    const SessionName name{session.dev_addr, session.keys.session_key_id, of_ports};
    const auto last = last_sent_.find(name);
    if (last != last_sent_.end() && last->second.phy_payload == sent.frame->phy_payload) return;
    const auto spent = of_ports ? session.last_a_f_cnt_down : session.last_n_f_cnt_down;
    EXPECT_EQ(low_half(spent), frame->f_cnt) << "the record knows that it is spent";
    if (last != last_sent_.end()) {
      EXPECT_GT(spent, last->second.f_cnt) << "a counter repeats";
    }
    last_sent_[name] = {spent, sent.frame->phy_payload};
  }

  struct Sent {
    FCnt32 f_cnt;
    Bytes phy_payload;
  };
  std::set<std::uint64_t> attempts_;
  std::map<SessionName, Sent> last_sent_;
};

/// A session, what is stored of it, and a device that does anything.
class World : SessionRig {
 public:
  World(std::uint64_t seed, MacVersion version)
      : SessionRig({ApplicationId("test-app"), DeviceId("dev-1")}, version), seed_(seed) {
    random = make_seeded_random(seed);
    config.interop = flip();
    device.supports_join = flip();
    device.ids.dev_eui = DevEui{1};
    device.ids.join_eui = JoinEui{2};
    device.supports_class_b = flip();
    device.supports_class_c = flip();
    device.mac_settings.ping_slot_periodicity = mac::PingSlotPeriodicity{2};
    device.mac_state = initial();
    rows_.apply(stored_first());
  }

  void run(int steps) {
    for (int i = 0; i < steps && !::testing::Test::HasFailure(); ++i) {
      passed += milliseconds{below(2) == 0 ? below(400) : below(40'000)};
      if (below(15) == 0) restart();
      turn_with(any_event());
      SCOPED_TRACE("seed " + std::to_string(seed_) + ", step " + std::to_string(i));
      checker_.check(before_.get(), session().device(), rows_.read().get(), outcome_);
      session().snapshot();
    }
  }

 private:
  storage::WriteBatch stored_first() {
    storage::WriteBatch batch;
    batch.put(storage::Family::session, Bytes{1}, encode_device(device));
    return batch;
  }

  std::uint64_t below(std::uint64_t bound) { return random->below(bound); }
  bool flip() { return below(2) == 0; }

  /// What is under way is forgotten; what is stored is not.
  void restart() {
    state = std::make_unique<SessionState>(
        Surroundings{config, plans(), *storage::ShardCount::make(4)}, uid, rows_.read());
  }

  void turn_with(const SessionEvent& event) {
    before_ = session().device() ? std::make_shared<const Device>(*session().device()) : nullptr;
    outcome_ = SessionRig::handle(event);
    rows_.apply(outcome_.records);
    for (const auto& sent : all<SendTransmission>(outcome_)) last_sent_ = sent;
    for (const auto& asked : all<AskJoinServer>(outcome_)) last_asked_ = asked.attempt;
  }

  SessionEvent any_event() {
    switch (below(16)) {
      case 0:
      case 1:
      case 2:
      case 3:
      case 4:
        return uplink();
      case 5:
        return join_request();
      case 6:
        return JoinAnswered{flip() ? last_asked_ : below(50), join_answer()};
      case 7:
      case 8:
        return DownlinkScheduled{below(4) > 0 ? last_sent_.attempt : below(50), scheduled()};
      case 9:
        return TransmissionAcknowledged{
            {uid, flip() ? TxResult::success : TxResult::gps_unlocked,
             last_sent_.frame ? last_sent_.frame->correlation_ids : CorrelationIds{}}};
      case 10:
        return push();
      case 11:
        return change();
      case 12:
        return from_others();
      default:
        return Wake{};
    }
  }

  SessionEvent uplink() {
    const auto* now_is = session().device();
    const bool of_pending = now_is && now_is->pending_session && flip();
    const auto& of = of_pending ? now_is->pending_session
                     : now_is   ? now_is->session
                                : device.session;
    if (!of) return Wake{};
    phy::DataFrame frame;
    frame.m_type = flip() ? phy::MType::confirmed_up : phy::MType::unconfirmed_up;
    frame.dev_addr = of->dev_addr;
    frame.f_ctrl = {flip(), below(4) == 0, below(4) == 0, flip(), false};
    if (flip()) frame.f_port = FPort{static_cast<std::uint8_t>(below(8))};
    if (below(8) == 0) frame.f_port = relay::forward_port;
    if (frame.f_port) frame.frm_payload = Bytes(below(20), 0x5a);
    frame.f_opts = any_commands(of_pending ? now_is->pending_mac_state : now_is->mac_state);
    if (frame.f_port == FPort{0}) frame.f_opts.clear();
    const auto last = of->last_f_cnt_up.value();
    const std::uint32_t f_cnts[] = {last + 1, last + 1, last + 1, last, last / 2, last + 20'000};
    const FCnt32 f_cnt{f_cnts[below(6)]};
    auto event = matched({}, 0, any_metadata());
    auto received = std::make_shared<UplinkFrame>(*event.frame);
    const Frequency frequencies[] = {Frequency::hz(868'100'000), Frequency::hz(867'300'000),
                                     Frequency::hz(868'500'000), Frequency::hz(869'999'000)};
    received->settings.frequency = frequencies[below(4)];
    received->settings.data_rate =
        LoraDataRate{static_cast<std::uint8_t>(7 + below(7)), 125'000, CodingRate::cr4_5};
    received->phy_payload = phy::seal_frame(std::move(frame), {key, key, key},
                                            {.mac_version = mac_version, .f_cnt = f_cnt})
                                .value_or(Bytes{});
    return UplinkMatched{received, event.rx_metadata, f_cnt, of_pending};
  }

  /// Answers to what was asked, commands of the device's own, or noise.
  Bytes any_commands(const std::optional<mac::MacState>& of) {
    Bytes out;
    if (of && below(3) > 0) {
      for (const auto& request : of->pending_requests) {
        const auto cid = static_cast<std::uint8_t>(mac::cid_of(request));
        out.push_back(cid);
        const auto size = mac::cid_of(request) == mac::Cid::dev_status ? 2U : 1U;
        const bool has_status = cid != 0x04 && cid != 0x08 && cid != 0x09 && cid != 0x0c;
        for (unsigned i = 0; has_status && i < size; ++i)
          out.push_back(flip() ? 0x07 : static_cast<std::uint8_t>(below(256)));
      }
    }
    const Bytes own[] = {{0x02},       {0x0d},       {0x12},      {0x10, 0x03},
                         {0x20, 0x02}, {0x0b, 0x01}, {0x01, 0x01}};
    if (flip()) append(out, own[below(7)]);
    if (below(6) == 0) out.push_back(static_cast<std::uint8_t>(below(256)));
    if (out.size() > phy::f_opts_size_max) out.resize(phy::f_opts_size_max);
    return out;
  }

  RxMetadata any_metadata() {
    RxMetadata metadata;
    metadata.gateway.gateway_id = GatewayId("gw-" + std::to_string(below(3)));
    if (below(4) > 0) metadata.uplink_token = {1};
    if (flip()) metadata.gps_time = now();
    metadata.snr_db = static_cast<float>(below(20)) - 10;
    return metadata;
  }

  SessionEvent join_request() {
    auto frame = std::make_shared<UplinkFrame>();
    frame->phy_payload = flip() ? Bytes(23, 0) : Bytes(19, 0xc0);
    frame->settings.data_rate = LoraDataRate{9, 125'000, CodingRate::cr4_5};
    frame->settings.frequency = Frequency::hz(868'300'000);
    frame->received_at = now();
    return JoinRequestReceived{frame, heard_as({any_metadata()})};
  }
  Result<JoinAnswer> join_answer() {
    if (below(4) == 0) return fail(device_not_found);
    const auto id = static_cast<std::uint8_t>(++joins_);
    return JoinAnswer{Bytes(17, 0x20), {{id, id}, key, key, key, {}}, {}};
  }
  Result<ScheduledDownlink> scheduled() {
    if (below(3) == 0) return fail(no_downlink_path);
    return ScheduledDownlink{GatewayId("gw-1"), static_cast<std::uint8_t>(1 + below(2)),
                             milliseconds{below(2000)}};
  }

  SessionEvent push() {
    PushDownlinks event{{}, flip(), [](const auto&) {}};
    const auto* now_is = session().device();
    const auto* of = now_is && now_is->session ? &*now_is->session : nullptr;
    const auto base =
        of == nullptr ? 0U : std::max(of->last_n_f_cnt_down.value(), of->last_a_f_cnt_down.value());
    for (auto i = below(3); i > 0; --i) {
      ApplicationDownlink item{.session_key_id = of ? of->keys.session_key_id : SessionKeyId{7},
                               .f_port = FPort{static_cast<std::uint8_t>(1 + below(5))},
                               .f_cnt = FCnt32{base + static_cast<std::uint32_t>(below(4))},
                               .frm_payload = Bytes(below(60), 3),
                               .confirmed = flip()};
      if (below(4) == 0) item.class_b_c = ClassBC{{}, now() + seconds{below(30)}};
      event.downlinks.push_back(std::move(item));
    }
    return event;
  }

  SessionEvent change() {
    const auto what = below(6);
    return ChangeDevice{.change = [what](const Device* current) -> Result<Device> {
                          if (current == nullptr) return fail(device_not_found);
                          auto next = *current;
                          auto& settings = next.mac_settings;
                          if (what == 0) settings.adr = mac::AdrDisabled{};
                          if (what == 1) settings.adr = mac::AdrDynamic{};
                          if (what == 2) settings.desired_rx1_delay = seconds{3};
                          if (what == 3)
                            settings.schedule_downlinks =
                                !settings.schedule_downlinks.value_or(true);
                          if (what == 4) next.mac_state.reset();
                          if (what == 5 && next.mac_state) next.mac_state->desired.adr_nb_trans = 2;
                          return next;
                        },
                        .reply = [](const auto&) {}};
  }

  SessionEvent from_others() {
    switch (below(5)) {
      case 0:
        return RelayDownlink{.device = uid, .attempt = below(5), .phy_payload = Bytes(20, 0x60)};
      case 1:
        return ServedSession{DeviceId("other"), {1}, {}};
      case 2:
        return ServedSessionWanted{DeviceId("relay")};
      case 3:
        return ListDownlinks{[](const auto&) {}};
      default:
        return ApplyProfile{"none", std::make_shared<const mac::MacSettings>(), [](const auto&) {}};
    }
  }

  std::uint64_t seed_;
  Rows rows_;
  Checker checker_;
  std::shared_ptr<const Device> before_;
  Outcome outcome_;
  SendTransmission last_sent_;
  std::uint64_t last_asked_ = 0;
  unsigned joins_ = 10;
};

class SessionProperties : public testing::TestWithParam<MacVersion> {};

TEST_P(SessionProperties, HoldForAnyEventsInAnyOrder) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) World(seed, GetParam()).run(250);
}

INSTANTIATE_TEST_SUITE_P(Versions, SessionProperties,
                         testing::Values(MacVersion::v1_0_2, MacVersion::v1_0_3, MacVersion::v1_1));

}  // namespace
}  // namespace ff::network_server
