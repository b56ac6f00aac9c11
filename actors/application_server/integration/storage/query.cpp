#include "actors/application_server/integration/storage/query.hpp"

#include <algorithm>
#include <deque>

#include "actors/application_server/outbox/messages.hpp"
#include "actors/application_server/outbox/record.hpp"
#include "actors/application_server/outbox/scans.hpp"

namespace ff::application_server {
namespace {

using storage::OutboxSequence;

/// Rows read of one shard at once.
constexpr std::size_t batch_rows = 32;

/// One shard on its way through its window.
struct Lane {
  StoredWindow window;
  std::deque<UpPublished> rows;  // read and not looked at
};

void advance(StoredWindow& window, OutboxSequence sequence, bool descending) {
  if (descending) {
    window.last = OutboxSequence{sequence.value() - 1};
  } else {
    window.done = sequence;
  }
}

bool wants(const StoredQuery& query, const OutboxMessage& message) {
  if (!query.device_id.empty() && message.device_id != query.device_id) return false;
  if (query.kind && message.kind != *query.kind) return false;
  if (message.received_at <= query.after && query.after != UtcTime{}) return false;
  return query.before == UtcTime{} || message.received_at < query.before;
}

/// The page under way.
class Merge {
 public:
  Merge(const storage::Reader& store, const QueryStored& request, std::size_t scan_max)
      : store_(store), request_(request), scan_left_(scan_max) {}

  Result<StoredPage> run(const StoredWindows& windows) {
    page_.begin = windows;
    for (const auto& window : windows) lanes_.push_back({window, {}});
    while (page_.messages.size() < request_.limit && scan_left_ > 0) {
      FF_TRY(auto* lane, next());
      if (lane == nullptr) break;
      take(*lane);
    }
    for (const auto& lane : lanes_) {
      if (!lane.window.is_empty()) page_.rest.push_back(lane.window);
    }
    return std::move(page_);
  }

 private:
  /// The lane whose next row is first in the order of time; null at the end.
  Result<Lane*> next() {
    Lane* first = nullptr;
    for (auto& lane : lanes_) {
      while (lane.rows.empty() && !lane.window.is_empty()) FF_CHECK(fill(lane));
      if (lane.rows.empty()) continue;
      if (first == nullptr || is_before(lane, *first)) first = &lane;
    }
    return first;
  }

  bool is_before(const Lane& a, const Lane& b) const {
    const auto a_time = a.rows.front().message->received_at;
    const auto b_time = b.rows.front().message->received_at;
    return request_.query.descending ? a_time > b_time : a_time < b_time;
  }

  void take(Lane& lane) {
    auto up = std::move(lane.rows.front());
    lane.rows.pop_front();
    advance(lane.window, up.sequence, request_.query.descending);
    --scan_left_;
    if (wants(request_.query, *up.message)) page_.messages.push_back(std::move(up));
  }

  /// Rows that can not be read are passed here.
  Status fill(Lane& lane) {
    const auto key = [&](std::uint64_t sequence) {
      return storage::outbox_key(
          {lane.window.shard, request_.query.application_id, OutboxSequence{sequence}});
    };
    const bool descending = request_.query.descending;
    storage::Scan scan{
        .family = storage::Family::outbox,
        .range = {key(lane.window.done.value() + 1), key(lane.window.last.value() + 1)},
        .direction = descending ? storage::Direction::reverse : storage::Direction::forward,
        .limit = batch_rows};
    std::optional<OutboxSequence> seen;
    const auto visited = store_.scan(scan, [&](ByteView row_key, ByteView row) {
      const auto parsed = storage::parse_outbox_key(row_key);
      if (!parsed) return true;
      seen = parsed->sequence;
      if (auto message = decode_message(row)) {
        lane.rows.push_back({parsed->application_id, parsed->shard, parsed->sequence,
                             std::make_shared<const OutboxMessage>(*std::move(message))});
      }
      return true;
    });
    if (!visited) return fail(visited.error());
    if (lane.rows.empty()) {
      // Nothing is left, or nothing that can be read.
      if (*visited < batch_rows || !seen) {
        lane.window.done = lane.window.last;
      } else {
        advance(lane.window, *seen, descending);
      }
    }
    return {};
  }

  static tl::unexpected<Error> fail(Error error) { return ff::fail(std::move(error)); }

  const storage::Reader& store_;
  const QueryStored& request_;
  std::vector<Lane> lanes_;
  StoredPage page_;
  std::size_t scan_left_;
};

Result<StoredWindows> all_windows(const storage::Reader& store, storage::ShardCount shards,
                                  const StoredQuery& query) {
  FF_TRY(const auto parts,
         find_time(store, shards, {query.application_id, query.after, query.before, {}}));
  StoredWindows windows;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const storage::Shard shard{static_cast<std::uint16_t>(i)};
    const bool is_home =
        query.device_id.empty() ||
        storage::shard_of(DeviceUid{query.application_id, query.device_id}, shards) == shard;
    if (is_home && parts[i].done < parts[i].last)
      windows.push_back({shard, parts[i].done, parts[i].last});
  }
  return windows;
}

}  // namespace

void pass(StoredWindows& windows, const StoredQuery& query, const UpPublished& up) {
  const auto found = std::ranges::find(windows, up.shard, &StoredWindow::shard);
  if (found == windows.end()) return;
  advance(*found, up.sequence, query.descending);
}

Result<StoredPage> query_stored(const storage::Reader& store, storage::ShardCount shards,
                                const QueryStored& request, std::size_t scan_max) {
  if (request.windows) return Merge(store, request, scan_max).run(*request.windows);
  FF_TRY(const auto windows, all_windows(store, shards, request.query));
  return Merge(store, request, scan_max).run(windows);
}

}  // namespace ff::application_server
