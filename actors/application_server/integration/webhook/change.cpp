#include "actors/application_server/integration/webhook/change.hpp"

namespace ff::application_server::webhook {

Change plan_change(const Webhook* current, std::optional<Webhook> next, bool delivers) {
  const bool was_active = current != nullptr && !current->paused;
  const bool is_active = next && !next->paused;
  return {
      .next = std::move(next), .begins = is_active && !was_active, .ends = delivers && !is_active};
}

storage::WriteBatch records_of(const WebhookKey& key, const Change& change,
                               const std::vector<storage::OutboxSequence>& newest,
                               storage::ShardCount shards) {
  storage::WriteBatch records;
  if (!change.next) {
    erase_webhook(records, key, shards);
    return records;
  }
  records.put(storage::Family::entity, webhook_row_key(key), encode_webhook(*change.next));
  // Together with the settings: a message after the answer is never before the cursor.
  if (change.begins) put_cursors(records, key, newest);
  // What comes while it is paused is not for it. [spec integrations §2.3]
  if (change.next->paused) erase_cursors(records, key, shards);
  return records;
}

}  // namespace ff::application_server::webhook
