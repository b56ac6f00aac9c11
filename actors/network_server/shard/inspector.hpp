// What an operator may ask of a network server shard: the shard itself, a device at home in it, an
// address that hashes to it. Answers are values without keys, as of now, whatever waits for the
// store.
#pragma once

#include "actors/network_server/session/snapshot.hpp"
#include "actors/network_server/shard/interface.hpp"
#include "actors/network_server/shard/refusals.hpp"

namespace ff::network_server {

struct ShardSnapshot {
  std::size_t sessions = 0;      // actors that serve
  std::size_t changing = 0;      // being loaded or ended
  std::size_t stashed = 0;       // events that wait for those
  std::size_t addresses = 0;     // sessions in the address index
  std::size_t eui_pairs = 0;     // in the join index
  std::size_t windows = 0;       // frames whose copies are collected or still recognised
  std::size_t open_windows = 0;  // of these, with a device that waits for their end
  std::size_t timers = 0;
  std::size_t kept_decisions = 0;  // devices whose session has ended
  std::vector<JoinRefusal> refused_joins;
  std::uint64_t forgotten_refusals = 0;
};
struct InspectShard {
  actors::Reply<ShardSnapshot> reply;
};

/// One session on an address, without its key.
struct AddressEntry {
  DeviceUid device;
  FCnt32 last_f_cnt_up;
  MacVersion mac_version = MacVersion::unknown;
  bool supports_32_bit_f_cnt = true;
  bool resets_f_cnt = false;
  bool pending = false;
};
struct AddressSnapshot {
  DevAddr dev_addr;
  std::vector<AddressEntry> sessions;
  /// The last frame on the address that no session got.
  std::optional<AddressRefusal> refused;
  std::optional<MismatchDiagnosis> diagnosis;  // of that frame
};
struct InspectAddress {
  DevAddr dev_addr;
  actors::Reply<AddressSnapshot> reply;
};

/// Answered by the device's session; of one that has none, from its record, which starts no
/// session.
struct InspectDevice {
  DeviceUid device;
  actors::Reply<DeviceSnapshot> reply;
};

/// INTERNAL, from a session that ends: what its successor remembers.
struct SessionRested {
  DeviceUid device;
  Decisions decisions;
};
/// INTERNAL, when a session has ended and nothing of it can become durable any more.
struct SessionSettled {
  DeviceUid device;
};
/// INTERNAL, to a shard in the place of one that failed, when others find it there, and when nobody
/// of its predecessor can write any more.
struct OpenShard {};
/// INTERNAL: what the store holds for the shard.
struct ShardRead {
  Result<std::shared_ptr<struct ShardStart>> start;
};

}  // namespace ff::network_server
FF_LOCAL_MESSAGE(ff::network_server::InspectShard)
FF_LOCAL_MESSAGE(ff::network_server::InspectAddress)
FF_LOCAL_MESSAGE(ff::network_server::InspectDevice)
FF_LOCAL_MESSAGE(ff::network_server::SessionRested)
FF_LOCAL_MESSAGE(ff::network_server::SessionSettled)
FF_LOCAL_MESSAGE(ff::network_server::OpenShard)
FF_LOCAL_MESSAGE(ff::network_server::ShardRead)

namespace ff::network_server {

/// A shard with what is the operator's and nobody else's business.
using ShardActor =
    ShardHandle::extend<caf::reacts_to<InspectShard>,    // What it holds.
                        caf::reacts_to<InspectAddress>,  // Who is on an address, and who was
                                                         // refused.
                        caf::reacts_to<InspectDevice>,   // A device and its last decisions.
                        caf::reacts_to<SessionRested>,   // INTERNAL: decisions to be kept.
                        caf::reacts_to<SessionSettled>,  // INTERNAL: the device can be loaded.
                        caf::reacts_to<OpenShard>,       // INTERNAL: reads what it needs.
                        caf::reacts_to<ShardRead>>;      // INTERNAL: serves.

}  // namespace ff::network_server
