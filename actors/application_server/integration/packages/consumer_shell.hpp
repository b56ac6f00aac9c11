// INTERNAL: what the actor of a consumer holds, and how it is loaded. Its table of handlers and its
// effects are consumer.cpp.
#pragma once

#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <deque>
#include <map>
#include <vector>

#include "actors/application_server/integration/mailbox_subscriber.hpp"
#include "actors/application_server/integration/packages/actor.hpp"
#include "actors/application_server/integration/packages/probe.hpp"
#include "actors/support/caf_error.hpp"

namespace ff::application_server::packages {

using ConsumerSubscriber = integration::MailboxSubscriber<ConsumerActor, LiveMessage, Missed>;

/// A message that is being handled, and the step that waits for its answer.
struct Work {
  MessageNumber message;
  std::uint64_t attempt = 0;
  Run run;
  std::optional<Step> step = {};
};

struct ConsumerShell {
  static inline const char* name = "package_consumer";
  PackagesContextPtr context;
  ConsumerKey key;
  std::unique_ptr<Random> random;
  std::unique_ptr<ConsumerState> logic;
  std::unique_ptr<ConsumerProbe> probe;
  std::unique_ptr<FrameHistory> history;
  FrameHistory::Devices stored_frames;  // while they are being read
  std::vector<DeviceId> forgotten;      // meanwhile
  bool has_history = false;
  std::shared_ptr<ConsumerSubscriber> subscriber;
  std::map<SendToken, Work> works;
  std::uint64_t attempts = 0;
  /// What is still to be carried out: effects may lead to effects, and one goes after the other.
  std::deque<Effect> effects;
  bool is_carrying_out = false;

  ~ConsumerShell() {
    if (!context) return;
    if (const auto links = context->links.get(); links && subscriber)
      caf::anon_send(links, UnsubscribeUps{key.application_id, subscriber});
    auto records = logic->unwritten();
    put_frames(records, key.application_id, history->take_changed());
    if (const auto committer = context->deps.committer.get(); committer && !records.empty())
      caf::anon_send(committer, actors::Commit{std::move(records), nullptr});
  }
};
using ConsumerPointer = ConsumerActor::stateful_pointer<ConsumerShell>;

inline Instant now(ConsumerPointer self) {
  return self->state.context->deps.clock->now();
}

template <class T>
void answer(const ConsumerActor& actor, T what) {
  caf::anon_send(actor, ConsumerAnswer{std::move(what)});
}

/// Behind everything that an earlier incarnation wrote; answered with BarrierPassed.
void begin_loading(ConsumerPointer self);
/// What it remembers of frames, then cursors: with them messages begin. Answered with FramesRead
/// and CursorsRead.
void load(ConsumerPointer self);
void take_frames(ConsumerPointer self, const ScanRows::Rows& rows);
/// At once: the device's row must not wait for a message of another one.
void forget(ConsumerPointer self, const DeviceForgotten& message);

}  // namespace ff::application_server::packages
