// The whole simulation without sockets, clocks and threads: devices, radio and gateways in one
// event queue. The shell (tools/sim) runs it in real time, tests and the deterministic simulation
// in virtual time. Not a server: it sees one only through datagrams and application messages.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "tools/sim/core/application_message.hpp"
#include "tools/sim/core/calendar.hpp"
#include "tools/sim/core/gateway.hpp"
#include "tools/sim/core/report.hpp"
#include "tools/sim/core/scenario.hpp"

namespace ff::sim {

/// The two sockets of a packet forwarder.
enum class Link : std::uint8_t { push, pull };

/// Port for what leaves the simulation. Called during World's functions; must not call back.
class Outlet {
 public:
  virtual ~Outlet() = default;
  /// `datagram` is valid during the call.
  virtual void send(std::size_t gateway, Link link, ByteView datagram) = 0;
  /// The application pushes `payload` to the device's queue.
  virtual void push_downlink(const DeviceIdentity& device, FPort f_port, ByteView payload) = 0;
  /// For onlookers: what devices and gateways put on air. `power_dbm` as the server asked for it.
  virtual void uplink_on_air(const DeviceIdentity&, const Transmission&) {}
  virtual void downlink_on_air(std::size_t /*gateway*/, const Emission&, double /*power_dbm*/) {}
  /// The device has heard that its confirmed uplink has arrived.
  virtual void uplink_acknowledged(const DeviceIdentity&, FCnt32) {}
};

/// A device with its region; the region lives for ever.
struct Placement {
  DeviceIdentity identity;
  const region::Region* region = nullptr;
};

class World {
 public:
  /// `outlet` outlives the world. Nothing is sent before the first advance().
  World(Scenario scenario, std::vector<Placement> devices, MonoTime start, Outlet& outlet);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  /// Runs everything due at `now`, which never goes back. `utc` is for status messages.
  void advance(MonoTime now, UtcTime utc);
  /// When advance() has something to do.
  std::optional<MonoTime> next_event() const { return calendar_.next(); }

  /// A datagram for a gateway, from either socket. Any bytes.
  void on_datagram(std::size_t gateway, ByteView datagram, MonoTime now);
  /// An uplink that came out at the application. `now` may lie in the past.
  void on_application_uplink(std::string_view device_id, const ApplicationUplink& uplink,
                             MonoTime now);

  /// Sending is over and nothing more is expected, or the time for that is over too.
  bool finished(MonoTime now) const noexcept;
  Report report(MonoTime now) const;

  std::size_t gateway_count() const noexcept { return gateways_.size(); }
  GatewayEui gateway_eui(std::size_t gateway) const noexcept { return gateways_[gateway].eui(); }
  std::size_t device_count() const noexcept { return devices_.size(); }
  const SimDevice& device(std::size_t index) const noexcept { return devices_[index].device; }
  struct DeviceResult {
    DeviceDelivery uplinks;
    bool joined = false;        // or has been given its session
    bool got_downlink = false;  // the application's
  };
  DeviceResult result_of(std::size_t index) const;

 private:
  struct Member {
    SimDevice device;
    std::uint32_t transmission = 0;  // number of the last one
    bool pushed = false;
    bool received = false;
    std::optional<DevAddr> dev_addr;  // under which it is in by_address_
    std::vector<MonoTime> waits_at;   // under which it is in joining_
    bool waits_for_confirmation = false;
    FCnt32 confirmed;  // of the newest confirmed uplink
    std::uint32_t uplinks_before_rejoin = 0;
    std::optional<std::uint32_t> relay;  // through which all it says goes
  };

  void run(const CalendarEvent& event);
  void start_device(std::uint32_t index);
  void join(std::uint32_t index);
  std::optional<phy::RejoinType> due_rejoin(Member& member) const;
  void rejoin(std::uint32_t index, phy::RejoinType type);
  void await_join_accept(std::uint32_t index);
  void uplink(std::uint32_t index);
  void send_uplink(std::uint32_t index);
  void windows_closed(std::uint32_t index, std::uint32_t transmission);
  void burst();
  void foreign();
  void start_gateway(std::size_t index, MonoTime start);
  void restart(std::uint32_t gateway);
  void pull(std::uint32_t gateway);
  void status(std::uint32_t gateway);
  void lock_gps(MonoTime now, UtcTime utc);
  void beacon();
  bool is_sending() const noexcept;
  Duration interval();
  bool broadcast(std::uint32_t device, const Transmission& transmission);
  bool send_by_relay(std::uint32_t device, const Transmission& transmission);
  void relay(std::uint32_t number);
  void answer_by_relay(std::uint32_t relay, ByteView phy_payload);
  void after_transmission(std::uint32_t index, const Transmission& transmission);

  /// What a datagram is to the simulation while it is under way.
  struct OnTheLine {
    std::size_t gateway = 0;
    std::optional<Link> link;  // nothing: to the gateway
    Bytes bytes;
  };
  /// `datagram_`, from a gateway.
  void send(std::size_t gateway, Link link);
  void carry(const OnTheLine& datagram);
  void arrive(std::uint32_t number);
  void receive(std::size_t gateway, ByteView datagram, MonoTime now);
  void open_downlink_path(std::size_t gateway);
  void on_request(std::size_t gateway, TxRequest& request, MonoTime now);
  void emit(std::uint32_t number);
  void push(std::uint32_t index);
  void delayed_push(std::uint32_t index);
  bool emit_join_accept(const Emission& emission);
  bool emit_data(const Emission& emission);
  bool hand_over(std::uint32_t index, const Emission& emission);
  void note(std::uint32_t index, const Receipt& receipt);
  void joined(std::uint32_t index);
  void register_address(std::uint32_t index);
  void stop_waiting(std::uint32_t index);

  const Scenario scenario_;
  const MonoTime start_;
  Outlet& outlet_;
  MonoTime now_;
  UtcTime utc_;
  std::optional<MonoTime> gps_epoch_;
  std::unique_ptr<Random> random_;
  Radio radio_;
  Calendar calendar_;
  std::vector<Placement> placements_;
  std::vector<Member> devices_;
  std::vector<SimGateway> gateways_;
  std::unordered_map<std::string_view, std::uint32_t> by_id_;
  std::unordered_multimap<DevAddr, std::uint32_t> by_address_;
  /// Devices that wait for a join-accept, by the starts of their windows.
  std::set<std::pair<MonoTime, std::uint32_t>> joining_;
  struct Planned {
    Emission emission;
    std::optional<std::size_t> gateway;  // nothing: by a relay
    std::uint32_t restarts = 0;          // of the gateway when it took the request
  };
  std::unordered_map<std::uint32_t, Planned> emissions_;
  std::uint32_t next_emission_ = 0;
  Line line_;
  /// A frame on its way through a relay.
  struct Relayed {
    std::uint32_t device = 0;
    MonoTime end;  // of its transmission
    Transmission transmission;
  };
  std::unordered_map<std::uint32_t, Relayed> relayed_;
  std::uint32_t next_relayed_ = 0;
  /// By relay: whom it forwarded last.
  std::unordered_map<std::uint32_t, Relayed> served_;
  std::unordered_map<std::uint32_t, OnTheLine> on_the_line_;
  std::uint32_t next_datagram_ = 0;
  std::size_t burst_next_ = 0;
  std::optional<MonoTime> sending_ended_;
  std::uint64_t pushes_to_come_ = 0;

  DeliveryTracker delivery_;
  Report report_;

  // Kept for their memory.
  std::string frame_text_;
  Bytes datagram_;
};

}  // namespace ff::sim
