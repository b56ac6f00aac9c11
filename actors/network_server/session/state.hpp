// The logic of a device session: every decision about one device's frames, sessions, MAC state and
// downlink queue. Pure: events in, records and effects out. state.cpp takes an event to its part:
// uplink.cpp, join.cpp, downlink.cpp (class A), network_initiated.cpp (classes B and C),
// transmission.cpp, report.cpp, relay.cpp, queue.cpp and registry.cpp; inspection.cpp shows it.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/network_server/config.hpp"
#include "actors/network_server/session/decision.hpp"
#include "actors/network_server/session/device.hpp"
#include "actors/network_server/session/effect.hpp"
#include "actors/network_server/session/messages.hpp"
#include "actors/network_server/session/queue_rows.hpp"
#include "actors/network_server/session/record.hpp"
#include "actors/network_server/session/slot.hpp"
#include "actors/network_server/session/snapshot.hpp"
#include "protocol/base/random.hpp"
#include "protocol/base/time.hpp"
#include "protocol/mac/command/codec.hpp"
#include "protocol/mac/downlink.hpp"
#include "protocol/mac/profile.hpp"
#include "protocol/phy/frame_view.hpp"
#include "protocol/region/frequency_plan.hpp"
#include "storage/keys/shard.hpp"

namespace ff::network_server {

/// What a session may know of its surroundings. Outlives it.
struct Surroundings {
  const Config& config;
  const region::FrequencyPlans& plans;
  storage::ShardCount shard_count;
};

/// One event's time and randomness.
struct Turn {
  Instant now;
  Random& random;
};

class SessionState {
 public:
  /// `record` is null for a device that does not exist. `decisions`: those of the incarnation
  /// before. Without `queue_in_rows` the items are in the device's own row, as once.
  SessionState(Surroundings surroundings, DeviceUid uid, std::shared_ptr<const Device> record,
               Decisions decisions = {}, bool queue_in_rows = true);

  /// Total: every event is legal in every state.
  Outcome handle(const SessionEvent& event, const Turn& turn);

  /// What it knows, holds and decided last; without keys.
  DeviceSnapshot snapshot() const;
  Decisions decisions() const { return decisions_.list(); }

  /// Null: there is no such device.
  const Device* device() const noexcept { return device_.get(); }
  /// Nothing is under way that would be forgotten by ending now.
  bool idle() const noexcept { return !asks_gateways() && !joining_; }

 private:
  /// The uplink that can still be answered. Not stored: after a restart its windows have passed.
  struct Answerable {
    std::vector<DownlinkPath> paths;  // best first
    DataRateIndex data_rate_index;
    ChannelIndex channel_index;
    Frequency rx1_frequency;  // of plans whose answers come on the uplink's channel
    UtcTime received_at;
    FCnt32 f_cnt;
    bool confirmed = false;
    bool adr_ack_req = false;
    bool is_join = false;
    /// Of a rejoin: the windows are those of the present session.
    bool in_session = false;
    float signal = 0;  // of a join-request, as signal_of() has it
    CorrelationIds correlation_ids;
    std::optional<relay::UplinkToken> relay;  // instead of paths: a relay heard it
    std::optional<UtcTime> gps_time;          // its end, of a gateway's GPS
  };
  /// A transmission the gateway server has been asked for.
  struct InFlight {
    std::uint64_t attempt = 0;  // of the first request
    MonoTime since;
    bool is_join = false;
    DeviceClass device_class = DeviceClass::a;
    std::optional<mac::DownlinkStep> step;
    std::optional<ApplicationDownlink> application;
    FCnt32 f_cnt;
    std::optional<FPort> f_port;
    bool confirmed = false;
    FCnt32 answers_f_cnt_up;
    SessionKeyId session_key_id;  // of data
    CorrelationIds correlation_ids;
    /// Groups of gateways that have been asked, each for an emission of its own; one that accepts
    /// is enough.
    unsigned requests = 1;
    unsigned answered = 0;
    std::optional<ScheduledDownlink> accepted;
    std::optional<RelayDownlink> relayed;        // it carries a frame for another device
    std::shared_ptr<const DownlinkFrame> frame;  // of the first request
    /// Groups that are asked when the one before has answered: their gateways may be neighbours,
    /// and send one after the other.
    std::vector<TxRequest> waiting;
    std::optional<UtcTime> clear_at;  // of what was accepted last: end of the emission, and a pause
    bool one_by_one = false;
    std::optional<UtcTime> last_window_at;  // class A: when RX2 opens
  };
  /// Asked of the join server.
  struct Joining {
    std::uint64_t attempt = 0;
    MonoTime since;
    mac::MacState mac_state;
    mac::JoinParameters request;
    Answerable answerable;
    AskJoinServer question;
    std::shared_ptr<const events::Uplink> shown;  // in events
  };
  /// The join-request that the join server was asked about last.
  struct AskedJoin {
    Bytes phy_payload;
    UtcTime at;
  };
  /// A scheduled downlink whose emission the gateway has not reported yet.
  struct Transmission {
    std::string id;
    UtcTime since;
    InFlight flight;  // without its step, which the device has taken
    ScheduledDownlink scheduled;
    /// Of the device when it was asked for: while nothing has been asked for since, nothing can
    /// overtake the frame.
    std::uint64_t attempts = 0;
    /// The gateways' answer to the same frame sent once more is waited for; the gateway that was
    /// asked before reported this.
    std::optional<TxResult> reported;
  };
  /// Region and plan of the device; an error names what is not configured.
  struct Radio {
    const region::Region* region = nullptr;
    const region::FrequencyPlan* plan = nullptr;
  };
  /// What an accepted uplink is judged with and turned into.
  struct UplinkWork;
  struct JoinWork;

