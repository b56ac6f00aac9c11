// The forwarding network's memory: copies of a frame while its window is open, which gateways heard
// an uplink and for whom, and devices that their network has given a lifetime. Pure.
// [TS002-1.1 §11.3]
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <unordered_map>
#include <variant>
#include <vector>

#include "protocol/backend_interfaces/roaming.hpp"
#include "protocol/base/random.hpp"
#include "protocol/phy/frame_view.hpp"
#include "protocol/types/frames.hpp"
#include "protocol/types/keys.hpp"
#include "protocol/types/versions.hpp"

namespace ff::roaming {

/// An uplink that can be answered: FNSULToken leads here.
struct Heard {
  Bytes token;
  std::optional<NetId> partner;  // whom it was forwarded to
  std::shared_ptr<const UplinkFrame> frame;
  std::vector<RxMetadata> rx_metadata;  // of all copies
  std::optional<DevAddr> dev_addr;
  std::optional<JoinEui> join_eui;
  std::optional<DevEui> dev_eui;
  std::optional<NetId> home;  // as a rejoin-request of type 0 or 2 says it
  MonoTime until;
};

/// A device that roams statefully: its network checks no more each frame before it is sent.
struct Context {
  NetId partner;
  DevAddr dev_addr;
  std::optional<DevEui> dev_eui;
  Aes128Key f_nwk_s_int_key;
  bool is_1_1 = false;  // then the key explains half of a MIC
  FCnt32 f_cnt_up;
  MonoTime until;
};

/// A device of a partner: by its address, or by its EUI while it joins. Another partner may use the
/// same.
struct DeviceName {
  NetId partner;
  std::variant<DevAddr, DevEui> id;
  auto operator<=>(const DeviceName&) const = default;
};

/// As join-requests name a device.
using Euis = std::pair<JoinEui, DevEui>;

/// Longest that a partner can have us leave a device alone; it may say so again.
inline constexpr Duration deferral_max = std::chrono::hours{24};

struct VisitedLimits {
  Duration window = std::chrono::milliseconds{200};
  Duration cooldown = std::chrono::seconds{1};
  /// A device's last window opens 16 s after its uplink at most. [TS001-1.0.4 §5.7]
  Duration answerable = std::chrono::seconds{20};
  Duration homeless = std::chrono::seconds{60};
  std::size_t windows_max = 65'536;
  std::size_t heard_max = 65'536;
  std::size_t contexts_max = 65'536;
  std::size_t homeless_max = 65'536;
  std::size_t metadata_max = backend_interfaces::gateways_max;
};

class Visited {
 public:
  explicit Visited(VisitedLimits limits = {}) : limits_(limits) {}

  /// One gateway's copy. False: there are too many windows, and it is dropped.
  bool hear(const std::shared_ptr<const UplinkFrame>& frame, MonoTime now);
  /// The frame is to be forwarded when its window closes.
  void want(const UplinkFrame& frame);
  /// Windows that are over: those that were wanted, without token and partner.
  std::vector<Heard> close(MonoTime now);

  /// Makes its token; the oldest is forgotten if there are too many. Its number.
  std::uint64_t remember(Heard heard, Random& random, MonoTime now);
  Heard* find(std::uint64_t number);
  /// By its token, if it was forwarded to `partner`.
  Heard* find(ByteView token, NetId partner, MonoTime now);

  /// Replaces the context of the same device.
  void add(Context context);
  /// The device whose key made the frame's MIC with a counter not used before, which is then its
  /// last.
  const Context* match(const phy::DataFrameView& frame, MonoTime now);
  /// Ends contexts of the device: those of its DevEUI where both sides know one, else those on its
  /// address. Their names: by address, and by EUI where that is known.
  std::vector<DeviceName> stop(NetId partner, std::optional<DevEui> dev_eui,
                               std::optional<DevAddr> dev_addr);

  /// Its network does not want to be asked about this device for so long, `deferral_max` at most.
  /// When there are too many it is asked nevertheless.
  void defer(const DeviceName& device, Duration wait, MonoTime now);
  bool is_deferred(const DeviceName& device, MonoTime now) const;

  /// Its join server has named no partner: it is not asked about the device again for a while. The
  /// oldest makes room.
  void add_homeless(const Euis& euis, MonoTime now);
  bool is_homeless(const Euis& euis, MonoTime now) const;

  std::optional<MonoTime> next_due() const;
  std::size_t windows() const noexcept { return windows_.size(); }
  std::size_t heard() const noexcept { return heard_.size(); }
  std::size_t contexts() const noexcept { return contexts_.size(); }

 private:
  struct Window {
    std::shared_ptr<const UplinkFrame> frame;
    std::vector<RxMetadata> rx_metadata;
    bool wanted = false;
    bool closed = false;
  };
  using Deadlines = std::deque<std::pair<MonoTime, Bytes>>;  // the same wait for all: in order

  VisitedLimits limits_;
  std::map<Bytes, Window> windows_;  // by PHYPayload
  Deadlines closing_;
  Deadlines cooling_;
  std::map<std::uint64_t, Heard> heard_;  // oldest first
  std::map<Bytes, std::uint64_t> tokens_;
  std::uint64_t last_number_ = 0;
  std::multimap<DevAddr, Context> contexts_;
  std::map<DeviceName, MonoTime> deferred_;
  std::map<Euis, MonoTime> homeless_;
  std::deque<Euis> homeless_order_;  // the same wait for all: oldest first

  void forget(std::map<std::uint64_t, Heard>::iterator heard);
};

}  // namespace ff::roaming
