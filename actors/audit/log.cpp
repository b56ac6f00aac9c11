#include "actors/audit/log.hpp"

#include <algorithm>

#include "storage/keys/audit_keys.hpp"

namespace ff::audit {
namespace {

using storage::Family;

Result<Checkpoint> checkpoint_at(const storage::Reader& store, const Bytes& key) {
  FF_TRY(const auto row, store.get(Family::entity, key));
  if (!row) return Checkpoint();
  return decode_checkpoint(*row);
}

bool is_of_stranger(const Record& intent) noexcept {
  return intent.credential == Credential::none;
}

}  // namespace

Result<Found> find_log(const storage::Reader& store) {
  Found found;
  FF_TRY(found.head, checkpoint_at(store, storage::audit_head_key()));
  FF_TRY(found.anchor, checkpoint_at(store, storage::audit_anchor_key()));
  Status status;
  FF_CHECK(store.scan({.family = Family::entity, .range = storage::audit_pending_range()},
                      [&](ByteView key, ByteView row) {
                        const auto ticket = storage::parse_audit_pending_key(key);
                        auto record = decode_record(row);
                        if (!ticket) status = fail(ticket.error());
                        if (!record) status = fail(record.error());
                        if (status) found.pending.emplace_back(*ticket, *std::move(record));
                        return status.has_value();
                      }));
  FF_CHECK(status);
  return found;
}

Log::Log(LogConfig config, const Found& found)
    : config_(std::move(config)), head_(found.head), anchor_(found.anchor) {
  for (const auto& [ticket, intent] : found.pending) note(ticket, intent);
  if (!found.pending.empty()) last_ticket_ = found.pending.back().first;
}

void Log::note(std::uint64_t ticket, const Record& intent) {
  pending_.insert(ticket);
  if (is_of_stranger(intent)) strangers_.insert(ticket);
}

Result<std::uint64_t> Log::begin(const Record& intent, storage::WriteBatch& batch) {
  if (pending_.size() >= config_.pending_max) return fail(too_many_calls);
  if (is_of_stranger(intent) && strangers_.size() >= config_.strangers_max)
    return fail(too_many_calls);
  const auto ticket = ++last_ticket_;
  note(ticket, intent);
  batch.put(Family::entity, storage::audit_pending_key(ticket), encode_record(intent));
  return ticket;
}

Checkpoint Log::append(Record record, std::optional<std::uint64_t> ticket, UtcTime now,
                       storage::WriteBatch& batch) {
  record.sequence = head_.sequence + 1;
  // A clock that was set back does not change the order of what happened.
  record.time = last_time_ = std::max(now, last_time_);
  const auto link = make_link(record, head_, config_.keys);
  head_ = {record.sequence, link.hash};
  batch.put(Family::entity, storage::audit_record_key(record.sequence), encode_link(link));
  batch.put(Family::entity, storage::audit_head_key(), encode_checkpoint(head_, config_.keys));
  for (const auto& name : index_names(record))
    batch.put(Family::entity_index, storage::audit_index_key(name, record.sequence), {});
  if (ticket) forgo(*ticket, batch);
  return head_;
}

void Log::forgo(std::uint64_t ticket, storage::WriteBatch& batch) {
  pending_.erase(ticket);
  strangers_.erase(ticket);
  batch.erase(Family::entity, storage::audit_pending_key(ticket));
}

void Log::settle(const Found& found, UtcTime now, storage::WriteBatch& batch) {
  for (const auto& [ticket, intent] : found.pending) {
    auto record = intent;
    record.outcome = outcome_interrupted;
    record.begun = intent.time;
    append(std::move(record), ticket, now, batch);
  }
}

void Log::forget(const Past& past, storage::WriteBatch& batch) {
  const auto& last = past.last;
  if (last.sequence <= anchor_.sequence || last.sequence >= head_.sequence) return;
  const auto range = storage::audit_record_range(anchor_.sequence + 1, last.sequence);
  batch.erase_range(Family::entity, range.first, range.last);
  for (const auto& key : past.index_keys) batch.erase(Family::entity_index, key);
  anchor_ = last;
  batch.put(Family::entity, storage::audit_anchor_key(), encode_checkpoint(anchor_, config_.keys));
}

}  // namespace ff::audit