  // One handler per event.
  void on(const UplinkMatched& event, const Turn& turn, Outcome& out);
  void on(const JoinRequestReceived& event, const Turn& turn, Outcome& out);
  void on(const JoinAnswered& event, const Turn& turn, Outcome& out);
  void on(const DownlinkScheduled& event, const Turn& turn, Outcome& out);
  void on(const TransmissionAcknowledged& event, const Turn& turn, Outcome& out);
  void on(const RelayDownlink& event, const Turn& turn, Outcome& out);
  void on(const ServedSession& event, const Turn& turn, Outcome& out);
  void on(const ServedSessionWanted& event, const Turn& turn, Outcome& out);
  void on(const Wake& event, const Turn& turn, Outcome& out);
  void on(const PushDownlinks& event, const Turn& turn, Outcome& out);
  void on(const ListDownlinks& event, const Turn& turn, Outcome& out);
  void on(const GetDevice& event, const Turn& turn, Outcome& out);
  void on(const ChangeDevice& event, const Turn& turn, Outcome& out);
  void on(const DeleteDevice& event, const Turn& turn, Outcome& out);
  void on(const ApplyProfile& event, const Turn& turn, Outcome& out);

  // registry.cpp
  Status check_settings(const Device& next, const Radio& radio) const;
  Result<Device> completed(Device next, const Turn& turn) const;
  void forget_under_way();
  void reindex(const Device* old, Outcome& out) const;
  void speak_to_relays(const Device* old, Outcome& out) const;
  void list_profile(const Device* old, Outcome& out) const;
  void list_joining(const Device* old, Outcome& out) const;

  // uplink.cpp
  Status choose_session(UplinkWork& work) const;
  Status judge_counter(UplinkWork& work) const;
  bool is_late_copy(const UplinkWork& work) const;
  static void give_up_pending_session(UplinkWork& work);
  static Status find_data_rate(UplinkWork& work);
  Status check_size(UplinkWork& work) const;
  Status find_channel(UplinkWork& work) const;
  Status check_whole_mic(UplinkWork& work) const;
  Status handle_commands(UplinkWork& work) const;
  Status exchange_commands(UplinkWork& work, const mac::Decoded& decoded) const;
  void adapt(UplinkWork& work) const;
  void settle_confirmed_downlink(UplinkWork& work, Outcome& out) const;
  void tell_of_promotion(const UplinkWork& work, const Device& old, const Turn& turn, Outcome& out);
  void index_accepted(const UplinkWork& work, const Device& old, Outcome& out) const;
  void accept(UplinkWork& work, const Turn& turn, Outcome& out);
  ApplicationUplink application_uplink(const UplinkWork& work) const;

