// The address index of one shard: every session on every address that hashes here, and which of
// them made a frame's MIC. Derived data: the session decides again with its own counter.
// [app/docs/architecture.md §4; spec network-server §3.3-3.6]
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "protocol/crypto/cmac.hpp"
#include "protocol/phy/frame_view.hpp"
#include "protocol/types/counters.hpp"
#include "protocol/types/identifiers.hpp"
#include "protocol/types/keys.hpp"
#include "protocol/types/versions.hpp"

namespace ff::network_server {

/// What matching needs to know of a session. 72 bytes beside the shared identity.
struct IndexedSession {
  std::shared_ptr<const DeviceUid> device;
  Aes128Key f_nwk_s_int_key;
  /// Exact while this process runs; after a start up to 16384 behind (index rows are written that
  /// often).
  FCnt32 last_f_cnt_up;
  MacVersion mac_version = MacVersion::unknown;
  bool supports_32_bit_f_cnt = true;
  bool resets_f_cnt = false;
  /// A session whose join-accept has left but that no uplink has confirmed.
  bool pending = false;
};

struct AddressMatch {
  std::shared_ptr<const DeviceUid> device;
  FCnt32 f_cnt;
  bool pending = false;
  /// Further sessions whose key explains as much of the MIC: the one that made the rest of it is
  /// the owner. In one of 65,536 frames there is one, and in each that somebody forges for it.
  std::vector<AddressMatch> others;
};

class AddressIndex {
 public:
  /// What a frame on an address costs has an end: 6 ms for all of them. 50 million devices on the
  /// smallest NetID that networks get, of type 6, are 48,828 on each address.
  static constexpr std::size_t sessions_per_address_max = 65'536;

  explicit AddressIndex(std::size_t per_address_max = sessions_per_address_max)
      : per_address_max_(per_address_max) {}

  /// Adds, or replaces the entry of the same device and kind (current or pending). False if there
  /// are too many on the address.
  bool set(DevAddr dev_addr, IndexedSession session);
  /// False if there was none.
  bool erase(DevAddr dev_addr, const DeviceUid& device, bool pending);

  /// The session whose key made the frame's MIC, with the full counter; its entry then counts from
  /// there. Candidates are tried in order of counter proximity. 1.1: only the half of the MIC that
  /// FNwkSIntKey makes is checked, so the search goes on, and the entry counts on when the session
  /// has checked the rest and says so (`set`).
  std::optional<AddressMatch> match(const phy::DataFrameView& frame);

  /// What the last match() took.
  struct Cost {
    std::size_t candidates = 0;  // sessions on the address
    std::size_t mics = 0;        // computed, at most
  };
  const Cost& last_cost() const noexcept { return cost_; }

  std::size_t size() const noexcept { return size_; }
  /// Sessions on one address.
  std::size_t size(DevAddr dev_addr) const noexcept { return sessions(dev_addr).size(); }
  /// Valid until the index changes.
  std::span<const IndexedSession> sessions(DevAddr dev_addr) const noexcept;

 private:
  using Sessions = std::vector<IndexedSession>;
  struct Attempt {
    std::size_t session = 0;
    FCnt32 f_cnt;
  };

  /// Adds to `hits_`. True if one is certain, which is then the only one.
  bool run_attempts(const phy::DataFrameView& frame, const Sessions& sessions);

  std::size_t per_address_max_;
  std::unordered_map<DevAddr, Sessions> sessions_;
  std::size_t size_ = 0;
  Cost cost_;
  // Reused between frames, so that matching does not allocate.
  std::vector<Attempt> attempts_;
  std::vector<Attempt> hits_;
  std::vector<crypto::Candidate<Aes128Key>> candidates_;
};

}  // namespace ff::network_server
