// INTERNAL: what a change of a webhook needs beside its record: a beginning, or the end of its
// delivery. Pure.
#pragma once

#include <optional>

#include "actors/application_server/integration/webhook/record.hpp"

namespace ff::application_server::webhook {

struct Change {
  /// Nothing: it is deleted.
  std::optional<Webhook> next;
  bool begins = false;  // messages from now on are for it: it needs cursors
  bool ends = false;    // a delivery is to end first
};

/// `current` null: there is none. `delivers`: a delivery is running.
Change plan_change(const Webhook* current, std::optional<Webhook> next, bool delivers);

/// The records of a change. `newest`: of the outbox, by shard, when it begins.
storage::WriteBatch records_of(const WebhookKey& key, const Change& change,
                               const std::vector<storage::OutboxSequence>& newest,
                               storage::ShardCount shards);

}  // namespace ff::application_server::webhook
