// What stored MQTT sessions and their directory are asked and told.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "actors/application_server/link/subscriber.hpp"
#include "actors/application_server/mqtt_session/effect.hpp"
#include "actors/application_server/outbox/messages.hpp"
#include "actors/support/local_message.hpp"
#include "actors/support/reply.hpp"

namespace ff::application_server::mqtt_session {

class SessionPeer;

/// A client that wants a session to be kept, or may have one. `attach.connection` is the
/// directory's to set.
struct AttachSession {
  SessionKey key;
  Attach attach;
  std::shared_ptr<SessionPeer> peer;
};
/// A client that wants nothing to be kept: an older session of its name ends and is removed.
/// `removed` is called when that is durable, also if there was none.
struct RemoveSession {
  SessionKey key;
  std::function<void()> removed;
};

struct SessionSnapshot {
  SessionKey key;
  bool running = false;  // has an actor
  UtcTime expires_at;    // zero: a client is connected
};
struct InspectSessions {
  actors::Reply<std::vector<SessionSnapshot>> reply;
};

/// INTERNAL, from the directory.
struct AttachPeer {
  Attach attach;
  std::shared_ptr<SessionPeer> peer;
};
/// INTERNAL, from the directory.
struct EndStored {
  std::function<void()> removed;
};
/// INTERNAL, from the directory: nobody will send to it any more.
struct EndSession {};
/// INTERNAL
struct LiveMessage {
  UpPublished up;
  std::shared_ptr<Subscriber> from;
};
/// INTERNAL
struct Missed {};
/// INTERNAL
struct SessionTimer {};

/// INTERNAL: answers of others to what a session asked.
struct RecordRead {
  Result<Loaded> loaded;
};
struct Committed {};
struct CommitRefused {
  Error error;
};
struct JoinedLink {
  std::uint64_t serial = 0;
};
struct NewestFound {
  std::uint64_t serial = 0;
  Result<std::vector<storage::OutboxSequence>> sequences;
};
struct MessagesRead {
  std::uint64_t serial = 0;
  Result<std::vector<UpPublished>> messages;
};
struct SessionAnswer {
  std::variant<RecordRead, Committed, CommitRefused, JoinedLink, NewestFound, MessagesRead> what;
};

/// INTERNAL, from a session: no client, everything durable. `orders` counts those it was told of.
struct SessionIdle {
  SessionKey key;
  std::uint64_t orders = 0;
  UtcTime expires_at;
};
/// INTERNAL, from a session.
struct SessionGone {
  SessionKey key;
  std::uint64_t orders = 0;
};
/// INTERNAL
struct SessionsFound {
  Result<ScanRows::Rows> rows;
};
/// INTERNAL
struct SweepSessions {
  SessionKey from;
};

}  // namespace ff::application_server::mqtt_session
FF_LOCAL_MESSAGE(ff::application_server::mqtt_session::AttachSession)
FF_LOCAL_MESSAGE(ff::application_server::mqtt_session::RemoveSession)
FF_LOCAL_MESSAGE(ff::application_server::mqtt_session::InspectSessions)
FF_LOCAL_MESSAGE(ff::application_server::mqtt_session::AttachPeer)
FF_LOCAL_MESSAGE(ff::application_server::mqtt_session::EndStored)
FF_LOCAL_MESSAGE(ff::application_server::mqtt_session::EndSession)
FF_LOCAL_MESSAGE(ff::application_server::mqtt_session::LiveMessage)
FF_LOCAL_MESSAGE(ff::application_server::mqtt_session::Missed)
FF_LOCAL_MESSAGE(ff::application_server::mqtt_session::SessionTimer)
FF_LOCAL_MESSAGE(ff::application_server::mqtt_session::SessionAnswer)
FF_LOCAL_MESSAGE(ff::application_server::mqtt_session::SessionIdle)
FF_LOCAL_MESSAGE(ff::application_server::mqtt_session::SessionGone)
FF_LOCAL_MESSAGE(ff::application_server::mqtt_session::SessionsFound)
FF_LOCAL_MESSAGE(ff::application_server::mqtt_session::SweepSessions)
FF_LOCAL_MESSAGE(ff::application_server::mqtt_session::Subscribe)
FF_LOCAL_MESSAGE(ff::application_server::mqtt_session::Unsubscribe)
FF_LOCAL_MESSAGE(ff::application_server::mqtt_session::Settled)
FF_LOCAL_MESSAGE(ff::application_server::mqtt_session::Detach)
