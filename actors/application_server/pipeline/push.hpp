// INTERNAL: a push to the network server under way, and how sessions are numbered for it. [spec
// application-server §7.3, §7.4]
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "actors/application_server/pipeline/config.hpp"
#include "actors/application_server/pipeline/crypto.hpp"
#include "actors/application_server/pipeline/device.hpp"
#include "actors/application_server/pipeline/own_push.hpp"
#include "actors/events/event.hpp"
#include "actors/support/reply.hpp"
#include "protocol/types/application_messages.hpp"

namespace ff::application_server {

/// The counters of one session that the items of a push have got.
struct SpentCounters {
  SessionKeyId session_key_id;
  FCnt32 before;  // the last one of earlier pushes
  FCnt32 last;
};

struct Push {
  std::vector<ApplicationDownlink> items;  // plain text
  bool replace = false;
  PushTarget target;
  /// Null for our own (invalidated, repeated, moved to a new session): only applications are told
  /// that items are queued.
  actors::Reply<void> reply;
  UtcTime received_at;
  /// Of our own: the number of its row, which is there until the push has ended. 0: none.
  std::uint64_t row = 0;
  // Of the attempt under way.
  int attempts = 0;
  std::uint64_t request = 0;
  std::vector<ApplicationDownlink> sealed;
  std::vector<SpentCounters> spent;
  bool gave_back = false;  // in memory; to be stored
};

/// What an event tells of an item: what applications are told when it is queued.
events::EventData event_data(const ApplicationDownlink& item);

/// The items for every session that the target includes, numbered and encrypted; counters of
/// `device` move on. With crypto skipped the application has numbered and encrypted. Errors:
/// no_device_session, those of usable_key.
Result<std::vector<ApplicationDownlink>> seal_downlinks(AppDevice& device, const Push& push,
                                                        const PayloadCrypto& crypto);

std::vector<SpentCounters> spent_between(const AppDevice& before, const AppDevice& after);
/// The network server has refused all items: their counters go to later ones, or a device would
/// hear none of these when refused ones are so many that its counter seems lost. Sessions whose
/// counters have moved since stay as they are; false: all have.
bool give_back(AppDevice& device, const std::vector<SpentCounters>& spent);

/// What the network server says of a session when it refuses a push.
struct NetworkSession {
  DevAddr dev_addr;
  SessionKeyId session_key_id;
  std::uint32_t min_f_cnt_down = 0;
};
struct NetworkSessions {
  std::optional<NetworkSession> current;
  std::optional<NetworkSession> pending;
};
/// Nothing if the error does not say (attributes of DownlinkQueueOperationErrorDetails).
std::optional<NetworkSessions> network_sessions(const Error& error);

/// Makes the sessions of `device` those of the network server. A session whose AppSKey must be
/// fetched first is returned; call again with its key. [spec application-server §7.3 step 8]
std::optional<NetworkSession> adopt(
    AppDevice& device, const NetworkSessions& network,
    const std::optional<std::pair<SessionKeyId, KeyEnvelope>>& fetched, UtcTime now);

}  // namespace ff::application_server