  // join.cpp
  bool take_join_copy(const JoinRequestReceived& event, const Turn& turn, Outcome& out);
  void answer_louder_copy(Answerable& join, const JoinRequestReceived& event) const;
  Status read_join(JoinWork& work) const;
  Status check_rejoin(const phy::RejoinRequestView& rejoin) const;
  Status begin_mac_state(JoinWork& work) const;
  Status find_join_windows(JoinWork& work) const;
  mac::JoinParameters join_parameters(const JoinWork& work, const Turn& turn) const;
  void ask_join_server(JoinWork work, const Turn& turn, Outcome& out);
  bool ask_elsewhere(const JoinAnswered& event, const Turn& turn, Outcome& out);
  bool awaits_join_accept(UtcTime now) const;
  void drop_join(const UplinkFrame& frame, const Error& error, const Turn& turn, Outcome& out);
  void publish_join_drop(ByteView request, const CorrelationIds& ids, const Error& error,
                         const Turn& turn, Outcome& out) const;

  // inspection.cpp: what is remembered of decisions
  void note(const Turn& turn, DecisionValue value) {
    decisions_.note(turn.now.utc, std::move(value));
  }
  void note_dropped(const UplinkWork& work, const Error& error, const Turn& turn);
  void note_accepted(const UplinkWork& work, const Turn& turn);
  void note_commands(const std::vector<mac::Event>& events, const Turn& turn);
  void note_push(const PushDownlinks& event, const Status& status, const Turn& turn);
  void note_offered(const InFlight& flight, const TxRequest& request, const Turn& turn);

  // downlink.cpp: what to send and when
  void try_downlink(const Turn& turn, Outcome& out);
  bool has_way_back() const noexcept;
  std::optional<NoDownlink> no_class_a_window(const Turn& turn) const;
  std::optional<NoDownlink> no_answer_due(const Turn& turn) const;
  /// A gateway has `request-timeout`. A join server has until the last window: slow is not lost,
  /// its answer may still go out in RX2.
  UtcTime patience_ends(const InFlight& flight, const Turn& turn) const;
  void prefer_other_gateways(const InFlight& silent);
  static UtcTime patience_ends(const Joining& joining);
  /// When what is under way is given up; nothing if nothing is.
  std::optional<UtcTime> patience_ends(const Turn& turn) const;
  void fail_queue(const mac::Session& gone, const Turn& turn, Outcome& out);
  void fail_unsettled(const Device& old, const Turn& turn, Outcome& out);
  void forget_step(const Device* old);
  bool forget_unanswered(const Turn& turn, Outcome& out);
  static phy::MType m_type_of(const InFlight& flight) noexcept;
  void forget_transmission(const Turn& turn, Outcome& out);
  void forget_join(const Turn& turn, Outcome& out);
  void send_join_accept(const Turn& turn, Outcome& out);
  /// With `relayed`: a downlink that carries this.
  void send_data(const Turn& turn, Outcome& out, const RelayDownlink* relayed = nullptr);
  /// The confirmed uplink that a class A downlink acknowledges.
  std::optional<FCnt32> acknowledged() const;
  phy::DataFrame data_frame(const Device& next, const mac::DownlinkStep& step,
                            const std::optional<ApplicationDownlink>& application) const;
  static Result<Bytes> seal(phy::DataFrame frame, const mac::Session& session, MacVersion version,
                            FCnt32 f_cnt, std::optional<FCnt32> acknowledged);
  mac::CommandBudget command_budget(const mac::DeviceProfile& device_profile, std::size_t room,
                                    const RelayDownlink* relayed) const;
  InFlight data_flight(mac::DownlinkStep step, std::optional<ApplicationDownlink> application,
                       const Turn& turn) const;
  std::optional<Bytes> sealed_answer(InFlight& flight, const mac::DeviceProfile& device_profile,
                                     const Turn& turn, Outcome& out);
  TxPriority priority_of(const InFlight& flight) const;
  /// Octets of FRMPayload, with and without the MAC commands that ride along.
  struct Room {
    std::size_t left = 0;
    std::size_t without_commands = 0;
  };
  std::optional<ApplicationDownlink> take_application_downlink(DeviceClass slot, Room room,
                                                               const Turn& turn, Outcome& out);
  void fail_downlink(const ApplicationDownlink& downlink, const Error& error, const Turn& turn,
                     Outcome& out);
  void invalidate_queue(FCnt32 last_f_cnt_down, const Turn& turn, Outcome& out);

