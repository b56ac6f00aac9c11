#include "actors/network_server/session/queue_rows.hpp"

#include <algorithm>

#include "storage/codec/downlink_fields.hpp"
#include "storage/codec/envelope.hpp"
#include "storage/codec/fields.hpp"

namespace ff::network_server {
namespace {

using storage::QueuePosition;
using Items = std::span<const mac::DownlinkQueue::Item>;

constexpr storage::ValueVersion item_version = 1;
constexpr auto first_position = storage::waiting_position.value() + 1;
constexpr auto first_pending_position = first_position + (std::uint64_t{1} << 32);

/// One of a device's queues, on its way to the store.
struct RowWriter {
  const storage::DeviceKey& device;
  std::uint64_t first_position;
  storage::WriteBatch& records;

  Bytes key_of(const ApplicationDownlink& item) const {
    return storage::downlink_queue_key(
        {device, QueuePosition{first_position + item.f_cnt.value()}});
  }
  void erase(Items items) const {
    for (const auto& item : items) records.erase(storage::Family::downlink_queue, key_of(*item));
  }
  void put(Items items) const {
    for (const auto& item : items) {
      records.put(storage::Family::downlink_queue, key_of(*item),
                  storage::seal_record(item_version, *item));
    }
  }
  /// Items are taken in front and added behind; a queue in the place of another shares none.
  void change(const mac::DownlinkQueue& from, const mac::DownlinkQueue& into) const {
    if (from.shares_all_with(into)) return;
    const auto before = from.items();
    const auto after = into.items();
    const auto kept = after.empty() ? before.end() : std::ranges::find(before, after.front());
    const auto taken = static_cast<std::size_t>(kept - before.begin());
    const auto same = static_cast<std::size_t>(
        std::ranges::mismatch(before.subspan(taken), after).in2 - after.begin());
    erase(before.first(taken));
    erase(before.subspan(taken + same));
    put(after.subspan(same));
  }
};

}  // namespace

Queues queues_of(const Device* maybe_device) {
  Queues out;
  if (!maybe_device) return out;
  if (maybe_device->session) out.current = maybe_device->session->queued_application_downlinks;
  if (maybe_device->pending_session)
    out.pending = maybe_device->pending_session->queued_application_downlinks;
  return out;
}

bool share_all(const Queues& one, const Queues& other) noexcept {
  return one.current.shares_all_with(other.current) && one.pending.shares_all_with(other.pending);
}

void put_queue_changes(const storage::DeviceKey& key, const Queues& before, const Queues& after,
                       storage::WriteBatch& records) {
  RowWriter{key, first_position, records}.change(before.current, after.current);
  RowWriter{key, first_pending_position, records}.change(before.pending, after.pending);
}

Status add_queue_rows(const std::vector<std::pair<Bytes, Bytes>>& rows, Device& device) {
  std::vector<mac::DownlinkQueue::Item> current;
  std::vector<mac::DownlinkQueue::Item> pending;
  for (const auto& [key, value] : rows) {
    FF_TRY(const auto parsed, storage::parse_downlink_queue_key(key));
    const auto position = parsed.position.value();
    if (position < first_position) continue;
    FF_TRY(const auto envelope, storage::unseal(value, item_version));
    FF_TRY(auto item, storage::read_record<ApplicationDownlink>(envelope.body));
    (position < first_pending_position ? current : pending)
        .push_back(std::make_shared<const ApplicationDownlink>(std::move(item)));
  }
  if (device.session) device.session->queued_application_downlinks.append(std::move(current));
  if (device.pending_session)
    device.pending_session->queued_application_downlinks.append(std::move(pending));
  return {};
}

}  // namespace ff::network_server
