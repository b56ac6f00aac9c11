// What others may ask of a network server shard: frames from gateways, and everything for the
// device sessions at home in it.
#pragma once

#include <caf/fwd.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include <memory>
#include <optional>

#include "actors/network_server/session/messages.hpp"
#include "actors/support/local_message.hpp"
#include "actors/support/ticker.hpp"
#include "protocol/types/frames.hpp"
#include "protocol/types/versions.hpp"

namespace ff::network_server {

/// Whose frame it was found to be.
struct UplinkOwner {
  DeviceUid device;  // empty: a copy of a frame that came before
  /// Of data frames: the full counter, and the key that made the MIC.
  FCnt32 f_cnt;
  Aes128Key f_nwk_s_int_key;
  MacVersion mac_version = MacVersion::unknown;
};

/// One gateway's copy of an uplink or join-request, sent to the shard of its DevAddr or of its EUI
/// pair.
struct UplinkReceived {
  std::shared_ptr<const UplinkFrame> frame;
  /// Set when another network has forwarded the frame and waits for our word; told at once. Errors:
  /// device_not_found, mic_mismatch (the address is known, the key is not), decode_payload,
  /// duplicate_uplink (too late to be a copy).
  actors::Reply<UplinkOwner> judged = {};
};

/// A session's entry in the address index, sent by its session after the commit that made it.
struct IndexSession {
  DeviceUid device;
  DevAddr dev_addr;
  bool pending = false;
  /// Null: the session is gone.
  std::shared_ptr<const struct IndexedSession> session;
  /// Called when the index has it: a JoinAccept does not leave before.
  std::function<void()> indexed;
};

/// A device's EUI pair in the join index. A pair stays with the device that has it: nobody else's
/// joins may go to who names their EUIs.
struct IndexJoinEuis {
  DeviceUid device;
  JoinEui join_eui;
  DevEui dev_eui;
  bool erase = false;
  /// Whether the device did not have the pair before. Error: actors::euis_taken().
  actors::Reply<bool> claimed = {};
};

/// A device's record as read from the store.
struct LoadedDevice {
  std::shared_ptr<const Device> device;  // null: there is none
  bool queue_in_rows = true;             // as SessionState's
};
/// INTERNAL
struct SessionLoaded {
  DeviceUid device;
  Result<LoadedDevice> record;
};
/// INTERNAL, from a session: wake me at this time (replaces an earlier wish), or no more.
struct WakeSessionAt {
  DeviceUid device;
  std::optional<MonoTime> at;
};

}  // namespace ff::network_server
FF_LOCAL_MESSAGE(ff::network_server::UplinkReceived)
FF_LOCAL_MESSAGE(ff::network_server::IndexSession)
FF_LOCAL_MESSAGE(ff::network_server::IndexJoinEuis)
FF_LOCAL_MESSAGE(ff::network_server::WakeSessionAt)
FF_LOCAL_MESSAGE(ff::network_server::SessionLoaded)

namespace ff::network_server {

using ShardHandle =
    caf::typed_actor<caf::reacts_to<UplinkReceived>,  // De-duplicates, matches, and hands the
                                                      // merged frame to the device's session.
                     caf::reacts_to<ToSession>,       // Delivers to the session of a device at home
                                                      // here, activating it if need be.
                     caf::reacts_to<IndexSession>,    // Adds, replaces or removes a session on an
                                                      // address of this shard.
                     caf::reacts_to<IndexJoinEuis>,   // Adds or removes an EUI pair of this shard.
                     caf::reacts_to<WakeSessionAt>,   // INTERNAL: a session's timer.
                     caf::reacts_to<SessionLoaded>,   // INTERNAL: activation goes on.
                     caf::reacts_to<actors::Tick>>;   // INTERNAL: closes windows, fires timers.

}  // namespace ff::network_server