  // network_initiated.cpp: classes B and C
  void try_network_slot(const Turn& turn, Outcome& out);
  void send_in_slot(const NetworkSlot& slot, const Radio& radio, const Turn& turn, Outcome& out);
  void network_refused(const InFlight& flight, const Error& error, const Turn& turn, Outcome& out);
  void fail_first_item(const ApplicationDownlink& item, const Error& error, const Turn& turn,
                       Outcome& out);
  void give_up_acknowledgement(const Turn& turn, Outcome& out);
  void defer_network(const Turn& turn);
  std::optional<UtcTime> next_network_event(const Turn& turn) const;

  // transmission.cpp: asking the gateway server, and what it answers
  void transmit(InFlight flight, Bytes phy_payload, std::vector<TxRequest> requests,
                const Turn& turn, Outcome& out);
  void ask_next_group(const Turn& turn, Outcome& out);
  void tell_asked(const InFlight& flight, const Turn& turn, Outcome& out) const;
  void tell_accepted(const InFlight& flight, const ScheduledDownlink& scheduled, const Turn& turn,
                     Outcome& out);
  void tell_refused(const InFlight& flight, const Error& error, const Turn& turn, Outcome& out);
  void transmitted(InFlight& flight, const ScheduledDownlink& scheduled, const Turn& turn,
                   Outcome& out);
  bool is_of_session(const InFlight& flight) const;
  void join_accept_transmitted(const InFlight& flight, const Turn& turn, Outcome& out);
  void tell_join_accept(const mac::QueuedJoinAccept& accept, const mac::Session* maybe_old,
                        CorrelationIds correlation_ids, UtcTime received_at, const Turn& turn,
                        Outcome& out);
  void not_transmitted(InFlight& flight, const Error& error, const Turn& turn, Outcome& out);
  TxRequest class_a_request(std::optional<RxWindow> rx1, std::optional<RxWindow> rx2,
                            std::chrono::seconds rx1_delay, TxPriority priority) const;

  // report.cpp: what gateways report of emissions, and the same frame once more
  void remember_transmission(InFlight flight, const ScheduledDownlink& scheduled, const Turn& turn,
                             Outcome& out);
  bool send_again(Transmission& transmission, TxResult reported, const Turn& turn, Outcome& out);
  void sent_again(const Result<ScheduledDownlink>& outcome, const Turn& turn, Outcome& out);
  void emission_failed(const Transmission& transmission, TxResult result, const Turn& turn,
                       Outcome& out);
  /// The transmission whose frame gateways are asked for once more; null if there is none.
  const Transmission* asked_again() const noexcept;
  bool asks_gateways() const noexcept { return in_flight_ || asked_again() != nullptr; }
  bool forget_asked_again(const Turn& turn, Outcome& out);
  void forget_unreported(const Turn& turn, Outcome& out);
  std::optional<UtcTime> report_due() const;

