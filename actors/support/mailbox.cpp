#include "actors/support/mailbox.hpp"

#include <caf/scheduled_actor.hpp>

namespace ff::actors {
namespace {

Metrics::Labels labels(const std::string& kind, const std::string& shard) {
  if (shard.empty()) return {{"kind", kind}};
  return {{"kind", kind}, {"shard", shard}};
}

}  // namespace

std::size_t waiting_messages(caf::scheduled_actor& self) {
  return self.mailbox().size();
}

MailboxProbe::MailboxProbe(Metrics& metrics, const std::string& kind, const std::string& shard)
    : depth(metrics.gauge("farfield_mailbox_messages",
                          "Messages that wait for an actor, as of its last look.",
                          labels(kind, shard))) {}

}  // namespace ff::actors
