// How many messages wait for an actor, sampled now and then: CAF 0.17 counts them for nobody.
// Not a bound: mailboxes have none, what feeds them has.
#pragma once

#include <caf/fwd.hpp>

#include <string>

#include "actors/support/metrics.hpp"

namespace ff::actors {

/// Behind the message that is being handled. Only from handlers of the actor itself.
std::size_t waiting_messages(caf::scheduled_actor& self);

/// The gauge of one actor, or of one shard of a kind.
struct MailboxProbe {
  /// `shard` is empty for kinds of which there is one.
  MailboxProbe(Metrics& metrics, const std::string& kind, const std::string& shard = {});

  /// Only from handlers of the actor itself.
  void sample(caf::scheduled_actor& self) {
    depth.Set(static_cast<double>(waiting_messages(self)));
  }

  prometheus::Gauge& depth;
};

}  // namespace ff::actors
