// The roaming actor's insides, for its own files: forwarding.cpp, serving.cpp, actor.cpp.
#pragma once

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <map>
#include <memory>

#include "actors/roaming/config.hpp"
#include "actors/roaming/gateway_tokens.hpp"
#include "actors/roaming/interface.hpp"
#include "actors/roaming/ledger.hpp"
#include "actors/roaming/probe.hpp"
#include "actors/roaming/served.hpp"
#include "actors/roaming/visited.hpp"
#include "actors/support/breaker.hpp"

namespace ff::roaming {

/// Index of a partner in the configuration.
using PeerIndex = std::size_t;

/// What is under way in one direction. Joins have half of the places at most: each takes longer,
/// and anybody can send one.
class Places {
 public:
  bool is_full(bool is_join, std::size_t max) const noexcept {
    return all_ >= max || (is_join && joins_ >= std::max<std::size_t>(max / 2, 1));
  }
  void take(bool is_join) noexcept {
    ++all_;
    if (is_join) ++joins_;
  }
  void leave(bool is_join) noexcept {
    --all_;
    if (is_join) --joins_;
  }
  std::size_t all() const noexcept { return all_; }

 private:
  std::size_t all_ = 0;
  std::size_t joins_ = 0;
};

struct PeerState {
  PeerState(const RoamingConfig& config, NetId net_id)
      : breaker(config.breaker_failures, config.breaker_pause),
        probe(*config.deps.metrics, net_id) {}
  actors::Breaker breaker;
  PeerProbe probe;
  Places under_way;  // our requests
  Places waiting;    // its requests
};

/// A request of ours to a partner: an uplink of its device, a downlink for ours, or the end of a
/// lifetime.
struct Pending {
  PeerIndex peer = 0;
  backend_interfaces::MessageType type = backend_interfaces::MessageType::pr_start_req;
  Account account;
  Rated rated;
  std::uint64_t heard = 0;  // of uplinks
  std::shared_ptr<const DownlinkFrame> frame;
  actors::Reply<ScheduledDownlink> reply;
  UtcTime uplink_at;     // of downlinks: when the uplink came to us
  bool is_join = false;  // of uplinks: a join- or rejoin-request
};

/// A partner's uplink that waits for our word.
struct Waiting {
  PeerIndex peer = 0;
  bool starts = true;  // PRStartReq, else XmitDataReq
  bool is_join = false;
  backend_interfaces::Version version = backend_interfaces::Version::v1_1;
  std::optional<DevAddr> dev_addr;  // of data frames
  Rated rated;
  bool is_carried = false;  // a join, which still waits for its join-accept
  MonoTime due;
  actors::Reply<backend_interfaces::Body> reply;
};

struct Shell {
  static inline const char* name = "roaming";
  std::shared_ptr<const RoamingConfig> config;
  std::vector<PeerState> peers;
  std::unique_ptr<Ledger> ledger;
  bool is_open = false;                          // the ledger is read
  std::vector<std::function<void()>> held_back;  // until then
  std::optional<MonoTime> refusals_due;          // when their records are stored
  std::unique_ptr<actors::QueueProbe> held;
  Visited visited;
  Served served;
  GatewayTokens tokens;
  std::map<std::uint64_t, Pending> pending;
  std::map<std::uint64_t, Waiting> waiting;
  std::uint64_t last_id = 0;
  std::unique_ptr<actors::QueueProbe> windows;
  std::unique_ptr<Random> random;
  std::shared_ptr<actors::TickWish> wish = std::make_shared<actors::TickWish>();
  bool ticking = false;
};
using Pointer = RoamingHandle::stateful_pointer<Shell>;

// actor.cpp
Instant now(Pointer self);
std::optional<PeerIndex> peer_of(const Shell& state, NetId net_id);
const config::RoamingPartner& partner(const Shell& state, PeerIndex peer);
void count(Pointer self, PeerIndex peer, const Account& account, FrameResult result);
/// count(), and Ledger::give_back: of a frame that refusal() had let pass.
void not_carried(Pointer self, PeerIndex peer, const Account& account, FrameResult result);
/// Ledger::refusal; the record of one follows.
std::optional<Duration> refusal(Pointer self, const Account& account);
/// Stores the frame's record, and calls `then` when it is durable, on the committer's thread.
void rate(Pointer self, const Account& account, const Rated& frame, std::function<void()> then);
/// Sends; what becomes of it comes as RequestAnswered, also when it can not be sent.
void ask(Pointer self, Pending pending, backend_interfaces::Body body);

// forwarding.cpp: partners' devices under our gateways
void on_heard(Pointer self, const HeardUplink& message);
void on_home_found(Pointer self, const HomeFound& message);
void close_windows(Pointer self);
void on_uplink_answered(Pointer self, const Pending& pending,
                        const Result<backend_interfaces::Body>& answer);
void on_partners_downlink(Pointer self, PeerIndex peer,
                          const backend_interfaces::XmitDataReq& request,
                          const actors::Reply<backend_interfaces::Body>& reply);
/// Of devices that roam statefully: others end with their frame.
void on_partners_stop(Pointer self, PeerIndex peer, const backend_interfaces::PrStopReq& request,
                      const actors::Reply<backend_interfaces::Body>& reply);
void on_downlink_taken(Pointer self, const DownlinkTaken& message);

// serving.cpp: our devices under partners' gateways
void on_partner_asks(Pointer self, const PartnerAsks& message);
void on_judged(Pointer self, const FrameJudged& message);
void on_refused(Pointer self, const ForwardedRefused& message);
void on_transmit(Pointer self, const TransmitByPartner& message);
void on_downlink_answered(Pointer self, const Pending& pending,
                          const Result<backend_interfaces::Body>& answer);
void end_waiting(Pointer self);

// stopping.cpp: lifetimes that we end
/// Tells the partner that its lifetime for devices of `dev_addr` is over; of one alone, if it is
/// known which.
void stop(Pointer self, PeerIndex peer, DevAddr dev_addr, std::optional<DevEui> dev_eui = {});
void on_session_over(Pointer self, const SessionOver& message);
/// Remembers the lifetime that a partner is given, and ends the device's earlier ones.
void serve_statefully(Pointer self, const ServedSession& session);
void on_stop_answered(Pointer self, const Pending& pending,
                      const Result<backend_interfaces::Body>& answer);

}  // namespace ff::roaming
