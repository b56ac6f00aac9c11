#include "actors/events/store/query.hpp"

#include <algorithm>
#include <map>

#include "actors/events/store/actor.hpp"
#include "storage/keys/event_keys.hpp"

namespace ff::events {
namespace {

using storage::EventIndex;
using storage::EventPlace;

/// What one question finds: an event once, however many of its subjects lead to it.
class Search {
 public:
  Search(const storage::Reader& store, const FindEvents& find, const Past& past)
      : store_(store),
        find_(find),
        begin_(std::max(find.after.value_or(past.from), past.from)),
        last_hour_(storage::event_hour(past.now)),
        rows_left_(past.scan_max) {}

  /// The newest of one entity or correlation id.
  Status look(EventIndex index, std::string_view text) {
    std::size_t wanted = find_.limit;
    const auto first_hour = storage::event_hour(begin_);
    for (auto hour = last_hour_ + 1; hour-- > first_hour && wanted > 0 && rows_left_ > 0;)
      FF_CHECK(look_in(storage::event_index_range(hour, index, text), wanted));
    return {};
  }

  std::vector<Bytes> take() {
    while (found_.size() > find_.limit) found_.erase(found_.begin());
    std::vector<Bytes> out;
    for (auto& [place, message] : found_) out.push_back(std::move(message));
    return out;
  }

 private:
  Status look_in(const storage::KeyRange& range, std::size_t& wanted) {
    std::vector<EventPlace> places;
    const auto visited = store_.scan({.family = storage::Family::event,
                                      .range = range,
                                      .direction = storage::Direction::reverse,
                                      .limit = rows_left_},
                                     [&](ByteView key, ByteView) {
                                       const auto place = storage::parse_event_place(key);
                                       if (place && place->time < begin_) return false;
                                       if (place) places.push_back(*place);
                                       // Most questions want what they find.
                                       return find_.accept || places.size() < wanted;
                                     });
    if (!visited) return fail(visited.error());
    rows_left_ -= std::min(rows_left_, *visited);
    for (const auto& place : places) {
      if (wanted == 0) break;
      FF_CHECK(add(place, wanted));
    }
    return {};
  }

  Status add(const EventPlace& place, std::size_t& wanted) {
    if (found_.contains(place)) {
      --wanted;
      return {};
    }
    FF_TRY(auto message, store_.get(storage::Family::event, storage::event_key(place)));
    if (!message || (find_.accept && !find_.accept(*message))) return {};
    found_.emplace(place, *std::move(message));
    --wanted;
    return {};
  }

  const storage::Reader& store_;
  const FindEvents& find_;
  const UtcTime begin_;
  const std::uint32_t last_hour_;
  std::size_t rows_left_;
  std::map<EventPlace, Bytes> found_;
};

}  // namespace

Result<std::vector<Bytes>> find_events(const storage::Reader& store, const FindEvents& find,
                                       const Past& past) {
  Search search(store, find, past);
  if (!find.correlation_id.empty()) {
    FF_CHECK(search.look(EventIndex::correlation, find.correlation_id));
    return search.take();
  }
  for (const auto& subject : find.subjects)
    FF_CHECK(search.look(EventIndex::entity, index_text(subject)));
  return search.take();
}

}  // namespace ff::events
