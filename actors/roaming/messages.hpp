// What the roaming actor is asked and told.
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/network_server/shard/interface.hpp"
#include "actors/support/local_message.hpp"
#include "actors/support/reply.hpp"
#include "protocol/backend_interfaces/message.hpp"
#include "protocol/types/frames.hpp"

namespace ff::roaming {

/// Whose device it is: forwarded, a partner's under our gateways; accepted, ours under a partner's.
enum class Role : std::uint8_t { forwarded, accepted };
const char* to_string(Role role) noexcept;
enum class Way : std::uint8_t { up, down };
const char* to_string(Way way) noexcept;

/// What frames are counted by.
struct Account {
  NetId partner;
  Role role = Role::forwarded;
  Way way = Way::up;
  auto operator<=>(const Account&) const = default;
};
/// One frame that was carried.
struct Rated {
  std::size_t bytes = 0;
  Duration airtime{0};
};
/// A day's frames of an account.
struct Tally {
  std::uint64_t frames = 0;
  std::uint64_t bytes = 0;
  Duration airtime{0};
  std::uint64_t refused = 0;  // by the limits; stored seconds later
  bool operator==(const Tally&) const = default;
};
struct RatedRecord {
  Account account;
  UtcTime day;  // its start
  Tally tally;
  bool operator==(const RatedRecord&) const = default;
};

/// One of our gateways heard a frame that may be a partner's: any join-request and rejoin-request
/// of type 1, data frames with an address of a partner, other rejoin-requests with its NetID.
struct HeardUplink {
  std::shared_ptr<const UplinkFrame> frame;
};
/// Nobody here knows the device of this join- or rejoin-request.
struct UnknownJoin {
  std::shared_ptr<const UplinkFrame> frame;
};

/// A request of another network, which has shown that it is `sender`.
struct PartnerAsks {
  NetId sender;
  backend_interfaces::Version version = backend_interfaces::Version::v1_1;
  backend_interfaces::Body request;
  actors::Reply<backend_interfaces::Body> reply;
};

/// A downlink of one of our devices whose first path is a partner.
struct TransmitByPartner {
  std::shared_ptr<const DownlinkFrame> frame;
  actors::Reply<ScheduledDownlink> reply;
};
/// One of our sessions refused a join-request that a partner forwarded.
struct ForwardedRefused {
  Bytes uplink_token;
  Error error;
};

/// The session of one of our devices is over: it is deleted, or has joined again.
struct SessionOver {
  DeviceUid device;
  std::optional<DevEui> dev_eui = {};
};

struct PartnerSnapshot {
  NetId net_id;
  bool forwards = false;
  bool accepts = false;
  bool breaker_open = false;
  std::size_t under_way = 0;
};
struct RoamingSnapshot {
  std::vector<PartnerSnapshot> partners;
  std::vector<RatedRecord> records;
  std::size_t open_windows = 0;
  std::size_t heard = 0;     // uplinks that can still be answered
  std::size_t contexts = 0;  // devices of partners with a lifetime
  std::size_t served = 0;    // lifetimes that partners have for our devices
  std::size_t waiting = 0;   // partners' join-requests that wait for our answer
};
struct InspectRoaming {
  actors::Reply<RoamingSnapshot> reply;
};

/// INTERNAL: a partner has answered request `id`, or has not.
struct RequestAnswered {
  std::uint64_t id = 0;
  Result<backend_interfaces::Body> answer;
};
/// INTERNAL: whose the frame of a partner's request `exchange` is.
struct FrameJudged {
  std::uint64_t exchange = 0;
  Result<network_server::UplinkOwner> judged;
};
/// INTERNAL: what our gateways say of a partner's downlink.
struct DownlinkTaken {
  Account account;
  Rated rated;
  Result<ScheduledDownlink> outcome;
  actors::Reply<ScheduledDownlink> reply;
};
/// INTERNAL: all records of our predecessor are durable, or lost.
struct RecordsDecided {
  Status status;
};
/// INTERNAL: whose device the join-request of our gateways is.
struct HomeFound {
  std::uint64_t heard = 0;
  Result<NetId> home;
};

}  // namespace ff::roaming
FF_LOCAL_MESSAGE(ff::roaming::HeardUplink)
FF_LOCAL_MESSAGE(ff::roaming::UnknownJoin)
FF_LOCAL_MESSAGE(ff::roaming::PartnerAsks)
FF_LOCAL_MESSAGE(ff::roaming::TransmitByPartner)
FF_LOCAL_MESSAGE(ff::roaming::ForwardedRefused)
FF_LOCAL_MESSAGE(ff::roaming::SessionOver)
FF_LOCAL_MESSAGE(ff::roaming::InspectRoaming)
FF_LOCAL_MESSAGE(ff::roaming::RequestAnswered)
FF_LOCAL_MESSAGE(ff::roaming::FrameJudged)
FF_LOCAL_MESSAGE(ff::roaming::DownlinkTaken)
FF_LOCAL_MESSAGE(ff::roaming::RecordsDecided)
FF_LOCAL_MESSAGE(ff::roaming::HomeFound)