  // relay.cpp: this device as a relay, and as one that a relay serves
  /// Whether the uplink just accepted held a frame of another device, which is taken in then.
  bool forward(const UplinkMatched& event, Bytes frm_payload, const Turn& turn, Outcome& out);
  Result<UplinkFrame> carried_frame(const UplinkMatched& event, Bytes frm_payload) const;
  const ErrorDef* no_relay_downlink(const RelayDownlink& event, const Turn& turn) const;
  void put_relayed(const RelayDownlink& relayed, FCnt32 f_cnt, const mac::Session& session,
                   phy::DataFrame& frame) const;
  void relay_downlink_done(const InFlight& flight, Result<ScheduledDownlink> outcome,
                           const Turn& turn, Outcome& out);
  void set_pending_relay_downlink(Bytes phy_payload);
  static void relay_downlink_reported(const InFlight& flight, TxResult result, Outcome& out);
  void transmit_by_relay(const InFlight& flight, Bytes phy_payload, TxPriority priority,
                         Outcome& out) const;
  /// When the last window of the uplink that can be answered opens.
  static UtcTime last_window_at(const Answerable& uplink, std::chrono::seconds rx1_delay);
  void tell_relays(const mac::Session& session, Outcome& out) const;
  void ask_for_served_sessions(Outcome& out) const;

  // state.cpp: what is written
  void store(const Turn& turn, Outcome& out);
  void list_waiting(Outcome& out);
  /// Whether they were as they are.
  bool store_queues(Outcome& out);
  void store_index_row(const mac::Session& session, const mac::MacState& mac_state, bool pending,
                       Outcome& out) const;
  void tell_index(const mac::Session& session, const mac::MacState& mac_state, bool pending,
                  bool then_wake, Outcome& out) const;
  /// Both.
  void index(const mac::Session& session, const mac::MacState& mac_state, bool pending,
             bool then_wake, Outcome& out) const;
  void unindex(const mac::Session& session, bool pending, Outcome& out) const;

  static Result<Radio> radio_of(const Device& device, const region::FrequencyPlans& plans);
  mac::DeviceProfile profile(const Device& device, const Radio& radio) const;
  ApplicationUp up(ApplicationUpPayload payload, CorrelationIds correlation_ids,
                   const Turn& turn) const;
  void publish(std::string_view name, CorrelationIds correlation_ids, events::EventData data,
               const Turn& turn, Outcome& out) const;
  void publish(const std::vector<mac::Event>& mac_events, const CorrelationIds& correlation_ids,
               const Turn& turn, Outcome& out) const;
  /// Of the registry.
  void publish_change(std::string_view name, const events::Cause& cause, events::EventData data,
                      const Turn& turn, Outcome& out) const;
  /// Asks to be woken; the earliest wish counts.
  void wake(UtcTime at);
  void plan_wake(const Turn& turn, Outcome& out);

  Surroundings surroundings_;
  DeviceUid uid_;
  std::shared_ptr<const Device> device_;
  std::optional<Answerable> answerable_;
  std::optional<UtcTime> last_heard_at_;  // the uplink accepted last
  std::optional<InFlight> in_flight_;
  std::optional<Joining> joining_;
  std::optional<AskedJoin> asked_join_;
  std::deque<Transmission> transmissions_;
  /// Gateways that are busy refuse downlinks, and each attempt spends a counter and a commit. After
  /// a refusal, the next uplinks are not answered for the sake of MAC requests alone: 1, then 3,
  /// ... 31.
  struct Patience {
    unsigned refusals = 0;
    unsigned uplinks_to_skip = 0;
  };
  Patience patience_;
  /// In classes B and C there is no next uplink to wait for: the time between two tries doubles.
  unsigned network_refusals_ = 0;
  UtcTime network_not_before_{};
  /// Class A wishes to be woken, and what the shard was asked for.
  std::optional<UtcTime> wake_at_;
  std::optional<UtcTime> wished_;
  bool wished_for_silence_ = false;    // only to give up what nobody has answered
  bool wakes_after_gateways_ = false;  // something else is due when those asked have answered
  DecisionLog decisions_;
  /// Whether the store says that the device waits for the network.
  bool listed_ = false;
  /// What makes `device_` of the device before this turn, if that is all that has changed.
  struct OrdinaryChange {
    std::shared_ptr<const Device> of;
    mac::RecentUplink uplink;
  };
  std::optional<OrdinaryChange> ordinary_change_;
  /// Those whose items have rows.
  Queues stored_queues_;
  /// Of the last write; no writer before the first.
  RowVersion row_;
  /// Since the row was last written whole.
  unsigned ordinary_uplinks_ = 0;
};

}  // namespace ff::network_server
