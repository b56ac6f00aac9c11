// Which devices have an EUI pair, or a DevEUI: the join index of one shard. By DevEUI, because
// rejoin-requests of types 0 and 2 do not name the JoinEUI.
#pragma once

#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

#include "protocol/types/identifiers.hpp"
#include "storage/keys/shard.hpp"

namespace ff::network_server {

class JoinIndex {
 public:
  using DevicePtr = std::shared_ptr<const DeviceUid>;

  /// Devices asked for one rejoin-request at most; a DevEUI has one, seldom a few.
  static constexpr std::size_t same_dev_eui_max = 8;

  /// False: another device has the pair, and keeps it.
  bool set(const storage::JoinKey& euis, DevicePtr device);
  /// Does nothing to a pair that another device has.
  void erase(const storage::JoinKey& euis, const DeviceUid& device);
  /// Null: no device has both EUIs.
  DevicePtr find(const storage::JoinKey& euis) const;
  /// All with this DevEUI, at most same_dev_eui_max.
  std::vector<DevicePtr> find(DevEui dev_eui) const;
  std::size_t size() const noexcept { return devices_.size(); }

 private:
  struct Entry {
    JoinEui join_eui;
    DevicePtr device;
  };
  using Devices = std::unordered_multimap<DevEui, Entry>;
  Devices::iterator place_of(const storage::JoinKey& euis);

  Devices devices_;
};

}  // namespace ff::network_server
